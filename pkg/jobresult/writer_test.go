package jobresult

import (
	"bytes"
	"context"
	"errors"
	"io"
	"math"
	"testing"
	"time"
)

// TestWriter checks that a Writer writes what Copy writes in every format.
func TestWriter(t *testing.T) {
	rows := [][]any{
		{},
		{nil, true, int64(-5), uint64(math.MaxUint64), 1.5, "text", []byte("bin")},
		{[]any{int64(1), []any{}}, map[string]any{"a": nil}},
		{time.Unix(1700000000, 123).UTC()},
	}
	raw := packed(t, rows...)
	for _, format := range Formats() {
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
		want, _, err := copied(t, raw, o)
		if err != nil || got.String() != want {
			t.Errorf("%s: %v\n%s\nwant\n%s", format, err, got.String(), want)
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
