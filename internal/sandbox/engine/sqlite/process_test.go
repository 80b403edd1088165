package sqlite

import (
	"bufio"
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/td-cli/td/internal/sandbox/engine"
	"github.com/td-cli/td/internal/sandbox/engine/enginetest"
	"github.com/td-cli/td/internal/sandbox/sql/translate"
)

// Environment variables that turn the test binary into another process of the sandbox.
const (
	envTask = "ENGINE_TEST_TASK"
	envDir  = "ENGINE_TEST_DIR"
	envName = "ENGINE_TEST_NAME"
)

func TestMain(m *testing.M) {
	task := os.Getenv(envTask)
	if task == "" {
		os.Exit(m.Run())
	}
	if err := child(context.Background(), task, os.Getenv(envDir), os.Getenv(envName)); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// workload contains the statements of the writing processes.
func workload() script {
	target := translate.TableName{Database: "db1", Table: "t1"}
	return script{
		"insert": {
			Kind: translate.Insert, Target: target, Columns: columns("a", "bigint", "b", "varchar"),
			SQL: `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 500) SELECT i, 'x' FROM n`,
		},
		"count": query(`SELECT count(*), coalesce(max(a), 0) FROM "db1"."t1"`, "n", "bigint", "a", "bigint"),
	}
}

// child repeats a task until it is killed. It prints a line after each success.
func child(ctx context.Context, task, dir, name string) error {
	e, err := Open(dir, Options{Translate: workload().translate})
	if err != nil {
		return err
	}
	for i := 0; ; i++ {
		switch task {
		case "append":
			list := make([]engine.Record, 500)
			for j := range list {
				list[j] = enginetest.Record("a", int64(j), "b", name, "time", int64(i))
			}
			_, err = e.Append(ctx, "db1", "t1", name+strconv.Itoa(i), enginetest.Records(list...))
		case "insert":
			err = e.Run(ctx, engine.Statement{SQL: "insert", Database: "db1"}, &rowsSink{})
		case "create":
			if i == 20 {
				return nil
			}
			if err = e.CreateDatabase(ctx, fmt.Sprint("made_", i)); err != nil && strings.Contains(err.Error(), engine.ErrExists.Error()) {
				err = nil
				continue
			}
		}
		if err != nil {
			return err
		}
		fmt.Println("done")
	}
}

type process struct {
	cmd   *exec.Cmd
	lines *bufio.Scanner
}

func start(t *testing.T, task, dir, name string) *process {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), envTask+"="+task, envDir+"="+dir, envName+"="+name)
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	return &process{cmd, bufio.NewScanner(out)}
}

// kill kills a process after a number of lines. It returns the number of lines that the process printed.
func (p *process) kill(t *testing.T, after int) (done int64) {
	t.Helper()
	for done < int64(after) && p.lines.Scan() {
		done++
	}
	if err := p.cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	for p.lines.Scan() {
		done++
	}
	_ = p.cmd.Wait()
	return done
}

// TestKill kills two writing processes. All completed writes are stored, incomplete ones are not, and the
// record count is correct.
func TestKill(t *testing.T) {
	for _, task := range []string{"append", "insert"} {
		t.Run(task, func(t *testing.T) {
			random := rand.New(rand.NewPCG(1, 1))
			dir := t.TempDir()
			e := openScript(t, dir, workload())
			must(t, e.CreateDatabase(t.Context(), "db1"))
			must(t, e.CreateTable(t.Context(), "db1", "t1", engine.TableOptions{}))
			if task == "insert" {
				_, err := e.Append(t.Context(), "db1", "t1", "", enginetest.Records(enginetest.Record("a", int64(0), "b", "first")))
				must(t, err)
			}
			var done int64
			for range 3 {
				two := []*process{
					start(t, task, dir, fmt.Sprint("a", random.Int64())),
					start(t, task, dir, fmt.Sprint("b", random.Int64())),
				}
				for _, p := range two {
					done += p.kill(t, 1+random.IntN(4))
				}
			}
			rows, _ := run1(t, e, "count").rows[0][0].(int64)
			if task == "insert" {
				rows--
			}
			// a process may have been killed between a commit and its output
			if rows%500 != 0 || rows < 500*done || rows > 500*(done+6) {
				t.Errorf("%d rows of %d acknowledged batches of 500", rows, done)
			}
			tables, err := e.Tables(t.Context(), "db1")
			must(t, err)
			if n := tables[0].Records; task == "append" && n != rows || task == "insert" && n != rows+1 {
				t.Errorf("%d rows, counted as %d", rows, n)
			}
			checkIntegrity(t, e)
		})
	}
}

