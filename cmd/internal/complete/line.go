package complete

import (
	"context"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/td-cli/td/cmd/internal/argv"
	"github.com/td-cli/td/internal/cli"
)

// A line is a command line up to the cursor.
type line struct {
	tree    *argv.Tree
	command *cobra.Command // the root before there is one
	unknown bool           // the command does not exist
	args    []string       // arguments of the command before the cursor
	ended   bool           // "--" ended the flags

	word   string      // text at the cursor to complete
	flag   *pflag.Flag // flag whose value word is; nil for an argument
	prefix string      // text before word in the same shell word: -d in -dsales
}

// parseLine parses words as td does, but skips mistakes. It sets the flags.
func parseLine(tree *argv.Tree, words []string) *line {
	tree.Root.InitDefaultHelpFlag()
	l := &line{tree: tree, command: tree.Root}
	last := len(words) - 1
	for _, w := range words[:last] {
		l.parseWord(w)
	}
	l.parseLast(words[last])
	return l
}

func (l *line) parseWord(word string) {
	switch {
	case l.flag != nil:
		set(l.flag, word)
		l.flag = nil
	case l.ended || len(word) < 2 || word[0] != '-':
		l.parseArgument(word)
	case word == "--" && argv.IsRunner(l.command):
		l.command, l.args = l.tree.Root, nil
	case word == "--":
		l.ended = true
	default:
		for _, f := range l.parseFlags(word) {
			if f.TakesNext() {
				l.flag = f.Flag
			} else {
				set(f.Flag, f.Value)
			}
		}
	}
}

func (l *line) parseArgument(word string) {
	switch {
	case l.unknown:
		return
	case l.command == l.tree.Root:
		if l.command = l.tree.Find(word); l.command == nil {
			l.unknown = true
			return
		}
	case l.command.Name() == "workflow" && len(l.args) == 0 && l.tree.Find("workflow:"+word) != nil:
		l.command = l.tree.Find("workflow:" + word)
	default:
		l.args = append(l.args, word)
		return
	}
	l.command.InitDefaultHelpFlag()
}

// parseLast parses the word at the cursor.
func (l *line) parseLast(word string) {
	l.word = word
	if l.flag != nil || l.unknown || l.ended || len(word) < 3 || word[0] != '-' {
		return
	}
	flags := l.parseFlags(word)
	if len(flags) == 0 || !flags[len(flags)-1].Attached {
		return
	}
	last := flags[len(flags)-1]
	l.flag, l.word = last.Flag, last.Value
	if word[1] != '-' { // the shell scripts handle --flag=
		l.prefix = strings.TrimSuffix(word, last.Value)
	}
}

func (l *line) parseFlags(word string) []argv.Flag {
	if l.unknown {
		return nil
	}
	name := ""
	if l.command != l.tree.Root {
		name = l.command.Name()
	}
	return argv.Parse(word, l.command.Flags(), name)
}

// set ignores invalid values: the command will report them.
func set(f *pflag.Flag, value string) {
	_ = f.Value.Set(value)
	f.Changed = true
}

// answer returns the candidates at the cursor.
func (l *line) answer(ctx context.Context, e *cli.Env) answer {
	a := answer{directive: cobra.ShellCompDirectiveNoFileComp}
	switch {
	case l.unknown:
	case l.flag != nil:
		a = l.findKind(ctx, e, FlagKind(l.flag))
	case !l.ended && strings.HasPrefix(l.word, "-"):
		a.candidates = l.findFlags()
	case l.command == l.tree.Root:
		a.candidates = findCommands(l.tree)
	default:
		a = l.findKind(ctx, e, ArgumentKind(l.command, len(l.args)))
	}
	matching := a.candidates[:0]
	for _, c := range a.candidates {
		if strings.HasPrefix(c.text, l.word) {
			matching = append(matching, candidate{l.prefix + c.text, c.description})
		}
	}
	a.candidates = matching
	return a
}

// findFlags returns the flags that may still be given. After a command the global flags
// are offered only if no other flag matches.
func (l *line) findFlags() (own []candidate) {
	var global []candidate
	l.command.Flags().VisitAll(func(f *pflag.Flag) {
		_, usage := pflag.UnquoteUsage(f)
		repeatable := strings.HasSuffix(f.Value.Type(), "Slice") || strings.HasSuffix(f.Value.Type(), "Array")
		long := candidate{"--" + f.Name, usage}
		switch {
		case f.Changed && !repeatable || !strings.HasPrefix(long.text, l.word) && l.word != "-"+f.Shorthand:
		case !f.Hidden:
			own = append(own, long)
			if f.Shorthand != "" && len(l.word) < 3 && l.word != "--" {
				own = append(own, candidate{"-" + f.Shorthand, usage})
			}
		case l.tree.Root.Flags().Lookup(f.Name) != nil:
			global = append(global, long)
		}
	})
	if len(own) == 0 {
		return global
	}
	return own
}
