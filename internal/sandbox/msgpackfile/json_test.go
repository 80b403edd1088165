package msgpackfile_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"iter"
	"math"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/td-cli/td/internal/sandbox/engine"
	"github.com/td-cli/td/internal/sandbox/msgpackfile"
)

func TestText(t *testing.T) {
	for _, tt := range []struct {
		value any
		want  string
	}{
		{nil, "null"},
		{true, "true"},
		{int64(math.MinInt64), "-9223372036854775808"},
		{0.0, "0.0"},
		{math.Copysign(0, -1), "-0.0"},
		{1.0, "1.0"},
		{0.1, "0.1"},
		{1e15, "1000000000000000.0"},
		{1e16, "1e+16"},
		{1e-4, "0.0001"},
		{1e-5, "1e-05"},
		{math.NaN(), "NaN"},
		{math.Inf(1), "Infinity"},
		{"a\"b", "a\"b"},
		{[]byte("x"), "eA=="},
		{[]any{}, "[]"},
		{[]any{"a\"b\n", "<&>", nil, 1.0}, `["a\"b\n","<&>",null,1.0]`},
		{[]any{[]byte("x"), []byte{0xff}}, `["eA==","/w=="]`},
		{engine.Map{}, "{}"},
		{engine.Map{{Key: int64(1), Value: "x"}, {Key: []any{int64(2)}, Value: engine.Map{}}}, `{"1":"x","[2]":{}}`},
		{[]any{"\xff", "\u2028"}, "[\"\\ufffd\",\"\\u2028\"]"},
	} {
		if got := msgpackfile.Text(tt.value); got != tt.want {
			t.Errorf("Text(%v) = %s; want %s", tt.value, got, tt.want)
		}
	}
}

// TestStandardJSON checks that JSON for other programs is valid: NaN and infinities are null.
func TestStandardJSON(t *testing.T) {
	special := []any{math.NaN(), math.Inf(1), math.Inf(-1), []any{math.NaN()}, engine.Map{{Key: "k", Value: math.Inf(1)}}}
	record := engine.Record{{Key: "a\"", Value: int64(1)}, {Key: "b", Value: special}}
	for name, tt := range map[string]struct {
		got  []byte
		want string
	}{
		"row":          {msgpackfile.RowJSON(special), `[null,null,null,[null],{"k":null}]`},
		"record":       {msgpackfile.RecordJSON(record), `{"a\"":1,"b":[null,null,null,[null],{"k":null}]}`},
		"empty row":    {msgpackfile.RowJSON(nil), `[]`},
		"empty record": {msgpackfile.RecordJSON(nil), `{}`},
	} {
		if string(tt.got) != tt.want || !json.Valid(tt.got) {
			t.Errorf("%s: %s; want %s", name, tt.got, tt.want)
		}
	}
}

func TestWriteDocument(t *testing.T) {
	for name, tt := range map[string]struct {
		rows [][]any
		want string
	}{
		"none": {nil, "[]\n"},
		"one":  {[][]any{{int64(1), math.NaN()}}, "[{\"a\":1,\"b\":null}]\n"},
		"two":  {[][]any{{int64(1), "x"}, {nil, []any{}}}, "[{\"a\":1,\"b\":\"x\"},\n{\"a\":null,\"b\":[]}]\n"},
	} {
		var b bytes.Buffer
		if err := msgpackfile.WriteDocument(&b, []string{"a", "b"}, sequence(tt.rows)); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(tt.want, b.String()); diff != "" || !json.Valid(b.Bytes()) {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

// failingWriter fails after n bytes.
type failingWriter struct{ n int }

var errFull = errors.New("no space left on device")

func (w *failingWriter) Write(p []byte) (int, error) {
	if w.n -= len(p); w.n < 0 {
		return 0, errFull
	}
	return len(p), nil
}

// TestWriteErrors checks that errors of the destination and of the rows are returned.
func TestWriteErrors(t *testing.T) {
	many := make([][]any, 10000)
	for i := range many {
		many[i] = []any{strings.Repeat("x", 50)}
	}
	broken := errors.New("broken")
	var rows iter.Seq2[[]any, error] = func(yield func([]any, error) bool) {
		_ = yield([]any{int64(1)}, nil) && yield(nil, broken)
	}
	for name, write := range map[string]func(io.Writer, iter.Seq2[[]any, error]) error{
		"csv": func(w io.Writer, rows iter.Seq2[[]any, error]) error {
			return msgpackfile.WriteText(w, msgpackfile.CSV, msgpackfile.TextOptions{Header: []string{"a"}}, rows)
		},
		"document": func(w io.Writer, rows iter.Seq2[[]any, error]) error {
			return msgpackfile.WriteDocument(w, []string{"a"}, rows)
		},
	} {
		for _, n := range []int{0, 100_000} {
			if err := write(&failingWriter{n}, sequence(many)); !errors.Is(err, errFull) {
				t.Errorf("%s, full after %d bytes: %v", name, n, err)
			}
		}
		if err := write(io.Discard, rows); !errors.Is(err, broken) {
			t.Errorf("%s, broken rows: %v", name, err)
		}
	}
}

// TestRenderError checks that a format is not stored if its conversion fails.
func TestRenderError(t *testing.T) {
	s, err := msgpackfile.OpenSpool(t.TempDir(), 1<<20)
	if err != nil {
		t.Fatal(err)
	}
	write(t, s, 1, rows)
	broken := errors.New("broken")
	if _, err := s.Render(1, "csv", func(w io.Writer, _ io.Reader) error {
		_, _ = io.WriteString(w, "half")
		return broken
	}); !errors.Is(err, broken) {
		t.Errorf("error %v", err)
	}
	calls := 0
	for range 2 {
		f, err := s.Render(1, "csv", func(w io.Writer, _ io.Reader) error {
			calls++
			_, err := io.WriteString(w, "whole")
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		data, err := io.ReadAll(f)
		if err := errors.Join(err, f.Close()); err != nil || string(data) != "whole" {
			t.Errorf("%q, %v", data, err)
		}
	}
	if calls != 1 {
		t.Errorf("the format was created %d times", calls)
	}
}
