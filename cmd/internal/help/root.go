package cmd

import (
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/td-cli/td/internal/text"
)

// The help of td fits on a screen of 24 lines: a group is a line of its verbs, and two
// short lines share one.
const (
	screenWidth = 80
	nounWidth   = 13 // of a group's name and the space behind it
	middle      = 41 // where the second group of a line begins
)

func rootHelp(w io.Writer, root *cobra.Command) {
	fmt.Fprint(w, "usage: td [GLOBAL FLAGS] COMMAND [ARGUMENTS AND FLAGS], as in: td db:list -f csv\n\n")
	for _, line := range groupLines(root) {
		fmt.Fprintln(w, line)
	}
	fmt.Fprintln(w)
	more := fmt.Sprintf("'td help WORD' tells of a command, a noun, or a topic: %s. "+
		"'td help:all' lists all commands.", strings.Join(topics(), ", "))
	for _, line := range wrap(strings.Fields(more), screenWidth) {
		fmt.Fprintln(w, line)
	}
	fmt.Fprintln(w, "Without an account: td -e sandbox query -w -d sample_datasets 'SELECT 1'")
}

// groupLines are the lines of all groups, in their order.
func groupLines(root *cobra.Command) []string {
	var lines []string
	for _, g := range groups() {
		cell := groupCell(root, g)
		last := len(lines) - 1
		if len(cell) == 1 && last >= 0 && text.Width(lines[last]) <= middle-2 && text.Width(cell[0]) <= screenWidth-middle {
			lines[last] = pad(lines[last], middle) + cell[0]
			continue
		}
		lines = append(lines, cell...)
	}
	return lines
}

// groupCell is a group's name and its verbs, on as many lines as they need. A group of a
// single command shows what that does.
func groupCell(root *cobra.Command, g group) []string {
	bare, verbs := groupVerbs(root, g.name)
	words := abbreviate(verbs)
	switch {
	case g.of != "":
		words = []string{"as " + g.of + ", older names"}
	case bare != nil && len(verbs) == 0:
		words = strings.Fields(bare.Short)
	case bare != nil: // the noun alone is a command too
		words[0] = "[" + words[0]
		words[len(words)-1] += "]"
	}
	lines := wrap(words, screenWidth-nounWidth)
	for i := range lines {
		noun := ""
		if i == 0 {
			noun = g.name
		}
		lines[i] = pad(noun, nounWidth) + lines[i]
	}
	return lines
}

// groupVerbs are the verbs of a group's visible commands, and the command that is called
// as the group is, if any.
func groupVerbs(root *cobra.Command, noun string) (bare *cobra.Command, verbs []string) {
	for _, c := range root.Commands() {
		switch {
		case c.GroupID != noun || c.Hidden:
		case c.Name() == noun:
			bare = c
		default:
			verbs = append(verbs, strings.TrimPrefix(c.Name(), noun+":"))
		}
	}
	return bare, verbs
}

// abbreviate draws sorted names together that begin with the same noun: help and help:all
// become help[:all], key:add and key:list become key:add|list.
func abbreviate(names []string) []string {
	var short []string
	last := "" // name that was put
	for _, name := range names {
		noun, verb, _ := strings.Cut(name, ":")
		end := len(short) - 1
		switch {
		case verb != "" && noun == last:
			short[end] += "[:" + verb + "]"
		case verb != "" && strings.HasPrefix(last, noun+":") && !strings.HasSuffix(short[end], "]"):
			short[end] += "|" + verb
		default:
			short = append(short, name)
		}
		last = name
	}
	return short
}

// wrap sets words into lines that are at most so wide, unless a word is wider.
func wrap(words []string, most int) []string {
	var lines []string
	for _, word := range words {
		if last := len(lines) - 1; last >= 0 && text.Width(lines[last])+1+text.Width(word) <= most {
			lines[last] += " " + word
		} else {
			lines = append(lines, word)
		}
	}
	return lines
}

// pad appends spaces to s up to a width of n cells.
func pad(s string, n int) string { return s + strings.Repeat(" ", max(0, n-text.Width(s))) }
