// Package shellscript finds the calls of a program in shell scripts and crontabs, with what
// the script does with their output and exit status. It runs nothing.
package shellscript

import (
	"slices"
	"strings"

	"mvdan.cc/sh/v3/syntax"
)

// A Format is the format of a file.
type Format string

// Formats of files.
const (
	Auto          Format = "auto" // determined by the name and the content
	Shell         Format = "shell"
	Crontab       Format = "crontab"
	SystemCrontab Format = "system-crontab" // a crontab with a column for the user, as in /etc/cron.d
)

// Options describe the search.
type Options struct {
	Name    string                 // name of the file; determines its format
	Format  Format                 // "" is Auto
	Program string                 // the name of the program, without a directory
	IsVerb  func(word string) bool // reports whether a word is a command of the program
}

// A Position is a place in a file. Line and Column count from 1, columns in bytes.
type Position struct{ Line, Column int }

// A Script is the result of a search.
type Script struct {
	Format   Format
	Calls    []*Call    // ordered by position; a call in a function is listed for each use
	Problems []*Problem // places where the program may be called, but which cannot be decided
	Texts    []Text     // commands that are not calls of the program but mention it
	Env      []Variable // exported variables
}

// A Problem is a place that cannot be checked.
type Problem struct {
	Position
	Source, Reason string
}

// A Text is a command that does not run the program.
type Text struct {
	Position
	Words []Word
}

// A Variable is an environment variable that a script sets.
type Variable struct {
	Position
	Name string
}

// A Word is an argument of a command after the expansions of the shell.
type Word struct {
	Text    string   // has Unknown in place of each part that is not known
	Source  string   // text in the file
	Unknown []string // the parts that are not known, as in the file
	Split   bool     // an unknown part is not quoted: it may be several words, or none
	Many    bool     // any number of words, such as "$@"

	unit *unit // unit that contains Source
	pos  syntax.Pos
}

// Unknown replaces an unknown part in the text of a word. It is a character that scripts do not
// contain (private use area).
const Unknown = "\ue000"

// IsStatic reports whether the text of a word is known.
func (w Word) IsStatic() bool { return len(w.Unknown) == 0 && !w.Many }

// A Call is a call of the program.
type Call struct {
	Position
	Source   string   // one line of text
	Program  Word     // name as written: td, /usr/local/bin/td, $TD
	Wrappers []string // programs that run it, such as sudo, the outermost first
	Env      []string // names of the variables that are set for this call
	Args     []Word
	Stdin    Input
	Stdout   *Sink
	Stderr   *Sink // the same as Stdout after 2>&1
	Status   Status
	Cron     bool // an entry of a crontab, whose output cron mails
}

// An Input is the source of standard input.
type Input struct {
	Kind   InputKind
	Source string // the command or file
}

// An InputKind is a kind of standard input.
type InputKind int

// Kinds of standard input.
const (
	InheritedInput InputKind = iota // the terminal, or nothing in a crontab
	PipeInput
	FileInput
	TextInput // a here-document or a here-string
	NoInput   // /dev/null
)

// A Sink is the destination of standard output or standard error.
type Sink struct {
	Kind      SinkKind
	Name      string     // file or variable
	Consumers []Consumer // commands that read what was written
}

// A SinkKind is a kind of destination.
type SinkKind int

// Kinds of destinations.
const (
	Inherited SinkKind = iota
	Discarded          // /dev/null
	File
	Pipe
	Captured // $(…)
	Closed
)

// A Consumer is a command that reads the output of a call.
type Consumer struct {
	Name   string // such as grep; [[ and case for tests
	Args   []Word
	Source string
}

// A Status describes how the exit status of a call is used.
type Status struct {
	Uses     []string // such as "if", "&&", "set -e" and "$?"; empty: it is ignored
	Compared []string // the numbers other than 0 that it is compared with
}

// Ignored reports whether a script does not use the status.
func (s Status) Ignored() bool { return len(s.Uses) == 0 }

// with returns the status with a further use and the numbers that it is compared with.
func (s Status) with(use string, compared ...string) Status {
	uses := slices.Clone(s.Uses)
	if !slices.Contains(uses, use) {
		uses = append(uses, use)
	}
	return Status{Uses: uses, Compared: append(slices.Clone(s.Compared), compared...)}
}

// Find returns the calls of a program in a file.
func Find(src string, o Options) *Script {
	src = strings.ReplaceAll(src, "\r\n", "\n")
	format := o.Format
	if format == "" || format == Auto {
		format = detectFormat(o.Name, src)
	}
	f := newFinder(o)
	f.script.Format = format
	if format == Shell {
		f.findInShell(src)
	} else {
		f.findInCrontab(src, format == SystemCrontab)
	}
	f.attachConsumers()
	slices.SortStableFunc(f.script.Calls, func(a, b *Call) int { return comparePositions(a.Position, b.Position) })
	slices.SortStableFunc(f.script.Problems, func(a, b *Problem) int { return comparePositions(a.Position, b.Position) })
	f.script.Problems = slices.CompactFunc(f.script.Problems, func(a, b *Problem) bool { return *a == *b })
	return f.script
}

func comparePositions(a, b Position) int {
	if a.Line != b.Line {
		return a.Line - b.Line
	}
	return a.Column - b.Column
}
