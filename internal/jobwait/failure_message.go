package jobwait

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/td-cli/td/internal/api"
	"github.com/td-cli/td/internal/redact"
	"github.com/td-cli/td/internal/text"
)

// FailureMessage extracts the server's error message from the logs of a failed job.
// It returns the last line if no line has the form of an error message.
func FailureMessage(job api.Job) string {
	last := ""
	for _, log := range []string{job.Debug.Cmdout, job.Debug.Stderr} {
		for line := range strings.Lines(log) {
			line = strings.TrimSpace(line)
			if line == "" {
				continue
			}
			if _, message, ok := strings.Cut(line, " failed: "); ok && strings.HasPrefix(line, "Query ") {
				return message
			}
			if message, ok := strings.CutPrefix(line, "FAILED: "); ok {
				return message
			}
			last = line
		}
	}
	return last
}

// MarkPosition returns the line of sql to which a message of the form "line 2:8: …" or "Line 2:8 …"
// refers, with a caret below the column and without secrets. It returns "" if message has no valid position.
func MarkPosition(sql, message string) string {
	found := regexp.MustCompile(`(?i)\bline (\d+:\d+)`).FindStringSubmatch(message)
	if found == nil {
		return ""
	}
	var line, column int
	if n, _ := fmt.Sscanf(found[1], "%d:%d", &line, &column); n != 2 {
		return ""
	}
	column = max(column, 1) // some messages of Hive count from 0
	lines := strings.Split(sql, "\n")
	if line < 1 || line > len(lines) {
		return ""
	}
	source := strings.TrimRight(lines[line-1], "\r")
	runes := []rune(source)
	if column > len(runes)+1 {
		return ""
	}
	if safe := redact.Text(sql); safe != sql {
		// The name of a secret may be in an earlier line than its value.
		lines = strings.Split(redact.Text(strings.Join(append(lines[:line-1:line-1], string(runes[:column-1])), "\n")), "\n")
		runes = []rune(lines[len(lines)-1])
		column = len(runes) + 1
		safeLines := strings.Split(safe, "\n")
		if len(lines) > len(safeLines) {
			return ""
		}
		source = strings.TrimRight(safeLines[len(lines)-1], "\r")
	}
	var indent strings.Builder
	for _, r := range runes[:column-1] {
		switch {
		case r == '\t':
			indent.WriteByte('\t')
		case text.RuneWidth(r) == 2:
			indent.WriteString("  ")
		default:
			indent.WriteByte(' ')
		}
	}
	return source + "\n" + indent.String() + "^"
}
