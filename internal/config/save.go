package config

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"slices"
	"strings"

	"github.com/td-cli/td/internal/atomicfile"
)

// Set saves values in the section of a profile in the file at path. An empty value
// removes its key. All other lines remain unchanged, and the Ruby toolbelt can still
// read the file. The file is replaced atomically and only its owner can read it.
func Set(path, profile string, values map[string]string) error {
	if path == "" {
		return errors.New("cannot save the configuration: there is no home directory")
	}
	if err := checkName(profile); err != nil {
		return err
	}
	for key, value := range values {
		if key == "" || strings.Trim(key, "abcdefghijklmnopqrstuvwxyz0123456789_") != "" {
			return fmt.Errorf("%q cannot be the name of a setting", key)
		}
		if strings.ContainsFunc(value, isControl) {
			return fmt.Errorf("the value for %q contains a line break or another control character", key)
		}
	}
	target, err := atomicfile.Locate(path)
	if err == nil && target.Special {
		err = fmt.Errorf("%q is not a regular file", path)
	}
	if err != nil {
		return fmt.Errorf("cannot save the configuration: %w", err)
	}
	old, err := os.ReadFile(target.File)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("cannot save the configuration: %w", err)
	}
	if err := (decoder{}).Decode(old, map[string]any{}); err != nil {
		syntax, _ := errors.AsType[*SyntaxError](err)
		return &SyntaxError{Path: path, Line: syntax.Line}
	}
	text := edit(string(old), sectionOf(profile), values)
	if err := atomicfile.WriteFile(path, []byte(text), atomicfile.Options{Private: true, DirMode: 0o700, Sync: true}); err != nil {
		return fmt.Errorf("cannot save the configuration: %w", err)
	}
	return nil
}

// edit returns text with values set in a section. It changes the first line of a key in
// place and removes later ones, which would override it; for the account also
// those before any section. New keys are added to the end of the section, and a
// missing section to the end of the file.
func edit(text, name string, values map[string]string) string {
	var (
		out     []string
		left    = maps.Clone(values) // values without a line so far
		current string               // section of the current line
		end     = -1                 // end of the section in out
	)
	for l := range strings.Lines(text) {
		parsed := parseLine(l)
		if parsed.kind == section {
			current = parsed.name
		}
		value, changed := values[parsed.name]
		if changed && parsed.kind == setting && (current == name || current == "" && name == "account") {
			if _, first := left[parsed.name]; current == "" || !first || strings.TrimSpace(value) == "" {
				continue
			}
			delete(left, parsed.name)
			indent := l[:len(l)-len(strings.TrimLeft(l, " \t"))]
			l = indent + setLine(parsed.name, value, l)
		}
		out = append(out, l)
		if current == name && parsed.kind != comment {
			end = len(out)
		}
	}
	var added []string
	ending := text[:strings.IndexByte(text, '\n')+1] // new lines end like the first one
	for _, key := range slices.Sorted(maps.Keys(left)) {
		if strings.TrimSpace(left[key]) != "" {
			added = append(added, "  "+setLine(key, left[key], ending))
		}
	}
	if len(added) == 0 {
		return strings.Join(out, "")
	}
	if end < 0 {
		end = len(out)
		added = slices.Insert(added, 0, "["+name+"]"+lineEnd(ending))
	}
	if end > 0 && !strings.HasSuffix(out[end-1], "\n") {
		out[end-1] += "\n"
	}
	return strings.Join(slices.Insert(out, end, added...), "")
}

// setLine returns a line with the same line end as the line like.
func setLine(key, value, like string) string {
	return key + " = " + strings.TrimSpace(value) + lineEnd(like)
}

// lineEnd returns the line end of the line like.
func lineEnd(like string) string {
	if strings.HasSuffix(like, "\r\n") {
		return "\r\n"
	}
	return "\n"
}
