// Package systemdunit formats a service and a timer of a user's systemd instance that run a command of td.
//
// See https://www.freedesktop.org/software/systemd/man/latest/systemd.service.html and systemd.timer.html there.
package systemdunit

import (
	"fmt"
	"path/filepath"
	"strings"
)

// Prefix is the start of the names of the units.
const Prefix = "td-cron-"

// Comments at the start of a service.
const (
	timesPrefix   = "# Times: "
	commandPrefix = "# Command: "
)

// A Unit is a command with its times.
type Unit struct {
	Name        string
	Times       string   // description of the times
	Calendar    []string // calendar events of systemd
	Program     string   // absolute path
	Args        []string
	Directory   string   // working directory of the command
	Environment []string // NAME=VALUE
	Command     string   // description of the command
}

// Dir returns the directory of a user's units: $XDG_CONFIG_HOME/systemd/user or ~/.config/systemd/user.
func Dir(configHome, home string) string {
	if !filepath.IsAbs(configHome) {
		configHome = filepath.Join(home, ".config")
	}
	return filepath.Join(configHome, "systemd", "user")
}

// ServiceName returns the name of the service of a command.
func ServiceName(name string) string { return Prefix + name + ".service" }

// TimerName returns the name of the timer of a command.
func TimerName(name string) string { return Prefix + name + ".timer" }

// CheckDirectory returns an error for a directory that a unit cannot have. Directories in units cannot be quoted.
func CheckDirectory(path string) error {
	hasControl := strings.ContainsFunc(path, func(r rune) bool { return r < ' ' || r == 0x7f })
	if hasControl || strings.TrimSpace(path) != path || strings.HasSuffix(path, `\`) {
		return fmt.Errorf("a unit of systemd cannot have the working directory %q", path)
	}
	return nil
}

// Service returns the text of the service.
func (u Unit) Service() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s%s\n%s%s\n", timesPrefix, u.Times, commandPrefix, oneLine(u.Command))
	fmt.Fprintf(&b, "[Unit]\nDescription=td cron %s\n\n[Service]\nType=oneshot\n", u.Name)
	fmt.Fprintf(&b, "WorkingDirectory=%s\n", strings.ReplaceAll(u.Directory, "%", "%%"))
	for _, assignment := range u.Environment {
		fmt.Fprintf(&b, "Environment=%s\n", quote(assignment))
	}
	words := []string{quote(u.Program)}
	for _, arg := range u.Args {
		words = append(words, strings.ReplaceAll(quote(arg), "$", "$$"))
	}
	fmt.Fprintf(&b, "ExecStart=%s\n", strings.Join(words, " "))
	b.WriteString("# td ends its child process itself, and leaves the job running.\nKillMode=mixed\nTimeoutStopSec=60\n")
	return b.String()
}

// Timer returns the text of the timer. A time at which the machine is off is made up for.
func (u Unit) Timer() string {
	var b strings.Builder
	fmt.Fprintf(&b, "[Unit]\nDescription=td cron %s: %s\n\n[Timer]\n", u.Name, strings.ReplaceAll(u.Times, "%", "%%"))
	for _, event := range u.Calendar {
		fmt.Fprintf(&b, "OnCalendar=%s\n", event)
	}
	b.WriteString("AccuracySec=1s\nPersistent=true\n\n[Install]\nWantedBy=timers.target\n")
	return b.String()
}

// oneLine replaces the characters that end a line of a unit.
func oneLine(s string) string {
	return strings.NewReplacer("\n", " ", "\r", " ", "\x00", " ").Replace(s)
}

// quote quotes a word of a unit.
func quote(word string) string {
	var b strings.Builder
	b.WriteByte('"')
	for _, c := range []byte(word) {
		switch {
		case c == '"' || c == '\\':
			b.WriteByte('\\')
			b.WriteByte(c)
		case c == '%':
			b.WriteString("%%")
		case c == '\n':
			b.WriteString(`\n`)
		case c == '\t':
			b.WriteString(`\t`)
		case c < ' ' || c == 0x7f:
			fmt.Fprintf(&b, `\x%02x`, c)
		default:
			b.WriteByte(c)
		}
	}
	b.WriteByte('"')
	return b.String()
}

// Describe returns the times and the command in the text of a service. They are empty if it is not from this package.
func Describe(service string) (times, command string) {
	for line := range strings.Lines(service) {
		line = strings.TrimRight(line, "\n")
		if t, ok := strings.CutPrefix(line, timesPrefix); ok {
			times = t
		}
		if c, ok := strings.CutPrefix(line, commandPrefix); ok {
			return times, c
		}
	}
	return "", ""
}
