//go:build unix

package trino

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/td-cli/td/internal/sandbox/engine"
	"github.com/td-cli/td/internal/sandbox/engine/enginetest"
)

// A realServer is a coordinator that the test starts and kills.
type realServer struct {
	url     string
	command *exec.Cmd
}

// start starts the coordinator and waits until it accepts statements, if wait is set.
func (s *realServer) start(t *testing.T, port string, wait bool) {
	t.Helper()
	s.url = "http://127.0.0.1:" + port
	s.command = exec.Command("../../../../.ci/trino", port)
	s.command.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := s.command.Start(); err != nil {
		t.Fatal(err)
	}
	for end := time.Now().Add(10 * time.Minute); wait; time.Sleep(time.Second) {
		r, err := http.Get(s.url + "/v1/info")
		if err == nil {
			body, _ := io.ReadAll(r.Body)
			_ = r.Body.Close()
			if bytes.Contains(body, []byte(`"starting":false`)) {
				return
			}
		}
		if time.Now().After(end) {
			t.Fatal("the coordinator does not start")
		}
	}
}

// kill ends the coordinator without giving it time to clean up.
func (s *realServer) kill() {
	_ = syscall.Kill(-s.command.Process.Pid, syscall.SIGKILL)
	_ = s.command.Wait()
}

// TestRealCoordinatorKills kills the coordinator at different times of an import, which is then repeated until it
// succeeds. TD_TEST_TRINO_KILLS is the number of kills, and TD_TEST_TRINO_PORT the port of the coordinator, which .ci/trino
// starts. No record is lost or added twice, and each error is one after which a client repeats the import.
func TestRealCoordinatorKills(t *testing.T) {
	kills, err := strconv.Atoi(cmp.Or(os.Getenv("TD_TEST_TRINO_KILLS"), "0"))
	if err != nil {
		t.Fatal(err)
	}
	if kills == 0 {
		t.Skip("TD_TEST_TRINO_KILLS is not set: it is the number of times that a Trino started by .ci/trino is killed")
	}
	port := cmp.Or(os.Getenv("TD_TEST_TRINO_PORT"), "8459")
	var server realServer
	server.start(t, port, true)
	t.Cleanup(func() { server.kill() })
	e := openEngine(t, t.TempDir(), Options{URL: "trino://ann@127.0.0.1:" + port + "/iceberg"})
	database := schemaPrefix(t) + "db"
	_ = e.DropDatabase(t.Context(), database)
	if err := errors.Join(e.CreateDatabase(t.Context(), database), e.CreateTable(t.Context(), database, "t1", engine.TableOptions{})); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = e.DropDatabase(context.WithoutCancel(t.Context()), database) })
	const rows = 30_000
	importRows := func(id int) (int64, error) {
		return e.Append(t.Context(), database, "t1", fmt.Sprint("import-", id), func(yield func(engine.Record, error) bool) {
			for i := range rows {
				r := engine.Record{{Key: "time", Value: int64(i)}, {Key: "import", Value: int64(id)}, {Key: "text", Value: strings.Repeat("x", 100)}}
				if !yield(r, nil) {
					return
				}
			}
		})
	}
	start := time.Now()
	if n, err := importRows(0); n != rows || err != nil {
		t.Fatal(n, err)
	}
	duration := time.Since(start)
	for id := 1; id <= kills; id++ {
		delay := duration * time.Duration(id) / time.Duration(kills+1)
		done := make(chan error, 1)
		go func() {
			_, err := importRows(id)
			done <- err
		}()
		time.Sleep(delay)
		server.kill()
		server.start(t, port, false)
		failures := map[string]int{}
		end := time.Now().Add(10 * time.Minute)
		for err = <-done; err != nil; _, err = importRows(id) {
			failures[err.Error()]++
			if !errors.Is(err, engine.ErrUnavailable) || time.Now().After(end) {
				t.Fatalf("import %d, killed after %v: %v", id, delay, failures)
			}
			time.Sleep(time.Second)
		}
		t.Logf("import %d, killed after %v of %v: errors %v", id, delay, duration, failures)
	}
	var got enginetest.Rows
	sql := `SELECT count(*), count(DISTINCT "import"), min(n), max(n) FROM (SELECT "import", count(*) AS n, count(DISTINCT "time") AS times FROM t1 GROUP BY "import") WHERE n = times`
	for {
		err := e.Run(t.Context(), engine.Statement{SQL: sql, Database: database}, &got)
		if err == nil {
			break
		}
		if !errors.Is(err, engine.ErrUnavailable) {
			t.Fatal(err)
		}
	}
	if want := fmt.Sprint([]any{int64(kills + 1), int64(kills + 1), int64(rows), int64(rows)}); fmt.Sprint(got.Rows[0]) != want {
		t.Errorf("imports, their IDs, least and most rows: %v, want %s", got.Rows, want)
	}
}
