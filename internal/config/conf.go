package config

import (
	"fmt"
	"strings"

	"github.com/spf13/viper"
)

// The grammar of td.conf is the Ruby toolbelt's, read with more patience:
//
//	# comment
//	[section]
//	  key = value
//
// Blank lines, "; comment", CRLF, a byte-order mark and keys without a section are
// taken too. A value runs to the end of its line and stands for itself: INI's inline
// comments, quotes, continuations and %(name)s would each eat part of an API key.

// A SyntaxError says that a line of the configuration is none of the things that a
// line can be. It does not show the line, which may hold an API key.
type SyntaxError struct {
	Path string
	Line int // counted from 1
}

// Error names the file and the line.
func (e *SyntaxError) Error() string {
	return fmt.Sprintf(`%s: line %d: want "key = value"`, e.Path, e.Line)
}

// decoder reads td.conf for viper, whatever the format is called.
type decoder struct{}

// Decoder implements viper.DecoderRegistry.
func (d decoder) Decoder(string) (viper.Decoder, error) { return d, nil }

// Decode implements viper.Decoder.
func (decoder) Decode(b []byte, sections map[string]any) error {
	keys := sections // of the section that is being read
	n := 0
	for text := range strings.Lines(string(b)) {
		n++
		switch l := parseLine(text); l.kind {
		case nonsense:
			return &SyntaxError{Line: n}
		case section:
			m, ok := sections[l.name].(map[string]any)
			if !ok {
				m = map[string]any{}
				sections[l.name] = m
			}
			keys = m
		case setting:
			keys[l.name] = l.value
		}
	}
	return nil
}

type kind int

const (
	nonsense kind = iota
	remark        // a comment or nothing
	section
	setting
)

// A line is one line of td.conf, understood.
type line struct {
	kind  kind
	name  string // of the section or the key, in lower case
	value string
}

func parseLine(text string) line {
	text = strings.TrimSpace(strings.TrimPrefix(text, "\ufeff"))
	if text == "" || isComment(text) {
		return line{kind: remark}
	}
	if rest, ok := strings.CutPrefix(text, "["); ok {
		name, rest, ok := strings.Cut(rest, "]")
		rest = strings.TrimSpace(rest)
		if !ok || rest != "" && !isComment(rest) {
			return line{}
		}
		return line{kind: section, name: strings.Join(strings.Fields(strings.ToLower(name)), " ")}
	}
	key, value, ok := strings.Cut(text, "=")
	key = strings.ToLower(strings.TrimSpace(key))
	if !ok || key == "" {
		return line{}
	}
	return line{kind: setting, name: key, value: strings.TrimSpace(value)}
}

func isComment(text string) bool { return text[0] == '#' || text[0] == ';' }
