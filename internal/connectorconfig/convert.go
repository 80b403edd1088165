package connectorconfig

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"regexp"
	"strconv"

	"go.yaml.in/yaml/v3"
)

// Between YAML and JSON every value keeps its text: a number its digits, a date the
// letters in which it was written. What YAML 1.1 took for booleans, as configurations
// were always read, are booleans.

const (
	maxDepth = 100     // of objects within objects; an alias that holds itself goes on for ever
	maxNodes = 100_000 // an alias may multiply
)

var (
	errDeep   = fmt.Errorf("it is nested more than %d deep", maxDepth)
	jsonDigit = regexp.MustCompile(`^-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?$`)
	yes       = regexp.MustCompile(`^(yes|Yes|YES|true|True|TRUE|on|On|ON)$`)
	no        = regexp.MustCompile(`^(no|No|NO|false|False|FALSE|off|Off|OFF)$`)
)

// parseYAML returns the one document of a file, with aliases and merges resolved.
func parseYAML(data []byte) (*yaml.Node, error) {
	d := yaml.NewDecoder(bytes.NewReader(data))
	var doc, more yaml.Node
	switch err := d.Decode(&doc); {
	case errors.Is(err, io.EOF):
		return nil, errors.New("it is empty")
	case err != nil:
		return nil, err
	}
	if err := d.Decode(&more); !errors.Is(err, io.EOF) {
		if err != nil {
			return nil, err
		}
		return nil, errors.New("it holds more than one document")
	}
	r := resolver{left: maxNodes}
	return r.resolve(doc.Content[0], 0)
}

// A resolver copies nodes.
type resolver struct{ left int }

func (r *resolver) resolve(n *yaml.Node, depth int) (*yaml.Node, error) {
	if r.left--; r.left < 0 {
		return nil, fmt.Errorf("it has more than %d values", maxNodes)
	}
	if depth > maxDepth {
		return nil, errDeep
	}
	switch n.Kind {
	case yaml.AliasNode:
		return r.resolve(n.Alias, depth+1)
	case yaml.MappingNode:
		return r.mapping(n, depth)
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
	case plain && yes.MatchString(n.Value):
		scalar.Tag, scalar.Value = "!!bool", "true"
	case plain && no.MatchString(n.Value):
		scalar.Tag, scalar.Value = "!!bool", "false"
	case scalar.Tag == "!!int", scalar.Tag == "!!float":
		return number(n)
	case scalar.Tag != "!!null" && scalar.Tag != "!!bool":
		return textNode(n.Value), nil
	}
	return scalar, nil
}

func (r *resolver) mapping(n *yaml.Node, depth int) (*yaml.Node, error) {
	m := object()
	var merged []*yaml.Node
	for i := 0; i+1 < len(n.Content); i += 2 {
		key := n.Content[i]
		if key.Kind == yaml.AliasNode {
			key = key.Alias
		}
		if key.Kind != yaml.ScalarNode {
			return nil, fmt.Errorf("line %d: a name is not a text", key.Line)
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
			return nil, fmt.Errorf("line %d: %q is given twice", key.Line, key.Value)
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

// number returns the node of a number that JSON can hold.
func number(n *yaml.Node) (*yaml.Node, error) {
	out := &yaml.Node{Kind: yaml.ScalarNode, Tag: n.ShortTag(), Value: n.Value}
	if jsonDigit.MatchString(n.Value) {
		return out, nil
	}
	var whole int64
	if out.Tag == "!!int" && n.Decode(&whole) == nil {
		out.Value = strconv.FormatInt(whole, 10)
		return out, nil
	}
	var f float64
	if err := n.Decode(&f); err != nil || math.IsInf(f, 0) || math.IsNaN(f) {
		return nil, fmt.Errorf("line %d: %s is not a number that can be sent", n.Line, n.Value)
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
			writeText(b, n.Content[i].Value)
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
			writeText(b, n.Value)
		}
	}
	return nil
}

func writeText(b *bytes.Buffer, s string) {
	e := json.NewEncoder(b)
	e.SetEscapeHTML(false)
	_ = e.Encode(s) // a string always can be
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
		return readJSONList(d, v, depth)
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

// readJSONList reads the rest of an object or of an array.
func readJSONList(d *json.Decoder, open json.Delim, depth int) (*yaml.Node, error) {
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
