package config

import (
	"fmt"
	"strings"

	"github.com/spf13/viper"
)

// The grammar of td.conf is the Ruby toolbelt's, read leniently:
//
//	# comment
//	[section]
//	  key = value
//
// Blank lines, "; comment", CRLF, a byte order mark and keys without a section are
// allowed, too. A value extends to the end of its line and is literal: the inline
// comments, quotes, continuations and %(name)s of other INI dialects would each
// damage some API keys.

// A SyntaxError reports an invalid line of the configuration. It does not quote the
// line, which may contain an API key.
type SyntaxError struct {
	Path string
	Line int // counted from 1
}

// Error implements error.
func (e *SyntaxError) Error() string {
	return fmt.Sprintf(`%s: line %d: not of the form "key = value"`, e.Path, e.Line)
}

// decoder decodes td.conf for viper.
type decoder struct{}

// Decoder implements viper.DecoderRegistry.
func (d decoder) Decoder(string) (viper.Decoder, error) { return d, nil }

// Decode implements viper.Decoder.
func (decoder) Decode(b []byte, sections map[string]any) error {
	keys := sections // settings of the current section
	number := 0
	for text := range strings.Lines(string(b)) {
		number++
		switch l := parseLine(text); l.kind {
		case invalid:
			return &SyntaxError{Line: number}
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

type lineKind int

const (
	invalid lineKind = iota
	comment          // also a blank line
	section
	setting
)

// A line is a parsed line of td.conf.
type line struct {
	kind  lineKind
	name  string // the section or setting in lower case
	value string
}

// parseLine parses a line. The zero line is invalid.
func parseLine(text string) line {
	text = strings.TrimSpace(strings.TrimPrefix(text, "\ufeff"))
	if text == "" || isComment(text) {
		return line{kind: comment}
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
