//go:build unix

package cmd_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"strconv"
	"testing"
	"time"

	"github.com/td-cli/td/pkg/gunzip"
	"github.com/td-cli/td/pkg/jobresult"
)

// BenchmarkDownload compares the download of csv, to /dev/null and to a file, with curl | gzip for
// several kinds of data, and the parts of the pipeline with gzip alone.
func BenchmarkDownload(b *testing.B) {
	l := newLab(b)
	before := lookAtMachine()
	for _, id := range []string{"1", "6", "7", "8"} {
		b.Run(l.sets[id].name, func(b *testing.B) { l.download(b, id) })
	}
	b.Run("version", l.version)
	l.figures.print(os.Stdout, lookAtMachine().others(before))
}

// download measures csv of a set.
func (l *lab) download(b *testing.B, id string) {
	set := l.set(b, id)
	base := l.unpack(id)
	file := l.deliver(id, "csv", "")
	file.name = "file"
	null := contender{name: "null", args: []string{l.td, "job:result", id, "-f", "csv"}}
	zip := contender{name: "gzip", args: []string{"gzip", "-dc", set.path}}
	inflate, encode := []spent{}, []spent{}
	rows, share := set.head(b)
	took := map[string][]spent{}
	for b.Loop() {
		for i := range rounds {
			l.round(b, i, took, []contender{base, null, file, zip})
			inflate = append(inflate, measure(b, set.inflate))
			cost := measure(b, func() error { return set.encode(rows) })
			encode = append(encode, spent{cpu: time.Duration(float64(cost.cpu) / share)})
		}
	}
	title := set.kind + ", csv"
	l.figures.add(title+" to /dev/null: wall / curl | gzip", ratio(took["null"], took[base.name], wall))
	l.figures.add(title+" to /dev/null: cpu / curl | gzip", ratio(took["null"], took[base.name], cpu))
	l.figures.add(title+" to a file: wall / curl | gzip", ratio(took["file"], took[base.name], wall))
	l.figures.add(title+" to a file: cpu / curl | gzip", ratio(took["file"], took[base.name], cpu))
	l.figures.add(title+", inflate: cpu / gzip", ratio(inflate, took["gzip"], cpu))
	l.figures.add(title+", encoder: cpu / gzip", ratio(encode, took["gzip"], cpu))
	b.ReportMetric(ratio(took["null"], took[base.name], cpu), "x-cpu")
}

// measure returns the cost of f in this process.
func measure(b *testing.B, f func() error) spent {
	b.Helper()
	before, start := lookAtMachine(), time.Now()
	if err := f(); err != nil {
		b.Fatal(err)
	}
	return spent{time.Since(start), lookAtMachine().ours - before.ours}
}

// headSize is the number of uncompressed bytes for which the encoder is measured.
const headSize = 64 << 20

// head returns the first rows, uncompressed, and their share of all bytes.
func (s *benchSet) head(b *testing.B) ([]byte, float64) {
	b.Helper()
	f, err := os.Open(s.path)
	if err != nil {
		b.Fatal(err)
	}
	defer f.Close()
	var rows bytes.Buffer
	o := jobresult.Options{Format: jobresult.MsgPack, Limit: max(1, int64(float64(s.rows)*headSize/float64(s.raw)))}
	if _, err := jobresult.Copy(b.Context(), &rows, f, o); err != nil {
		b.Fatal(err)
	}
	return rows.Bytes(), float64(rows.Len()) / float64(s.raw)
}

// inflate decompresses the set.
func (s *benchSet) inflate() error {
	f, err := os.Open(s.path)
	if err != nil {
		return err
	}
	defer f.Close()
	z, buf := gunzip.NewReader(f), make([]byte, gunzip.FillMargin+512<<10)
	for {
		if _, err := z.Fill(buf); err == io.EOF {
			return nil
		} else if err != nil {
			return err
		}
	}
}

// encode encodes rows as csv.
func (s *benchSet) encode(rows []byte) error {
	columns := make([]jobresult.Column, s.columns)
	for i := range columns {
		columns[i].Name = "column_" + strconv.Itoa(i)
	}
	o := jobresult.Options{Format: jobresult.CSV, Columns: columns, Null: jobresult.DefaultNull, Limit: -1}
	_, err := jobresult.Copy(context.Background(), io.Discard, bytes.NewReader(rows), o)
	return err
}

// logRow returns a row of a log of few different values, which is compressed to a tenth.
func logRow(r *rand.Rand, i int) []any {
	hosts := []string{"www.example.com", "shop.example.com", "api.example.com"}
	categories := []string{"electronics", "books", "games", "office", "health"}
	agents := []string{
		"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36",
		"Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148",
	}
	return []any{
		1_760_000_000 + i/20, hosts[r.IntN(3)], "GET", "/category/" + categories[r.IntN(5)], 200, agents[r.IntN(2)],
		"https://www.example.com/search?category=all&sort=price", r.IntN(100), "JP", nil, float64(r.IntN(1000)) / 100,
		fmt.Sprintf("session-%08x", r.Uint32()), fmt.Sprintf("/products/%d?utm_source=mail&utm_campaign=spring", r.IntN(100_000)),
	}
}

// eventRow returns a row of short values, most of which are repeated.
func eventRow(r *rand.Rand, i int) []any {
	events := []string{"view", "click", "buy"}
	var note any
	if r.IntN(4) == 0 {
		note = "first, second"
	}
	return []any{
		1_760_000_000 + i/10, 1000 + r.IntN(3), events[min(r.IntN(40), 2)], "JP", 200, true, note, float64(r.IntN(4)) / 4,
		"user-" + strconv.Itoa(i/50), 1 + r.IntN(2), "Tokyo", "pc",
	}
}

// noiseRow returns random numbers and bytes, which gzip cannot compress.
func noiseRow(r *rand.Rand, _ int) []any {
	noise := make([]byte, 200)
	for i := range noise {
		noise[i] = byte(r.Uint32())
	}
	return []any{int64(r.Uint64()), r.Float64() * 1e6, noise}
}
