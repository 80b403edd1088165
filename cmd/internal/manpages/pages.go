package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/td-cli/td/cmd"
	"github.com/td-cli/td/cmd/internal/argv"
	"github.com/td-cli/td/cmd/internal/help"
	"github.com/td-cli/td/internal/cli"
	"github.com/td-cli/td/internal/console"
)

// writePages writes td.1 and a page for each command, such as td-db-list.1 for db:list,
// into dir and creates dir if necessary. The same version and date, as in 2006-01-02,
// give the same bytes.
func writePages(dir, version, date string) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	renderer, err := findRenderer()
	if err != nil {
		return err
	}
	for name, markdown := range formatPages(version, date) {
		roff, err := renderer.run(markdown)
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		if err := os.WriteFile(filepath.Join(dir, name), correct(roff), 0o644); err != nil {
			return err
		}
	}
	return nil
}

// A renderer is the path of go-md2man, a tool in go.mod.
type renderer string

func findRenderer() (renderer, error) {
	path, err := exec.Command("go", "tool", "-n", "go-md2man").Output()
	if err != nil {
		return "", fmt.Errorf("go tool go-md2man: %w", err)
	}
	return renderer(strings.TrimSpace(string(path))), nil
}

// run converts Markdown to roff.
func (r renderer) run(markdown string) (string, error) {
	c := exec.Command(string(r))
	c.Stdin, c.Stderr = strings.NewReader(markdown), os.Stderr
	roff, err := c.Output()
	return string(roff), err
}

// correct writes a page in ASCII, so that it does not depend on the reader's encoding, and
// corrects the output of go-md2man for text that people copy:
//
//   - Hyphens and quotes are those of a shell, not typographic ones.
//   - Terms are bold, as in other manual pages.
//   - Hyphenation and justification are disabled after .TH, which enables them.
//   - Empty lines, which roff prints, are removed.
func correct(roff string) []byte {
	replacer := strings.NewReplacer(`\-`, `\-`, "-", `\-`, "'", `\(aq`, "`", `\(ga`, "^", `\(ha`, "~", `\(ti`, "…", "...")
	var b strings.Builder
	inCode, isTerm := false, false
	for line := range strings.Lines(roff) {
		line = strings.TrimSuffix(line, "\n")
		switch {
		case line == ".EX", line == ".EE":
			inCode = line == ".EX"
		case line == "" && !inCode, line == ".nh":
			continue
		case strings.HasPrefix(line, ".TH "):
			line += "\n.nh\n.ad l"
		case !strings.HasPrefix(line, "."):
			line = replacer.Replace(line)
			if isTerm {
				line = `\fB` + line + `\fR`
			}
		}
		isTerm = line == ".TP"
		for _, r := range line {
			if r > '~' {
				fmt.Fprintf(&b, `\[u%04X]`, r)
			} else {
				b.WriteRune(r)
			}
		}
		b.WriteByte('\n')
	}
	return []byte(b.String())
}

// formatPages returns the Markdown text of each page by the name of its file.
func formatPages(version, date string) map[string]string {
	env := cli.NewEnv(context.Background(), &console.Console{}, func(string) string { return "" }, version)
	tree := cmd.NewTree(env)
	title := func(name string) string {
		return fmt.Sprintf("%% %q %q %q %q %q\n\n", strings.ToUpper(name), "1", date, "td "+version, "The Treasure Data toolbelt")
	}
	pages := map[string]string{"td.1": title("td") + formatMainPage(tree)}
	for _, c := range tree.Commands() {
		if !c.Hidden {
			pages[pageName(c)+".1"] = title(pageName(c)) + formatCommandPage(tree, c)
		}
	}
	return pages
}

// pageName returns the name of a command's page. It has no colons, which some file
// systems do not allow.
func pageName(c *cobra.Command) string { return "td-" + strings.ReplaceAll(c.Name(), ":", "-") }

// A page is the Markdown text of a manual page.
type page struct{ strings.Builder }

func (p *page) section(title, markdown string) {
	fmt.Fprintf(p, "# %s\n\n%s\n\n", title, strings.Trim(markdown, "\n"))
}

