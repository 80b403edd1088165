package jobresult

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/vmihailenco/msgpack/v5"
)

// packed encodes rows like the service, without compression.
func packed(t testing.TB, rows ...[]any) []byte {
	t.Helper()
	var buf bytes.Buffer
	enc := msgpack.NewEncoder(&buf)
	enc.UseCompactInts(true)
	for _, row := range rows {
		if err := enc.Encode(row); err != nil {
			t.Fatal(err)
		}
	}
	return buf.Bytes()
}

// zipped compresses b to one gzip member.
func zipped(t testing.TB, b []byte) []byte {
	t.Helper()
	var buf bytes.Buffer
	z := gzip.NewWriter(&buf)
	if _, err := z.Write(b); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return buf.Bytes()
}

// copied returns what Copy writes. It checks that both implementations of gzip
// lead to the same result.
func copied(t testing.TB, src []byte, o Options) (string, Stats, error) {
	t.Helper()
	var out, other bytes.Buffer
	stats, err := Copy(context.Background(), &out, bytes.NewReader(src), o)
	o.Gunzip = GunzipKlauspost
	stats2, err2 := Copy(context.Background(), &other, bytes.NewReader(src), o)
	if out.String() != other.String() || stats != stats2 || (err == nil) != (err2 == nil) {
		t.Errorf("own: %q, %+v, %v; klauspost: %q, %+v, %v", out.String(), stats, err, other.String(), stats2, err2)
	}
	return out.String(), stats, err
}

var people = []Column{{"id", "bigint"}, {"name", "varchar"}}

func TestCopyFormats(t *testing.T) {
	rows := [][]any{{1, "a"}, {2, nil}, {3}}
	for _, test := range []struct {
		name string
		o    Options
		want string
	}{
		{"csv", Options{Format: CSV, Columns: people}, "1,a\n2,null\n3,null\n"},
		{"csv header", Options{Format: CSV, Columns: people, Header: true}, "id,name\n1,a\n2,null\n3,null\n"},
		{"csv no schema", Options{Format: CSV, Header: true}, "_col0,_col1\n1,a\n2,null\n3\n"},
		{"tsv", Options{Format: TSV, Columns: people, Header: true}, "id\tname\n1\ta\n2\tnull\n3\tnull\n"},
		{"json", Options{Format: JSON, Columns: people}, "[[1,\"a\"],\n[2,null],\n[3,null]]\n"},
		{"json objects", Options{Format: JSON, Columns: people, Header: true}, "[{\"id\":1,\"name\":\"a\"},\n{\"id\":2,\"name\":null},\n{\"id\":3,\"name\":null}]\n"},
		{"json header, no schema", Options{Format: JSON, Header: true}, "[[1,\"a\"],\n[2,null],\n[3]]\n"},
		{"jsonl", Options{Format: JSONL, Columns: people}, "{\"id\":1,\"name\":\"a\"}\n{\"id\":2,\"name\":null}\n{\"id\":3,\"name\":null}\n"},
		{"jsonl no schema", Options{Format: JSONL}, "[1,\"a\"]\n[2,null]\n[3]\n"},
		{"table", Options{Format: Table, Columns: people}, "" +
			"+----+------+\n" +
			"| id | name |\n" +
			"+----+------+\n" +
			"| 1  | a    |\n" +
			"| 2  | null |\n" +
			"| 3  | null |\n" +
			"+----+------+\n" +
			"3 rows in set\n"},
		{"table no schema", Options{Format: Table}, "" +
			"+---+------+\n" +
			"| 1 | a    |\n" +
			"| 2 | null |\n" +
			"| 3 |      |\n" +
			"+---+------+\n" +
			"3 rows in set\n"},
		{"vertical", Options{Format: Vertical, Columns: people}, "" +
			"****** 1. row ******\n  id: 1\nname: a\n" +
			"****** 2. row ******\n  id: 2\nname: null\n" +
			"****** 3. row ******\n  id: 3\nname: null\n3 rows in set\n"},
		{"vertical no schema", Options{Format: Vertical}, "" +
			"******* 1. row *******\n_col0: 1\n_col1: a\n" +
			"******* 2. row *******\n_col0: 2\n_col1: null\n" +
			"******* 3. row *******\n_col0: 3\n3 rows in set\n"},
		{"msgpack", Options{Format: MsgPack, Columns: people}, string(packed(t, rows...))},
	} {
		t.Run(test.name, func(t *testing.T) {
			test.o.Null, test.o.Limit = DefaultNull, -1
			raw := packed(t, rows...)
			for name, src := range map[string][]byte{"raw": raw, "gzip": zipped(t, raw), "two members": append(zipped(t, raw[:5]), zipped(t, raw[5:])...)} {
				got, stats, err := copied(t, src, test.o)
				if err != nil {
					t.Fatalf("%s: %v", name, err)
				}
				if diff := cmp.Diff(test.want, got); diff != "" {
					t.Errorf("%s: (-want +got)\n%s", name, diff)
				}
				want := Stats{Rows: 3, Read: int64(len(src)), Unpacked: int64(len(raw)), Written: int64(len(test.want))}
				if diff := cmp.Diff(want, stats); diff != "" {
					t.Errorf("%s: stats (-want +got)\n%s", name, diff)
				}
			}
		})
	}
}

