package shell

import (
	"context"
	"strings"

	"github.com/td-cli/td/cmd/internal/argv"
	"github.com/td-cli/td/internal/cli"
	"github.com/td-cli/td/internal/text"
)

// help lists the commands, or describes one.
func (s *session) help(_ context.Context, _, args string) error {
	name, err := oneWord("h", args)
	if err != nil {
		return err
	}
	name = strings.TrimPrefix(name, `\`)
	list := commands()
	widest := 0
	for _, c := range list {
		widest = max(widest, text.Width(c.usage()))
	}
	found := false
	for _, c := range list {
		if name == "" || c.name == name {
			s.printHelp(c, widest)
			found = true
		}
	}
	if !found {
		return unknownCommand(name)
	}
	return nil
}

// printHelp prints a command and its help, which starts after the widest command or, on a narrow terminal, in the next
// line.
func (s *session) printHelp(c command, widest int) {
	const minColumns = 20
	usage, indent := "  "+c.usage(), widest+4
	lines := []string{c.help}
	if columns := s.env.OutWidth(); columns > 0 {
		if columns-indent < minColumns {
			s.env.Print("%s", usage)
			usage, indent = "", 6
		}
		lines = text.Wrap(strings.Fields(c.help), columns-indent)
	}
	for _, line := range lines {
		s.env.Print("%s%s%s", usage, strings.Repeat(" ", indent-text.Width(usage)), line)
		usage = ""
	}
}

// usage returns a command with its arguments.
func (c command) usage() string { return strings.TrimSpace(`\` + c.name + " " + c.args) }

// unknownCommand returns the error for the name of a command.
func unknownCommand(name string) error {
	err := cli.Usagef(`unknown command \%s`, name)
	if advice := replacement(name); advice != "" {
		return cli.WithHint(err, "%s", advice)
	}
	var names []string
	for _, c := range commands() {
		names = append(names, `\`+c.name)
	}
	return argv.Suggest(err, `\`+name, names, `'\h' lists the commands`)
}

// replacement returns what does the work of a command of psql, or "".
//
// See https://www.postgresql.org/docs/current/app-psql.html#APP-PSQL-META-COMMANDS.
func replacement(name string) string {
	switch strings.TrimSuffix(name, "+") {
	case "l", "dt", "d":
		return `use the command without '+'`
	case "list", "dn":
		return `'\l' lists the databases`
	case "connect":
		return `'\c DB' selects a database`
	case "conninfo":
		return `'\c' shows the database, and '\T' the type of the queries`
	case "x":
		return `'\f vertical' prints each row as a block of lines, and so does '\G' for one statement`
	case "a", "H", "pset":
		return `'\f FORMAT' selects the format of the rows`
	case "gx":
		return `'\G' prints each row as a block of lines`
	case "copy", "out":
		return `'\o FILE' and '\g FILE' write rows to a file; 'td table:import' imports one`
	case "include", "ir":
		return `'\i FILE' runs the statements of a file`
	case "p", "r", "reset":
		return "the statement can be edited until it is run; Ctrl-C discards it"
	case "s", "history":
		return "Ctrl-R searches the inputs of earlier sessions, and 'td history' lists the jobs"
	case "quit", "exit":
		return `'\q' leaves the shell`
	case "help":
		return `'\h' lists the commands`
	}
	return ""
}

// plainCommand returns the command for an input that is a word such as "exit", as in other shells, or "".
func plainCommand(text string) string {
	switch strings.ToLower(strings.TrimRight(strings.TrimSpace(text), "; \n")) {
	case "exit", "quit":
		return `\q`
	case "help":
		return `\h`
	}
	return ""
}
