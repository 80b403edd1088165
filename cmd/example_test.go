package cmd

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestExamples holds that what help and the topics show can be typed: each td in an example
// names a command, flags that it has, values that fit them, and as many arguments as it takes.
func TestExamples(t *testing.T) {
	root := newRoot(testEnv())
	for _, c := range root.Commands() {
		for _, err := range wrongExamples(c.Example) {
			t.Errorf("the help of %s: %v", c.Name(), err)
		}
	}
	for _, name := range topics() {
		for _, err := range wrongExamples(topicExamples(topic(root, name))) {
			t.Errorf("the topic %s: %v", name, err)
		}
	}
}

// topicExamples are the lines of a topic that are set in as examples are.
func topicExamples(text string) string {
	var b strings.Builder
	more := false // whether the last line goes on
	for line := range strings.Lines(text) {
		shown, isExample := strings.CutPrefix(line, "    ")
		isExample = isExample && !strings.HasPrefix(shown, " ") || more
		if more = isExample && strings.HasSuffix(line, "\\\n"); isExample {
			b.WriteString(line)
		}
	}
	return strings.ReplaceAll(b.String(), "\\\n", "")
}

// wrongExamples says which of the td commands in the lines of shell cannot be typed, and why.
func wrongExamples(lines string) (wrong []error) {
	for line := range strings.Lines(lines) {
		commands, err := shellCommands(line)
		if err != nil {
			wrong = append(wrong, fmt.Errorf("%s: %w", strings.TrimSpace(line), err))
		}
		for _, words := range commands {
			if i := slices.Index(words, "td"); i >= 0 {
				if err := parses(words[i+1:]); err != nil {
					wrong = append(wrong, fmt.Errorf("%s: %w", strings.TrimSpace(line), err))
				}
			}
		}
	}
	return wrong
}

// parses does with the arguments of td what comes before a command runs.
func parses(args []string) error {
	root := newRoot(testEnv())
	plain, err := normalize(root, args)
	if err != nil {
		return err
	}
	c, rest, err := root.Traverse(plain)
	if err != nil {
		return globalFlagError(err)
	}
	if err := c.ParseFlags(rest); err != nil {
		return flagError(err)
	}
	if err := c.ValidateArgs(c.Flags().Args()); err != nil {
		return err
	}
	if err := c.ValidateRequiredFlags(); err != nil {
		return err
	}
	return c.ValidateFlagGroups()
}

// shellCommands splits a line of shell into its commands, each a list of words, and knows no
// more of shell than examples need: quotes, lists, pipelines, redirections, and $(…) and <(…),
// which stand for one word.
func shellCommands(line string) (commands [][]string, err error) {
	var words []string
	var word strings.Builder
	begun := false // whether word is one, though it be empty
	endWord := func() {
		if begun {
			words = append(words, word.String())
		}
		word.Reset()
		begun = false
	}
	endCommand := func() {
		endWord()
		if len(words) > 0 {
			commands = append(commands, words)
		}
		words = nil
	}
	for i := 0; i < len(line); i++ {
		c := line[i]
		within := strings.HasPrefix(line[i:], "$(") || strings.HasPrefix(line[i:], "<(")
		switch {
		case c == '\'' || c == '"':
			quoted, _, closed := strings.Cut(line[i+1:], string(c))
			if !closed {
				return nil, fmt.Errorf("no end of %c", c)
			}
			word.WriteString(quoted)
			begun = true
			i += len(quoted) + 1
		case within:
			inner, _, closed := strings.Cut(line[i+2:], ")")
			if !closed {
				return nil, fmt.Errorf("no end of %s", line[i:i+2])
			}
			more, err := shellCommands(inner)
			if err != nil {
				return nil, err
			}
			commands = append(commands, more...)
			word.WriteString("1") // a number will do wherever a word does
			begun = true
			i += len(inner) + 2
		case strings.IndexByte("|;&\n", c) >= 0:
			endCommand()
		case c == '<' || c == '>':
			endCommand() // the file stands where a command's name does, and none is called td
		case c == ' ':
			endWord()
		default:
			word.WriteByte(c)
			begun = true
		}
	}
	endCommand()
	return commands, nil
}

func TestShellCommands(t *testing.T) {
	for _, tt := range []struct {
		line string
		want [][]string
	}{
		{"  td db:list -f csv\n", [][]string{{"td", "db:list", "-f", "csv"}}},
		{`td query 'a "b" | c' "" x'y'z`, [][]string{{"td", "query", `a "b" | c`, "", "xyz"}}},
		{"td a | jq . && td b; td c || d", [][]string{{"td", "a"}, {"jq", "."}, {"td", "b"}, {"td", "c"}, {"d"}}},
		{"td a > out < in", [][]string{{"td", "a"}, {"out"}, {"in"}}},
		{"td a $(td b 'x y') c", [][]string{{"td", "b", "x y"}, {"td", "a", "1", "c"}}},
		{". <(td b)", [][]string{{"td", "b"}, {".", "1"}}},
	} {
		got, err := shellCommands(tt.line)
		if err != nil {
			t.Errorf("%q: %v", tt.line, err)
		}
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("%q: %s", tt.line, diff)
		}
	}
}

// The check of the examples finds what is wrong.
func TestWrongExamples(t *testing.T) {
	for _, line := range []string{
		"td db:lst",
		"td db:list --nope",
		"td db:list -f yaml",
		"td table:show web",
		"td --nope db:list",
		"td --color",
		"td job:wait $(td job:lst)",
		"td query 'SELECT",
		"x=$(td db:list",
	} {
		if len(wrongExamples(line)) != 1 {
			t.Errorf("%q passes", line)
		}
	}
}
