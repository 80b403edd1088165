package partupload

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"

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

// A table accepts each part ID once, like the service.
type table struct {
	mu      sync.Mutex
	parts   map[string]int64
	accepts int // number of parts before it fails; negative means no limit
}

var errCut = errors.New("cut")

func (tb *table) send(_ context.Context, p Part) error {
	tb.mu.Lock()
	defer tb.mu.Unlock()
	if tb.accepts == 0 {
		return errCut
	}
	tb.accepts--
	tb.parts[p.ID] = p.Records
	return nil
}

func (tb *table) records() (n int64) {
	for _, r := range tb.parts {
		n += r
	}
	return n
}

func TestSendFilesAgain(t *testing.T) {
	path := lines(t, 20000)
	tb := &table{parts: map[string]int64{}, accepts: 3}
	o := Options{Read: small, Parallel: 2, Send: tb.send}
	sent, err := SendFiles(t.Context(), []string{path}, o)
	if !errors.Is(err, errCut) || sent != tb.records() || sent == 0 || sent == 20000 {
		t.Fatalf("the cut upload: %d records sent, %d there, %v", sent, tb.records(), err)
	}
	tb.accepts = -1
	var last, total int64
	o.Progress = func(done, all int64) { last, total = done, all }
	var stats ingest.Stats
	o.Done = func(_ string, s ingest.Stats) error { stats = s; return nil }
	sent, err = SendFiles(t.Context(), []string{path}, o)
	if err != nil || sent != 20000 || tb.records() != 20000 {
		t.Errorf("repeated: %d records sent, %d there, %v", sent, tb.records(), err)
	}
	if last != total || total <= 0 || stats.Records != 20000 || int(stats.Parts) != len(tb.parts) {
		t.Errorf("%d of %d bytes, %+v, %d parts", last, total, stats, len(tb.parts))
	}
}

func TestSendFilesErrors(t *testing.T) {
	path := lines(t, 10)
	send := func(context.Context, Part) error { return nil }
	if _, err := SendFiles(t.Context(), []string{path, "missing"}, Options{Read: small, Send: send}); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a missing file: %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := SendFiles(ctx, []string{path}, Options{Read: small, Send: send}); !errors.Is(err, context.Canceled) {
		t.Errorf("canceled: %v", err)
	}
	stop := errors.New("stop")
	if _, err := SendFiles(t.Context(), []string{path}, Options{Read: small, Send: send, Done: func(string, ingest.Stats) error { return stop }}); !errors.Is(err, stop) {
		t.Errorf("stopped: %v", err)
	}
	total := int64(0)
	n, err := SendFiles(t.Context(), []string{Stdin}, Options{
		Read: small, Send: send, Stdin: strings.NewReader(`{"time":1}`), Progress: func(_, all int64) { total = all },
	})
	if err != nil || n != 1 || total != -1 {
		t.Errorf("standard input: %d, %d, %v", n, total, err)
	}
}

// TestSendFilesFirstError checks which error is returned if both reading and sending
// fail, or only one of them.
func TestSendFilesFirstError(t *testing.T) {
	errRead, errSend := errors.New("read"), errors.New("send")
	for _, tt := range []struct {
		name       string
		read, send error
		want       error
	}{
		{"reading", errRead, nil, errRead},
		{"sending", nil, errSend, errSend},
		{"both", errRead, errSend, errRead},
		{"reading stops because of sending", context.Canceled, errSend, errSend},
		{"none", nil, nil, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			sending := make(chan struct{})
			o := Options{
				Read: small, Stdin: strings.NewReader(`{"time":1}`),
				Send: func(context.Context, Part) error { <-sending; return tt.send },
				Done: func(string, ingest.Stats) error { close(sending); return tt.read },
			}
			if _, err := SendFiles(t.Context(), []string{Stdin}, o); !errors.Is(err, tt.want) {
				t.Errorf("got %v, want %v", err, tt.want)
			}
		})
	}
}

