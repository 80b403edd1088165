package jobresult

import (
	"errors"
	"strings"
	"testing"
)

func TestCopySelect(t *testing.T) {
	rows := [][]any{{1, "a", []any{1, map[string]any{"k": 2}}}, {2, nil, nil}, {3}}
	three := append(people[:2:2], Column{"list", "array"})
	for _, test := range []struct {
		name string
		o    Options
		want string
	}{
		{"one", Options{Format: CSV, Columns: three, Header: true, Select: []int{1}}, "name\na\nnull\nnull\n"},
		{"order", Options{Format: TSV, Columns: three, Header: true, Select: []int{2, 0}}, "list\tid\n[1,{\"k\":2}]\t1\nnull\t2\nnull\t3\n"},
		{"twice", Options{Format: CSV, Columns: three, Select: []int{0, 0}}, "1,1\n2,2\n3,3\n"},
		{"objects", Options{Format: JSONL, Columns: three, Select: []int{1, 0}}, "{\"name\":\"a\",\"id\":1}\n{\"name\":null,\"id\":2}\n{\"name\":null,\"id\":3}\n"},
		{"no schema", Options{Format: JSONL, Select: []int{1}}, "[\"a\"]\n[null]\n[null]\n"},
		{"limit", Options{Format: CSV, Columns: three, Select: []int{0}, Limit: 1}, "1\n"},
		{"msgpack", Options{Format: MsgPack, Columns: three, Select: []int{0}}, "\xdd\x00\x00\x00\x01\x01\xdd\x00\x00\x00\x01\x02\xdd\x00\x00\x00\x01\x03"},
		{"table", Options{Format: Table, Columns: three, Select: []int{0}}, "+----+\n| id |\n+----+\n| 1  |\n| 2  |\n| 3  |\n+----+\n3 rows in set\n"},
	} {
		t.Run(test.name, func(t *testing.T) {
			test.o.Null = DefaultNull
			if test.o.Limit == 0 {
				test.o.Limit = -1
			}
			for _, src := range [][]byte{packed(t, rows...), zipped(t, packed(t, rows...))} {
				got, stats, err := copied(t, src, test.o)
				if err != nil || got != test.want || stats.Limited != (test.o.Limit == 1) {
					t.Errorf("got %q, %+v, %v, want %q", got, stats, err, test.want)
				}
			}
		})
	}
}

// TestCopySelectCompressed checks that Select applies to a compressed stream.
func TestCopySelectCompressed(t *testing.T) {
	src := zipped(t, packed(t, []any{1, "a"}, []any{2, "b"}))
	got, _, err := copied(t, src, Options{Format: MsgPackGz, Columns: people, Select: []int{1}, Limit: -1})
	if err != nil {
		t.Fatal(err)
	}
	got, _, err = copied(t, []byte(got), Options{Format: CSV, Limit: -1})
	if err != nil || got != "a\nb\n" {
		t.Errorf("got %q, %v", got, err)
	}
}

func TestCopySelectErrors(t *testing.T) {
	_, _, err := copied(t, nil, Options{Format: CSV, Columns: people, Select: []int{2}})
	if e, ok := errors.AsType[*SelectError](err); !ok || *e != (SelectError{2, 2}) {
		t.Errorf("got %v", err)
	}
	for name, src := range map[string]string{"cut off": "\x92\x01", "too long": "\x93\x01\x02\x03", "no row": "\x01"} {
		got, _, err := copied(t, []byte(src), Options{Format: CSV, Columns: people, Select: []int{0}, Limit: -1})
		if _, ok := errors.AsType[*CorruptError](err); !ok || got != "" {
			t.Errorf("%s: got %q, %v", name, got, err)
		}
	}
}

func TestWriterSelect(t *testing.T) {
	var out strings.Builder
	w, err := NewWriter(&out, Options{Format: CSV, Columns: people, Select: []int{1}})
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(w.Write([]any{1, "a"}), w.Close()); err != nil || out.String() != "a\n" {
		t.Errorf("got %q, %v", out.String(), err)
	}
}
