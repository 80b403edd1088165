package jobcmd

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/td-cli/td/internal/cli"
	"github.com/td-cli/td/internal/console"
)

func TestReadSQLEncodings(t *testing.T) {
	for _, tt := range []struct{ name, in, want, err string }{
		{"UTF-8", "SELECT '日本'", "SELECT '日本'", ""},
		{"byte order mark", "\ufeffSELECT 1", "SELECT 1", ""},
		{"UTF-16", "\xff\xfe1\x00\xe5\x65", "1日", ""},
		{"Latin-1", "SELECT 'caf\xe9'", "", "not UTF-8: invalid byte 0xe9 in line 1"},
		{"binary", "a\x00b", "", "not text: NUL in line 1"},
		{"only a mark", "\ufeff", "", "the SQL is empty"},
	} {
		file := filepath.Join(t.TempDir(), "q.sql")
		if err := os.WriteFile(file, []byte(tt.in), 0o600); err != nil {
			t.Fatal(err)
		}
		for _, source := range []string{file, "-"} {
			c := &console.Console{In: strings.NewReader(tt.in), Err: &strings.Builder{}}
			env := cli.NewEnv(context.Background(), c, func(string) string { return "" }, "test")
			got, err := ReadSQL(env, source, nil)
			if got != tt.want || (err == nil) != (tt.err == "") {
				t.Errorf("%s from %s: %q, %v", tt.name, source, got, err)
			}
			if err == nil {
				continue
			}
			name := source
			if source == "-" {
				name = "standard input"
			}
			_, usage := errors.AsType[cli.UsageError](err)
			if !usage || !strings.Contains(err.Error(), tt.err) || strings.HasPrefix(tt.err, "not") && !strings.Contains(err.Error(), name) {
				t.Errorf("%s from %s: %v", tt.name, source, err)
			}
		}
	}
}
