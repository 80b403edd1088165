package shellscript

import (
	"errors"
	"path"
	"slices"
	"strings"

	"mvdan.cc/sh/v3/syntax"
)

// maxDepth limits nested functions, aliases and scripts within scripts.
const maxDepth = 20

// maxVisits limits the commands that are visited: functions are visited for each use.
const maxVisits = 200_000

// Limits of values. Larger ones are treated as unknown.
const (
	maxValue    = 1 << 16 // bytes
	maxElements = 1000
)

// A unit is a text that was parsed: a file, or a script within it, such as an argument of sh -c.
type unit struct {
	src    string
	locate func(line, column int) Position
}

// source returns the text between two positions on one line.
func (u *unit) source(from, to syntax.Pos) string {
	start, end := int(from.Offset()), int(to.Offset())
	if start > end || end > len(u.src) {
		return ""
	}
	text := strings.ReplaceAll(u.src[start:end], "\\\n", " ")
	return strings.Join(strings.Fields(text), " ")
}

func (u *unit) position(p syntax.Pos) Position { return u.locate(int(p.Line()), int(p.Col())) }

// A function is a function of the script.
type function struct {
	body *syntax.Stmt
	unit *unit
	used bool
}

// A finder searches a file.
type finder struct {
	Options
	script    *Script
	variables map[string][]assignment
	functions map[string]*function
	aliases   map[string]string
	uses      map[string][]Consumer // commands that mention "$NAME" or a file
	parsed    []syntax.Node         // statements of all units

	errexit, pipefail bool // options of the shell
	trap              bool // there is a trap for ERR
	waits             bool // the script has the command wait

	visits    int             // number of visited commands
	resolving map[string]bool // variables whose values are being determined
	resolved  int             // number of values that were determined
}

func newFinder(o Options) *finder {
	if o.IsVerb == nil {
		o.IsVerb = func(string) bool { return false }
	}
	return &finder{
		Options: o, script: &Script{}, variables: map[string][]assignment{}, functions: map[string]*function{},
		aliases: map[string]string{}, resolving: map[string]bool{}, uses: map[string][]Consumer{},
	}
}

// A context is the surroundings of a statement.
type context struct {
	unit           *unit
	status         Status
	stdin          Input
	stdout, stderr *Sink
	args           []Word   // positional parameters
	hasArgs        bool     // they are known
	site           *site    // the outermost call of a function, nil outside of functions
	within         []string // names of the functions that are being visited
	inCondition    bool     // set -e has no effect
	wrappers       []string // programs that run the command, such as sudo
	depth          int      // nesting of functions, aliases and scripts within scripts
	cron           bool     // an entry of a crontab
}

// A site is the place of a call of a function.
type site struct {
	position Position
	source   string
}

func newContext(u *unit) context {
	return context{unit: u, stdout: &Sink{}, stderr: &Sink{}}
}

// function returns the name of the function that is being visited, or "".
func (c context) function() string {
	if len(c.within) == 0 {
		return ""
	}
	return c.within[len(c.within)-1]
}

// problem records a place that cannot be checked.
func (f *finder) problem(p Position, source, reason string) {
	f.script.Problems = append(f.script.Problems, &Problem{Position: p, Source: shorten(source), Reason: reason})
}

// shorten limits the length of a source text.
func shorten(s string) string {
	const maxLength = 200
	s = strings.Join(strings.Fields(s), " ")
	if len(s) <= maxLength {
		return s
	}
	return strings.ToValidUTF8(s[:maxLength], "") + " …"
}

func (f *finder) findInShell(src string) {
	u := &unit{src: src, locate: func(line, column int) Position { return Position{line, column} }}
	variant := syntax.LangBash // accepts nearly all scripts of sh, and its declarations are parsed
	first, _, _ := strings.Cut(src, "\n")
	if interpreter, isScript := strings.CutPrefix(first, "#!"); isScript {
		if variant = shellVariant(interpreter); variant == 0 {
			if f.mentionsProgram(src) {
				f.problem(Position{1, 1}, first, "the file is not a shell script and was not checked")
			}
			return
		}
		f.setOptions(strings.Fields(interpreter))
	}
	f.waits = containsWord(src, "wait")
	c := newContext(u)
	c.status = Status{}.with("the end of the script")
	f.parse(u, variant, c)
}

