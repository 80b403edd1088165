//go:build unix

package cmd_test

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/vmihailenco/msgpack/v5"
)

// A benchSet is a generated result in a msgpack.gz file. The same seed gives the same bytes.
type benchSet struct {
	name    string
	kind    string // kind of data, for BenchmarkDownload
	rows    int
	columns int
	row     func(r *rand.Rand, i int) []any
	copies  int // number of gzip members with the rows; 0 means one

	path string // "" until it is generated
	raw  int64  // bytes, uncompressed
}

// benchSets returns the sets by job ID.
func benchSets() map[string]*benchSet {
	return map[string]*benchSet{
		"1": {name: "a", kind: "realistic", rows: 1_000_000, columns: 10, row: mixedRow},
		"2": {name: "b", rows: 60_000, columns: 200, row: wideRow},
		"3": {name: "c", rows: 40_000, columns: 4, row: textRow},
		"4": {name: "a of 10 rows", rows: 10, columns: 10, row: mixedRow},
		"5": {name: "a of 5M rows", rows: 1_000_000, columns: 10, row: mixedRow, copies: 5},
		"6": {name: "log", kind: "very compressible", rows: 1_200_000, columns: 13, row: logRow},
		"7": {name: "events", kind: "very compressible, short values", rows: 3_000_000, columns: 12, row: eventRow},
		"8": {name: "noise", kind: "incompressible", rows: 1_000_000, columns: 3, row: noiseRow},
	}
}

// total returns the number of rows in the result.
func (s *benchSet) total() int { return s.rows * max(1, s.copies) }

// generate writes the file if it does not exist.
func (s *benchSet) generate(b *testing.B, dir string) {
	b.Helper()
	if s.path != "" {
		return
	}
	path := filepath.Join(dir, s.name+".msgpack.gz")
	f, err := os.Create(path)
	if err != nil {
		b.Fatal(err)
	}
	defer f.Close()
	zip := exec.CommandContext(b.Context(), "gzip", "-6")
	zip.Stdout = f
	in, err := zip.StdinPipe()
	if err == nil {
		err = zip.Start()
	}
	if err != nil {
		b.Fatal(err)
	}
	s.raw = s.write(b, in)
	if err := zip.Wait(); err != nil {
		b.Fatal(err)
	}
	s.repeat(b, f)
	s.path = path
}

// write writes the rows to w, closes it and returns their number of bytes.
func (s *benchSet) write(b *testing.B, w io.WriteCloser) int64 {
	b.Helper()
	counted := &counter{w: w}
	buf := bufio.NewWriterSize(counted, 256<<10)
	enc := msgpack.NewEncoder(buf)
	enc.UseCompactInts(true)
	random := rand.New(rand.NewPCG(1, 2))
	for i := range s.rows {
		if err := enc.Encode(s.row(random, i)); err != nil {
			b.Fatal(err)
		}
	}
	if err := buf.Flush(); err != nil {
		b.Fatal(err)
	}
	if err := w.Close(); err != nil {
		b.Fatal(err)
	}
	return counted.n
}

type counter struct {
	w io.Writer
	n int64
}

func (c *counter) Write(p []byte) (int, error) {
	n, err := c.w.Write(p)
	c.n += int64(n)
	return n, err
}

// repeat appends the remaining copies to f, which has the first copy of the rows.
func (s *benchSet) repeat(b *testing.B, f *os.File) {
	b.Helper()
	if s.copies < 2 {
		return
	}
	s.raw *= int64(s.copies)
	fi, err := f.Stat()
	if err != nil {
		b.Fatal(err)
	}
	for range s.copies - 1 {
		first, err := os.Open(f.Name())
		if err == nil {
			_, err = io.CopyN(f, first, fi.Size())
			first.Close()
		}
		if err != nil {
			b.Fatal(err)
		}
	}
}

