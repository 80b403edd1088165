package shellscript

import (
	"path/filepath"
	"slices"
	"strings"

	"mvdan.cc/sh/v3/syntax"
)

// detectFormat returns the format of a file.
func detectFormat(name, src string) Format {
	slashed := filepath.ToSlash(name)
	isSystem := strings.HasSuffix(slashed, "etc/crontab") || strings.Contains(slashed, "/cron.d/") || strings.HasPrefix(slashed, "cron.d/")
	entries, withUser := 0, 0
	for line := range strings.Lines(src) {
		line = strings.TrimSpace(line)
		if line == "" || line[0] == '#' && !strings.HasPrefix(line, "#!") {
			continue
		}
		command, isEntry := findCommand(line, false)
		if !isEntry {
			if name, _, isAssignment := strings.Cut(line, "="); isAssignment && syntax.ValidName(strings.TrimSpace(name)) {
				continue
			}
			return Shell
		}
		entries++
		if hasUserColumn(command) {
			withUser++
		}
	}
	switch {
	case entries == 0:
		return Shell
	case isSystem, withUser == entries:
		return SystemCrontab
	}
	return Crontab
}

// hasUserColumn reports whether a command seems to start with a user of /etc/crontab.
func hasUserColumn(command string) bool {
	words := strings.Fields(command)
	if len(words) < 2 {
		return false
	}
	switch words[0] {
	case "root", "nobody", "www-data", "daemon", "ubuntu", "ec2-user", "td-agent", "admin", "deploy", "app":
		return true
	}
	return false
}

// findCommand returns the command of a line of a crontab, which has a column for the user if user is set.
func findCommand(line string, user bool) (command string, ok bool) {
	times := 5
	if strings.HasPrefix(line, "@") {
		times = 1
	}
	fields := times
	if user {
		fields++
	}
	rest := line
	for i := range fields {
		rest = strings.TrimLeft(rest, " \t")
		end := strings.IndexAny(rest, " \t")
		if end < 0 || i < times && !isTimeField(rest[:end], i) {
			return "", false
		}
		rest = rest[end:]
	}
	command = strings.TrimLeft(rest, " \t")
	return command, command != ""
}

// isTimeField reports whether a word may be the field of a crontab at an index.
func isTimeField(word string, index int) bool {
	if index == 0 && word[0] == '@' {
		return slices.Contains([]string{"@reboot", "@yearly", "@annually", "@monthly", "@weekly", "@daily", "@midnight", "@hourly"}, word)
	}
	if strings.Trim(word, "0123456789*/,-~?LW#") == "" {
		return true
	}
	names := "jan feb mar apr may jun jul aug sep oct nov dec sun mon tue wed thu fri sat"
	for _, part := range strings.FieldsFunc(strings.ToLower(word), func(r rune) bool { return strings.ContainsRune(",-/#*0123456789", r) }) {
		if index < 3 || !slices.Contains(strings.Fields(names), part) {
			return false
		}
	}
	return true
}

// findInCrontab visits the entries and assignments of a crontab.
func (f *finder) findInCrontab(src string, user bool) {
	number := 0
	for line := range strings.Lines(src) {
		number++
		line = strings.TrimRight(line, "\n")
		trimmed := strings.TrimLeft(line, " \t")
		start := Position{number, len(line) - len(trimmed) + 1}
		if trimmed == "" || trimmed[0] == '#' {
			continue
		}
		if name, value, isAssignment := strings.Cut(trimmed, "="); isAssignment && syntax.ValidName(strings.TrimSpace(name)) {
			name = strings.TrimSpace(name)
			f.script.Env = append(f.script.Env, Variable{start, name})
			f.setCronVariable(name, strings.Trim(strings.TrimSpace(value), `"'`))
			continue
		}
		if command, ok := findCommand(trimmed, user); ok {
			start.Column += len(trimmed) - len(command)
			f.cronCommand(command, start)
		} else if f.mentionsProgram(trimmed) {
			f.problem(start, trimmed, "the line is not an entry of a crontab")
		}
	}
}

// setCronVariable records a variable of a crontab, which cron does not expand.
func (f *finder) setCronVariable(name, value string) {
	quoted, err := syntax.Quote(value, syntax.LangBash)
	if err != nil {
		return
	}
	src := name + "=" + quoted
	u := &unit{src: src, locate: func(line, column int) Position { return Position{line, column} }}
	statements, err := parseStatements(src, syntax.LangBash)
	if err == nil && len(statements) == 1 {
		f.collect(statements[0], u)
	}
}

// cronText visits an entry that a script writes to a crontab.
func (f *finder) cronText(text string, p Position, user bool) {
	for line := range strings.Lines(text) {
		if command, ok := findCommand(strings.TrimSpace(line), user); ok {
			f.cronCommand(command, p)
		}
	}
}

// cronCommand visits the command of an entry. Cron passes the text after a % that is not
// escaped to standard input, with each further % as a newline.
// See https://man7.org/linux/man-pages/man5/crontab.5.html
func (f *finder) cronCommand(line string, start Position) {
	var command strings.Builder
	var columns []int // column of each byte of the command in the line
	hasInput := false
	for i := 0; i < len(line); i++ {
		if line[i] == '%' {
			hasInput = true
			break
		}
		if line[i] == '\\' && i+1 < len(line) && line[i+1] == '%' {
			i++
		}
		columns = append(columns, i)
		command.WriteByte(line[i])
	}
	src := command.String()
	u := &unit{src: src, locate: func(_, column int) Position {
		if column-1 < len(columns) && column > 0 {
			column = columns[column-1] + 1
		}
		return Position{start.Line, start.Column + column - 1}
	}}
	if _, err := parseStatements(src, syntax.LangBash); err != nil && hasInput && f.mentionsProgram(line) {
		f.problem(start, line, CutByPercent)
		return
	}
	c := newContext(u)
	c.cron = true
	if hasInput {
		c.stdin = Input{TextInput, "the text after %"}
	}
	f.functions = map[string]*function{}
	f.nest(func() { f.parse(u, syntax.LangBash, c) })
}

// CutByPercent is the reason of a problem: cron ends the command at a %.
const CutByPercent = "cron ends the command at the first % that is not written \\%"