func TestCopyNothing(t *testing.T) {
	for name, src := range map[string][]byte{"no bytes": nil, "empty member": zipped(t, nil)} {
		for _, test := range []struct {
			format Format
			want   string
		}{
			{CSV, "id,name\n"}, {TSV, "id\tname\n"}, {JSON, "[]\n"}, {JSONL, ""}, {Table, "0 rows in set\n"}, {Vertical, "0 rows in set\n"}, {MsgPack, ""},
		} {
			got, _, err := copied(t, src, Options{Format: test.format, Columns: people, Header: true, Limit: -1})
			if err != nil || got != test.want {
				t.Errorf("%s as %s: %q, %v; want %q", name, test.format, got, err, test.want)
			}
		}
	}
}

func TestCopyLimit(t *testing.T) {
	src := zipped(t, packed(t, []any{1, "a"}, []any{2, "b"}))
	for _, test := range []struct {
		limit   int64
		want    string
		limited bool
	}{
		{-1, "1,a\n2,b\n", false}, {0, "", true}, {1, "1,a\n", true}, {2, "1,a\n2,b\n", false}, {3, "1,a\n2,b\n", false},
	} {
		got, stats, err := copied(t, src, Options{Format: CSV, Limit: test.limit})
		if err != nil || got != test.want || stats.Limited != test.limited {
			t.Errorf("limit %d: %q, limited %v, %v", test.limit, got, stats.Limited, err)
		}
	}
}

// TestCopyPacked checks that MsgPackGz copies a compressed stream unchanged, with
// trailing bytes, and compresses any other stream.
func TestCopyPacked(t *testing.T) {
	raw := packed(t, []any{1, "a"}, []any{2, "b"})
	one := packed(t, []any{1, "a"})
	padded := append(zipped(t, raw), make([]byte, 700<<10)...)
	got, stats, err := copied(t, padded, Options{Format: MsgPackGz, Limit: -1})
	if err != nil || got != string(padded) || stats.Rows != 2 || !stats.Trailing || stats.Written != int64(len(padded)) {
		t.Errorf("gzip: the same %v, %+v, %v", got == string(padded), stats, err)
	}
	for _, test := range []struct {
		name  string
		src   []byte
		limit int64
		want  []byte
	}{
		{"plain", raw, -1, raw}, {"limited", zipped(t, raw), 1, one}, {"empty", nil, -1, nil},
	} {
		got, _, err := copied(t, test.src, Options{Format: MsgPackGz, Limit: test.limit})
		if err != nil {
			t.Fatalf("%s: %v", test.name, err)
		}
		z, err := gzip.NewReader(strings.NewReader(got))
		if err != nil {
			t.Fatalf("%s: %v", test.name, err)
		}
		if unpacked, err := io.ReadAll(z); err != nil || !bytes.Equal(unpacked, test.want) {
			t.Errorf("%s: %q, %v; want %q", test.name, unpacked, err, test.want)
		}
	}
}