// shellVariant returns the language of an interpreter, or 0 if it is not a shell.
func shellVariant(interpreter string) syntax.LangVariant {
	for word := range strings.FieldsSeq(interpreter) {
		switch path.Base(word) {
		case "sh", "bash", "dash", "ash", "busybox":
			return syntax.LangBash
		case "ksh", "mksh", "ksh93":
			return syntax.LangMirBSDKorn
		case "zsh":
			return syntax.LangZsh
		case "bats":
			return syntax.LangBats
		}
	}
	return 0
}

// containsWord reports whether a word is among the words of a text.
func containsWord(text, word string) bool {
	return slices.Contains(strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune(" \t\n;&|(){}\"'`", r) }), word)
}

// parse visits the statements of a unit, up to the first syntax error.
func (f *finder) parse(u *unit, variant syntax.LangVariant, c context) {
	if c.depth >= maxDepth {
		f.problem(u.locate(1, 1), u.src, "the scripts are nested too deeply to be checked")
		return
	}
	statements, err := parseStatements(u.src, variant)
	if err != nil {
		other := syntax.LangBash
		if variant == syntax.LangBash {
			other = syntax.LangPOSIX
		}
		if more, otherErr := parseStatements(u.src, other); otherErr == nil || len(more) > len(statements) {
			statements, err = more, otherErr
		}
	}
	for _, s := range statements {
		f.parsed = append(f.parsed, s)
		f.collect(s, u)
	}
	c.unit = u
	f.statements(statements, c)
	f.visitUnused(c)
	if parseErr, ok := errors.AsType[syntax.ParseError](err); ok {
		rest := u.src[min(int(parseErr.Pos.Offset()), len(u.src)):]
		if len(statements) > 0 {
			rest = u.src[min(int(statements[len(statements)-1].End().Offset()), len(u.src)):]
		}
		if f.mentionsProgram(rest) {
			line, _, _ := strings.Cut(strings.TrimSpace(rest), "\n")
			f.problem(u.position(parseErr.Pos), line, "the shell syntax is not understood from here on: "+parseErr.Text)
		}
	}
}

// parseStatements returns the statements of a text, up to the first error.
func parseStatements(src string, variant syntax.LangVariant) (statements []*syntax.Stmt, err error) {
	parser := syntax.NewParser(syntax.Variant(variant))
	for s, parseErr := range parser.StmtsSeq(strings.NewReader(src)) { // must not be left early after an error
		switch {
		case err != nil:
		case parseErr != nil:
			err = parseErr
		default:
			statements = append(statements, s)
		}
	}
	return statements, err
}

// visitUnused visits the functions that were never called: others may call them.
func (f *finder) visitUnused(c context) {
	var names []string
	for name, function := range f.functions {
		if !function.used && function.unit == c.unit {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	for _, name := range names {
		function := f.functions[name]
		function.used = true
		fc := newContext(function.unit)
		fc.status = Status{}.with("the end of the function")
		fc.within, fc.depth, fc.cron = []string{name}, c.depth+1, c.cron
		f.statement(function.body, fc)
	}
}

// attachConsumers adds the commands that read a file or variable after it was written.
func (f *finder) attachConsumers() {
	seen := map[*Sink]bool{}
	for _, call := range f.script.Calls {
		for _, s := range []*Sink{call.Stdout, call.Stderr} {
			if seen[s] || s.Name == "" {
				continue
			}
			seen[s] = true
			key := s.Name
			if s.Kind == Captured {
				key = "$" + s.Name
			}
			s.Consumers = append(s.Consumers, f.uses[useKey(key)]...)
		}
	}
}

// mentionsProgram reports whether a text contains a word that is the program.
func (f *finder) mentionsProgram(text string) bool {
	return slices.ContainsFunc(splitCode(text), f.isProgram)
}

// containsCall reports whether a text contains the program followed by one of its commands or
// a flag.
func (f *finder) containsCall(text string) bool {
	words := splitCode(text)
	for i, w := range words[:max(0, len(words)-1)] {
		if next := words[i+1]; f.isProgram(w) && (f.IsVerb(next) || len(next) > 1 && next[0] == '-') {
			return true
		}
	}
	return false
}

// splitCode returns the words of a text that may contain shell code.
func splitCode(text string) []string {
	return strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune(" \t\r\n;&|(){}<>\"'`,[]", r) })
}

// isProgram reports whether a word names the program, with or without a directory.
func (f *finder) isProgram(word string) bool { return path.Base(word) == f.Program && word != "" }
