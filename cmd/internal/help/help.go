// Package help prints the help of td, its commands, nouns and topics.
package help

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/td-cli/td/cmd/internal/argv"
	"github.com/td-cli/td/cmd/internal/complete"
	"github.com/td-cli/td/internal/cli"
	"github.com/td-cli/td/internal/text"
)

// Commands returns the commands help and help:all, which describe the commands in tree.
func Commands(tree *argv.Tree) []argv.Command {
	return []argv.Command{
		{Name: "help", New: func(env *cli.Env) *cobra.Command { return New(env, tree) }, ReadOnly: true},
		{Name: "help:all", New: func(env *cli.Env) *cobra.Command { return NewAll(env, tree) }, ReadOnly: true},
	}
}

// New returns the command help.
func New(env *cli.Env, tree *argv.Tree) *cobra.Command {
	return &cobra.Command{
		Use:         "help [COMMAND | NOUN | TOPIC]",
		Short:       "Show the help of td, a command, a noun or a topic",
		Long:        "Show the help of td, of a command, of the commands of a noun, or of a topic:\n" + strings.Join(Topics(), ", ") + ".",
		Example:     "  td help\n  td help query\n  td help job\n  td help exit-status",
		Args:        cobra.MaximumNArgs(1),
		Annotations: complete.Args(complete.HelpWord(Topics()...)),
		RunE: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 {
				return tree.Root.Help()
			}
			defer env.Page()()
			return writeWord(env.Out, tree, args[0])
		},
	}
}

// NewAll returns the command help:all.
func NewAll(env *cli.Env, tree *argv.Tree) *cobra.Command {
	return &cobra.Command{
		Use:     "help:all",
		Short:   "List every command with its arguments",
		Example: "  td help:all",
		Args:    cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			defer env.Page()()
			for i, g := range tree.Root.Groups() {
				if i > 0 {
					fmt.Fprintln(env.Out)
				}
				fmt.Fprintf(env.Out, "%s:\n", g.Title)
				for _, c := range commandsOf(tree, g.ID) {
					fmt.Fprintf(env.Out, "  %-46s # %s\n", c.Use, c.Short)
				}
			}
			return nil
		},
	}
}

// Write prints the help of a command in tree, or of td if c is the root command. Unless
// columns is 0, text is wrapped.
func Write(w io.Writer, tree *argv.Tree, c *cobra.Command, columns int) {
	if c != tree.Root {
		writeCommand(w, c, columns)
		return
	}
	writeFirstScreen(w, tree)
}

// WriteNoun prints a line for each command of a noun.
func WriteNoun(w io.Writer, tree *argv.Tree, noun string) {
	for _, g := range tree.Root.Groups() {
		if g.ID != noun {
			continue
		}
		fmt.Fprintf(w, "%s:\n", g.Title)
		for _, c := range commandsOf(tree, noun) {
			fmt.Fprintf(w, "  %-25s %s\n", c.Name(), c.Short)
		}
	}
}

// writeWord prints the help of a noun, a topic or a command, in this order of preference.
func writeWord(w io.Writer, tree *argv.Tree, word string) error {
	c := tree.Find(word)
	if tree.Root.ContainsGroup(word) && (c == nil || tree.HasVerbs(word)) {
		WriteNoun(w, tree, word)
		return nil
	}
	if topic := Topic(tree.Root, word); topic != "" {
		fmt.Fprint(w, renderText(topic))
		return nil
	}
	if c != nil {
		c.InitDefaultHelpFlag()
		return c.Help()
	}
	words := slices.Concat(Topics(), tree.Nouns(), tree.Names())
	return argv.Suggest(cli.Usagef("no help for %q", word), word, words,
		"'td help' lists the commands and the topics: "+strings.Join(Topics(), ", "))
}

// commandsOf returns the visible commands of a noun.
func commandsOf(tree *argv.Tree, noun string) (commands []*cobra.Command) {
	for _, c := range tree.Commands() {
		if c.GroupID == noun && !c.Hidden {
			commands = append(commands, c)
		}
	}
	return commands
}

func writeCommand(w io.Writer, c *cobra.Command, columns int) {
	about := strings.TrimRight(cmp.Or(c.Long, c.Short), "\n")
	fmt.Fprintf(w, "usage: td %s\n\n%s\n", c.Use, reflow(about, columns))
	if len(c.Aliases) > 0 {
		fmt.Fprintf(w, "\n%s\n", reflow("Aliases: "+strings.Join(c.Aliases, ", "), columns))
	}
	if lines := formatFlags(c.LocalFlags(), columns); lines != "" {
		fmt.Fprintf(w, "\nFlags:\n%s", lines)
	}
	if c.Example != "" {
		fmt.Fprintf(w, "\nExamples:\n%s\n", c.Example)
	}
}

// formatFlags returns a line for each flag. Descriptions are aligned, and are wrapped on
// terminals that leave room for it.
func formatFlags(fs *pflag.FlagSet, columns int) string {
	const (
		nameWidth      = 28
		indent         = nameWidth + 3
		minDescription = 30 // columns
	)
	var lines strings.Builder
	fs.VisitAll(func(f *pflag.Flag) {
		if f.Hidden || f.Name == "help" {
			return
		}
		name, usage := FormatFlag(f)
		line := "  " + pad(name, nameWidth) + " " + usage
		switch long := text.Width(name) > nameWidth; {
		case columns >= indent+minDescription && text.Width(line) > columns:
			parts := text.Wrap(strings.Fields(usage), columns-indent)
			if long {
				parts = append([]string{""}, parts...)
			}
			line = "  " + pad(name, nameWidth) + " " + strings.Join(parts, "\n"+pad("", indent))
		case long:
			line = "  " + name + "  " + usage
		}
		lines.WriteString(strings.TrimRight(line, " ") + "\n")
	})
	return lines.String()
}

// FormatFlag returns the name of a flag with its letter and value, as in
// "-f, --format FORMAT", and its description. A flag without a letter is indented.
func FormatFlag(f *pflag.Flag) (name, usage string) {
	letter := "    "
	if f.Shorthand != "" {
		letter = "-" + f.Shorthand + ", "
	}
	value, usage := pflag.UnquoteUsage(f)
	name = letter + "--" + f.Name
	switch {
	case f.Value.Type() == "bool":
	case f.NoOptDefVal != "":
		name += "[=" + value + "]"
	default:
		name += " " + value
	}
	return name, usage
}

// reflow wraps the paragraphs of s that are wider than columns, unless columns is 0.
func reflow(s string, columns int) string {
	if columns <= 0 {
		return s
	}
	paragraphs := strings.Split(s, "\n\n")
	for i, p := range paragraphs {
		for line := range strings.SplitSeq(p, "\n") {
			if text.Width(line) > columns {
				paragraphs[i] = strings.Join(text.Wrap(strings.Fields(p), columns), "\n")
				break
			}
		}
	}
	return strings.Join(paragraphs, "\n\n")
}

// pad appends spaces to s until it is width cells wide.
func pad(s string, width int) string { return s + strings.Repeat(" ", max(0, width-text.Width(s))) }
