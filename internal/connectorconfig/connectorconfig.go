// Package connectorconfig is the configuration of a connector: read from YAML or JSON, brought
// into the shape that the service takes, and written again in the order that it came in.
// It knows nothing of what the settings mean, and sends nothing.
package connectorconfig

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"strings"

	"go.yaml.in/yaml/v3"
)

// A Config is a configuration, an object of which the service knows the members in, out,
// exec and filters.
type Config struct{ root *yaml.Node }

// Parse reads a configuration that a person wrote, in YAML or in JSON, and completes it:
//
//   - a file with in gets what is missing of out, exec and filters, empty;
//   - a file that is config and nothing else is what config holds;
//   - any other file is what in is to hold.
func Parse(data []byte) (Config, error) {
	c, err := ParseObject(data)
	if err != nil {
		return c, err
	}
	root := c.root
	if inner := member(root, "config"); inner != nil && member(root, "in") == nil {
		if len(root.Content) > 2 {
			return Config{}, fmt.Errorf("%q stands beside %q, which must be alone; what is beside it belongs on the command line",
				beside(root, "config"), "config")
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

// ParseObject reads an object that a person wrote, in YAML or in JSON, and leaves it as it is.
func ParseObject(data []byte) (Config, error) {
	var root *yaml.Node
	var err error
	if json.Valid(data) { // which YAML would mostly read too, but not every escape
		root, err = parseJSON(data)
	} else {
		root, err = parseYAML(data)
	}
	if err != nil {
		return Config{}, err
	}
	if root.Kind != yaml.MappingNode {
		return Config{}, errors.New("it is not an object with settings")
	}
	return Config{root}, nil
}

// FromJSON reads a configuration as the service writes it. Nothing at all is an empty one.
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

// JSON returns the configuration as the service takes it.
func (c Config) JSON() (json.RawMessage, error) {
	var b bytes.Buffer
	if err := writeJSON(&b, c.root, 0); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

// YAML returns the configuration as a person reads it, with a line feed at its end.
func (c Config) YAML() (string, error) {
	var b strings.Builder
	e := yaml.NewEncoder(&b)
	e.SetIndent(2)
	if err := e.Encode(c.root); err != nil {
		return "", err
	}
	return b.String(), e.Close()
}

// Text returns the configuration for a file of that name: JSON when it ends in .json,
// else YAML.
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

// SetText sets the text at a path of names, and makes the objects on the way.
func (c Config) SetText(value string, path ...string) {
	c.set(textNode(value), path)
}

// SetTexts sets the list of texts at a path of names, and makes the objects on the way.
func (c Config) SetTexts(values []string, path ...string) {
	list := &yaml.Node{Kind: yaml.SequenceNode, Tag: "!!seq"}
	for _, v := range values {
		list.Content = append(list.Content, textNode(v))
	}
	c.set(list, path)
}

func (c Config) set(value *yaml.Node, path []string) {
	at := c.root
	for _, name := range path[:len(path)-1] {
		next := member(at, name)
		if next == nil || next.Kind != yaml.MappingNode {
			next = object()
			set(at, name, next)
		}
		at = next
	}
	set(at, path[len(path)-1], value)
}

// ambiguous matches texts that some reader of YAML takes for something else.
var ambiguous = regexp.MustCompile(`(?i)^([-+.]?[0-9].*|y|n|yes|no|on|off|true|false|null|~|)$|^\s|[\x00-\x09\x0b-\x1f\x7f-\x{9f}\x{2028}\x{2029}\x{feff}]`)

// textNode returns a text, quoted where it must be.
func textNode(s string) *yaml.Node {
	n := &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: s}
	if ambiguous.MatchString(s) {
		n.Style = yaml.DoubleQuotedStyle
	}
	return n
}

// object returns a mapping of names and nodes in turn.
func object(members ...any) *yaml.Node {
	m := &yaml.Node{Kind: yaml.MappingNode, Tag: "!!map"}
	for i := 0; i+1 < len(members); i += 2 {
		set(m, members[i].(string), members[i+1].(*yaml.Node))
	}
	return m
}

// member returns the value of a name in a mapping, or nil.
func member(m *yaml.Node, name string) *yaml.Node {
	for i := 0; i+1 < len(m.Content); i += 2 {
		if m.Content[i].Value == name {
			return m.Content[i+1]
		}
	}
	return nil
}

// beside returns a name of the mapping that is another.
func beside(m *yaml.Node, name string) string {
	for i := 0; i+1 < len(m.Content); i += 2 {
		if m.Content[i].Value != name {
			return m.Content[i].Value
		}
	}
	return ""
}

// set gives a name in a mapping its value, at the end when it is new.
func set(m *yaml.Node, name string, value *yaml.Node) {
	for i := 0; i+1 < len(m.Content); i += 2 {
		if m.Content[i].Value == name {
			m.Content[i+1] = value
			return
		}
	}
	m.Content = append(m.Content, textNode(name), value)
}
