package argv

import (
	"strings"

	"github.com/spf13/pflag"
)

// A Flag is a flag of a command line.
type Flag struct {
	Flag     *pflag.Flag
	Value    string // its default for an omitted value if nothing is attached
	Attached bool   // Value was written in the same word
}

// TakesNext reports whether the next argument is the flag's value.
func (f Flag) TakesNext() bool { return !f.Attached && RequiresValue(f.Flag) }

// Parse returns the flags in a word, or nil if the word is not understood. The command is
// "" for the global flags.
func Parse(word string, fs *pflag.FlagSet, command string) []Flag {
	long, _, err := expand([]string{word}, fs, command, false)
	if err != nil {
		return nil
	}
	var flags []Flag
	for _, arg := range long {
		name, value, attached := strings.Cut(strings.TrimPrefix(arg, "--"), "=")
		if f := fs.Lookup(name); f != nil {
			if !attached {
				value = f.NoOptDefVal
			}
			flags = append(flags, Flag{f, value, attached})
		}
	}
	return flags
}

// separate returns the flags and the other words of expanded arguments. Values in words of
// their own count as attached.
func separate(long []string, fs *pflag.FlagSet) (flags []Flag, positional []string) {
	for i := 0; i < len(long); i++ {
		if long[i] == "--" {
			return flags, append(positional, long[i+1:]...)
		}
		name, isFlag := strings.CutPrefix(long[i], "--")
		if !isFlag {
			positional = append(positional, long[i])
			continue
		}
		name, value, attached := strings.Cut(name, "=")
		f := fs.Lookup(name)
		if f == nil {
			continue
		}
		if !attached && RequiresValue(f) && i+1 < len(long) {
			i++
			value, attached = long[i], true
		}
		flags = append(flags, Flag{f, value, attached})
	}
	return flags, positional
}
