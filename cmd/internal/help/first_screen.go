package help

import (
	"fmt"
	"io"
	"strings"

	"github.com/td-cli/td/cmd/internal/argv"
	"github.com/td-cli/td/internal/text"
)

// Layout of the first screen, the help of td. It leaves room for the prompt on an 80x24
// terminal.
const (
	screenColumns = 80
	screenLines   = 23
	nounColumns   = 13
	secondColumn  = 41 // start of the second noun of a line
)

func writeFirstScreen(w io.Writer, tree *argv.Tree) {
	const (
		usage   = "usage: td [GLOBAL FLAGS] COMMAND [ARGUMENTS AND FLAGS], as in: td db:list -f csv"
		sandbox = "Without an account: td -e sandbox query -w -d sample_datasets 'SELECT 1'"
	)
	more := text.Wrap(strings.Fields("Topics ('td help WORD'): "+strings.Join(Topics(), ", ")+". All commands: 'td help:all'."), screenColumns)
	nouns := layOut(summarize(tree), screenLines-4-len(more))
	fmt.Fprintf(w, "%s\n\n%s\n\n%s\n%s\n", usage, strings.Join(nouns, "\n"), strings.Join(more, "\n"), sandbox)
}

// A summary is the part of the first screen for a noun.
type summary struct {
	noun      string
	words     []string // verbs, or a description
	optional  bool     // the noun alone is a command, too
	shortened bool     // words are missing
}

// summarize returns a summary of each noun of the commands.
func summarize(tree *argv.Tree) []summary {
	var list []summary
	for _, g := range tree.Root.Groups() {
		s := summary{noun: g.ID}
		if g.ID == "bulk_import" {
			s.words = strings.Fields("as import, older names")
			list = append(list, s)
			continue
		}
		description := ""
		var verbs []string
		for _, c := range commandsOf(tree, g.ID) {
			if c.Name() == g.ID {
				description = c.Short
			} else {
				verbs = append(verbs, strings.TrimPrefix(c.Name(), g.ID+":"))
			}
		}
		s.words = abbreviate(verbs)
		s.optional = description != "" && len(verbs) > 0
		if len(verbs) == 0 {
			s.words = strings.Fields(description)
		}
		list = append(list, s)
	}
	return list
}

// layOut formats summaries. While they need more lines than maxLines, it drops the last
// word of the longest one, other than the commands of td itself.
func layOut(list []summary, maxLines int) []string {
	for {
		lines := joinShort(list)
		longest := findLongest(list[:len(list)-1])
		if longest == nil {
			longest = findLongest(list)
		}
		if len(lines) <= maxLines || longest == nil {
			return lines
		}
		longest.words = longest.words[:len(longest.words)-1]
		longest.shortened = true
	}
}

// findLongest returns the widest summary with more than one word, or nil.
func findLongest(list []summary) (longest *summary) {
	most := 0
	for i, s := range list {
		if n := len(strings.Join(s.words, " ")); len(s.words) > 1 && n > most {
			longest, most = &list[i], n
		}
	}
	return longest
}

// joinShort formats summaries and joins two short ones to one line.
func joinShort(list []summary) []string {
	var lines []string
	for _, s := range list {
		own := s.format()
		last := len(lines) - 1
		if len(own) == 1 && last >= 0 && text.Width(lines[last]) <= secondColumn-2 && text.Width(own[0]) <= screenColumns-secondColumn {
			lines[last] = pad(lines[last], secondColumn) + own[0]
			continue
		}
		lines = append(lines, own...)
	}
	return lines
}

// format returns the lines of a summary.
func (s summary) format() []string {
	all := strings.Join(s.words, " ")
	if s.shortened {
		all += " …"
	}
	if s.optional {
		all = "[" + all + "]"
	}
	lines := text.Wrap(strings.Fields(all), screenColumns-nounColumns)
	for i := range lines {
		noun := ""
		if i == 0 {
			noun = s.noun
		}
		lines[i] = pad(noun, nounColumns) + lines[i]
	}
	return lines
}

// abbreviate joins sorted names with a common noun: help and help:all become help[:all],
// key:add and key:list become key:add|list.
func abbreviate(names []string) []string {
	var short []string
	for i := 0; i < len(names); {
		noun, _, isVerb := strings.Cut(names[i], ":")
		var verbs []string
		end := i + 1
		if isVerb {
			end = i
		}
		for ; end < len(names) && strings.HasPrefix(names[end], noun+":"); end++ {
			verbs = append(verbs, strings.TrimPrefix(names[end], noun+":"))
		}
		joined := strings.Join(verbs, "|")
		switch {
		case isVerb:
			noun += ":" + joined
		case joined != "":
			noun += "[:" + joined + "]"
		}
		short = append(short, noun)
		i = end
	}
	return short
}
