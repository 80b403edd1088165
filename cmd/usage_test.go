package cmd

import (
	"slices"
	"strings"
	"testing"
)

// TestHelpOfEach runs every command with -h: its usage, its flags and an example, on
// standard output and in under 40 lines.
func TestHelpOfEach(t *testing.T) {
	for _, c := range newRoot(testEnv()).Commands() {
		asks := []string{"-h", "--help"}
		if f := c.Flags().ShorthandLookup("h"); f != nil {
			asks = asks[1:] // bulk_import:prepare_parts has another -h
		}
		for _, ask := range asks {
			status, stdout, stderr := runLine(c.Name(), ask)
			if status != exitOK || stderr != "" {
				t.Errorf("%s %s: status %d, and on standard error %q", c.Name(), ask, status, stderr)
			}
			if n := strings.Count(stdout, "\n"); n >= 40 {
				t.Errorf("%s %s prints %d lines, not under 40", c.Name(), ask, n)
			}
			if !strings.HasPrefix(stdout, "usage: td "+c.Use+"\n") || !strings.Contains(stdout, "\nExamples:\n") {
				t.Errorf("%s %s shows no usage or no example:\n%s", c.Name(), ask, stdout)
			}
			if c.HasAvailableLocalFlags() && !strings.Contains(stdout, "\nFlags:\n") {
				t.Errorf("%s %s shows no flags:\n%s", c.Name(), ask, stdout)
			}
		}
	}
}

// TestArguments runs every command with an argument missing, or with too many where none
// is needed: status 2, one line that says so, and the usage.
func TestArguments(t *testing.T) {
	for _, c := range newRoot(testEnv()).Commands() {
		args := []string{c.Name()}
		if c.Args(c, nil) == nil {
			args = append(args, strings.Fields("a b c d e f g h")...)
			if c.Args(c, args[1:]) == nil {
				if !slices.Contains([]string{"workflow", "workflow:run", "workflow:secrets"}, c.Name()) {
					t.Errorf("%s takes any number of arguments, and none", c.Name())
				}
				continue
			}
		}
		status, stdout, stderr := runLine(args...)
		if status != exitUsage || stdout != "" {
			t.Errorf("%q: status %d, and on standard output %q", args, status, stdout)
		}
		lines := strings.Split(strings.TrimSuffix(stderr, "\n"), "\n")
		if len(lines) != 2 || !strings.HasPrefix(lines[0], "td: "+c.Name()+": ") || lines[1] != "hint: usage: td "+c.Use {
			t.Errorf("%q: on standard error %q", args, stderr)
		}
	}
}

// TestJunk runs every command with words and flags that make no sense, without a server
// behind it. It must not panic, and must end with a status that is written down.
func TestJunk(t *testing.T) {
	t.Chdir(t.TempDir()) // for what takes a word for a file to write
	junk := []string{
		"", "-", "--", "---", "--=", "-=", "-é", "\x00", "\xff\xfe", "--help=maybe", "-1", "999999999999999999999999",
		"a:b:c", "日本", "%s%d%n", "--format", "-f", "--wait=", "-w", "-wwww", "--limit=-9", "--config=", "--color", "--slow=x",
		strings.Repeat("x", 5000), "--" + strings.Repeat("y", 5000), "-ouch", "@", "\n", "'; DROP", "$(x)", "..", "/", "-P9", "--debug=2",
	}
	for _, c := range newRoot(testEnv()).Commands() {
		if c.Name() == "sandbox:serve" {
			continue // would serve
		}
		for i, word := range junk {
			next := junk[(i*7+3)%len(junk)]
			words := [][]string{{word}, {word, next}, {next, word, word}, {"a", word, next, "b"}}
			args := append([]string{"-e", "http://127.0.0.1:1", "-k", "1/test", "--retry-max-time", "0s", c.Name()}, words[i%len(words)]...)
			status, _, stderr := runLine(args...)
			if status < exitOK || status > exitIncomplete {
				t.Errorf("%q: status %d", args, status)
			}
			if strings.Contains(stderr, "%!") || status != exitOK && !strings.Contains(stderr, "td: ") {
				t.Errorf("%q: status %d, and on standard error %q", args, status, stderr)
			}
		}
	}
}
