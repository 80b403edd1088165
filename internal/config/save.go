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

// Set saves values in a profile's section of the file at path; an empty value removes
// its key. Everything else in the file stays as it is, line for line. The file appears
// whole or not at all, readable by its owner only, and the Ruby toolbelt can read it as
// well as before.
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

// edit returns text with values in one of its sections. The first line of a key is
// changed in place, later ones, and for the account those outside any section, would
// contradict it and go; a new key goes to the section's end, and a missing section to
// the file's end.
func edit(text, name string, values map[string]string) string {
	var (
		out  []string
		left = maps.Clone(values) // what has no line yet
		in   string               // the section of the current line
		end  = -1                 // where the section ends in out
	)
	for l := range strings.Lines(text) {
		parsed := parseLine(l)
		if parsed.kind == section {
			in = parsed.name
		}
		value, ours := values[parsed.name]
		if ours && parsed.kind == setting && (in == name || in == "" && name == "account") {
			if _, first := left[parsed.name]; in == "" || !first || strings.TrimSpace(value) == "" {
				continue
			}
			delete(left, parsed.name)
			indent := l[:len(l)-len(strings.TrimLeft(l, " \t"))]
			l = indent + setLine(parsed.name, value, l)
		}
		out = append(out, l)
		if in == name && parsed.kind != remark {
			end = len(out)
		}
	}
	var added []string
	ending := text[:strings.IndexByte(text, '\n')+1] // new lines end as the first does
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

// setLine returns a line that ends as the line like does.
func setLine(key, value, like string) string {
	return key + " = " + strings.TrimSpace(value) + lineEnd(like)
}

func lineEnd(like string) string {
	if strings.HasSuffix(like, "\r\n") {
		return "\r\n"
	}
	return "\n"
}
