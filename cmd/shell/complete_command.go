package shell

import (
	"cmp"
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/td-cli/td/cmd/internal/complete"
	"github.com/td-cli/td/internal/chart"
	"github.com/td-cli/td/internal/config"
	"github.com/td-cli/td/pkg/jobresult"
)

// completeCommand returns the candidates for the last word of a command without its backslash.
func (s completer) completeCommand(ctx context.Context, line string, cursor int) (from int, candidates []string) {
	line = strings.TrimLeft(line, " \t")
	list := commands()
	end := strings.IndexAny(line, " \t")
	if end < 0 {
		return filter(cursor, line, commandNames())
	}
	i := slices.IndexFunc(list, func(c command) bool { return c.name == line[:end] })
	if i < 0 {
		return cursor, nil
	}
	c, word := list[i], lastWord(line[end:])
	switch {
	case c.candidates != nil:
		candidates = c.candidates(s.session)
	case c.kind == complete.Database:
		candidates = complete.Databases(ctx, s.env)
	case c.kind == complete.Table:
		candidates = s.completeTable(ctx, word)
	case c.kind == complete.RowFormat:
		for _, f := range jobresult.Formats() {
			candidates = append(candidates, string(f))
		}
	case c.kind == complete.File:
		return cursor - len(word), s.findFiles(word)
	default:
		candidates = c.kind.Words()
	}
	return filter(cursor, word, candidates)
}

// lastWord returns the last word of the arguments of a command, with its quote. A word in quotes may contain blanks.
func lastWord(args string) string {
	start, quote := 0, byte(0)
	for i := range len(args) {
		switch c := args[i]; {
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case c == ' ' || c == '\t':
			start = i + 1
		case i == start && (c == '\'' || c == '"'):
			quote = c
		}
	}
	return args[start:]
}

func (s completer) completeTable(ctx context.Context, word string) (candidates []string) {
	database, _, ok := strings.Cut(word, ".")
	if !ok {
		return complete.Tables(ctx, s.env, s.request.Database)
	}
	for _, t := range complete.Tables(ctx, s.env, database) {
		candidates = append(candidates, database+"."+t)
	}
	return candidates
}

// commandNames returns the names of the commands.
func commandNames() (names []string) {
	for _, c := range commands() {
		names = append(names, c.name)
	}
	return names
}

// chartWords returns the arguments of \chart for the last result.
func (s *session) chartWords() []string {
	words := []string{string(chart.Bar), string(chart.Line)}
	schema, _ := jobresult.ParseSchema(s.last.Schema) // an invalid one has no columns
	for _, c := range schema {
		quote := neededQuote(c.Name)
		words = append(words, quote+c.Name+quote)
	}
	return words
}

// jobIDs returns the jobs of the session.
func (s *session) jobIDs() []string { return slices.Clone(s.jobs) }

// paramNames returns the names of the parameters.
func (s *session) paramNames() (names []string) {
	for _, p := range s.params {
		names = append(names, paramName(p))
	}
	return names
}

// findFiles returns the paths that start with a word, which may have a quote at its start.
func (s completer) findFiles(word string) (paths []string) {
	quote := ""
	if word != "" && strings.IndexByte(`'"`, word[0]) >= 0 {
		quote = word[:1]
	}
	dir, name := filepath.Split(word[len(quote):])
	entries, _ := os.ReadDir(cmp.Or(s.expandHome(dir), ".")) // an unreadable directory has no candidates
	for _, e := range entries {
		if !strings.HasPrefix(e.Name(), name) {
			continue
		}
		path := dir + e.Name()
		start := cmp.Or(quote, neededQuote(path))
		if e.IsDir() { // its files may follow
			paths = append(paths, start+path+"/")
		} else {
			paths = append(paths, start+path+start)
		}
	}
	return paths
}

// neededQuote returns the quote that a word needs so that splitWords returns it as a whole, or "".
func neededQuote(word string) string {
	switch {
	case !strings.ContainsAny(word, " \t'\""):
		return ""
	case strings.Contains(word, "'"):
		return `"`
	}
	return "'"
}

// expandHome replaces ~ at the start of a path with the home directory, as a shell does.
func (s *session) expandHome(path string) string {
	if rest, ok := strings.CutPrefix(path, "~"); ok && (rest == "" || os.IsPathSeparator(rest[0])) {
		return config.HomeDir(s.env.Getenv) + rest
	}
	return path
}