func TestCopyCorrupt(t *testing.T) {
	raw := packed(t, []any{1, "a"}, []any{2, "b"})
	whole := zipped(t, raw)
	flipped := bytes.Clone(whole)
	flipped[len(flipped)-6] ^= 1 // in the checksum
	deep := append(append([]byte{0x91}, bytes.Repeat([]byte{0x91}, 1002)...), 0xc0)
	for _, test := range []struct {
		name    string
		src     []byte
		columns []Column
		want    string
		at      CorruptError
		is      error
	}{
		{name: "cut within a row", src: raw[:6], want: "1,a\n", at: CorruptError{Row: 2, Offset: 6}, is: io.ErrUnexpectedEOF},
		{name: "cut between cells", src: raw[:2], at: CorruptError{Row: 1, Offset: 2}, is: io.ErrUnexpectedEOF},
		{name: "gzip cut", src: whole[:len(whole)-1], want: "1,a\n2,b\n", at: CorruptError{Row: 3, Offset: 8}, is: io.ErrUnexpectedEOF},
		{name: "gzip magic cut", src: whole[:1], at: CorruptError{Row: 1}, is: io.ErrUnexpectedEOF},
		{name: "second member cut", src: append(bytes.Clone(whole), whole[:2]...), want: "1,a\n2,b\n", at: CorruptError{Row: 3, Offset: 8}, is: io.ErrUnexpectedEOF},
		{name: "second member's magic cut", src: append(bytes.Clone(whole), whole[:1]...), want: "1,a\n2,b\n", at: CorruptError{Row: 3, Offset: 8}, is: io.ErrUnexpectedEOF},
		{name: "checksum", src: flipped, want: "1,a\n2,b\n", at: CorruptError{Row: 3, Offset: 8}},
		{name: "not an array", src: append(bytes.Clone(raw), 0xc0), want: "1,a\n2,b\n", at: CorruptError{Row: 3, Offset: 8}, is: errNoRow},
		{name: "reserved", src: append(bytes.Clone(raw), 0x91, 0xc1), want: "1,a\n2,b\n", at: CorruptError{Row: 3, Offset: 9}, is: errReserved},
		{name: "longer than the schema", src: raw, columns: people[:1], at: CorruptError{Row: 1}},
		{name: "deep", src: deep, at: CorruptError{Row: 1, Offset: 1002}, is: errDeep},
		{name: "huge cell", src: []byte{0x91, 0xdb, 0xff, 0xff, 0xff, 0xff, 0}, at: CorruptError{Row: 1, Offset: 6}, is: errBigCell},
		{name: "huge array", src: []byte{0xdd, 0xff, 0xff, 0xff, 0xff, 0}, at: CorruptError{Row: 1}, is: errBigRow},
		{name: "huge map", src: []byte{0x91, 0xdf, 0xff, 0xff, 0xff, 0xff, 0}, at: CorruptError{Row: 1, Offset: 7}, is: io.ErrUnexpectedEOF},
	} {
		t.Run(test.name, func(t *testing.T) {
			got, _, err := copied(t, test.src, Options{Format: CSV, Columns: test.columns, Limit: -1})
			if got != test.want {
				t.Errorf("wrote %q, want %q", got, test.want)
			}
			corrupt, ok := errors.AsType[*CorruptError](err)
			if !ok {
				t.Fatalf("%v, want a *CorruptError", err)
			}
			if corrupt.Row != test.at.Row || corrupt.Offset != test.at.Offset {
				t.Errorf("row %d, byte %d; want row %d, byte %d: %v", corrupt.Row, corrupt.Offset, test.at.Row, test.at.Offset, err)
			}
			if test.is != nil && !errors.Is(err, test.is) {
				t.Errorf("%v is not %v", err, test.is)
			}
		})
	}
}

