//go:build unix

package jobresult

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"runtime"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/klauspost/compress/gzip"
	"github.com/vmihailenco/msgpack/v5"
)

// A benchSet generates a compressed result. The bytes are the same in every run.
type benchSet struct {
	name    string
	rows    int
	columns []Column
	row     func(r *rand.Rand, i int) []any

	once   sync.Once
	packed []byte
	raw    int64
}

// data returns the compressed result, which the first call generates.
func (s *benchSet) data(tb testing.TB) []byte {
	s.once.Do(func() {
		var buf bytes.Buffer
		zip := gzip.NewWriter(&buf)
		s.raw = s.generate(tb, zip)
		if err := zip.Close(); err != nil {
			tb.Fatal(err)
		}
		s.packed = buf.Bytes()
	})
	return s.packed
}

// generate writes the uncompressed result to w and returns its size.
func (s *benchSet) generate(tb testing.TB, w io.Writer) int64 {
	random := rand.New(rand.NewPCG(1, 2))
	var buf bytes.Buffer
	enc := msgpack.NewEncoder(&buf)
	enc.UseCompactInts(true)
	size := int64(0)
	for i := range s.rows {
		if err := enc.Encode(s.row(random, i)); err != nil {
			tb.Fatal(err)
		}
		if buf.Len() > 1<<16 || i == s.rows-1 {
			size += int64(buf.Len())
			if _, err := buf.WriteTo(w); err != nil {
				tb.Error(err)
				return size
			}
		}
	}
	return size
}

func benchSets() []*benchSet {
	return []*benchSet{
		{name: "a", rows: 300_000, columns: named(10), row: mixedRow},
		{name: "b", rows: 30_000, columns: named(200), row: wideRow},
		{name: "c", rows: 60_000, columns: named(4), row: textRow},
	}
}

func named(n int) []Column {
	columns := make([]Column, n)
	for i := range columns {
		columns[i] = Column{Name: fmt.Sprintf("column_%d", i), Type: "varchar"}
	}
	return columns
}

// mixedRow returns a row of a web log: numbers, two kinds of doubles, short and
// long text, a nullable column.
func mixedRow(r *rand.Rand, i int) []any {
	cities := []string{"Tokyo", "Osaka", "New York", "San Francisco", "London", "東京", "São Paulo"}
	agents := []string{
		"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36",
		"Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148",
	}
	price := float64(r.IntN(1_000_000)) / 100
	if i%2 == 0 {
		price = r.Float64() * 1000
	}
	var note any
	if r.IntN(3) > 0 {
		note = "first, second"
	}
	return []any{
		1_760_000_000 + i, r.Uint64() >> 24, price, cities[r.IntN(len(cities))], fmt.Sprintf("https://www.example.com/products/%d?ref=mail", r.IntN(100_000)),
		agents[r.IntN(2)], 200 + r.IntN(5), note, fmt.Sprintf("%016x%016x", r.Uint64(), r.Uint64()), r.IntN(100),
	}
}

// wideRow returns a row of a feature table.
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

// textRow returns a row with JSON, lines of text that is not ASCII, and long
// ASCII.
func textRow(r *rand.Rand, i int) []any {
	var object, lines, long strings.Builder
	for j := range 12 {
		fmt.Fprintf(&object, `{"key_%d":"value %d","n":%d},`, j, r.IntN(1000), r.IntN(1000))
		fmt.Fprintf(&lines, "行 %d は、改行と日本語を含む。\nThe second line.\n", r.IntN(10_000))
		fmt.Fprintf(&long, "%x is a long run of plain text that goes on; ", r.Uint32())
	}
	return []any{i, object.String(), lines.String(), long.String()}
}

// BenchmarkCopy compares each format with decompression alone, alternating:
//
//	x-gunzip    wall time divided by that of gunzip alone
//	x-cpu       CPU time divided by that of gunzip alone; more stable on a busy machine
//	x-kp-cpu    CPU time divided by that of klauspost's gunzip
func BenchmarkCopy(b *testing.B) {
	for _, set := range benchSets() {
		for _, format := range []Format{CSV, TSV, JSON, JSONL, Table, Vertical, MsgPack, MsgPackGz} {
			b.Run(set.name+"/"+string(format), func(b *testing.B) { benchmarkCopy(b, set, format) })
		}
	}
}

func benchmarkCopy(b *testing.B, set *benchSet, format Format) {
	packed := set.data(b)
	o := Options{Format: format, Columns: set.columns, Null: DefaultNull, Limit: -1}
	var alone, klauspost, whole spent
	var before, after runtime.MemStats
	mallocs := uint64(0)
	b.SetBytes(set.raw)
	for b.Loop() {
		b.StopTimer()
		alone.add(b, func() error { return unpackOnly(packed, GunzipOwn) })
		klauspost.add(b, func() error { return unpackOnly(packed, GunzipKlauspost) })
		runtime.ReadMemStats(&before)
		b.StartTimer()
		whole.add(b, func() error {
			stats, err := Copy(context.Background(), io.Discard, bytes.NewReader(packed), o)
			if err == nil && stats.Rows != int64(set.rows) {
				err = fmt.Errorf("%d rows", stats.Rows)
			}
			return err
		})
		b.StopTimer()
		runtime.ReadMemStats(&after)
		mallocs += after.Mallocs - before.Mallocs
		b.StartTimer()
	}
	rows := float64(set.rows) * float64(b.N)
	b.ReportMetric(rows/whole.wall.Seconds(), "rows/s")
	b.ReportMetric(float64(mallocs)/rows, "allocs/row")
	b.ReportMetric(whole.wall.Seconds()/alone.wall.Seconds(), "x-gunzip")
	b.ReportMetric(whole.cpu.Seconds()/alone.cpu.Seconds(), "x-cpu")
	b.ReportMetric(whole.cpu.Seconds()/klauspost.cpu.Seconds(), "x-kp-cpu")
}

func unpackOnly(packed []byte, lib Gunzip) error {
	z, err := lib.newReader(bytes.NewReader(packed))
	if err != nil {
		return err
	}
	buf := make([]byte, chunkSize)
	for err == nil {
		_, err = z.Read(buf)
	}
	if errors.Is(err, io.EOF) {
		return nil
	}
	return err
}

// spent accumulates wall and CPU time.
type spent struct{ wall, cpu time.Duration }

func (s *spent) add(tb testing.TB, what func() error) {
	tb.Helper()
	start, used := time.Now(), cpuTime()
	if err := what(); err != nil {
		tb.Fatal(err)
	}
	s.wall += time.Since(start)
	s.cpu += cpuTime() - used
}

// cpuTime returns the CPU time that the process has used.
func cpuTime() time.Duration {
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		return 0
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}