// checkIntegrity checks the file of the database db1.
func checkIntegrity(t *testing.T, e *Engine) {
	t.Helper()
	must(t, e.view(t.Context(), "db1", func(x *tx) error {
		var answer string
		if err := x.row(`PRAGMA integrity_check`).Scan(&answer); err != nil {
			return err
		}
		if answer != "ok" {
			t.Errorf("integrity: %s", answer)
		}
		return nil
	}))
}

// TestCreateInTwoProcesses creates the same databases in two processes. Each is created once.
func TestCreateInTwoProcesses(t *testing.T) {
	dir := t.TempDir()
	e := openScript(t, dir, nil)
	var created int64
	two := []*process{start(t, "create", dir, "a"), start(t, "create", dir, "b")}
	for _, p := range two {
		for p.lines.Scan() {
			created++
		}
		must(t, p.cmd.Wait())
	}
	list, err := e.Databases(t.Context())
	must(t, err)
	if created != 20 || len(list) != 20 {
		t.Errorf("created %d, found %d", created, len(list))
	}
}

// TestReadWhileChanging reads tables while they are swapped, written, dropped and created again. Readers
// always see complete tables.
func TestReadWhileChanging(t *testing.T) {
	s := script{
		"sum":   query(`SELECT count(*), sum(v) FROM "db1"."aaa"`, "n", "bigint", "s", "bigint"),
		"write": {Kind: translate.InsertOverwrite, SQL: `SELECT 3 UNION ALL SELECT 3`, Columns: columns("v", "bigint"), Target: translate.TableName{Database: "db1", Table: "ccc"}},
	}
	e, ctx := newDB(t, s), t.Context()
	for name, v := range map[string]int64{"aaa": 1, "bbb": 2, "ccc": 3} {
		must(t, e.CreateTable(ctx, "db1", name, engine.TableOptions{}))
		list := make([]engine.Record, 100)
		for i := range list {
			list[i] = enginetest.Record("v", v)
		}
		_, err := e.Append(ctx, "db1", name, "", enginetest.Records(list...))
		must(t, err)
	}
	stop := make(chan struct{})
	var readers, writers sync.WaitGroup
	for range 2 {
		readers.Go(func() {
			for {
				select {
				case <-stop:
					return
				default:
				}
				var sink rowsSink
				if err := e.Run(ctx, engine.Statement{SQL: "sum", Database: "db1"}, &sink); err != nil {
					t.Error(err)
					return
				}
				n, _ := sink.rows[0][0].(int64)
				sum, _ := sink.rows[0][1].(int64)
				if n != 100 || sum != 100 && sum != 200 {
					t.Errorf("%d rows, sum %d", n, sum)
				}
			}
		})
	}
	writers.Go(func() {
		for range 10 {
			if err := e.SwapTables(ctx, "db1", "aaa", "bbb"); err != nil {
				t.Error(err)
			}
		}
	})
	writers.Go(func() {
		for range 5 {
			if _, err := e.Append(ctx, "db1", "ccc", "", enginetest.Records(enginetest.Record("v", int64(3), "new", "x"))); err != nil {
				t.Error(err)
			}
			if err := e.Run(ctx, engine.Statement{SQL: "write", Database: "db1"}, &rowsSink{}); err != nil {
				t.Error(err)
			}
			if err := e.CreateTable(ctx, "db1", "ddd", engine.TableOptions{}); err != nil {
				t.Error(err)
			}
			if err := e.DropTable(ctx, "db1", "ddd"); err != nil {
				t.Error(err)
			}
		}
	})
	writers.Wait()
	close(stop)
	readers.Wait()
	checkIntegrity(t, e)
}

// A dropSink drops the database when it receives the first row.
type dropSink struct {
	rowsSink
	drop func() error
	err  error
}

func (s *dropSink) Row(v []any) error {
	if len(s.rows) == 0 {
		s.err = s.drop()
	}
	return s.rowsSink.Row(v)
}

func TestDropWhileRead(t *testing.T) {
	e, ctx := newDB(t, script{"all": query(`SELECT a FROM "db1"."t1"`, "a", "bigint")}), t.Context()
	must(t, e.CreateTable(ctx, "db1", "t1", engine.TableOptions{}))
	list := make([]engine.Record, 5000)
	for i := range list {
		list[i] = enginetest.Record("a", int64(i))
	}
	_, err := e.Append(ctx, "db1", "t1", "", enginetest.Records(list...))
	must(t, err)
	sink := &dropSink{drop: func() error { return e.DropDatabase(ctx, "db1") }}
	must(t, e.Run(ctx, engine.Statement{SQL: "all", Database: "db1"}, sink))
	must(t, sink.err)
	if len(sink.rows) != len(list) {
		t.Errorf("%d rows", len(sink.rows))
	}
	must(t, e.CreateDatabase(ctx, "db1"))
	must(t, e.CreateTable(ctx, "db1", "t1", engine.TableOptions{}))
	checkIntegrity(t, e)
}
