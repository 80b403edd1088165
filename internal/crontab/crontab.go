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
	Command string // shown to people
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

// A NoEndError reports an entry without its last comment.
type NoEndError struct {
	Name string
	Line int // of its first comment, counted from 1
}

func (e NoEndError) Error() string {
	return fmt.Sprintf("line %d of the crontab starts the entry %s, which has no end: restore the line '%s%s'", e.Line, e.Name, end, e.Name)
}

// parse returns the entries of td in lines, and the damaged ones, which end with the next entry.
func parse(lines []string) (blocks []block, damaged []NoEndError) {
	for i := 0; i < len(lines); i++ {
		name, ok := strings.CutPrefix(lines[i], begin)
		if !ok {
			continue
		}
		name = trimEnd(name)
		b := block{Entry: Entry{Name: name}, first: i}
		for i++; i < len(lines) && trimEnd(lines[i]) != end+name && !strings.HasPrefix(lines[i], begin); i++ {
			b.add(trimEnd(lines[i]))
		}
		if i == len(lines) || strings.HasPrefix(lines[i], begin) {
			damaged = append(damaged, NoEndError{name, b.first + 1})
			i--
			continue
		}
		b.last = i
		blocks = append(blocks, b)
	}
	return blocks, damaged
}

// trimEnd removes the spaces that an editor may have left at the end of a line.
func trimEnd(line string) string { return strings.TrimRight(line, " \t\r") }

// add adds a line between the comments of an entry. Lines of the user, such as assignments, are ignored.
func (e *Entry) add(line string) {
	switch {
	case strings.HasPrefix(line, commandPrefix):
		e.Command = strings.TrimPrefix(line, commandPrefix)
	case strings.HasPrefix(line, "#"):
		e.Notes = append(e.Notes, strings.TrimPrefix(line, notePrefix))
	case line != "" && strings.Contains("0123456789*@ \t", line[:1]):
		e.Times, e.Line = splitTimes(line)
	}
}

// splitTimes separates the times of a line from its command.
func splitTimes(line string) (times, command string) {
	fields := 5
	if command = strings.TrimLeft(line, " \t"); strings.HasPrefix(command, "@") {
		fields = 1
	}
	var parts []string
	for range fields {
		i := strings.IndexAny(command, " \t")
		if i < 0 {
			i = len(command)
		}
		parts = append(parts, command[:i])
		command = strings.TrimLeft(command[i:], " \t")
	}
	return strings.Join(parts, " "), command
}

// find returns the entries of a name. It returns a [NoEndError] if one of them is damaged.
func find(lines []string, name string) (found []block, err error) {
	blocks, damaged := parse(lines)
	for _, e := range damaged {
		if e.Name == name {
			return nil, e
		}
	}
	return slices.DeleteFunc(blocks, func(b block) bool { return b.Name != name }), nil
}

// Entries returns the entries of td in the text of a crontab, and an error with a [NoEndError] for each damaged one.
func Entries(text string) (entries []Entry, err error) {
	blocks, damaged := parse(strings.Split(text, "\n"))
	for _, b := range blocks {
		entries = append(entries, b.Entry)
	}
	for i, e := range damaged {
		if i == 0 {
			err = e
			continue
		}
		err = fmt.Errorf("%w; %w", err, e) // on one line
	}
	return entries, err
}

// Set returns a crontab with an entry, which replaces those of the same name. It returns a [NoEndError] if one of them is
// damaged.
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
	blocks, err := find(lines, e.Name)
	if err != nil {
		return "", err
	}
	for i, b := range slices.Backward(blocks) {
		var replacement []string
		if i == 0 {
			replacement = e.format()
		}
		lines = slices.Replace(lines, b.first, b.last+1, replacement...)
	}
	if len(blocks) > 0 {
		return strings.Join(lines, "\n"), nil
	}
	if text != "" && !strings.HasSuffix(text, "\n") {
		text += "\n"
	}
	return text + strings.Join(e.format(), "\n") + "\n", nil
}

// ErrLineBreak reports an argument that a crontab cannot have.
var ErrLineBreak = errors.New("an argument with a line break cannot be written to a crontab")

// Remove returns a crontab without the entries of a name, and whether it had one. It returns a [NoEndError] if one of them
// is damaged.
func Remove(text, name string) (changed string, found bool, err error) {
	lines := strings.Split(text, "\n")
	blocks, err := find(lines, name)
	if err != nil {
		return "", false, err
	}
	for _, b := range slices.Backward(blocks) {
		lines = slices.Delete(lines, b.first, b.last+1)
	}
	return strings.Join(lines, "\n"), len(blocks) > 0, nil
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
