package jobresult

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"testing"
	"testing/iotest"
	"time"

	"github.com/google/go-cmp/cmp"
)

// TestReaderWriter checks that a Writer writes what Copy writes in every format,
// and that a Reader returns the rows again.
func TestReaderWriter(t *testing.T) {
	rows := [][]any{
		{},
		{nil, true, int64(-5), uint64(math.MaxUint64), 1.5, "text", []byte("bin")},
		{[]any{int64(1), []any{}}, Map{{"b", int64(1)}, {"a", nil}, {"b", int64(2)}, {int64(7), Map{}}}, Ext{Type: 5, Data: []byte("x")}, Ext{Type: 6, Data: []byte("abc")}},
		{time.Unix(1700000000, 123).UTC()},
	}
	var raw bytes.Buffer
	for _, format := range append([]Format{MsgPack}, Formats()...) {
		o := Options{Format: format, Limit: -1, Header: true, Columns: named10()}
		var got bytes.Buffer
		w, err := NewWriter(&got, o)
		if err != nil {
			t.Fatal(err)
		}
		for _, row := range rows {
			if err := w.Write(row); err != nil {
				t.Fatal(err)
			}
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		if raw.Len() == 0 {
			raw.Write(got.Bytes())
		}
		want, _, err := copied(t, raw.Bytes(), o)
		if err != nil || got.String() != want {
			t.Errorf("%s: %v\n%s\nwant\n%s", format, err, got.String(), want)
		}
	}
	for name, src := range map[string][]byte{"plain": raw.Bytes(), "gzip": zipped(t, raw.Bytes())} {
		var got [][]any
		for row, err := range NewReader(bytes.NewReader(src)).All() {
			if err != nil {
				t.Fatal(err)
			}
			got = append(got, row.([]any))
		}
		if diff := cmp.Diff(rows, got); diff != "" {
			t.Errorf("%s: (-want +got)\n%s", name, diff)
		}
	}
}

func named10() []Column {
	columns := make([]Column, 10)
	for i := range columns {
		columns[i].Name = defaultName(i)
	}
	return columns
}

func TestReaderError(t *testing.T) {
	r := NewReader(bytes.NewReader(append(packed(t, []any{1}), 0x91, 0xc1)))
	if row, err := r.Read(); err != nil || len(row.([]any)) != 1 {
		t.Fatal(row, err)
	}
	for range 2 {
		_, err := r.Read()
		if e, ok := errors.AsType[*CorruptError](err); !ok || e.Row != 2 || e.Offset != 3 {
			t.Errorf("%v", err)
		}
	}
	lost := fmt.Errorf("connection lost: %w", io.EOF)
	last := error(nil)
	for _, err := range NewReader(io.MultiReader(bytes.NewReader(packed(t, []any{1})), iotest.ErrReader(lost))).All() {
		last = err
	}
	if !errors.Is(last, lost) {
		t.Errorf("a source that breaks: %v", last)
	}
	for _, src := range [][]byte{nil, zipped(t, nil)} {
		if _, err := NewReader(bytes.NewReader(src)).Read(); !errors.Is(err, io.EOF) {
			t.Errorf("no rows: %v", err)
		}
	}
}

func TestWriterErrors(t *testing.T) {
	if _, err := NewWriter(io.Discard, Options{Format: "xml"}); err == nil {
		t.Error("no error for an unknown format")
	}
	var out bytes.Buffer
	w, err := NewWriter(&out, Options{Format: CSV, Columns: people})
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Write([]any{1, 2, 3}); err == nil {
		t.Error("no error for a row that is too long")
	}
	if err := w.Write([]any{func() {}}); err == nil {
		t.Error("no error for a function")
	}
	if err := errors.Join(w.Write([]any{1, "a"}), w.Close()); err != nil || out.String() != "1,a\n" {
		t.Errorf("%q, %v", out.String(), err)
	}
	full, err := NewWriter(&failing{}, Options{Format: CSV})
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(full.Write([]any{1}), full.Close()); !errors.Is(err, errFull) {
		t.Errorf("%v", err)
	}
}

// TestCopyStopsReading checks that nothing reads src after Copy has returned.
func TestCopyStopsReading(t *testing.T) {
	src := &repeated{b: packed(t, []any{1, "a"}), n: 1 << 30}
	if _, err := Copy(context.Background(), io.Discard, src, Options{Format: CSV, Limit: 3}); err != nil {
		t.Fatal(err)
	}
	left := src.n
	if _, err := Copy(context.Background(), io.Discard, src, Options{Format: CSV, Limit: 0}); err != nil || src.n > left {
		t.Errorf("%v", err)
	}
}

// TestReaderValues checks that a Reader returns values that are not rows, such
// as the records of a bulk import.
func TestReaderValues(t *testing.T) {
	r := NewReader(bytes.NewReader([]byte("\x82\xa1a\x01\xa1b\xc0\xa1x\xc0")))
	for _, want := range []any{Map{{"a", int64(1)}, {"b", nil}}, "x", nil} {
		got, err := r.Read()
		if diff := cmp.Diff(want, got); diff != "" || err != nil {
			t.Errorf("%v, (-want +got)\n%s", err, diff)
		}
	}
	if _, err := r.Read(); !errors.Is(err, io.EOF) {
		t.Errorf("at the end: %v", err)
	}
}