func formatMainPage(tree *argv.Tree) string {
	var p page
	p.section("NAME", `td \- the Treasure Data toolbelt`)
	p.section("SYNOPSIS", "**td \\[GLOBAL FLAGS] COMMAND \\[ARGUMENTS AND FLAGS]**")
	p.section("DESCRIPTION", description)
	p.section("COMMANDS", formatCommands(tree))
	for _, s := range []struct{ title, topic string }{
		{"GLOBAL FLAGS", "flags"},
		{"FORMATS", "formats"},
		{"SCRIPTING", "scripting"},
		{"LINT", "lint"},
		{"CONFIGURATION", "config"},
		{"ENVIRONMENT", "environment"},
		{"EXIT STATUS", "exit-status"},
	} {
		p.section(s.title, strings.ReplaceAll(help.Topic(tree.Root, s.topic), "## ", "### "))
	}
	p.section("FILES", files)
	p.section("EXAMPLES", examples)
	p.section("SEE ALSO", "The page of a command has its name with td- before it and hyphens for colons:\n"+
		references("td-query", "td-job-show", "td-table-import", "td-sandbox-serve")+"\n\nhttps://github.com/td-cli/td")
	return p.String()
}

func formatCommands(tree *argv.Tree) string {
	var b strings.Builder
	for _, g := range tree.Root.Groups() {
		fmt.Fprintf(&b, "### %s\n\n", g.Title)
		for _, c := range tree.Commands() {
			if c.GroupID == g.ID && !c.Hidden {
				fmt.Fprintf(&b, "td %s\n: %s\n\n", help.EscapeMarkdown(c.Use), help.EscapeMarkdown(c.Short))
			}
		}
	}
	return b.String()
}

func formatCommandPage(tree *argv.Tree, c *cobra.Command) string {
	name, arguments, _ := strings.Cut(c.Use, " ")
	about := c.Long
	if about == "" {
		about = c.Short + "."
	}
	about = help.EscapeMarkdown(about)
	if len(c.Aliases) > 0 {
		about += "\n\nAliases: " + help.EscapeMarkdown(strings.Join(c.Aliases, ", ")) + "."
	}
	c.InitDefaultHelpFlag()
	related := []string{"td"}
	for _, other := range tree.Commands() {
		if other != c && other.GroupID == c.GroupID && !other.Hidden {
			related = append(related, pageName(other))
		}
	}
	var p page
	p.section("NAME", pageName(c)+` \- `+help.EscapeMarkdown(c.Short))
	p.section("SYNOPSIS", "**"+help.EscapeMarkdown(strings.TrimSpace("td [GLOBAL FLAGS] "+name+" [FLAGS] "+arguments))+"**")
	p.section("DESCRIPTION", about)
	p.section("FLAGS", help.FlagList(c.LocalFlags())+"The global flags, the environment and the exit statuses are described in **td**(1).")
	p.section("EXAMPLES", indent(c.Example))
	p.section("SEE ALSO", references(related...))
	return p.String()
}

func references(pages ...string) string {
	for i, name := range pages {
		pages[i] = "**" + name + "**(1)"
	}
	return strings.Join(pages, ",\n")
}

// indent makes the lines of an example Markdown code.
func indent(example string) string {
	var b strings.Builder
	for line := range strings.Lines(example) {
		b.WriteString("    " + strings.TrimPrefix(line, "  "))
	}
	return b.String()
}

const description = `td is the command line client of Treasure Data, which stores records in tables and
runs Hive and Trino SQL over them as jobs. It submits queries, waits for jobs and
downloads their results, imports and exports records, and manages databases, tables,
schedules, connectors, workflows, users and keys.

Standard output carries only the requested data; messages go to standard error. Results
of any size are streamed and verified.

td includes a sandbox, a local server with the same API, an SQL engine and sample data.
` + "`td -e sandbox COMMAND`" + ` runs a command against it, without an account or a network.

` + "`td help`" + ` lists the commands on one screen, ` + "`td help COMMAND`" + ` describes a command and
` + "`td help NOUN`" + ` lists the commands of a noun.
`

const files = `~/.td/td.conf
: settings, see CONFIGURATION

~/.td/sandbox
: data of the sandbox

~/.td/cache
: names for completion, kept for some minutes; $XDG_CACHE_HOME/td if that variable is set

FILE.part
: the part of a result that was downloaded so far. It is renamed to FILE when it is complete;
  td job:result with the same FILE resumes the download
`

const examples = `Run a query without an account:

    td -e sandbox query -w -d sample_datasets \
      'SELECT method, COUNT(1) AS n FROM www_access GROUP BY method'

Log in, look around, and run a query from a file:

    td apikey:set
    td db:list
    td table:show sample_datasets www_access
    td query -w -d sample_datasets -T trino -q daily.sql -f csv -c -o daily.csv

In a script, distinguish a failed job from a network failure:

    td query -w -d web -q daily.sql -o daily.tsv
    case $? in
    0) mail -s daily me@example.com <daily.tsv ;;
    3) echo 'the query is wrong' ;;
    10) echo 'try again later' ;;
    esac

Import log files and count the records:

    td table:import web access /var/log/nginx/access.log.gz --format apache
    td query -w -d web 'SELECT COUNT(1) FROM access'
`
