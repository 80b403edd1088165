package cmd

import (
	"cmp"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/td-cli/td/cmd/internal/complete"
	"github.com/td-cli/td/internal/text"
)

// newHelp returns the command help: of td, of a group, of a command, on a topic.
func newHelp(root *cobra.Command) *cobra.Command {
	return &cobra.Command{
		Use:         "help [COMMAND | GROUP | TOPIC]",
		Short:       "Show the help of td, of a command, of a group, or on a topic",
		Long:        "Show the help of td, of a command, of a group of commands, or on a topic:\n" + strings.Join(topics(), ", ") + ".",
		Example:     "  td help\n  td help query\n  td help job\n  td help exit-status",
		Args:        cobra.MaximumNArgs(1),
		Annotations: complete.Args(complete.HelpTopic),
		RunE: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 {
				return root.Help()
			}
			return helpOn(root, args[0])
		},
	}
}

func helpOn(root *cobra.Command, word string) error {
	w := root.OutOrStdout()
	for _, g := range root.Groups() {
		if g.ID == word && (hasVerbs(root, word) || find(root, word) == nil) {
			groupHelp(w, root, g)
			return nil
		}
	}
	if showTopic(w, root, word) {
		return nil
	}
	c := find(root, word)
	if c == nil {
		return noHelp(root, word)
	}
	c.InitDefaultHelpFlag()
	return c.Help()
}

// hasVerbs reports whether a noun has commands of the form noun:verb.
func hasVerbs(root *cobra.Command, noun string) bool {
	for _, c := range root.Commands() {
		if strings.HasPrefix(c.Name(), noun+":") {
			return true
		}
	}
	return false
}

// help prints the help of a command on standard output, a terminal of so many columns or, with 0, none.
func help(c *cobra.Command, columns int) {
	if c.HasParent() {
		commandHelp(c.OutOrStdout(), c, columns)
		return
	}
	rootHelp(c.OutOrStdout(), c)
}

func groupHelp(w io.Writer, root *cobra.Command, g *cobra.Group) {
	fmt.Fprintf(w, "%s:\n", g.Title)
	for _, c := range root.Commands() {
		if c.GroupID == g.ID && !c.Hidden {
			fmt.Fprintf(w, "  %-25s %s\n", c.Name(), c.Short)
		}
	}
}

func commandHelp(w io.Writer, c *cobra.Command, columns int) {
	about := strings.TrimRight(cmp.Or(c.Long, c.Short), "\n")
	fmt.Fprintf(w, "usage: td %s\n\n%s\n", c.Use, fitted(about, columns))
	if len(c.Aliases) > 0 {
		fmt.Fprintf(w, "\n%s\n", fitted("Also: "+strings.Join(c.Aliases, ", "), columns))
	}
	if lines := flagLines(c.LocalFlags(), columns); lines != "" {
		fmt.Fprintf(w, "\nFlags:\n%s", lines)
	}
	if c.Example != "" {
		fmt.Fprintf(w, "\nExamples:\n%s\n", c.Example)
	}
}

// flagLines is a line for each flag. A flag with an optional value shows it glued on. What a flag means
// begins in one column, or two blanks behind a long name, and stays to the right of that column where the
// terminal has room for it.
func flagLines(fs *pflag.FlagSet, columns int) string {
	const (
		nameWidth = 28
		indent    = nameWidth + 3
		least     = 30 // columns that are worth the blanks before them
	)
	var lines strings.Builder
	fs.VisitAll(func(f *pflag.Flag) {
		if f.Hidden || f.Name == "help" { // who reads this knows it
			return
		}
		name, usage := flagUsage(f)
		line := "  " + pad(name, nameWidth) + " " + usage
		switch long := text.Width(name) > nameWidth; {
		case columns >= indent+least && text.Width(line) > columns:
			parts := wrap(strings.Fields(usage), columns-indent)
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

// flagUsage returns how a flag is written, as in "-f, --format FORMAT", and what it does.
func flagUsage(f *pflag.Flag) (name, usage string) {
	short := "    "
	if f.Shorthand != "" {
		short = "-" + f.Shorthand + ", "
	}
	value, usage := pflag.UnquoteUsage(f)
	name = short + "--" + f.Name
	switch {
	case f.Value.Type() == "bool":
	case f.NoOptDefVal != "":
		name += "[=" + value + "]"
	default:
		name += " " + value
	}
	return name, usage
}

// fitted wraps those paragraphs of s again that are wider than the terminal.
func fitted(s string, columns int) string {
	if columns <= 0 {
		return s
	}
	paragraphs := strings.Split(s, "\n\n")
	for i, p := range paragraphs {
		for line := range strings.SplitSeq(p, "\n") {
			if text.Width(line) > columns {
				paragraphs[i] = strings.Join(wrap(strings.Fields(p), columns), "\n")
				break
			}
		}
	}
	return strings.Join(paragraphs, "\n\n")
}
