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

// TestCompleteSlow holds that TAB does not wait for a server that hangs: it offers what it
// knew, or nothing, and leaves the server alone for a while.
func TestCompleteSlow(t *testing.T) {
	if testing.Short() {
		t.Skip("it waits for seconds")
	}
	var hangs atomic.Bool
	var asked atomic.Int32
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked.Add(1)
		if hangs.Load() {
			<-r.Context().Done()
			return
		}
		fmt.Fprint(w, `{"databases":[{"name":"sales","count":1}]}`)
	}))
	defer server.Close()
	td, err := exec.LookPath("td")
	if err != nil {
		t.Fatal(err)
	}
	home := t.TempDir()
	// No bound here is one second: the machine may be busy.
	press := func(want string, within time.Duration, words ...string) {
		t.Helper()
		c := exec.Command(td, append([]string{"__complete"}, words...)...)
		c.Env = []string{"HOME=" + home, "TD_API_SERVER=" + server.URL, "TD_API_KEY=1/test", "GORACE=atexit_sleep_ms=0"}
		began := time.Now()
		out, err := c.CombinedOutput()
		if took := time.Since(began); err != nil || string(out) != want || took > within {
			t.Errorf("%q: %v after %v: %q, want %q", words, err, took, out, want)
		}
	}
	press("sales\t1 record\n:4\n", 5*time.Second, "db:show", "")
	hangs.Store(true)
	press("sales\t1 record\n:4\n", 5*time.Second, "db:show", "") // kept
	press(":4\n", 3*time.Second, "table:show", "sales", "")
	before := asked.Load()
	press(":4\n", 3*time.Second, "table:show", "sales", "")
	if n := asked.Load(); n != before {
		t.Error("a server that hung was asked again at once")
	}
	kept, _ := filepath.Glob(filepath.Join(home, ".td", "cache", "*", "databases"))
	old := time.Now().Add(-time.Hour)
	if len(kept) != 1 || os.Chtimes(kept[0], old, old) != nil {
		t.Fatalf("kept: %q", kept)
	}
	press("sales\t1 record\n:4\n", 3*time.Second, "db:show", "") // old is better than none
}
