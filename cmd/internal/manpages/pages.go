package cmd

import (
	"context"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/td-cli/td/internal/cli"
	"github.com/td-cli/td/internal/console"
	"github.com/td-cli/td/internal/roff"
)

const manual = "The Treasure Data toolbelt"

// WriteManPages writes the manual into a directory, which it makes: td.1, and a page for
// each command, td-db-list.1 for db:list. The version and the date, as in 2006-01-02, are
// those of the release: pages of the same release are the same.
func WriteManPages(dir, version, date string) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	for name, text := range manPages(version, date) {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			return err
		}
	}
	return nil
}

// manPages returns the text of each page by the name of its file.
func manPages(version, date string) map[string]string {
	env := cli.NewEnv(context.Background(), &console.Console{}, func(string) string { return "" }, version)
	root := newRoot(env)
	source := "td " + version
	pages := map[string]string{"td.1": mainPage(root, roff.New("td", "1", date, source, manual))}
	for _, c := range root.Commands() {
		if !c.Hidden {
			pages[pageName(c)+".1"] = commandPage(root, c, roff.New(pageName(c), "1", date, source, manual))
		}
	}
	return pages
}

// pageName is what a command's page is called. No file's name may hold a colon.
func pageName(c *cobra.Command) string { return "td-" + strings.ReplaceAll(c.Name(), ":", "-") }

func mainPage(root *cobra.Command, p *roff.Page) string {
	p.Name("td", "the Treasure Data toolbelt")
	p.Section("SYNOPSIS")
	p.Bold("td [GLOBAL FLAGS] COMMAND [ARGUMENTS AND FLAGS]")
	p.Section("DESCRIPTION")
	write(p, aboutTD)
	p.Section("COMMANDS")
	for _, g := range root.Groups() {
		p.Subsection(g.Title)
		for _, c := range root.Commands() {
			if c.GroupID == g.ID && !c.Hidden {
				p.Terms([]string{"td " + c.Use}, c.Short)
			}
		}
	}
	p.Section("GLOBAL FLAGS")
	write(p, topic(root, "flags"))
	p.Section("FORMATS")
	write(p, topic(root, "formats"))
	p.Section("SCRIPTING")
	write(p, topic(root, "scripting"))
	p.Section("CONFIGURATION")
	write(p, topic(root, "config"))
	p.Section("ENVIRONMENT")
	write(p, topic(root, "environment"))
	p.Section("EXIT STATUS")
	write(p, topic(root, "exit-status"))
	p.Section("FILES")
	write(p, filesOfTD)
	p.Section("EXAMPLES")
	write(p, examplesOfTD)
	p.Section("SEE ALSO")
	p.Paragraph("Each command has a page of its own, which is called as the command is, with td- before it and hyphens for colons:")
	p.References([]string{"td-query", "td-job-show", "td-table-import", "td-sandbox-serve"})
	p.Paragraph("https://github.com/td-cli/td")
	return p.String()
}

func commandPage(root, c *cobra.Command, p *roff.Page) string {
	name, arguments, _ := strings.Cut(c.Use, " ")
	about := c.Long
	if about == "" {
		about = c.Short + "."
	}
	c.InitDefaultHelpFlag()
	p.Name(pageName(c), c.Short)
	p.Section("SYNOPSIS")
	p.Bold(strings.TrimSpace("td [GLOBAL FLAGS] " + name + " [FLAGS] " + arguments))
	p.Section("DESCRIPTION")
	write(p, about)
	if len(c.Aliases) > 0 {
		p.Paragraph("It is also called " + strings.Join(c.Aliases, ", ") + ".")
	}
	p.Section("FLAGS")
	c.LocalFlags().VisitAll(func(f *pflag.Flag) {
		if !f.Hidden {
			name, usage := flagUsage(f)
			p.Terms([]string{strings.TrimSpace(name)}, usage)
		}
	})
	p.Paragraph("The global flags, the environment and the exit status are those of td, which its page describes.")
	p.Section("EXAMPLES")
	write(p, indent(c.Example))
	p.Section("SEE ALSO")
	p.References(append([]string{"td"}, relatives(root, c)...))
	return p.String()
}