// mixedRow returns a row of a web log: numbers, two kinds of doubles, short and long text, a
// nullable column.
func mixedRow(r *rand.Rand, i int) []any {
	cities := []string{"Tokyo", "Osaka", "New York", "San Francisco", "London", "東京", "São Paulo"}
	agents := []string{
		"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/%d.0.0.0 Safari/537.36",
		"Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/%dE148",
		"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/%d.0 Safari/605.1.15",
	}
	price := float64(r.IntN(1_000_000)) / 100
	if i%2 == 0 {
		price = r.Float64() * 1000
	}
	var note any
	if r.IntN(3) > 0 {
		note = fmt.Sprintf("campaign %d, spring", r.IntN(50))
	}
	return []any{
		1_760_000_000 + i, r.Uint64() >> 24, price, cities[r.IntN(len(cities))],
		fmt.Sprintf("https://www.example.com/products/%d?utm_source=mail-%02d&page=%d&visit=%020d", r.IntN(100_000), r.IntN(100), r.IntN(20), r.Uint64()),
		fmt.Sprintf(agents[r.IntN(len(agents))], 100+r.IntN(40)), 200 + r.IntN(5), note,
		fmt.Sprintf("%016x%016x", r.Uint64(), r.Uint64()), r.IntN(100),
	}
}

// wideRow returns a row of a feature table: integers, doubles with three decimals, short
// strings, and flags, half of them null.
func wideRow(r *rand.Rand, _ int) []any {
	row := make([]any, 200)
	for i := range row {
		switch i % 4 {
		case 0:
			row[i] = r.IntN(100_000)
		case 1:
			row[i] = float64(r.IntN(1_000_000)) / 1000
		case 2:
			row[i] = fmt.Sprintf("s%d", r.IntN(1000))
		default:
			if r.IntN(2) == 0 {
				row[i] = r.IntN(2) == 0
			}
		}
	}
	return row
}

// textRow returns JSON text, lines of non-ASCII text, and long ASCII text.
func textRow(r *rand.Rand, i int) []any {
	var object, lines, long strings.Builder
	for j := range 12 {
		fmt.Fprintf(&object, `{"key_%d":"value %d","n":%d},`, j, r.IntN(1000), r.IntN(1000))
		fmt.Fprintf(&lines, "行 %d は、改行と日本語を含む。\nThe second line.\n", r.IntN(10_000))
		fmt.Fprintf(&long, "%x is a long run of plain text that goes on; ", r.Uint32())
	}
	return []any{i, object.String(), lines.String(), long.String()}
}

// resultServer serves finished jobs and their results, whole or in parts.
func resultServer(sets map[string]*benchSet) http.Handler {
	mux := http.NewServeMux()
	show := func(w http.ResponseWriter, r *http.Request) {
		set := sets[r.PathValue("id")]
		if set == nil {
			http.NotFound(w, r)
			return
		}
		size := int64(0)
		if fi, err := os.Stat(set.path); err == nil {
			size = fi.Size()
		}
		schema := make([][2]string, set.columns)
		for i := range schema {
			schema[i] = [2]string{fmt.Sprintf("column_%d", i), "varchar"}
		}
		names, _ := json.Marshal(schema) // strings cannot fail
		json.NewEncoder(w).Encode(map[string]any{
			"job_id": r.PathValue("id"), "type": "presto", "status": "success", "query": "SELECT 1",
			"num_records": set.total(), "result_size": size, "hive_result_schema": string(names),
		})
	}
	mux.HandleFunc("GET /v3/job/show/{id}", show)
	mux.HandleFunc("GET /v3/job/status/{id}", show)
	mux.HandleFunc("GET /v3/job/result/{id}", func(w http.ResponseWriter, r *http.Request) {
		set := sets[r.PathValue("id")]
		if set == nil {
			http.NotFound(w, r)
			return
		}
		f, err := os.Open(set.path)
		if err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		defer f.Close()
		w.Header().Set("Content-Type", "application/octet-stream")
		w.Header().Set("ETag", `"`+set.name+`"`)
		http.ServeContent(w, r, "", time.Time{}, f)
	})
	return mux
}
