package cmd

import (
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// newHelp returns the command help: of td, of a group, of a command.
func newHelp(root *cobra.Command) *cobra.Command {
	return &cobra.Command{
		Use:     "help [COMMAND | GROUP]",
		Short:   "Show the help of td, of a command or of a group of commands",
		Example: "  td help\n  td help query\n  td help job",
		Args:    cobra.MaximumNArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 {
				return root.Help()
			}
			for _, g := range root.Groups() {
				if g.ID == args[0] && hasVerbs(root, g.ID) {
					groupHelp(root.OutOrStdout(), root, g)
					return nil
				}
			}
			if args[0] == "exit-status" {
				fmt.Fprint(root.OutOrStdout(), exitStatusHelp)
				return nil
			}
			if c := find(root, args[0]); c != nil {
				c.InitDefaultHelpFlag()
				return c.Help()
			}
			return unknownCommand(root, args[0])
		},
	}
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

// help prints the help of a command on standard output.
func help(c *cobra.Command, _ []string) {
	if c.HasParent() {
		commandHelp(c.OutOrStdout(), c)
		return
	}
	w := c.OutOrStdout()
	fmt.Fprint(w, "td, the Treasure Data toolbelt\n\nusage: td [GLOBAL FLAGS] COMMAND [ARGUMENTS AND FLAGS]\n")
	for _, g := range c.Groups() {
		fmt.Fprintln(w)
		groupHelp(w, c, g)
	}
	fmt.Fprintf(w, "\nGlobal flags, before the command:\n%s", flagLines(c.Flags()))
	fmt.Fprint(w, `
'td help COMMAND' tells more of one command, 'td help exit-status' what each exit
status means. Without an account: td -e sandbox query -w -d sample_datasets 'SELECT …'
`)
}

func groupHelp(w io.Writer, root *cobra.Command, g *cobra.Group) {
	fmt.Fprintf(w, "%s:\n", g.Title)
	for _, c := range root.Commands() {
		if c.GroupID == g.ID && !c.Hidden {
			fmt.Fprintf(w, "  %-25s %s\n", c.Name(), c.Short)
		}
	}
}

func commandHelp(w io.Writer, c *cobra.Command) {
	about := c.Long
	if about == "" {
		about = c.Short
	}
	fmt.Fprintf(w, "usage: td %s\n\n%s\n", c.Use, strings.TrimRight(about, "\n"))
	if len(c.Aliases) > 0 {
		fmt.Fprintf(w, "\nAlso: %s\n", strings.Join(c.Aliases, ", "))
	}
	if c.HasAvailableLocalFlags() {
		fmt.Fprintf(w, "\nFlags:\n%s", flagLines(c.LocalFlags()))
	}
	if c.Example != "" {
		fmt.Fprintf(w, "\nExamples:\n%s\n", c.Example)
	}
}

// flagLines is a line for each flag. A flag with an optional value shows it glued on.
func flagLines(fs *pflag.FlagSet) string {
	var lines strings.Builder
	fs.VisitAll(func(f *pflag.Flag) {
		if f.Hidden || f.Name == "help" { // who reads this knows it
			return
		}
		short := "   "
		if f.Shorthand != "" {
			short = "-" + f.Shorthand + ","
		}
		value, usage := pflag.UnquoteUsage(f)
		long := "--" + f.Name
		switch {
		case f.Value.Type() == "bool":
		case f.NoOptDefVal != "":
			long += "[=" + value + "]"
		default:
			long += " " + value
		}
		fmt.Fprintf(&lines, "  %s %-24s %s\n", short, long, usage)
	})
	return lines.String()
}

const exitStatusHelp = `Exit status:
    0  done
    1  unclassified failure
    2  usage error, or a question would have to be asked
    3  the job failed
    4  the job was killed
    5  the job has not ended: the wait timed out, or its rows were asked for too early
    6  not configured, or the API key is wrong
    7  forbidden
    8  not found
    9  conflict, or refused because of the state
   10  network or server failure after the retries: try again
   11  local I/O: disk full, cannot write
   12  the result is incomplete or fails verification
   13  the rows are not what --expect or --fail-if-empty asks for
  129  hung up; 130 interrupted; 143 terminated
`
