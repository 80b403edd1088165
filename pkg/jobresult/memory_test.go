package jobresult

import (
	"bytes"
	"context"
	"io"
	"runtime"
	"strings"
	"testing"
)

// repeated is a reader of n copies of b.
type repeated struct {
	b    []byte
	n    int
	next bytes.Reader
}

func (r *repeated) Read(p []byte) (int, error) {
	if r.next.Len() == 0 {
		if r.n == 0 {
			return 0, io.EOF
		}
		r.n--
		r.next.Reset(r.b)
	}
	return r.next.Read(p)
}

// TestCopyMemory checks that the memory that Copy allocates does not grow with
// the result.
func TestCopyMemory(t *testing.T) {
	var small [][]any
	for i := range 1000 {
		small = append(small, []any{i, float64(i) / 100, "some, text", nil, []any{1, "x"}})
	}
	const limit = 16 << 20
	checkMemory(t, CSV, &repeated{b: zipped(t, packed(t, small...)), n: 1000}, 1_000_000, limit)
	large := zipped(t, packed(t, []any{1, strings.Repeat("some text ", 2000)}))
	for _, format := range Formats() {
		if format.IsTyped() { // two batches, and their encoded form
			if underRace {
				continue
			}
			checkMemory(t, format, &repeated{b: large, n: 20_000}, 20_000, 10*limit)
			continue
		}
		checkMemory(t, format, &repeated{b: large, n: 1000}, 1000, limit)
	}
}

func checkMemory(t *testing.T, format Format, src io.Reader, rows int64, limit uint64) {
	t.Helper()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	stats, err := Copy(context.Background(), io.Discard, src, Options{Format: format, Columns: testColumns(format), Limit: -1})
	runtime.ReadMemStats(&after)
	if err != nil || stats.Rows != rows {
		t.Fatalf("%s: %d rows, %v", format, stats.Rows, err)
	}
	if grown := after.TotalAlloc - before.TotalAlloc; grown > limit {
		t.Errorf("%s: %d kB allocated for %d kB", format, grown>>10, stats.Unpacked>>10)
	}
}

// TestCopyMemoryOfLargeRow checks that a large row takes a few times its size.
func TestCopyMemoryOfLargeRow(t *testing.T) {
	const size = 20 << 20
	src := packed(t, []any{1, strings.Repeat("x", size)}, []any{2, "y"})
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	if _, err := Copy(context.Background(), io.Discard, bytes.NewReader(src), Options{Format: CSV, Limit: -1}); err != nil {
		t.Fatal(err)
	}
	runtime.ReadMemStats(&after)
	if grown := after.TotalAlloc - before.TotalAlloc; grown > 10*size {
		t.Errorf("%d kB allocated in all for a row of %d kB", grown>>10, size>>10)
	}
}
