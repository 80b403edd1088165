package compat

import (
	"slices"
	"strings"

	"github.com/td-cli/td/internal/shellscript"
)

// A reading describes how a script reads the output of a call.
type reading struct {
	text       string // the patterns and programs of the commands that read it
	names      []string
	sources    []string
	display    bool // it is only shown, logged or moved
	skipsStart bool // lines at the start are removed
	skipsEnd   bool
	positions  bool // characters are selected by their position in a line
	firstLine  bool // only the first line is used
	lastLine   bool
	tableRows  bool // only the lines of a table that begin with | are selected
	quiet      bool // only whether or how often a text occurs is used
	firstCell  bool // only the first column of a list is used
	tests      bool // it is compared with a text
}

// read returns how a script reads what is written to a sink.
func read(s *shellscript.Sink) reading {
	r := reading{display: true}
	for _, c := range s.Consumers {
		r.sources = append(r.sources, c.Source)
		r.names = append(r.names, c.Name)
		args := strings.Join(texts(c.Args), " ")
		if !displays(c, args) {
			r.display = false
		}
		if hasPattern(c.Name) {
			r.text += args + "\n"
		}
		switch c.Name {
		case "sed":
			r.skipsStart = r.skipsStart || strings.Contains(args, "1d") || strings.Contains(args, "1,") || strings.Contains(args, "Result")
			r.skipsEnd = r.skipsEnd || strings.Contains(args, "$d") || strings.Contains(args, "$ d")
			r.firstLine = r.firstLine || args == "-n 1p" || args == "1q"
		case "tail":
			r.skipsStart = r.skipsStart || strings.Contains(args, "+")
			r.lastLine = r.lastLine || !strings.Contains(args, "+")
		case "head":
			r.skipsEnd = r.skipsEnd || strings.Contains(args, "-n -") || strings.Contains(args, "--lines=-") || strings.Contains(args, "-n-")
			r.firstLine = r.firstLine || slices.Contains([]string{"-1", "-n 1", "-n1", "--lines=1"}, args)
		case "awk", "gawk", "mawk":
			r.skipsStart = r.skipsStart || strings.Contains(args, "NR>") || strings.Contains(args, "NR >") || strings.Contains(args, "Result")
			r.firstLine = r.firstLine || strings.Contains(args, "NR==1") || strings.Contains(args, "NR == 1") || strings.HasPrefix(args, "{") && strings.Contains(args, "exit")
			r.firstCell = r.firstCell || args == "{print $2}" || args == "{ print $2 }" || isFirstField(args)
		case "cut":
			r.positions = r.positions || strings.Contains(args, "-c") || strings.Contains(args, "-b")
			r.firstCell = r.firstCell || strings.HasSuffix(args, "-f1") || strings.HasSuffix(args, "-f 1") || strings.HasPrefix(args, "-f1 ") || strings.HasPrefix(args, "-f 1 ")
		case "grep", "egrep", "fgrep":
			r.skipsStart = r.skipsStart || strings.Contains(args, "-v")
			r.tableRows = r.tableRows || strings.Contains(args, "^|") || strings.Contains(args, "^[|]")
			r.quiet = r.quiet || slices.ContainsFunc(strings.Fields(args), isQuietFlag)
		case "[", "[[", "test", "case":
			r.tests = true
		}
	}
	return r
}

// isQuietFlag reports whether an argument of grep suppresses the lines that match.
func isQuietFlag(arg string) bool {
	if strings.HasPrefix(arg, "--") {
		return arg == "--quiet" || arg == "--silent" || arg == "--count"
	}
	return strings.HasPrefix(arg, "-") && strings.ContainsAny(arg, "qc")
}

// isFirstField reports whether the arguments of awk print the first field of lines of csv or tsv.
func isFirstField(args string) bool {
	return strings.HasPrefix(args, "-F") && (strings.HasSuffix(args, "{print $1}") || strings.HasSuffix(args, "{ print $1 }"))
}

func texts(words []shellscript.Word) (all []string) {
	for _, w := range words {
		all = append(all, strings.ReplaceAll(w.Text, shellscript.Unknown, ""))
	}
	return all
}

// hasPattern reports whether the arguments of a command contain text that it searches.
func hasPattern(name string) bool {
	switch name {
	case "grep", "egrep", "fgrep", "zgrep", "rg", "ack", "sed", "awk", "gawk", "mawk", "perl", "python", "python3", "ruby", "expr", "[", "[[", "test", "case", "=", "":
		return true
	}
	return false
}

// displays reports whether a command only shows, logs or moves what it reads.
func displays(c shellscript.Consumer, args string) bool {
	switch c.Name {
	case "tee", "cat", "logger", "mail", "mailx", "sendmail", "mutt", "less", "more", "echo", "printf", "ts", "rm", "mv", "cp", "chmod", "chown", "gzip",
		"touch", "ls", "mkdir", "dirname", "basename", "truncate", "sort", "true", ":":
		return true
	case "[", "[[", "test":
		return strings.Contains(args, "-f ") || strings.Contains(args, "-e ") || strings.Contains(args, "-d ")
	}
	return false
}

// searches reports whether a script searches the output for one of some words.
func (r reading) searches(words ...string) bool {
	return slices.ContainsFunc(words, func(w string) bool { return strings.Contains(r.text, w) })
}

// isRead reports whether more than the terminal or cron gets the output.
func isRead(s *shellscript.Sink) bool {
	return s.Kind == shellscript.Pipe || s.Kind == shellscript.Captured || s.Kind == shellscript.File
}

// isMerged reports whether standard error has the destination of standard output (2>&1).
func (c call) isMerged() bool { return c.Stdout == c.Stderr }

// stdout returns how standard output is read.
func (c call) stdout() reading { return read(c.Stdout) }
