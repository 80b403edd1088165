package jobwait

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/td-cli/td/internal/api"
)

func TestFailureMessage(t *testing.T) {
	for _, tt := range []struct{ name, cmdout, stderr, want string }{
		{"trino", "started at 2026\nQuery 20260102_1 failed: line 1:8: Column 'x' cannot be resolved\n", "", "line 1:8: Column 'x' cannot be resolved"},
		{"hive", "", "OK\nFAILED: ParseException line 1:0 cannot recognize input\nat x\n", "ParseException line 1:0 cannot recognize input"},
		{"the last line", "one\n\n", "two\nthree\n\n", "three"},
		{"no logs", "", "", ""},
	} {
		var job api.Job
		job.Debug.Cmdout, job.Debug.Stderr = tt.cmdout, tt.stderr
		if got := FailureMessage(job); got != tt.want {
			t.Errorf("%s: got %q, want %q", tt.name, got, tt.want)
		}
	}
}

func TestMarkPosition(t *testing.T) {
	for _, tt := range []struct{ sql, message, want string }{
		{"SELECT x", "line 1:8: Column 'x' cannot be resolved", "SELECT x\n       ^"},
		{"SELECT\n\t日本, y\nFROM t", "line 2:6: Column 'y' cannot be resolved", "\t日本, y\n\t      ^"},
		{"SELECT x", "line 7:8: nothing there", ""},
		{"SELECT x", "line 1:99: nothing there", ""},
		{"SELECT x", "no position", ""},
		{"SELECT x", "SemanticException [Error 10004]: Line 1:8 Invalid table alias 'x'", "SELECT x\n       ^"},
		{"SELEC x", "ParseException line 1:0 cannot recognize input", "SELEC x\n^"},
		{"SELECT x", "deadline 1:2", ""},
		{"SELECT x", "line one", ""},
		{"CREATE USER a\nIDENTIFIED BY '5ecre7', x", "line 2:25: mismatched input 'x'", "IDENTIFIED BY '***', x\n                     ^"},
		{"SELECT 1 FROM t WHERE password =\n '5ecre7' x", "line 2:5: mismatched input", " '***' x\n     ^"},
		{"SELECT 1 FROM t WHERE password =\n '5e\n\ncre7\\'x' y", "line 3:1: mismatched input", " '***' y\n     ^"},
	} {
		if diff := cmp.Diff(tt.want, MarkPosition(tt.sql, tt.message)); diff != "" {
			t.Errorf("%q: %s", tt.message, diff)
		}
	}
}
