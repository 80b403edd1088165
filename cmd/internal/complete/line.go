package cmd

import (
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// A line is the command line up to the cursor.
type line struct {
	root    *cobra.Command
	command *cobra.Command // root before there is one
	lost    bool           // there is one that td does not know
	args    []string       // the command's, without the word at the cursor
	ended   bool           // by "--": no flag follows

	word  string      // the part at the cursor that is to be completed
	flag  *pflag.Flag // whose value that is; nil: none
	glued string      // what stands before it in the same word, as -d does in -dsales
}

// readLine reads the words as td itself does, but for mistakes, which it passes over.
// The flags that it meets are set.
func readLine(root *cobra.Command, words []string) *line {
	root.InitDefaultHelpFlag()
	l := &line{root: root, command: root}
	last := len(words) - 1
	for _, w := range words[:last] {
		l.read(w)
	}
	l.readLast(words[last])
	return l
}

func (l *line) read(word string) {
	switch {
	case l.flag != nil:
		set(l.flag, word)
		l.flag = nil
	case l.ended || len(word) < 2 || word[0] != '-':
		l.readArgument(word)
	case word == "--":
		l.ended = true
	default:
		for _, f := range l.spelt(word) {
			if f.bare && takesNext(f.flag) {
				l.flag = f.flag
			} else {
				set(f.flag, f.value)
			}
		}
	}
}

func (l *line) readArgument(word string) {
	switch {
	case l.lost:
		return
	case l.command == l.root:
		if l.command = find(l.root, word); l.command == nil {
			l.lost = true
			return
		}
	case l.command.Name() == "workflow" && len(l.args) == 0 && find(l.root, "workflow:"+word) != nil:
		l.command = find(l.root, "workflow:"+word)
	default:
		l.args = append(l.args, word)
		return
	}
	l.command.InitDefaultHelpFlag()
}

// readLast reads the word at the cursor.
func (l *line) readLast(word string) {
	l.word = word
	if l.flag != nil || l.lost || l.ended || len(word) < 3 || word[0] != '-' {
		return
	}
	flags := l.spelt(word)
	if len(flags) == 0 || flags[len(flags)-1].bare {
		return
	}
	last := flags[len(flags)-1]
	l.flag, l.word = last.flag, last.value
	if word[1] != '-' { // the scripts take care of --flag=
		l.glued = strings.TrimSuffix(word, last.value)
	}
}

// A speltFlag is a flag as it stands on the line. It is bare without a value glued on;
// the value is then what it has by itself.
type speltFlag struct {
	flag  *pflag.Flag
	value string
	bare  bool
}

// spelt returns the flags of a word, in any of the toolbelt's spellings.
func (l *line) spelt(word string) (flags []speltFlag) {
	if l.lost {
		return nil
	}
	name := ""
	if l.command != l.root {
		name = l.command.Name()
	}
	plain, _, err := expand([]string{word}, l.command.Flags(), name, false)
	if err != nil {
		return nil
	}
	for _, p := range plain {
		name, value, glued := strings.Cut(strings.TrimPrefix(p, "--"), "=")
		if f := l.command.Flags().Lookup(name); f != nil {
			if !glued {
				value = f.NoOptDefVal
			}
			flags = append(flags, speltFlag{f, value, !glued})
		}
	}
	return flags
}

func set(f *pflag.Flag, value string) {
	_ = f.Value.Set(value) // what it cannot be, the command will say
	f.Changed = true
}
