package connectorconfig

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"strconv"

	"go.yaml.in/yaml/v3"

	"github.com/td-cli/td/internal/lazyregexp"
)

// Conversions between YAML and JSON keep the text of each value: the digits of a
// number and the notation of a date. The booleans follow YAML 1.1
// (https://yaml.org/type/bool.html), which existing configurations use.

const (
	maxDepth = 100     // levels of nesting; an alias may contain itself
	maxNodes = 100_000 // aliases can multiply nodes exponentially
)

var (
	errDeep   = fmt.Errorf("the configuration is nested more than %d levels deep", maxDepth)
	jsonDigit = lazyregexp.New(`^-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?$`)
	yes       = lazyregexp.New(`^(yes|Yes|YES|true|True|TRUE|on|On|ON)$`)
	no        = lazyregexp.New(`^(no|No|NO|false|False|FALSE|off|Off|OFF)$`)
)

// parseYAML parses a file with a single document and resolves aliases and merges.
func parseYAML(data []byte) (*yaml.Node, error) {
	d := yaml.NewDecoder(bytes.NewReader(data))
	var doc, second yaml.Node
	switch err := d.Decode(&doc); {
	case errors.Is(err, io.EOF):
		return nil, errors.New("the configuration is empty")
	case err != nil:
		return nil, err
	}
	if err := d.Decode(&second); !errors.Is(err, io.EOF) {
		if err != nil {
			return nil, err
		}
		return nil, errors.New("the configuration has more than one document")
	}
	r := resolver{remaining: maxNodes}
	return r.resolve(doc.Content[0], 0)
}

// A resolver copies nodes and replaces aliases with their values.
type resolver struct{ remaining int }

func (r *resolver) resolve(n *yaml.Node, depth int) (*yaml.Node, error) {
	if r.remaining--; r.remaining < 0 {
		return nil, fmt.Errorf("the configuration has more than %d values", maxNodes)
	}
	if depth > maxDepth {
		return nil, errDeep
	}
	switch n.Kind {
	case yaml.AliasNode:
		return r.resolve(n.Alias, depth+1)
	case yaml.MappingNode:
		return r.resolveMapping(n, depth)
	case yaml.SequenceNode:
		list := &yaml.Node{Kind: yaml.SequenceNode, Tag: "!!seq"}
		for _, item := range n.Content {
			item, err := r.resolve(item, depth+1)
			if err != nil {
				return nil, err
			}
			list.Content = append(list.Content, item)
		}
		return list, nil
	}
	scalar := &yaml.Node{Kind: yaml.ScalarNode, Tag: n.ShortTag(), Value: n.Value}
	plain := n.Style&(yaml.SingleQuotedStyle|yaml.DoubleQuotedStyle|yaml.LiteralStyle|yaml.FoldedStyle|yaml.TaggedStyle) == 0
	switch {
	case plain && yes().MatchString(n.Value):
		scalar.Tag, scalar.Value = "!!bool", "true"
	case plain && no().MatchString(n.Value):
		scalar.Tag, scalar.Value = "!!bool", "false"
	case scalar.Tag == "!!int", scalar.Tag == "!!float":
		return numberNode(n)
	case scalar.Tag != "!!null" && scalar.Tag != "!!bool":
		return textNode(n.Value), nil
	}
	return scalar, nil
}

func (r *resolver) resolveMapping(n *yaml.Node, depth int) (*yaml.Node, error) {
	m := object()
	var merged []*yaml.Node
	for i := 0; i+1 < len(n.Content); i += 2 {
		key := n.Content[i]
		if key.Kind == yaml.AliasNode {
			key = key.Alias
		}
		if key.Kind != yaml.ScalarNode {
			return nil, fmt.Errorf("line %d: a name is not a string", key.Line)
		}
		value, err := r.resolve(n.Content[i+1], depth+1)
		if err != nil {
			return nil, err
		}
		switch {
		case key.ShortTag() == "!!merge" && value.Kind == yaml.SequenceNode:
			merged = append(merged, value.Content...)
		case key.ShortTag() == "!!merge":
			merged = append(merged, value)
		case member(m, key.Value) != nil:
			return nil, fmt.Errorf("line %d: duplicate name %q", key.Line, key.Value)
		default:
			set(m, key.Value, value)
		}
	}
	for _, source := range merged {
		for i := 0; i+1 < len(source.Content); i += 2 {
			if member(m, source.Content[i].Value) == nil {
				set(m, source.Content[i].Value, source.Content[i+1])
			}
		}
	}
	return m, nil
}

