package partupload

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/vmihailenco/msgpack/v5"

	"github.com/td-cli/td/internal/ingest"
)

// lines writes a file of n records and returns its path.
func lines(t *testing.T, n int) string {
	t.Helper()
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "{\"time\":%d,\"text\":%q}\n", i, strings.Repeat(fmt.Sprint(i*7919), 20))
	}
	path := filepath.Join(t.TempDir(), "lines.json")
	if err := os.WriteFile(path, []byte(b.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func small(string) ingest.Options { return ingest.Options{Format: ingest.JSON, SplitSize: 4 << 10} }

// A table takes parts by their ids, once each, as the service does.
type table struct {
	mu      sync.Mutex
	parts   map[string]int64
	refused int // further parts; negative: none
}

var errCut = errors.New("cut")

func (tb *table) send(_ context.Context, p Part) error {
	tb.mu.Lock()
	defer tb.mu.Unlock()
	if tb.refused == 0 {
		return errCut
	}
	tb.refused--
	tb.parts[p.ID] = p.Records
	return nil
}

func (tb *table) records() (n int64) {
	for _, r := range tb.parts {
		n += r
	}
	return n
}

func TestFilesOnceMore(t *testing.T) {
	path := lines(t, 20000)
	tb := &table{parts: map[string]int64{}, refused: 3}
	o := Options{Read: small, Parallel: 2, Send: tb.send}
	sent, err := Files(t.Context(), []string{path}, o)
	if !errors.Is(err, errCut) || sent != tb.records() || sent == 0 || sent == 20000 {
		t.Fatalf("the cut upload: %d records sent, %d there, %v", sent, tb.records(), err)
	}
	tb.refused = -1
	var last, total int64
	o.Progress = func(done, all int64) { last, total = done, all }
	var stats ingest.Stats
	o.Done = func(_ string, s ingest.Stats) error { stats = s; return nil }
	sent, err = Files(t.Context(), []string{path}, o)
	if err != nil || sent != 20000 || tb.records() != 20000 {
		t.Errorf("repeated: %d records sent, %d there, %v", sent, tb.records(), err)
	}
	if last != total || total <= 0 || stats.Records != 20000 || int(stats.Parts) != len(tb.parts) {
		t.Errorf("%d of %d bytes, %+v, %d parts", last, total, stats, len(tb.parts))
	}
}

func TestFilesFailures(t *testing.T) {
	path := lines(t, 10)
	send := func(context.Context, Part) error { return nil }
	if _, err := Files(t.Context(), []string{path, "missing"}, Options{Read: small, Send: send}); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a missing file: %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := Files(ctx, []string{path}, Options{Read: small, Send: send}); !errors.Is(err, context.Canceled) {
		t.Errorf("canceled: %v", err)
	}
	stop := errors.New("stop")
	if _, err := Files(t.Context(), []string{path}, Options{Read: small, Send: send, Done: func(string, ingest.Stats) error { return stop }}); !errors.Is(err, stop) {
		t.Errorf("stopped: %v", err)
	}
	total := int64(0)
	n, err := Files(t.Context(), []string{Stdin}, Options{
		Read: small, Send: send, Stdin: strings.NewReader(`{"time":1}`), Progress: func(_, all int64) { total = all },
	})
	if err != nil || n != 1 || total != -1 {
		t.Errorf("standard input: %d, %d, %v", n, total, err)
	}
}

func TestEach(t *testing.T) {
	var mu sync.Mutex
	seen := 0
	count := func(context.Context, int) error { mu.Lock(); defer mu.Unlock(); seen++; return nil }
	if err := Each(t.Context(), 3, make([]int, 50), count); err != nil || seen != 50 {
		t.Errorf("%d, %v", seen, err)
	}
	if err := Each(t.Context(), 3, []int(nil), count); err != nil {
		t.Error(err)
	}
	err := Each(t.Context(), 2, make([]int, 50), func(context.Context, int) error { return errCut })
	if !errors.Is(err, errCut) {
		t.Errorf("got %v", err)
	}
}

func TestJournal(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "new")
	open := func(session string) *Journal {
		j, err := OpenJournal(dir, "https://api.example.com", session)
		if err != nil {
			t.Fatal(err)
		}
		return j
	}
	j := open("a")
	for _, add := range [][2]string{{"one", "1"}, {"two words", "2"}, {"one", "3"}} {
		if err := j.Add(add[0], add[1]); err != nil {
			t.Fatal(err)
		}
	}
	f, err := os.OpenFile(j.path, os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	fmt.Fprint(f, "4 cut off") // as a crash leaves it
	f.Close()
	again := open("a")
	if diff := cmp.Diff(map[string]string{"one": "3", "two words": "2"}, again.parts); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if again.Has("one", "1") || !again.Has("one", "3") || open("b").Has("one", "3") {
		t.Error("the journal mixes up what was uploaded")
	}
	if err := errors.Join(again.Remove(), again.Remove()); err != nil {
		t.Error(err)
	}
	if open("a").Has("one", "3") {
		t.Error("what was removed is remembered")
	}
}

func TestRecords(t *testing.T) {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	e := msgpack.NewEncoder(z)
	e.EncodeMapLen(2)
	e.EncodeMulti("z", 1, 7, map[string]any{"in": nil})
	e.EncodeMapLen(0)
	z.Close()
	var got []string
	err := Records(bytes.NewReader(b.Bytes()), func(r []Field) error { got = append(got, fmt.Sprint(r)); return nil })
	if diff := cmp.Diff([]string{"[{z 1} {7 map[in:<nil>]}]", "[]"}, got); diff != "" || err != nil {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}
	none := func([]Field) error { t.Error("there is a record"); return nil }
	if err := Records(strings.NewReader(""), none); err != nil {
		t.Error(err)
	}
	for _, broken := range [][]byte{[]byte("noise"), b.Bytes()[:b.Len()-12]} {
		if err := Records(bytes.NewReader(broken), func([]Field) error { return nil }); err == nil {
			t.Errorf("%q was read", broken)
		}
	}
}
