package cmd

import (
	"embed"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/td-cli/td/internal/cli"
)

// The topics of td help that are no commands, a file each. The man page has them too, so
// their text is plain, at most 80 columns wide, and of four kinds, which a blank line parts:
//
//	prose from the first column on; a line of it alone, without a full stop, is a heading
//	  term        what it means, behind it
//	       or below it, deeper than two columns
//	    an example, line by line, which stands four columns deep and has no term before it
//
//go:embed topics/*.txt
var topicFiles embed.FS

// topics are the names of all topics. What flags says is made from the flags.
func topics() []string {
	return []string{"config", "environment", "exit-status", "flags", "formats", "scripting"}
}

// topic returns the text of a topic, or "" when there is none of that name.
func topic(root *cobra.Command, name string) string {
	if name == "flags" {
		return "Global flags stand before the command. The long forms do behind it, too, where a\n" +
			"letter is the command's own.\n\n" + flagParagraphs(root.Flags())
	}
	text, err := topicFiles.ReadFile("topics/" + name + ".txt")
	if err != nil {
		return ""
	}
	return string(text)
}

// flagParagraphs is flagLines for a narrow screen: what a flag means stands below it.
func flagParagraphs(fs *pflag.FlagSet) string {
	var text strings.Builder
	fs.VisitAll(func(f *pflag.Flag) {
		if f.Hidden {
			return
		}
		name, usage := flagUsage(f)
		fmt.Fprintf(&text, "  %s\n", name)
		for _, line := range wrap(strings.Fields(usage), screenWidth-7) {
			fmt.Fprintf(&text, "       %s\n", line)
		}
	})
	return text.String()
}

// showTopic prints a topic and reports whether there is one of that name.
func showTopic(w io.Writer, root *cobra.Command, name string) bool {
	text := topic(root, name)
	fmt.Fprint(w, text)
	return text != ""
}

// noHelp is the error for a word that td help knows nothing of.
func noHelp(root *cobra.Command, word string) error {
	err := cli.Usagef("no help on %q", word)
	if now := today(word); now != "" {
		return cli.WithHint(err, "it is called %s now", now)
	}
	return didYouMean(err, word, helpWords(root), "'td help' lists the commands and the topics: "+strings.Join(topics(), ", "))
}

// helpWords are what td help can be asked about: topics, groups and commands.
func helpWords(root *cobra.Command) []string {
	words := topics()
	for _, g := range root.Groups() {
		if bare, verbs := groupVerbs(root, g.ID); bare == nil && len(verbs) > 0 {
			words = append(words, g.ID)
		}
	}
	return append(words, commandWords(root, false)...)
}
