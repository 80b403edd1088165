// Package connectorconfig reads the configuration of a connector from YAML or JSON,
// completes it for the service, and writes it with its members in the original order.
// It does not interpret the settings.
package connectorconfig

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/td-cli/td/internal/lazyregexp"
)

// A Config is a configuration: an object with the members in, out, exec and filters.
type Config struct{ root *yaml.Node }

// Parse parses the configuration of a user, in YAML or JSON, and completes it:
//
//   - If out, exec or filters are missing next to in, they are added, empty.
//   - If config is the only member, its value is the configuration.
//   - Any other object is the value of in.
func Parse(data []byte) (Config, error) {
	c, err := ParseObject(data)
	if err != nil {
		return c, err
	}
	root := c.root
	if inner := member(root, "config"); inner != nil && member(root, "in") == nil {
		if len(root.Content) > 2 {
			return Config{}, fmt.Errorf("%q must be the only member, but there is also %q; give its value on the command line instead",
				"config", otherMember(root, "config"))
		}
		if inner.Kind != yaml.MappingNode {
			return Config{}, errors.New(`"config" is not an object with settings`)
		}
		root = inner
	}
	if member(root, "in") == nil {
		root = object("in", root)
	}
	for _, name := range []string{"out", "exec", "filters"} {
		if m := member(root, name); m != nil && m.Tag != "!!null" {
			continue
		}
		empty := object()
		if name == "filters" {
			empty = &yaml.Node{Kind: yaml.SequenceNode, Tag: "!!seq"}
		}
		set(root, name, empty)
	}
	return Config{root}, nil
}

// ParseObject parses an object in YAML or JSON without completing it.
func ParseObject(data []byte) (Config, error) {
	var root *yaml.Node
	var err error
	if json.Valid(data) { // YAML does not have all escapes of JSON
		root, err = parseJSON(data)
	} else {
		root, err = parseYAML(data)
	}
	if err != nil {
		return Config{}, err
	}
	if root.Kind != yaml.MappingNode {
		return Config{}, errors.New("the configuration is not an object with settings")
	}
	return Config{root}, nil
}

// FromJSON parses a configuration of the service. Empty text is an empty
// configuration.
func FromJSON(raw json.RawMessage) (Config, error) {
	if len(bytes.TrimSpace(raw)) == 0 {
		return Config{object()}, nil
	}
	root, err := parseJSON(raw)
	if err != nil {
		return Config{}, err
	}
	return Config{root}, nil
}

// JSON returns the configuration as JSON, for the service.
func (c Config) JSON() (json.RawMessage, error) {
	var b bytes.Buffer
	if err := writeJSON(&b, c.root, 0); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

// YAML returns the configuration as YAML, for users.
func (c Config) YAML() (string, error) {
	var b strings.Builder
	e := yaml.NewEncoder(&b)
	e.SetIndent(2)
	if err := e.Encode(c.root); err != nil {
		return "", err
	}
	return b.String(), e.Close()
}

// Text returns the configuration for a file with the given name: indented JSON if the
// name ends in .json, and YAML otherwise.
func (c Config) Text(name string) (string, error) {
	if !strings.HasSuffix(strings.ToLower(name), ".json") {
		return c.YAML()
	}
	raw, err := c.JSON()
	if err != nil {
		return "", err
	}
	var b bytes.Buffer
	if err := json.Indent(&b, raw, "", "  "); err != nil {
		return "", err
	}
	return b.String() + "\n", nil
}

// SetText sets the string at a path of names and creates the objects that contain it.
func (c Config) SetText(value string, path ...string) {
	c.set(textNode(value), path)
}

// SetTexts sets the list of strings at a path of names and creates the objects that
// contain it.
func (c Config) SetTexts(values []string, path ...string) {
	list := &yaml.Node{Kind: yaml.SequenceNode, Tag: "!!seq"}
	for _, v := range values {
		list.Content = append(list.Content, textNode(v))
	}
	c.set(list, path)
}

func (c Config) set(value *yaml.Node, path []string) {
	parent := c.root
	for _, name := range path[:len(path)-1] {
		next := member(parent, name)
		if next == nil || next.Kind != yaml.MappingNode {
			next = object()
			set(parent, name, next)
		}
		parent = next
	}
	set(parent, path[len(path)-1], value)
}

// ambiguous matches strings that some YAML parsers interpret differently if they are
// not quoted.
var ambiguous = lazyregexp.New(`(?i)^([-+.]?[0-9].*|y|n|yes|no|on|off|true|false|null|~|)$|^\s|[\x00-\x09\x0b-\x1f\x7f-\x{9f}\x{2028}\x{2029}\x{feff}]`)

// textNode returns the node of a string, quoted if necessary.
func textNode(s string) *yaml.Node {
	n := &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: s}
	if ambiguous().MatchString(s) {
		n.Style = yaml.DoubleQuotedStyle
	}
	return n
}

// object returns a mapping; members alternate between names and nodes.
func object(members ...any) *yaml.Node {
	m := &yaml.Node{Kind: yaml.MappingNode, Tag: "!!map"}
	for i := 0; i+1 < len(members); i += 2 {
		set(m, members[i].(string), members[i+1].(*yaml.Node))
	}
	return m
}

// member returns the value of a member, or nil.
func member(m *yaml.Node, name string) *yaml.Node {
	for i := 0; i+1 < len(m.Content); i += 2 {
		if m.Content[i].Value == name {
			return m.Content[i+1]
		}
	}
	return nil
}

// otherMember returns a name of the mapping that differs from name.
func otherMember(m *yaml.Node, name string) string {
	for i := 0; i+1 < len(m.Content); i += 2 {
		if m.Content[i].Value != name {
			return m.Content[i].Value
		}
	}
	return ""
}

// set sets the value of a member. A new member is added at the end.
func set(m *yaml.Node, name string, value *yaml.Node) {
	for i := 0; i+1 < len(m.Content); i += 2 {
		if m.Content[i].Value == name {
			m.Content[i+1] = value
			return
		}
	}
	m.Content = append(m.Content, textNode(name), value)
}
