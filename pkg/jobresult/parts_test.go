package jobresult

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// parts collects the destinations of CopyParts.
type parts struct {
	bufs   []*bytes.Buffer
	closed int
	failAt int // number of the part that cannot be opened, or 0
	err    error
}

func (p *parts) open() (io.WriteCloser, error) {
	if p.closed < len(p.bufs) {
		return nil, errors.New("the previous part is open")
	}
	if len(p.bufs)+1 == p.failAt {
		return nil, p.err
	}
	p.bufs = append(p.bufs, &bytes.Buffer{})
	return partWriter{p.bufs[len(p.bufs)-1], p}, nil
}

type partWriter struct {
	io.Writer
	parts *parts
}

func (w partWriter) Close() error { w.parts.closed++; return nil }

func TestCopyParts(t *testing.T) {
	rows := [][]any{{1, "a"}, {2, nil}, {3, "c"}, {4, "d"}}
	for _, tt := range []struct {
		name string
		rows [][]any
		size int64
		o    Options
		want []string
	}{
		{"rest", rows, 3, Options{Format: CSV}, []string{"1,a\n2,null\n3,c\n", "4,d\n"}},
		{"no rest", rows, 2, Options{Format: TSV}, []string{"1\ta\n2\tnull\n", "3\tc\n4\td\n"}},
		{"one part", rows, 4, Options{Format: CSV}, []string{"1,a\n2,null\n3,c\n4,d\n"}},
		{"more than the rows", rows, 1 << 62, Options{Format: CSV}, []string{"1,a\n2,null\n3,c\n4,d\n"}},
		{"header", rows[:3], 1, Options{Format: CSV, Header: true}, []string{"id,name\n1,a\n", "id,name\n2,null\n", "id,name\n3,c\n"}},
		{"header without a schema", rows[:2], 1, Options{Format: CSV, Header: true, Columns: []Column{}}, []string{"_col0,_col1\n1,a\n", "_col0,_col1\n2,null\n"}},
		{"byte order mark", rows[:2], 1, Options{Format: CSV, BOM: true}, []string{"\ufeff1,a\n", "\ufeff2,null\n"}},
		{"json", rows, 3, Options{Format: JSON}, []string{"[[1,\"a\"],\n[2,null],\n[3,\"c\"]]\n", "[[4,\"d\"]]\n"}},
		{"jsonl", rows[:2], 1, Options{Format: JSONL}, []string{"{\"id\":1,\"name\":\"a\"}\n", "{\"id\":2,\"name\":null}\n"}},
		{"columns", rows[:2], 1, Options{Format: CSV, Select: []int{1}}, []string{"a\n", "null\n"}},
		{"limit", rows, 2, Options{Format: CSV, Limit: 3}, []string{"1,a\n2,null\n", "3,c\n"}},
		{"table", rows[:2], 1, Options{Format: Vertical}, []string{
			"****** 1. row ******\n  id: 1\nname: a\n1 row in set\n",
			"****** 1. row ******\n  id: 2\nname: null\n1 row in set\n",
		}},
		{"msgpack", rows[:2], 1, Options{Format: MsgPack}, []string{"\x92\x01\xa1a", "\x92\x02\xc0"}},
		{"no rows", nil, 2, Options{Format: CSV, Header: true}, []string{"id,name\n"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			o := tt.o
			o.Null = DefaultNull
			if o.Limit == 0 {
				o.Limit = -1
			}
			if o.Columns == nil {
				o.Columns = people
			}
			for _, src := range [][]byte{packed(t, tt.rows...), zipped(t, packed(t, tt.rows...))} {
				var p parts
				stats, err := CopyParts(t.Context(), p.open, bytes.NewReader(src), tt.size, o)
				written := 0
				var got []string
				for _, b := range p.bufs {
					written += b.Len()
					got = append(got, b.String())
				}
				if err != nil || p.closed != len(got) || stats.Written != int64(written) {
					t.Errorf("%v, %d of %d parts closed, %d of %d bytes counted", err, p.closed, len(got), stats.Written, written)
				}
				if diff := cmp.Diff(tt.want, got); diff != "" {
					t.Errorf("parts (-want +got):\n%s", diff)
				}
			}
		})
	}
}

// TestCopyPartsFormats checks that each part of a binary format is complete in itself.
func TestCopyPartsFormats(t *testing.T) {
	src := zipped(t, packed(t, []any{1, "a"}, []any{2, nil}, []any{3, "c"}))
	for _, f := range []Format{MsgPackGz, Parquet, Arrow} {
		o := Options{Format: f, Columns: people, Limit: -1}
		var p parts
		if stats, err := CopyParts(t.Context(), p.open, bytes.NewReader(src), 2, o); err != nil || stats.Rows != 3 {
			t.Fatalf("%s: %+v, %v", f, stats, err)
		}
		for i, rows := range [][][]any{{{1, "a"}, {2, nil}}, {{3, "c"}}} {
			want := zipped(t, packed(t, rows...))
			if f == MsgPackGz {
				got, _, err := copied(t, p.bufs[i].Bytes(), Options{Format: MsgPack, Limit: -1})
				if want := string(packed(t, rows...)); err != nil || got != want {
					t.Errorf("%s, part %d: %q, %v, want %q", f, i+1, got, err, want)
				}
				continue
			}
			if whole, _, err := copied(t, want, o); err != nil || whole != p.bufs[i].String() {
				t.Errorf("%s, part %d differs from the same rows without parts: %v", f, i+1, err)
			}
		}
	}
}

func TestCopyPartsErrors(t *testing.T) {
	src := packed(t, []any{1, "a"}, []any{2, nil}, []any{3, "c"})
	o := Options{Format: CSV, Columns: people, Null: DefaultNull, Limit: -1}
	errOpen := errors.New("no space")
	for _, failAt := range []int{1, 2} {
		p := parts{failAt: failAt, err: errOpen}
		_, err := CopyParts(t.Context(), p.open, bytes.NewReader(src), 2, o)
		if !errors.Is(err, errOpen) || len(p.bufs) != failAt-1 || p.closed != failAt-1 {
			t.Errorf("part %d cannot be opened: %v, %d parts, %d closed", failAt, err, len(p.bufs), p.closed)
		}
	}
	for _, f := range Formats() {
		o.Format = f
		var p parts
		_, err := CopyParts(t.Context(), p.open, bytes.NewReader(append(bytes.Clone(src), 0xc1)), 2, o)
		if _, ok := errors.AsType[*CorruptError](err); !ok || !strings.Contains(err.Error(), "row 4") || p.closed != 1 {
			t.Errorf("%s: damaged row: %v, %d parts closed", f, err, p.closed)
		}
	}
}