// TestCopyBrokenSource checks that an error of src is not reported as damaged
// data, even if it is io.ErrUnexpectedEOF.
func TestCopyBrokenSource(t *testing.T) {
	raw := packed(t, []any{1, "a"}, []any{2, "b"})
	broken := errors.New("connection reset")
	for _, cause := range []error{broken, io.ErrUnexpectedEOF, fmt.Errorf("connection lost: %w", io.EOF)} {
		for name, start := range map[string][]byte{"no bytes": nil, "first byte": raw[:1], "plain": raw[:6], "gzip": zipped(t, raw)[:20], "all": raw, "all gzip": zipped(t, raw)} {
			for _, format := range Formats() {
				for _, lib := range []Gunzip{GunzipOwn, GunzipKlauspost} {
					src := io.MultiReader(bytes.NewReader(start), iotest.ErrReader(cause))
					_, err := Copy(context.Background(), io.Discard, src, Options{Format: format, Columns: testColumns(format), Limit: -1, Gunzip: lib})
					if _, corrupt := errors.AsType[*CorruptError](err); corrupt || !errors.Is(err, cause) {
						t.Errorf("%s, %s as %s: %v", cause, name, format, err)
					}
				}
			}
		}
	}
}

// testColumns returns a schema for a format that requires one.
func testColumns(f Format) []Column {
	if !f.IsTyped() {
		return nil
	}
	return []Column{{"a", "bigint"}, {"b", "varchar"}}
}

// failing is a writer that fails after n bytes.
type failing struct{ n int }

var errFull = errors.New("disk full")

func (f *failing) Write(p []byte) (int, error) {
	if f.n -= len(p); f.n < 0 {
		return 0, errFull
	}
	return len(p), nil
}

func TestCopyWriteError(t *testing.T) {
	src := packed(t, []any{1, strings.Repeat("a", 300<<10)}, []any{2, strings.Repeat("b", 300<<10)}, []any{3, "c"})
	for _, format := range Formats() {
		for _, room := range []int{0, 1, 300 << 10} {
			for name, src := range map[string][]byte{"plain": src, "gzip": zipped(t, src)} {
				if (format == MsgPackGz || format.IsTyped()) && room > 1 {
					continue // it would fit
				}
				_, err := Copy(context.Background(), &failing{room}, bytes.NewReader(src), Options{Format: format, Columns: testColumns(format), Limit: -1})
				if _, ok := errors.AsType[*WriteError](err); !ok || !errors.Is(err, errFull) {
					t.Errorf("%s from %s, room for %d: %v", format, name, room, err)
				}
			}
		}
	}
}

func TestCopyCancelled(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	r, w := io.Pipe()
	context.AfterFunc(ctx, func() { w.CloseWithError(ctx.Err()) }) // as the body of a request does
	go func() {
		w.Write(packed(t, []any{1, "a"}))
		cancel()
	}()
	var out bytes.Buffer
	_, err := Copy(ctx, &out, r, Options{Format: CSV, Limit: -1, FlushRows: true})
	if !errors.Is(err, context.Canceled) || out.String() != "1,a\n" {
		t.Errorf("%v, wrote %q", err, out.String())
	}
	if _, err := Copy(ctx, &out, strings.NewReader("x"), Options{Format: CSV}); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled before: %v", err)
	}
}

// TestCopyFlushRows checks that with FlushRows each row is written before the next
// is available.
func TestCopyFlushRows(t *testing.T) {
	for _, format := range []Format{CSV, TSV, JSONL, Vertical, MsgPack} {
		src, feed := io.Pipe()
		seen, out := io.Pipe()
		done := make(chan error, 1)
		go func() {
			_, err := Copy(context.Background(), out, src, Options{Format: format, Limit: -1, FlushRows: true})
			out.Close()
			done <- err
		}()
		buf := make([]byte, 1<<10)
		for range 3 {
			feed.Write(packed(t, []any{1, "a"}))
			if n, err := seen.Read(buf); n == 0 || err != nil {
				t.Fatalf("%s: %v", format, err)
			}
		}
		feed.Close()
		if _, err := io.Copy(io.Discard, seen); err != nil {
			t.Errorf("%s: %v", format, err)
		}
		if err := <-done; err != nil {
			t.Errorf("%s: %v", format, err)
		}
	}
}

