package compat

import (
	"errors"
	"slices"
	"strconv"
	"strings"

	"github.com/td-cli/td/cmd/internal/argv"
	"github.com/td-cli/td/internal/cli"
	"github.com/td-cli/td/internal/shellscript"
)

// A checker checks files. The function newTree returns a tree of all commands, with which one call is parsed.
type checker struct{ newTree func() *argv.Tree }

// A call is a call with the command that td would run.
type call struct {
	*shellscript.Call
	name  string // of the command, "" if there is none or it is unknown
	flags map[string]argv.Flag
	args  []string
	err   error // td would reject the arguments

	open    []string // arguments that may be flags or a command
	unknown []string // parts that are not known, as in the file
}

// given reports whether a flag is given.
func (c call) given(flag string) bool {
	_, ok := c.flags[flag]
	return ok
}

// value returns the value of a flag, and false if it is not given or not known.
func (c call) value(flag string) (string, bool) {
	f, ok := c.flags[flag]
	return f.Value, ok && !strings.Contains(f.Value, shellscript.Unknown)
}

// ending returns the known end of a flag's value, such as /out.csv of "$DIR/out.csv", and false
// if the flag is not given or nothing is known.
func (c call) ending(flag string) (string, bool) {
	value := c.flags[flag].Value
	if i := strings.LastIndex(value, shellscript.Unknown); i >= 0 {
		value = value[i+len(shellscript.Unknown):]
	}
	return value, value != ""
}

// checkFile returns the results for a file.
func (c checker) checkFile(name, src string, format shellscript.Format) []result {
	verbs := c.newTree()
	known := readToolbelt()
	script := shellscript.Find(src, shellscript.Options{
		Name: name, Format: format, Program: "td",
		IsVerb: func(word string) bool { return verbs.Find(word) != nil || verbs.HasVerbs(word) },
	})
	var results []result
	add := func(p shellscript.Position, source string, unknown []string, findings ...finding) {
		for _, f := range findings {
			results = append(results, result{f, name, p, source, unknown})
		}
	}
	for _, found := range script.Calls {
		parsed := c.parse(found)
		findings := checkCall(parsed, src)
		if parsed.err == nil {
			findings = append(findings, known.checkNew(parsed)...)
		}
		if len(findings) == 0 {
			findings = []finding{{verdict: same}}
			if len(parsed.unknown) > 0 {
				findings[0].verdict = partlyChecked
			}
		}
		add(found.Position, redactCall(parsed), parsed.unknown, findings...)
	}
	for _, p := range script.Problems {
		f := needsLook(p.Reason, "check it by hand")
		if p.Reason == shellscript.CutByPercent {
			f = stillBroken(p.Reason, `write \% for each %`)
		}
		add(p.Position, redactSource(p.Source), nil, f)
	}
	for _, t := range script.Texts {
		if f, ok := checkInstallation(t); ok {
			add(t.Position, redactSource(source(t.Words)), nil, f)
		}
	}
	for _, v := range script.Env {
		if f, ok := checkVariable(v.Name); ok {
			add(v.Position, v.Name+"=…", nil, f)
		}
	}
	return sortResults(results)
}

// source returns words as they are in the file.
func source(words []shellscript.Word) string {
	var all []string
	for _, w := range words {
		all = append(all, w.Source)
	}
	return strings.Join(all, " ")
}

// parse determines what td would do with the arguments of a call, as far as they are known.
func (c checker) parse(found *shellscript.Call) call {
	parsed := call{Call: found, flags: map[string]argv.Flag{}}
	var words []string
	for _, w := range found.Args {
		parsed.unknown = append(parsed.unknown, w.Unknown...)
		if w.Many || w.Split && looksLikeFlags(w) {
			parsed.open = append(parsed.open, w.Source)
			continue
		}
		words = append(words, w.Text)
	}
	for _, w := range found.Wrappers {
		switch {
		case strings.Contains(w, "$"):
			parsed.unknown = append(parsed.unknown, w)
		case w == "ssh":
			parsed.unknown = append(parsed.unknown, "the td of the other host")
		}
	}
	parsed.unknown = distinct(parsed.unknown)
	tree := c.newTree()
	line, err := argv.ParseLine(tree, words)
	for _, f := range slices.Concat(line.Globals, line.Flags) {
		parsed.flags[f.Flag.Name] = f
	}
	parsed.args = line.Args
	if line.Command != nil {
		parsed.name = line.Command.Name()
	}
	if err == nil {
		line.Globals, line.Flags = withKnownValues(line.Globals), withKnownValues(line.Flags)
		err = line.Check(tree)
	}
	if err != nil && (mentionsUnknown(err) || len(parsed.open) > 0 && parsed.name == "") {
		parsed.open = append(parsed.open, parsed.unknown...)
		err = nil
	}
	if len(parsed.open) == 0 || isFlagError(err) {
		parsed.err = err
	}
	return parsed
}

// mentionsUnknown reports whether an error is about a part that is not known.
func mentionsUnknown(err error) bool {
	quoted := strings.Trim(strconv.QuoteToASCII(shellscript.Unknown), `"`)
	return strings.Contains(err.Error(), shellscript.Unknown) || strings.Contains(err.Error(), quoted)
}

// distinct returns the strings of a list without repetitions, in their order.
func distinct(list []string) (kept []string) {
	for _, s := range list {
		if !slices.Contains(kept, s) {
			kept = append(kept, s)
		}
	}
	return kept
}

// looksLikeFlags reports whether a variable that is not quoted seems to hold flags, rather than a
// value. The former may change how the rest is understood.
func looksLikeFlags(w shellscript.Word) bool {
	name := strings.ToUpper(w.Source)
	return w.Text == shellscript.Unknown && !strings.HasPrefix(w.Source, "the input of") &&
		slices.ContainsFunc([]string{"OPT", "ARG", "FLAG", "PARAM", "SWITCH", "EXTRA", "$@", "$*"}, func(part string) bool { return strings.Contains(name, part) })
}

// withKnownValues returns the flags without those whose values must have a certain form but are
// not known.
func withKnownValues(flags []argv.Flag) []argv.Flag {
	return slices.DeleteFunc(slices.Clone(flags), func(f argv.Flag) bool {
		return strings.Contains(f.Value, shellscript.Unknown) && !strings.HasPrefix(f.Flag.Value.Type(), "string")
	})
}

// isFlagError reports whether an error does not depend on the number of arguments.
func isFlagError(err error) bool {
	return err != nil && !errors.Is(err, argv.ErrMissingArgument) && !errors.Is(err, argv.ErrTooManyArguments)
}

// describeError returns an error with its hint.
func describeError(err error) string {
	var why strings.Builder
	why.WriteString(err.Error())
	if hint := cli.Hint(err); hint != "" {
		why.WriteString(" (" + hint + ")")
	}
	return why.String()
}
