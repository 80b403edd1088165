package cmd

import (
	"bytes"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/spf13/pflag"

	"github.com/td-cli/td/internal/cli"
	"github.com/td-cli/td/internal/console"
)

// TestHelp runs every command with -h and --help. The help must have the usage, every
// visible flag with its description, and the examples, and must fit on three screens.
func TestHelp(t *testing.T) {
	for _, c := range NewTree(testEnv()).Commands() {
		spellings := []string{"-h", "--help"}
		if c.Flags().ShorthandLookup("h") != nil {
			spellings = spellings[1:] // -h alone is tested by TestNormalize
		}
		for _, flag := range spellings {
			status, stdout, stderr := runLine(c.Name(), flag)
			if status != cli.ExitOK || stderr != "" {
				t.Errorf("%s %s: status %d, stderr %q", c.Name(), flag, status, stderr)
			}
			if n := strings.Count(stdout, "\n"); n > 3*23 { // leaves room for the prompt
				t.Errorf("%s %s prints %d lines, more than three screens", c.Name(), flag, n)
			}
			if !strings.HasPrefix(stdout, "usage: td "+c.Use+"\n\n") || !strings.HasSuffix(stdout, "\nExamples:\n"+c.Example+"\n") {
				t.Errorf("%s %s: no usage or examples:\n%s", c.Name(), flag, stdout)
			}
			c.LocalFlags().VisitAll(func(f *pflag.Flag) {
				_, usage := pflag.UnquoteUsage(f)
				if visible := !f.Hidden && f.Name != "help"; visible && !strings.Contains(stdout, "--"+f.Name) {
					t.Errorf("%s %s: --%s is missing:\n%s", c.Name(), flag, f.Name, stdout)
				} else if visible && !strings.Contains(stdout, usage) {
					t.Errorf("%s %s: no description of --%s:\n%s", c.Name(), flag, f.Name, stdout)
				}
			})
		}
	}
}

// TestArguments runs every command with an argument missing, or with too many if it needs
// none. It expects status 2, an error line and the usage.
func TestArguments(t *testing.T) {
	for _, c := range NewTree(testEnv()).Commands() {
		if c.Name() == "cron" {
			continue // prints its help
		}
		args := []string{c.Name()}
		reason := "an argument is missing"
		if c.Args(c, nil) == nil {
			args = append(args, strings.Fields("a b c d e f g h")...)
			reason = "too many arguments"
			if c.Args(c, args[1:]) == nil {
				if !slices.Contains([]string{"workflow", "workflow:run", "workflow:secrets"}, c.Name()) {
					t.Errorf("%s takes any number of arguments, including none", c.Name())
				}
				continue
			}
		}
		status, stdout, stderr := runLine(args...)
		want := "td: " + c.Name() + ": " + reason + "\nhint: usage: td " + c.Use + "\n"
		if status != cli.ExitUsage || stdout != "" || stderr != want {
			t.Errorf("%q: status %d, stdout %q, stderr %q, want %q", args, status, stdout, stderr, want)
		}
	}
}

// TestJunk runs every command with meaningless words and flags and a server that refuses
// connections. A command must not panic, must explain a failure in one line, and must
// classify it: as a usage error, a network failure or a local file error.
func TestJunk(t *testing.T) {
	t.Chdir(t.TempDir()) // for commands that write a file
	junk := []string{
		"", "-", "--", "---", "--=", "-=", "-é", "\x00", "\xff\xfe", "--help=maybe", "-1", "999999999999999999999999",
		"a:b:c", "日本", "%s%d%n", "--format", "-f", "--wait=", "-w", "-wwww", "--limit=-9", "--config=", "--color", "--slow=x",
		strings.Repeat("x", 5000), "--" + strings.Repeat("y", 5000), "-ouch", "@", "\n", "'; DROP", "$(x)", "..", "/", "-P9", "--debug=2",
	}
	home := t.TempDir()
	getenv := func(name string) string { return map[string]string{"HOME": home}[name] }
	message := regexp.MustCompile(`(?m)^td: (?:[^w]|w[^a]|wa[^r])`)                                                    // not a warning
	statuses := []int{cli.ExitOK, cli.ExitUsage, cli.ExitNetwork, cli.ExitLocalIO, cli.ExitConflict, cli.ExitNotFound} // apikey:set may find a key, cron:remove no entry
	for n, c := range NewTree(testEnv()).Commands() {
		if c.Name() == "sandbox:serve" {
			continue // does not end
		}
		for i, word := range junk {
			if i%3 != n%3 {
				continue // similar commands are tested with the others
			}
			next := junk[(i*7+3)%len(junk)]
			words := [][]string{{word}, {word, next}, {next, word, word}, {"a", word, next, "b"}}
			args := append([]string{"-e", "http://127.0.0.1:1", "-k", "1/test", "--retry-max-time", "0s", c.Name()}, words[i%len(words)]...)
			var out, messages bytes.Buffer
			status := Run(t.Context(), &console.Console{In: strings.NewReader(""), Out: &out, Err: &messages}, getenv, args)
			stderr := messages.String()
			if !slices.Contains(statuses, status) {
				t.Errorf("%q: status %d, stderr %q", args, status, stderr)
			}
			if strings.Contains(stderr, "%!") || status != cli.ExitOK && len(message.FindAllString(stderr, -1)) != 1 {
				t.Errorf("%q: status %d, stderr %q", args, status, stderr)
			}
		}
	}
}