// TestSendFilesInterrupted checks that the cause of the context is returned and that
// no part is sent afterwards.
func TestSendFilesInterrupted(t *testing.T) {
	cause := errors.New("interrupted")
	ctx, cancel := context.WithCancelCause(t.Context())
	var calls atomic.Int64
	sent, err := SendFiles(ctx, []string{lines(t, 20000)}, Options{
		Read: small, Parallel: 3,
		Send: func(ctx context.Context, _ Part) error {
			if calls.Add(1) == 4 {
				cancel(cause)
			}
			return ctx.Err()
		},
	})
	if !errors.Is(err, cause) || sent == 0 || sent == 20000 {
		t.Errorf("%d records, %v", sent, err)
	}
	if n := calls.Load(); n > 4+3 {
		t.Errorf("%d calls of Send", n)
	}
}

// TestSendFilesProgress checks that progress follows the parts that were sent and not
// those that were only read.
func TestSendFilesProgress(t *testing.T) {
	path := lines(t, 20000)
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	var mu sync.Mutex
	var last int64
	parts, before := 0, int64(-1)
	release := make(chan struct{})
	_, err = SendFiles(t.Context(), []string{path}, Options{
		Read: small, Parallel: 100,
		Send: func(context.Context, Part) error { <-release; return nil },
		Done: func(_ string, s ingest.Stats) error {
			mu.Lock()
			parts, before = int(s.Parts), last
			mu.Unlock()
			close(release)
			return nil
		},
		Progress: func(done, total int64) {
			mu.Lock()
			defer mu.Unlock()
			if done < last || total != info.Size() {
				t.Errorf("%d of %d bytes after %d", done, total, last)
			}
			last = done
		},
	})
	if err != nil || parts < 2 || parts > 100 {
		t.Fatalf("%d parts, %v", parts, err)
	}
	if before != 0 {
		t.Errorf("%d bytes were reported before any part was sent", before)
	}
	if last != info.Size() {
		t.Errorf("%d bytes of %d were reported at the end", last, info.Size())
	}
}

// TestSendFilesParallel checks that the limit is reached but not exceeded.
func TestSendFilesParallel(t *testing.T) {
	const limit = 3
	var mu sync.Mutex
	active, calls := 0, 0
	full := make(chan struct{})
	_, err := SendFiles(t.Context(), []string{lines(t, 20000)}, Options{
		Read: small, Parallel: limit,
		Send: func(context.Context, Part) error {
			mu.Lock()
			active++
			if calls++; calls == limit {
				close(full)
			}
			if active > limit {
				t.Errorf("%d concurrent calls", active)
			}
			mu.Unlock()
			<-full // blocks forever unless there are limit concurrent calls
			mu.Lock()
			active--
			mu.Unlock()
			return nil
		},
	})
	if err != nil || calls <= limit {
		t.Errorf("%d calls, %v", calls, err)
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
	fmt.Fprint(f, "4 cut off") // as after a crash
	f.Close()
	reopened := open("a")
	if diff := cmp.Diff(map[string]string{"one": "3", "two words": "2"}, reopened.parts); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if reopened.Has("one", "1") || !reopened.Has("one", "3") || open("b").Has("one", "3") {
		t.Error("the journal confuses parts or sessions")
	}
	if err := errors.Join(reopened.Remove(), reopened.Remove()); err != nil {
		t.Error(err)
	}
	if open("a").Has("one", "3") {
		t.Error("a removed journal still has parts")
	}
}

func TestJournalErrors(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	j, err := OpenJournal(file, "https://api.example.com", "a") // a file instead of a directory
	if err == nil || j == nil {
		t.Fatalf("OpenJournal = %v, %v; want a journal and an error", j, err)
	}
	if err := j.Add("one", "1"); err == nil {
		t.Error("Add succeeded")
	}
	if err := j.Remove(); err == nil {
		t.Error("Remove succeeded")
	}
}

func TestDigest(t *testing.T) {
	path := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(path, []byte("abc"), 0o600); err != nil {
		t.Fatal(err)
	}
	// Example in FIPS 180-4.
	const want = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
	if got, err := Digest(path); got != want || err != nil {
		t.Errorf("got %s, %v; want %s", got, err, want)
	}
	for _, path := range []string{path + "x", filepath.Dir(path)} {
		if got, err := Digest(path); got != "" || err == nil {
			t.Errorf("Digest(%q) = %q, %v; want an error", path, got, err)
		}
	}
}
