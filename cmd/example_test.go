package cmd

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/spf13/cobra"

	"github.com/td-cli/td/cmd/internal/argv"
	"github.com/td-cli/td/cmd/internal/help"
)

// TestExamples checks that the examples in the help and the topics can be typed: each td
// in them has a command with valid flags, values and arguments.
func TestExamples(t *testing.T) {
	tree := NewTree(testEnv())
	for _, c := range tree.Commands() {
		for _, err := range wrongExamples(c.Example) {
			t.Errorf("the help of %s: %v", c.Name(), err)
		}
	}
	for _, name := range help.Topics() {
		for _, err := range wrongExamples(topicExamples(help.Topic(tree.Root, name))) {
			t.Errorf("the topic %s: %v", name, err)
		}
	}
}

// topicExamples returns the code of a topic. Continued lines are joined.
func topicExamples(text string) string {
	var b strings.Builder
	more := false // the last line is continued
	for line := range strings.Lines(text) {
		shown, isExample := strings.CutPrefix(line, "    ")
		isCode := !strings.HasPrefix(shown, " ") && !strings.HasPrefix(shown, "#!") // the kernel adds the file to that line
		isExample = isExample && isCode || more
		if more = isExample && strings.HasSuffix(line, "\\\n"); isExample {
			b.WriteString(line)
		}
	}
	return strings.ReplaceAll(b.String(), "\\\n", "")
}

// wrongExamples returns an error for each invalid td command in shell code.
func wrongExamples(lines string) (wrong []error) {
	for line := range strings.Lines(lines) {
		commands, err := shellCommands(line)
		if err != nil {
			wrong = append(wrong, fmt.Errorf("%s: %w", strings.TrimSpace(line), err))
		}
		for _, words := range commands {
			if i := slices.Index(words, "td"); i >= 0 {
				if _, err := parse(words[i+1:]); err != nil {
					wrong = append(wrong, fmt.Errorf("%s: %w", strings.TrimSpace(line), err))
				}
			}
		}
	}
	return wrong
}

// parse parses arguments of td and returns the command without running it.
func parse(args []string) (*cobra.Command, error) {
	tree := NewTree(testEnv())
	line, err := argv.ParseLine(tree, args)
	if err != nil {
		return nil, err
	}
	if err := line.Check(tree); err != nil {
		return nil, err
	}
	if line.Command == nil {
		return tree.Root, nil
	}
	return line.Command, nil
}

// shellCommands splits a line of shell code into commands, each a list of words. It
// supports what the examples need: quotes, lists, pipelines, redirections, and the
// substitutions $(…) and <(…), which become one word.
func shellCommands(line string) (commands [][]string, err error) {
	var words []string
	var word strings.Builder
	started := false // word is a word even if it is empty
	endWord := func() {
		if started {
			words = append(words, word.String())
		}
		word.Reset()
		started = false
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
			started = true
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
			word.WriteString("1") // valid as any argument
			started = true
			i += len(inner) + 2
		case strings.IndexByte("|;&\n", c) >= 0:
			endCommand()
		case c == '<' || c == '>':
			endCommand() // the file becomes a command, which is not td
		case c == ' ':
			endWord()
		default:
			word.WriteByte(c)
			started = true
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

// TestWrongExamples checks that TestExamples can fail.
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
			t.Errorf("no error for %q", line)
		}
	}
}
