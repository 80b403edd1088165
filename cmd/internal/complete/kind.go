// Package complete implements the completion of command lines.
package complete

import (
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/td-cli/td/internal/cli"
)

// A Kind is the kind of an argument or of a flag's value. It determines which words
// completion offers.
type Kind string

// Kinds of arguments and flag values.
const (
	Any    Kind = "any" // nothing is offered
	Repeat Kind = "…"   // last in Args: any number of arguments of the kind before

	File   Kind = "file"
	Folder Kind = "folder"

	Database   Kind = "database"
	Table      Kind = "table"   // belongs to the preceding database
	Column     Kind = "column"  // belongs to the preceding table
	Job        Kind = "job"     // newest first
	RunningJob Kind = "running" // a job that can be killed
	Schedule   Kind = "schedule"
	Result     Kind = "result"
	Connector  Kind = "connector"
	BulkImport Kind = "bulk import"
	Part       Kind = "part" // belongs to the preceding bulk import
	User       Kind = "user"
	Project    Kind = "project"
	Workflow   Kind = "workflow" // belongs to the preceding project
	Attempt    Kind = "attempt"

	DeletedTable   Kind = "deleted table" // belonged to the preceding database
	DeletedTableID Kind = "deleted table ID"

	RecordedQuery Kind = "recorded query" // a query of the history, newest first

	DatabaseAndTable Kind = "database.table"
	ColumnAndType    Kind = "column:type"
	WorkflowVerb     Kind = "verb" // follows "td workflow"
	Endpoint         Kind = "endpoint"
	Profile          Kind = "profile"
	ListFormat       Kind = "list format"
	RowFormat        Kind = "row format"

	Cron     Kind = "=@hourly @daily @monthly"
	JobType  Kind = "=hive trino presto"
	Priority Kind = "=very-low low normal high very-high"
)

// Annotations of commands and flags.
const (
	argsKey = "td-argument-kinds"
	kindKey = "td-kind"
)

// OneOf returns the kind of a word that is one of words.
func OneOf(words ...string) Kind { return Kind("=" + strings.Join(words, " ")) }

// Words returns the words of a kind that OneOf returned, and nil for any other.
func (k Kind) Words() []string {
	words, _ := strings.CutPrefix(string(k), "=")
	if len(words) == len(k) {
		return nil
	}
	return strings.Fields(words)
}

// helpPrefix is the start of the kinds that HelpWord returns.
const helpPrefix = "help "

// HelpWord returns the kind of a word that the command help explains: a topic, a noun or
// a command.
func HelpWord(topics ...string) Kind { return Kind(helpPrefix + strings.Join(topics, " ")) }

// Args returns the annotations of a command whose arguments have these kinds.
func Args(kinds ...Kind) map[string]string {
	words := make([]string, len(kinds))
	for i, k := range kinds {
		words[i] = string(k)
	}
	return map[string]string{argsKey: strings.Join(words, "\n")}
}

// Flags sets the kind of the values of flags. Numbers, durations and list formats need
// none. It ignores names that are not defined.
func Flags(fs *pflag.FlagSet, kind Kind, names ...string) {
	for _, name := range names {
		_ = fs.SetAnnotation(name, kindKey, []string{string(kind)})
	}
}

// ArgumentKinds returns the kinds of a command's arguments, the last of which may be Repeat.
func ArgumentKinds(c *cobra.Command) []Kind {
	text := c.Annotations[argsKey]
	if text == "" {
		return nil
	}
	var kinds []Kind
	for word := range strings.SplitSeq(text, "\n") {
		kinds = append(kinds, Kind(word))
	}
	return kinds
}

// ArgumentKind returns the kind of a command's argument n, counted from 0.
func ArgumentKind(c *cobra.Command, n int) Kind {
	kinds := ArgumentKinds(c)
	if last := len(kinds) - 1; last > 0 && kinds[last] == Repeat {
		n = min(n, last-1)
	}
	if n >= len(kinds) {
		return Any
	}
	return kinds[n]
}

// FlagKind returns the kind of a flag's value, or "" if it was not declared.
func FlagKind(f *pflag.Flag) Kind {
	if kind := f.Annotations[kindKey]; len(kind) > 0 {
		return Kind(kind[0])
	}
	if _, ok := f.Value.(*cli.ListFormat); ok {
		return ListFormat
	}
	switch f.Value.Type() {
	case "int", "int64", "float64", "duration":
		return Any
	}
	return ""
}
