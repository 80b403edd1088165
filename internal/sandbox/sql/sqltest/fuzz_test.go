package sqltest

import (
	"context"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/td-cli/td/internal/sandbox/sql/translate"
)

// FuzzRun runs statements that Translate accepts. The engine may reject values, but not
// the SQL.
func FuzzRun(f *testing.F) {
	files, err := filepath.Glob("testdata/*.txt")
	if err != nil {
		f.Fatal(err)
	}
	for _, file := range files {
		for _, x := range read(f, file) {
			f.Add(x.sql, x.dialect == translate.Hive)
		}
	}
	e := open(f)
	f.Fuzz(func(t *testing.T, sql string, hive bool) {
		d := translate.Trino
		if hive {
			d = translate.Hive
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		_, err := run(ctx, e, d, sql)
		if err == nil {
			return
		}
		for _, fault := range []string{
			"no such column", "no such function", "no such table", "misuse of", "ambiguous column", "near \"", "syntax error", "too large",
			"wrong number of arguments", "too many", "unrecognized token", "parser stack", "recursive reference", "circular reference",
			"do not have the same number", "only a single result",
		} {
			if strings.Contains(err.Error(), fault) && !strings.HasPrefix(err.Error(), "line ") {
				t.Errorf("%s\n%v", sql, err)
			}
		}
	})
}
