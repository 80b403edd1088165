package cmd_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"
)

// TestCompleteOffline checks completion with a server that fails or does not answer: known
// names are offered, and the server is not asked again for a while. Unit tests of the cache
// check the time limits.
func TestCompleteOffline(t *testing.T) {
	const working, failing, hanging = 0, 1, 2
	var mode, requests atomic.Int32
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		requests.Add(1)
		switch mode.Load() {
		case working:
			fmt.Fprint(w, `{"databases":[{"name":"sales","count":1}]}`)
		case failing:
			http.Error(w, "no", http.StatusServiceUnavailable)
		case hanging:
			<-r.Context().Done()
		}
	}))
	defer server.Close()
	td, err := exec.LookPath("td")
	if err != nil {
		t.Fatal(err)
	}
	home := t.TempDir()
	complete := func(timeout, want string, words ...string) {
		t.Helper()
		c := exec.Command(td, append([]string{"__complete"}, words...)...)
		c.Env = []string{"HOME=" + home, "TD_API_SERVER=" + server.URL, "TD_API_KEY=1/test", "TD_COMPLETION_TIMEOUT=" + timeout, "GORACE=atexit_sleep_ms=0"}
		if out, err := c.CombinedOutput(); err != nil || string(out) != want {
			t.Errorf("%q: %v: %q, want %q", words, err, out, want)
		}
	}
	complete("1m", "sales\t1 record\n:4\n", "db:show", "")
	mode.Store(failing)
	complete("1m", "sales\t1 record\n:4\n", "db:show", "") // cached
	complete("1m", ":4\n", "table:show", "sales", "")
	before := requests.Load()
	complete("1m", ":4\n", "table:show", "sales", "")
	if n := requests.Load(); n != before {
		t.Errorf("%d more requests right after a failure", n-before)
	}
	databases, _ := filepath.Glob(filepath.Join(home, ".td", "cache", "*", "databases"))
	old := time.Now().Add(-time.Hour)
	if len(databases) != 1 || os.Chtimes(databases[0], old, old) != nil {
		t.Fatalf("cached: %q", databases)
	}
	complete("1m", "sales\t1 record\n:4\n", "db:show", "") // the old list is better than none
	mode.Store(hanging)
	complete("10ms", ":4\n", "user:show", "")
}
