package help

import (
	"embed"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// topicFiles holds the topics in Markdown. The manual page td(1) contains them as well.
//
//go:embed topics/*.md
var topicFiles embed.FS

// Topics returns the names of the topics.
func Topics() []string {
	return []string{"compat", "config", "cron", "environment", "exit-status", "flags", "formats", "lint", "recipes", "scripting", "sqlfiles"}
}

// Topic returns the Markdown text of a topic, or "" if no topic has that name.
func Topic(root *cobra.Command, name string) string {
	if name == "flags" {
		return "Put the letters of global flags before the command. Their long forms may also follow it.\n\n" + FlagList(root.Flags())
	}
	if !slices.Contains(Topics(), name) {
		return ""
	}
	b, _ := topicFiles.ReadFile("topics/" + name + ".md") // embedded
	return string(b)
}

// FlagList returns the visible flags as a Markdown definition list.
func FlagList(fs *pflag.FlagSet) string {
	var b strings.Builder
	fs.VisitAll(func(f *pflag.Flag) {
		if !f.Hidden {
			name, usage := FormatFlag(f)
			fmt.Fprintf(&b, "%s\n: %s\n\n", EscapeMarkdown(strings.TrimSpace(name)), EscapeMarkdown(usage))
		}
	})
	return b.String()
}