// numberNode returns the node of a number in a notation that JSON allows.
func numberNode(n *yaml.Node) (*yaml.Node, error) {
	out := &yaml.Node{Kind: yaml.ScalarNode, Tag: n.ShortTag(), Value: n.Value}
	if jsonDigit().MatchString(n.Value) {
		return out, nil
	}
	var whole int64
	if out.Tag == "!!int" && n.Decode(&whole) == nil {
		out.Value = strconv.FormatInt(whole, 10)
		return out, nil
	}
	var f float64
	if err := n.Decode(&f); err != nil || math.IsInf(f, 0) || math.IsNaN(f) {
		return nil, fmt.Errorf("line %d: JSON has no number %s", n.Line, n.Value)
	}
	out.Value = strconv.FormatFloat(f, 'g', -1, 64)
	return out, nil
}

func writeJSON(b *bytes.Buffer, n *yaml.Node, depth int) error {
	if depth > maxDepth {
		return errDeep
	}
	switch n.Kind {
	case yaml.MappingNode:
		b.WriteByte('{')
		for i := 0; i+1 < len(n.Content); i += 2 {
			if i > 0 {
				b.WriteByte(',')
			}
			writeString(b, n.Content[i].Value)
			b.WriteByte(':')
			if err := writeJSON(b, n.Content[i+1], depth+1); err != nil {
				return err
			}
		}
		b.WriteByte('}')
	case yaml.SequenceNode:
		b.WriteByte('[')
		for i, item := range n.Content {
			if i > 0 {
				b.WriteByte(',')
			}
			if err := writeJSON(b, item, depth+1); err != nil {
				return err
			}
		}
		b.WriteByte(']')
	default:
		switch n.Tag {
		case "!!null":
			b.WriteString("null")
		case "!!bool", "!!int", "!!float":
			b.WriteString(n.Value)
		default:
			writeString(b, n.Value)
		}
	}
	return nil
}

func writeString(b *bytes.Buffer, s string) {
	e := json.NewEncoder(b)
	e.SetEscapeHTML(false)
	_ = e.Encode(s) // never fails for a string
	b.Truncate(b.Len() - 1)
}

func parseJSON(data []byte) (*yaml.Node, error) {
	d := json.NewDecoder(bytes.NewReader(data))
	d.UseNumber()
	return readJSON(d, 0)
}

func readJSON(d *json.Decoder, depth int) (*yaml.Node, error) {
	if depth > maxDepth {
		return nil, errDeep
	}
	t, err := d.Token()
	if err != nil {
		return nil, err
	}
	scalar := &yaml.Node{Kind: yaml.ScalarNode}
	switch v := t.(type) {
	case json.Delim:
		return readJSONContainer(d, v, depth)
	case string:
		return textNode(v), nil
	case json.Number:
		scalar.Tag, scalar.Value = "!!float", v.String()
		if _, err := strconv.ParseInt(v.String(), 10, 64); err == nil {
			scalar.Tag = "!!int"
		}
	case bool:
		scalar.Tag, scalar.Value = "!!bool", strconv.FormatBool(v)
	default:
		scalar.Tag, scalar.Value = "!!null", "null"
	}
	return scalar, nil
}

// readJSONContainer reads an object or an array after its opening delimiter.
func readJSONContainer(d *json.Decoder, open json.Delim, depth int) (*yaml.Node, error) {
	n := object()
	if open == '[' {
		n = &yaml.Node{Kind: yaml.SequenceNode, Tag: "!!seq"}
	}
	for d.More() {
		item, err := readJSON(d, depth+1)
		if err != nil {
			return nil, err
		}
		if open == '[' {
			n.Content = append(n.Content, item)
			continue
		}
		value, err := readJSON(d, depth+1)
		if err != nil {
			return nil, err
		}
		set(n, item.Value, value)
	}
	_, err := d.Token()
	return n, err
}
