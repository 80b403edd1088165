// Package oracle compares the sandbox with the engines whose dialects it implements, Trino 476 and Apache Hive 2.3.9.
//
// The tests compare with their recorded answers. With TD_ORACLE_TRINO, the URL of a running Trino, or TD_ORACLE_HIVE, a
// command that answers statements, they ask the engines; make oracle starts both.
package oracle

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/td-cli/td/internal/sandbox/engine"
	"github.com/td-cli/td/internal/sandbox/engine/sqlite"
	"github.com/td-cli/td/internal/sandbox/sql/translate"
)

// A record is a statement with the real engine's answer.
type record struct {
	Kind string `json:"k"`
	SQL  string `json:"q"`
	answer
}

func readRecords(t testing.TB, file string) (list []record) {
	t.Helper()
	compressed, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	text, err := gzip.NewReader(bytes.NewReader(compressed))
	if err != nil {
		t.Fatal(err)
	}
	decoder := json.NewDecoder(bufio.NewReader(text))
	decoder.UseNumber()
	for {
		var r record
		switch err := decoder.Decode(&r); err {
		case nil:
			list = append(list, r)
		case io.EOF:
			return list
		default:
			t.Fatal(err)
		}
	}
}

func writeRecords(t testing.TB, file string, list []record) {
	t.Helper()
	var b bytes.Buffer
	compressed, _ := gzip.NewWriterLevel(&b, gzip.BestCompression)
	encoder := json.NewEncoder(compressed)
	encoder.SetEscapeHTML(false)
	for _, r := range list {
		if err := encoder.Encode(r); err != nil {
			t.Fatal(err)
		}
	}
	if err := compressed.Close(); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, b.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
}

// collector is a Sink that keeps the rows.
type collector struct{ reply }

func (c *collector) Schema(columns []translate.Column) error {
	for _, column := range columns {
		c.types = append(c.types, column.Type)
	}
	return nil
}

func (c *collector) Row(values []any) error {
	c.rows = append(c.rows, slices.Clone(values))
	return nil
}

// openSandbox starts an engine with the tables that setup creates.
func openSandbox(t testing.TB, setup []string) *sqlite.Engine {
	t.Helper()
	e, err := sqlite.Open(t.TempDir(), sqlite.Options{Translate: translate.Translate})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = e.Close() })
	if err := e.CreateDatabase(t.Context(), "oracle"); err != nil {
		t.Fatal(err)
	}
	for _, sql := range setup {
		if r := ask(t.Context(), e, translate.Hive, sql); r.err != nil {
			t.Fatal(r.err)
		}
	}
	return e
}

// ask runs a statement in the sandbox.
func ask(ctx context.Context, e *sqlite.Engine, d translate.Dialect, sql string) reply {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	c := &collector{}
	c.err = e.Run(ctx, engine.Statement{SQL: sql, Dialect: d, Database: "oracle"}, c)
	if fault, ok := errors.AsType[*translate.Error](c.err); ok {
		c.named = fault.Kind == translate.NotSupported || strings.Contains(fault.Message, "not supported") || strings.Contains(fault.Message, "not registered")
	}
	return c.reply
}

// A difference is a record to which the sandbox replies otherwise.
type difference struct {
	record
	outcome outcome
	detail  string
}

// compareAll runs the records in the sandbox and returns the differences in their order, and counts all outcomes.
func compareAll(t testing.TB, e *sqlite.Engine, d translate.Dialect, records []record) (list []difference, counts map[outcome]int) {
	t.Helper()
	results := make([]difference, len(records))
	var wait sync.WaitGroup
	next := make(chan int)
	for range runtime.GOMAXPROCS(0) {
		wait.Go(func() {
			for i := range next {
				r := records[i]
				o, detail := judge(r.SQL, r.answer, ask(t.Context(), e, d, r.SQL), d == translate.Hive)
				results[i] = difference{r, o, detail}
			}
		})
	}
	for i := range records {
		next <- i
	}
	close(next)
	wait.Wait()
	counts = map[outcome]int{}
	for _, x := range results {
		counts[x.outcome]++
		if x.outcome != same {
			list = append(list, x)
		}
	}
	return list, counts
}

func describeCounts(counts map[outcome]int) string {
	var parts []string
	for _, o := range []outcome{same, wrong, wrongType, precision, refused, rejected, internal, accepted} {
		parts = append(parts, fmt.Sprintf("%s %d", o, counts[o]))
	}
	return strings.Join(parts, ", ")
}

// seedOf returns the seed and the number of the statements to make, from TD_ORACLE_SEED and TD_ORACLE_COUNT. The number
// is 0 if only the recorded statements are wanted.
func seedOf(t testing.TB) (seed uint64, count int) {
	t.Helper()
	seed = 1
	if text := os.Getenv("TD_ORACLE_SEED"); text != "" {
		n, err := strconv.ParseUint(text, 10, 64)
		if err != nil {
			t.Fatal(err)
		}
		seed = n
	}
	if text := os.Getenv("TD_ORACLE_COUNT"); text != "" {
		n, err := strconv.Atoi(text)
		if err != nil {
			t.Fatal(err)
		}
		count = n
	}
	return seed, count
}

// TestFreshTrino compares statements that are not recorded with a running Trino.
func TestFreshTrino(t *testing.T) {
	url := os.Getenv("TD_ORACLE_TRINO")
	if url == "" {
		t.Skip("TD_ORACLE_TRINO is not set")
	}
	trinoOracle.compareFresh(t, func(list []statement) ([]answer, error) {
		return trinoServer{url}.ask(t.Context(), list)
	})
}

// TestFreshHive compares statements that are not recorded with a running Hive.
func TestFreshHive(t *testing.T) {
	command := os.Getenv("TD_ORACLE_HIVE")
	if command == "" {
		t.Skip("TD_ORACLE_HIVE is not set")
	}
	hiveOracle.compareFresh(t, startHive(t, command, hiveSetup).ask)
}

// compareFresh makes TD_ORACLE_COUNT statements, asks the engine, and prints the differences and their counts.
func (o dialectOracle) compareFresh(t *testing.T, ask func([]statement) ([]answer, error)) {
	t.Helper()
	seed, count := seedOf(t)
	if count == 0 {
		t.Skip("TD_ORACLE_COUNT is not set")
	}
	g := newGenerator(o.dialect == translate.Hive, seed, "fresh")
	functions := o.functions(t)
	statements := make([]statement, count)
	for i := range statements {
		statements[i] = g.fresh(functions)
	}
	answers, err := ask(statements)
	if err != nil {
		t.Fatal(err)
	}
	records := make([]record, count)
	for i, s := range statements {
		records[i] = record{s.kind, s.sql, answers[i]}
	}
	list, counts := compareAll(t, openSandbox(t, o.setup), o.dialect, records)
	for _, x := range list {
		t.Logf("%s: %s: %s\n\t%s", x.outcome, x.Kind, x.SQL, x.detail)
	}
	failed := 0
	for _, a := range answers {
		if a.Error != "" {
			failed++
		}
	}
	t.Logf("%s; %d of %d statements fail in the engine", describeCounts(counts), failed, count)
}