// relatives are the pages of the other commands of a group.
func relatives(root, c *cobra.Command) []string {
	var names []string
	for _, other := range root.Commands() {
		if other != c && other.GroupID == c.GroupID && !other.Hidden {
			names = append(names, pageName(other))
		}
	}
	return names
}

// indent puts lines two columns deeper, which makes examples of a command ones of a topic.
func indent(text string) string {
	var b strings.Builder
	for line := range strings.Lines(text) {
		b.WriteString("  " + line)
	}
	return b.String()
}

// write puts a text of the four kinds that topics are made of into a page.
func write(p *roff.Page, text string) {
	for paragraph := range strings.SplitSeq(strings.Trim(text, "\n"), "\n\n") {
		lines := strings.Split(paragraph, "\n")
		switch first := lines[0]; {
		case strings.HasPrefix(first, "    ") && !isFlagTerm(first):
			for i := range lines {
				lines[i] = strings.TrimPrefix(lines[i], "    ")
			}
			p.Example(lines)
		case strings.HasPrefix(first, "  "):
			writeTerms(p, lines)
		case len(lines) == 1 && !strings.ContainsAny(first[len(first)-1:], ".:)") && len(first) < 40:
			p.Subsection(first)
		default:
			p.Paragraph(paragraph)
		}
	}
}

// isFlagTerm reports whether a line is the term of a flag without a letter, which is set
// deeper than other terms.
func isFlagTerm(line string) bool { return strings.HasPrefix(line, "      --") }

// writeTerms puts a list of terms and their meanings into a page. Terms that follow each
// other share one.
func writeTerms(p *roff.Page, lines []string) {
	var terms, meaning []string
	for _, line := range append(lines, "  ") {
		isTerm := len(line) < 3 || line[2] != ' ' || isFlagTerm(line)
		if !isTerm {
			meaning = append(meaning, line)
			continue
		}
		if len(meaning) > 0 {
			p.Terms(terms, strings.Join(meaning, "\n"))
			terms, meaning = nil, nil
		}
		term, rest, _ := strings.Cut(strings.TrimSpace(line), "  ")
		terms = append(terms, term)
		if rest != "" {
			meaning = append(meaning, rest)
		}
	}
}

const aboutTD = `td talks to Treasure Data, a service that keeps records in tables and runs Hive
and Trino SQL over them as jobs: it submits queries, waits for jobs and delivers
their rows, imports and exports records, and looks after databases, tables,
schedules, connectors, workflows, users and keys.

What was asked for goes to standard output and nothing else does: what is said
to a person goes to standard error. A result is written as it arrives, whatever
its size, and checked.

td also holds a sandbox, a local server with the same interface, a SQL engine
and sample data. 'td -e sandbox COMMAND' runs a command there, without an
account and without a network.

'td help' shows the commands on a screen, 'td help COMMAND' what this manual
says of one, and 'td help NOUN' the commands of a noun.
`

const filesOfTD = `  ~/.td/td.conf
       the settings, see CONFIGURATION
  ~/.td/sandbox
       the data of the sandbox
  ~/.td/cache
       names for TAB, for some minutes (or $XDG_CACHE_HOME/td)
  FILE.part
       rows that are on their way to FILE, which is renamed when they are whole;
       the next td job:result with the same FILE goes on from there
`

const examplesOfTD = `A first query, without an account:

    td -e sandbox query -w -d sample_datasets \
      'SELECT method, COUNT(1) AS n FROM www_access GROUP BY method'

Log in, look around, and run a query from a file:

    td apikey:set
    td db:list
    td table:show sample_datasets www_access
    td query -w -d sample_datasets -T trino -q daily.sql -f csv -c -o daily.csv

In a script, tell a failed job from a network that is down:

    td query -w -d web -q daily.sql -o daily.tsv
    case $? in
    0) mail -s daily me@example.com <daily.tsv ;;
    3) echo 'the query is wrong' ;;
    10) echo 'try again later' ;;
    esac

Import log files, then count what came in:

    td table:import web access /var/log/nginx/access.log.gz --format apache
    td query -w -d web 'SELECT COUNT(1) FROM access'
`