// TestCopyLargeRows copies rows whose lengths are near the sizes of the buffers.
func TestCopyLargeRows(t *testing.T) {
	var rows [][]any
	var want strings.Builder
	for _, n := range []int{1, headroom - 10, headroom, headroom + 10, 10, chunkSize - 3, chunkSize, chunkSize + 3, 3*chunkSize + 1, 5, 5, 9 * chunkSize, 70000, 1} {
		text := strings.Repeat("x", n)
		rows = append(rows, []any{text, n})
		want.WriteString(text + "," + string(appendFloat(nil, float64(n))) + "\n")
		rows[len(rows)-1][1] = float64(n)
	}
	raw := packed(t, rows...)
	for name, src := range map[string]io.Reader{"plain": bytes.NewReader(raw), "gzip": bytes.NewReader(zipped(t, raw)), "in halves": iotest.HalfReader(bytes.NewReader(raw))} {
		var out strings.Builder
		if _, err := Copy(context.Background(), &out, src, Options{Format: CSV, Limit: -1, FlushRows: name == "in halves"}); err != nil {
			t.Fatal(err)
		}
		if out.String() != want.String() {
			t.Errorf("%s: %d bytes differ from %d", name, out.Len(), want.Len())
		}
	}
}

func TestCopyUnknownGunzip(t *testing.T) {
	_, err := Copy(context.Background(), io.Discard, bytes.NewReader(zipped(t, nil)), Options{Format: CSV, Gunzip: "zlib"})
	if err == nil || !strings.Contains(err.Error(), `"zlib"`) {
		t.Errorf("%v", err)
	}
}

func TestCopyUnknownFormat(t *testing.T) {
	_, _, err := copied(t, nil, Options{Format: "xml"})
	if e, ok := errors.AsType[*FormatError](err); !ok || e.Name != "xml" {
		t.Errorf("%v", err)
	}
}

func TestCopyValues(t *testing.T) {
	ext := func(kind byte, data ...byte) []byte {
		return append([]byte{0x91, 0xc7, byte(len(data)), kind}, data...)
	}
	row := func(v any) []byte { return packed(t, []any{v}) }
	for _, test := range []struct {
		name           string
		src            []byte
		csv, tsv, json string
	}{
		{"empty", row(""), `""`, `""`, `""`},
		{"comma", row("a,b"), `"a,b"`, `a,b`, `"a,b"`},
		{"quote", row(`a"b`), `"a""b"`, `a"b`, `"a\"b"`},
		{"lines", row("a\r\n\tb\\"), "\"a\r\n\tb\\\"", `a\r\n\tb\\`, `"a\r\n\tb\\"`},
		{"blank", row(" a "), ` a `, ` a `, `" a "`},
		{"control", row("\x00\x08\x0c\x1b\x7f"), "\x00\x08\x0c\x1b\x7f", "\x00\x08\x0c\x1b\x7f", `"\u0000\b\f\u001B` + "\x7f\""},
		{"unicode", row("日本</>\u2028"), "日本</>\u2028", "日本</>\u2028", "\"日本</>\u2028\""},
		{"not utf-8", row("a\xffb\xe6\x97"), "a\xffb\xe6\x97", "a\xffb\xe6\x97", "\"a\uFFFDb\uFFFD\uFFFD\""},
		{"bin", row([]byte("a\xff")), "a\xff", "a\xff", "\"a\uFFFD\""},
		{"nil", row(nil), `null`, `null`, `null`},
		{"true", row(true), `true`, `true`, `true`},
		{"min int", row(int64(math.MinInt64)), `-9223372036854775808`, `-9223372036854775808`, `-9223372036854775808`},
		{"max uint", row(uint64(math.MaxUint64)), `18446744073709551615`, `18446744073709551615`, `18446744073709551615`},
		{"max int as uint", []byte{0x91, 0xcf, 0x7f, 255, 255, 255, 255, 255, 255, 255}, `9223372036854775807`, `9223372036854775807`, `9223372036854775807`},
		{"float32", row(float32(0.1)), `0.10000000149011612`, `0.10000000149011612`, `0.10000000149011612`},
		{"nan", row(math.NaN()), `NaN`, `NaN`, `"NaN"`},
		{"infinity", row(math.Inf(1)), `Infinity`, `Infinity`, `"Infinity"`},
		{"-infinity", row(math.Inf(-1)), `-Infinity`, `-Infinity`, `"-Infinity"`},
		{"array", row([]any{1, "a\n", []any{}, math.NaN()}), `"[1,""a\n"",[],""NaN""]"`, `[1,"a\\n",[],"NaN"]`, `[1,"a\n",[],"NaN"]`},
		{"short array", row([]any{1}), `[1]`, `[1]`, `[1]`},
		{"map", row(map[string]any{"a": nil}), `"{""a"":null}"`, `{"a":null}`, `{"a":null}`},
		{
			"keys",
			[]byte{0x91, 0x86, 1, 1, 0xc3, 1, 0xc0, 1, 0x91, 0xa1, '"', 1, 0xca, 0x7f, 0xc0, 0, 0, 1, 1, 2},
			`"{""1"":1,""true"":1,""null"":1,""[\""\\\""\""]"":1,""NaN"":1,""1"":2}"`, `{"1":1,"true":1,"null":1,"[\\"\\\\\\"\\"]":1,"NaN":1,"1":2}`,
			`{"1":1,"true":1,"null":1,"[\"\\\"\"]":1,"NaN":1,"1":2}`,
		},
		{"ext", ext(5, 1, 2), `"{""type"":5,""data"":""AQI=""}"`, `{"type":5,"data":"AQI="}`, `{"type":5,"data":"AQI="}`},
		{"time", row(time.Unix(1700000000, 500)), `2023-11-14T22:13:20.0000005Z`, `2023-11-14T22:13:20.0000005Z`, `"2023-11-14T22:13:20.0000005Z"`},
		{"no time", ext(255, 1), `"{""type"":-1,""data"":""AQ==""}"`, `{"type":-1,"data":"AQ=="}`, `{"type":-1,"data":"AQ=="}`},
		{"far time", ext(255, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0), `"{""type"":-1,""data"":""AAAAAAEAAAAAAAAA""}"`, `{"type":-1,"data":"AAAAAAEAAAAAAAAA"}`, `{"type":-1,"data":"AAAAAAEAAAAAAAAA"}`},
		{"no cells", []byte{0x90}, ``, ``, ``},
	} {
		for format, want := range map[Format]string{CSV: test.csv, TSV: test.tsv, JSONL: "[" + test.json + "]"} {
			got, _, err := copied(t, test.src, Options{Format: format, Null: DefaultNull, Limit: -1})
			if err != nil || got != want+"\n" {
				t.Errorf("%s as %s: %q, %v; want %q", test.name, format, got, err, want)
			}
		}
	}
}

