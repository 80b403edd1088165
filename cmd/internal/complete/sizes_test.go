package complete

import (
	"io"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/td-cli/td/internal/api"
	"github.com/td-cli/td/internal/cli"
	"github.com/td-cli/td/internal/console"
)

// TestSizes checks that sizes are known after the tables were listed, also after a change, and that old ones are not used.
func TestSizes(t *testing.T) {
	root := t.TempDir()
	vars := map[string]string{"HOME": root, "TD_API_SERVER": "http://127.0.0.1:1", "TD_API_KEY": "1/test"}
	c := &console.Console{In: strings.NewReader(""), Out: io.Discard, Err: io.Discard}
	e := cli.NewEnv(t.Context(), c, func(name string) string { return vars[name] }, "test")
	lookUp := func(database, table string) (Size, bool) { return Sizes(e)(database, table) }
	if s, ok := lookUp("web", "access"); ok {
		t.Errorf("without a list: %+v", s)
	}
	RememberSizes(e, "web", []api.Table{
		{Name: "access", Count: 12_345_678, Schema: []api.Column{{Name: "path", Type: "string"}, {Name: "size", Type: "long"}}},
		{Name: "timed", Count: 5, Schema: []api.Column{{Name: "time", Type: "long"}}},
	})
	want := map[string]Size{"access": {12_345_678, 3}, "timed": {5, 1}}
	check := func(when string) {
		t.Helper()
		for name, size := range want {
			got, ok := lookUp("web", name)
			if diff := cmp.Diff(size, got); !ok || diff != "" {
				t.Errorf("%s: %s: %s", when, name, diff)
			}
		}
	}
	check("listed")
	ForgetNames(e)
	check("after a change")
	if _, ok := lookUp("web", "other"); ok {
		t.Error("another table has a size")
	}
	if _, ok := lookUp("logs", "access"); ok {
		t.Error("the table of another database has a size")
	}
	makeOlder(t, root, sizesMaxAge+time.Hour)
	if _, ok := lookUp("web", "access"); ok {
		t.Error("an old size is used")
	}
}
