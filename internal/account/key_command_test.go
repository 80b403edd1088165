//go:build unix

package account

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"testing"
	"time"
)

func TestKeyCommand(t *testing.T) {
	for _, tt := range []struct{ name, command, key, err, stderr string }{
		{name: "plain", command: "echo 1/abc", key: "1/abc"},
		{name: "space around", command: "printf '\\n  1/abc \\r\\n\\n'", key: "1/abc"},
		{name: "the shell's grammar", command: `k=1/abc; test "$k" = 1/abc && echo "$k#;%=" | cat`, key: "1/abc#;%="},
		{name: "standard error", command: "echo 'unlock?' >&2; echo 1/abc", key: "1/abc", stderr: "unlock?\n"},
		{name: "no standard input", command: "cat; echo 1/abc", key: "1/abc"},
		{name: "a failure", command: "echo 1/5ecre7; exit 3", err: "apikey_command ended with exit status 3"},
		{name: "not found", command: "no-such-command-1/5ecre7 2>/dev/null", err: "exit status 127"},
		{name: "a signal", command: "echo 1/5ecre7; kill -TERM $$", err: "was ended by a signal: signal: terminated"},
		{name: "nothing", command: "true", err: "prints nothing"},
		{name: "lines", command: "echo 1/5ecre7; echo login: me", err: "prints more than one line"},
		{name: "a control character", command: "printf '1/5ecre7\\033[0m'", err: "prints a control character"},
		{name: "too much", command: "yes 5ecre7 | head -c 100000", err: "prints too much"},
		{name: "a child that stays", command: "echo 1/abc; sleep 30 &", key: "1/abc"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			var stderr bytes.Buffer
			key, err := runKeyCommand(t.Context(), tt.command, &stderr)
			if key != tt.key || (err == nil) != (tt.err == "") || err != nil && !strings.Contains(err.Error(), tt.err) {
				t.Errorf("key %q, error %v, want %q, %q", key, err, tt.key, tt.err)
			}
			if err != nil && strings.Contains(err.Error(), "5ecre7") {
				t.Errorf("the error shows the key: %v", err)
			}
			if stderr.String() != tt.stderr {
				t.Errorf("standard error is %q, want %q", &stderr, tt.stderr)
			}
		})
	}
}

func TestKeyCommandEnds(t *testing.T) {
	late, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	began := time.Now()
	_, err := runKeyCommand(late, "sleep 120; echo 1/5ecre7", &bytes.Buffer{})
	if err == nil || !strings.Contains(err.Error(), "did not end in time") || time.Since(began) > time.Minute {
		t.Errorf("after %v: %v", time.Since(began), err)
	}
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := runKeyCommand(gone, "echo 1/abc", &bytes.Buffer{}); !errors.Is(err, context.Canceled) {
		t.Errorf("after a cancellation: %v", err)
	}
}
