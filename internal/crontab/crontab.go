// Package crontab edits the entries of td in a crontab. Each is between two comments that name it; everything else in the
// crontab is kept as it is.
//
// See https://man7.org/linux/man-pages/man5/crontab.5.html.
package crontab

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// MaxCommand is the length of the longest command that all cron daemons run. That of Debian cuts longer ones.
const MaxCommand = 998

// Comments around an entry and before its parts.
const (
	begin         = "# BEGIN td cron "
	end           = "# END td cron "
	commandPrefix = "# Command: "
	notePrefix    = "# "
)

// An Entry runs a command at certain times.
type Entry struct {
	Name    string
	Times   string // cron expression
	Line    string // shell command that cron runs, as it is written in a crontab
	Command string // for people
	Notes   []string
}

// format returns the lines of an entry.
func (e Entry) format() []string {
	lines := []string{begin + e.Name, commandPrefix + e.Command}
	for _, note := range e.Notes {
		lines = append(lines, notePrefix+note)
	}
	return append(lines, e.Times+" "+e.Line, end+e.Name)
}

// A block is the position of an entry in the lines of a crontab.
type block struct {
	Entry
	first, last int // indexes of the lines with its comments
}

// errNoEnd returns the error for an entry without its last comment.
func (b block) errNoEnd() error {
	return fmt.Errorf("line %d of the crontab starts the entry %s, which has no end: restore the line '%s%s'", b.first+1, b.Name, end, b.Name)
}

// parse returns the entries of td in lines. It returns an error for an entry without an end.
func parse(lines []string) (blocks []block, err error) {
	for i := 0; i < len(lines); i++ {
		name, ok := strings.CutPrefix(lines[i], begin)
		if !ok {
			continue
		}
		b := block{Entry: Entry{Name: name}, first: i}
		for i++; i < len(lines) && lines[i] != end+name; i++ {
			switch line := lines[i]; {
			case strings.HasPrefix(line, begin):
				return nil, b.errNoEnd()
			case strings.HasPrefix(line, commandPrefix):
				b.Command = strings.TrimPrefix(line, commandPrefix)
			case strings.HasPrefix(line, "#"):
				b.Notes = append(b.Notes, strings.TrimPrefix(line, notePrefix))
			default:
				const fields = 5
				parts := strings.SplitN(line, " ", fields+1)
				b.Times, b.Line = strings.Join(parts[:min(fields, len(parts))], " "), parts[len(parts)-1]
			}
		}
		if i == len(lines) {
			return nil, b.errNoEnd()
		}
		b.last = i
		blocks = append(blocks, b)
	}
	return blocks, nil
}

// Entries returns the entries of td in the text of a crontab.
func Entries(text string) (entries []Entry, err error) {
	blocks, err := parse(strings.Split(text, "\n"))
	for _, b := range blocks {
		entries = append(entries, b.Entry)
	}
	return entries, err
}

// Set returns a crontab with an entry, which replaces that of the same name.
func Set(text string, e Entry) (string, error) {
	if len(e.Line) > MaxCommand {
		return "", fmt.Errorf("the command has %d bytes in the crontab, and cron daemons run at most %d", len(e.Line), MaxCommand)
	}
	for _, line := range e.format() {
		if strings.ContainsAny(line, "\r\n\x00") {
			return "", ErrLineBreak
		}
	}
	lines := strings.Split(text, "\n")
	blocks, err := parse(lines)
	if err != nil {
		return "", err
	}
	for _, b := range blocks {
		if b.Name == e.Name {
			changed := append(append(lines[:b.first:b.first], e.format()...), lines[b.last+1:]...)
			return strings.Join(changed, "\n"), nil
		}
	}
	if text != "" && !strings.HasSuffix(text, "\n") {
		text += "\n"
	}
	return text + strings.Join(e.format(), "\n") + "\n", nil
}

// ErrLineBreak reports an argument that a crontab cannot have.
var ErrLineBreak = errors.New("an argument with a line break cannot be written to a crontab")

// Remove returns a crontab without the entry of a name, and whether it had one.
func Remove(text, name string) (changed string, found bool, err error) {
	lines := strings.Split(text, "\n")
	blocks, err := parse(lines)
	if err != nil {
		return "", false, err
	}
	for _, b := range slices.Backward(blocks) {
		if b.Name == name {
			lines, found = append(lines[:b.first:b.first], lines[b.last+1:]...), true
		}
	}
	return strings.Join(lines, "\n"), found, nil
}

// ShellQuote quotes a word for a POSIX shell, if necessary.
func ShellQuote(word string) string {
	const plain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-./:=,@+"
	if word != "" && strings.Trim(word, plain) == "" && !strings.HasPrefix(word, "=") {
		return word
	}
	return "'" + strings.ReplaceAll(word, "'", `'\''`) + "'"
}

// Quote quotes a word for a shell in a crontab, where a percent sign is a line break. Cron daemons differ in what a backslash
// before another one means, so that none is written.
func Quote(word string) string {
	word = ShellQuote(word)
	for _, next := range []string{`\`, `%`} {
		for strings.Contains(word, `\`+next) { // the empty string between two quotes separates them
			word = strings.ReplaceAll(word, `\`+next, `\''`+next)
		}
	}
	return strings.ReplaceAll(word, "%", `\%`)
}

// Assignment returns the assignment of a value to a variable before a command, quoted for a crontab.
func Assignment(name, value string) string { return name + "=" + Quote(value) }