// TestCopyEmptyLines checks that no row of a single column is an empty line, which
// readers of csv and tsv skip.
func TestCopyEmptyLines(t *testing.T) {
	src := packed(t, []any{nil}, []any{""}, []any{"a"}, []any{})
	one := []Column{{Name: ""}}
	for _, test := range []struct {
		o    Options
		want string
	}{
		{Options{Format: CSV, Columns: one, Header: true}, "\"\"\n\"\"\n\"\"\na\n\"\"\n"},
		{Options{Format: TSV, Columns: one, Header: true}, "\"\"\n\"\"\n\"\"\na\n\"\"\n"},
		{Options{Format: CSV, Columns: one, Null: "null"}, "null\n\"\"\na\nnull\n"},
		{Options{Format: CSV}, "\"\"\n\"\"\na\n\n"}, // a row without columns is an empty line
		{Options{Format: CSV, Columns: people}, ",\n\"\",\na,\n,\n"},
	} {
		test.o.Limit = -1
		got, _, err := copied(t, src, test.o)
		if diff := cmp.Diff(test.want, got); diff != "" || err != nil {
			t.Errorf("%+v: %v (-want +got)\n%s", test.o, err, diff)
		}
	}
}

func TestCopyBOM(t *testing.T) {
	for _, test := range []struct {
		o    Options
		want string
	}{
		{Options{Format: CSV, Header: true}, "\ufeffid,name\n1,a\n"},
		{Options{Format: TSV}, "\ufeff1\ta\n"},
		{Options{Format: JSON}, "[[1,\"a\"]]\n"},
	} {
		test.o.BOM, test.o.Columns, test.o.Limit = true, people, -1
		if got, _, err := copied(t, packed(t, []any{1, "a"}), test.o); err != nil || got != test.want {
			t.Errorf("%s: %q, %v, want %q", test.o.Format, got, err, test.want)
		}
	}
}
