package msgpackfile

import (
	"compress/gzip"
	"errors"
	"io"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func openWriter(t *testing.T, limit int64) (*Spool, *Writer) {
	t.Helper()
	s, err := OpenSpool(t.TempDir(), limit)
	if err != nil {
		t.Fatal(err)
	}
	w, err := s.Create(1)
	if err != nil {
		t.Fatal(err)
	}
	return s, w
}

// TestWriterChunks writes rows of several chunks, some of them larger than a chunk, in both forms.
func TestWriterChunks(t *testing.T) {
	s, w := openWriter(t, 1<<30)
	text := func(i int) string {
		if i%1000 == 999 {
			return strings.Repeat("long ", chunkSize)
		}
		return strings.Repeat("x", i%100)
	}
	const count = 3000
	for i := range count {
		if i%2 == 0 {
			if err := w.Row([]any{int64(i), text(i), nil, true, 0.5, []any{"a"}}); err != nil {
				t.Fatal(err)
			}
			continue
		}
		if err := w.BeginRow(6); err != nil {
			t.Fatal(err)
		}
		w.AddInt(int64(i))
		w.AddText([]byte(text(i)))
		w.AddNull()
		w.AddBool(true)
		w.AddFloat(0.5)
		w.AddValue([]any{"a"})
	}
	figures, err := w.Commit()
	if err != nil || figures.Records != count {
		t.Fatalf("%+v, %v", figures, err)
	}
	file, err := s.Open(1)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	n := 0
	for row, err := range Rows(file) {
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff([]any{int64(n), text(n), nil, true, 0.5, []any{"a"}}, row); diff != "" {
			t.Fatalf("row %d: %s", n, diff)
		}
		n++
	}
	if n != count {
		t.Errorf("%d rows, want %d", n, count)
	}
	if _, err := file.Seek(0, io.SeekStart); err != nil {
		t.Fatal(err)
	}
	z, err := gzip.NewReader(file)
	if err != nil {
		t.Fatal(err)
	}
	z.Multistream(false) // some clients read only the first member
	if size, err := io.Copy(io.Discard, z); size != figures.RawSize || err != nil {
		t.Errorf("%d bytes, %v; want %d", size, err, figures.RawSize)
	}
}

// TestWriterErrors writes rows that cannot be stored. The file does not appear.
func TestWriterErrors(t *testing.T) {
	long := []any{strings.Repeat("x", chunkSize)}
	for _, tt := range []struct {
		name  string
		limit int64
		want  error
		write func(w *Writer) error
	}{
		{"limit reached at the end", 20, ErrTooLarge, func(w *Writer) error { return w.Row([]any{"abcdefghijklmnopqrstuvwxyz"}) }},
		{"value", 1 << 20, nil, func(w *Writer) error {
			err := w.BeginRow(1)
			w.AddValue(struct{}{})
			return err
		}},
		{"closed file", 1 << 20, os.ErrClosed, func(w *Writer) (err error) {
			w.file.Discard()
			for range 1000 {
				if err = w.Row(long); err != nil {
					return err
				}
			}
			return nil
		}},
	} {
		_, w := openWriter(t, tt.limit)
		err := tt.write(w)
		if _, commitErr := w.Commit(); err == nil {
			err = commitErr
		} else if commitErr == nil {
			t.Errorf("%s: Commit succeeded", tt.name)
		}
		if err == nil || tt.want != nil && !errors.Is(err, tt.want) {
			t.Errorf("%s: %v, want %v", tt.name, err, tt.want)
		}
	}
}
