package cmd

import (
	"bytes"
	"context"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/spf13/cobra"

	"github.com/td-cli/td/internal/console"
	"github.com/td-cli/td/internal/sandbox"
)

// TestNoControlInPipes runs every command with -h, without arguments, with too many arguments,
// and with those of its examples. The output in pipes must not contain control characters
// except line feeds and tabs. The scripts are checked for the same.
func TestNoControlInPipes(t *testing.T) {
	s, err := sandbox.Open(context.Background(), sandbox.Options{Dir: t.TempDir(), APIKey: "1/test"})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	server := httptest.NewServer(s)
	defer server.Close()
	env := map[string]string{"HOME": t.TempDir(), "TD_API_SERVER": server.URL, "TD_API_KEY": "1/test", "TERM": "xterm-256color"}
	t.Chdir(t.TempDir())
	tree := NewTree(testEnv())
	for _, c := range tree.Commands() {
		for _, args := range pipeArguments(c) {
			for _, color := range []string{"auto", "never"} {
				checkPipes(t, env, append([]string{"--color", color}, args...))
			}
		}
	}
	checkPipes(t, env, nil)
	checkPipes(t, env, []string{"--version"})
	checkPipes(t, env, []string{"no:such", "command"})
}

// pipeArguments returns the command lines to test a command with.
func pipeArguments(c *cobra.Command) [][]string {
	lines := [][]string{{c.Name(), "-h"}, {c.Name(), "--help"}, {c.Name(), "a", "b", "c", "d", "e"}, {c.Name(), "--no-such-flag"}}
	if c.Name() != "sandbox:serve" { // does not end
		lines = append(lines, []string{c.Name()})
	}
	for example := range strings.Lines(c.Example) {
		if args := exampleArguments(example); len(args) > 0 {
			lines = append(lines, args)
		}
	}
	return lines
}

// exampleArguments returns the arguments of td in an example, or nil if it needs another
// server or does not end.
func exampleArguments(line string) []string {
	var words []string
	quote := rune(0)
	word, some := strings.Builder{}, false
	for _, r := range strings.TrimSpace(line) + " " {
		switch {
		case quote != 0 && r == quote:
			quote = 0
		case quote == 0 && (r == '\'' || r == '"'):
			quote, some = r, true
		case quote == 0 && r == ' ':
			if some {
				words = append(words, word.String())
			}
			word.Reset()
			some = false
		default:
			word.WriteRune(r)
			some = true
		}
	}
	if i := slices.IndexFunc(words, func(w string) bool { return slices.Contains([]string{"|", "||", "&&", "<", ">"}, w) }); i >= 0 {
		words = words[:i]
	}
	if len(words) < 2 || words[0] != "td" || words[1] == "-e" || words[1] == "sandbox:serve" || strings.Contains(line, "https://") {
		return nil
	}
	return words[1:]
}

func checkPipes(t *testing.T, env map[string]string, args []string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	var out, errs bytes.Buffer
	c := &console.Console{In: strings.NewReader(""), Out: &out, Err: &errs}
	Run(ctx, c, func(name string) string { return env[name] }, args)
	for name, text := range map[string]string{"standard output": out.String(), "standard error": errs.String()} {
		for i, r := range text {
			if r < ' ' && r != '\n' && r != '\t' || r >= 0x7f && r < 0xa0 {
				t.Errorf("td %q: %U on %s at byte %d", args, r, name, i)
				break
			}
		}
	}
}
