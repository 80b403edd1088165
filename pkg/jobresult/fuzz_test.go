package jobresult

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/vmihailenco/msgpack/v5"
)

// seeds returns streams with every kind of value, some of them damaged.
func seeds(t testing.TB) [][]byte {
	var list [][]byte
	for _, row := range [][]any{
		{},
		{1, "a", nil, true},
		{-1, -33, 255, 65536, int64(math.MinInt64), uint64(math.MaxUint64)},
		{0.5, float32(0.1), math.NaN(), math.Inf(-1), 1e300},
		{"", "a,b\"c\r\n\t\\", "日本\xff", strings.Repeat("x", 300)},
		{[]byte("bin"), []any{1, []any{}, map[string]any{"k": "v"}}},
		{time.Unix(1700000000, 5), time.Unix(1<<35, 0)},
	} {
		list = append(list, packed(t, row, row))
	}
	return append(list, nil, []byte{0x91}, []byte{0xc1}, []byte{0x91, 0xc1}, []byte{0x9f, 0xc1}, []byte{0x93, 1, 2}, []byte("\x91\xc7\x03\x05abc"), []byte("\x91\xd6\x05abcd"),
		[]byte{0xdd, 0xff, 0xff, 0xff, 0xff}, []byte{0x91, 0xdf, 0xff, 0xff, 0xff, 0xff}, []byte{0x91, 0xdb, 0x7f, 0, 0, 0}, []byte{0xdb, 0x7f, 0, 0, 0}, zipped(t, []byte{0x91, 1}), bytes.Repeat([]byte{0x91}, 1200))
}

// FuzzCopy checks that all formats and the Reader find the same rows and the same
// error in any bytes.
func FuzzCopy(f *testing.F) {
	for _, b := range seeds(f) {
		f.Add(b, int64(-1), uint8(0))
		f.Add(b, int64(1), uint8(3))
	}
	f.Fuzz(func(t *testing.T, b []byte, limit int64, columns uint8) {
		for _, schema := range [][]Column{nil, make([]Column, columns)} {
			var want Stats
			var wantErr error
			for i, format := range []Format{CSV, TSV, JSON, JSONL, Table, Vertical} {
				var out bytes.Buffer
				got, err := Copy(context.Background(), &out, bytes.NewReader(b), Options{Format: format, Columns: schema, Limit: limit, Header: columns%2 == 0})
				if got.Written != int64(out.Len()) {
					t.Errorf("%s: %d bytes written, %d counted", format, out.Len(), got.Written)
				}
				if got.Written = 0; i == 0 {
					want, wantErr = got, err
				}
				if got != want || errorText(err) != errorText(wantErr) {
					t.Errorf("%s: %+v, %v; csv: %+v, %v", format, got, err, want, wantErr)
				}
				if format == JSON && err == nil && !json.Valid(out.Bytes()) {
					t.Errorf("not JSON: %q", out.Bytes())
				}
			}
			if schema == nil && limit < 0 {
				checkRaw(t, b, want, wantErr)
			}
		}
	})
}

func errorText(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

func checkRaw(t *testing.T, b []byte, want Stats, wantErr error) {
	for _, format := range []Format{MsgPack, MsgPackGz} {
		got, err := Copy(context.Background(), io.Discard, bytes.NewReader(b), Options{Format: format, Limit: -1})
		if got.Rows != want.Rows || errorText(err) != errorText(wantErr) {
			t.Errorf("%s: %+v, %v; csv: %+v, %v", format, got, err, want, wantErr)
		}
	}
	lines := &bytes.Buffer{}
	err := CopyJSON(context.Background(), lines, bytes.NewReader(b))
	if errors.Is(wantErr, errNoRow) { // a value that is not a row
		return
	}
	if errors.Is(wantErr, errBigRow) && err != nil {
		return
	}
	if n := int64(bytes.Count(lines.Bytes(), []byte("\n"))); n != want.Rows || errorText(err) != errorText(wantErr) {
		t.Errorf("CopyJSON: %d rows, %v; csv: %d, %v", n, err, want.Rows, wantErr)
	}
}

// FuzzCopyJSON compares the decoder with that of vmihailenco/msgpack.
func FuzzCopyJSON(f *testing.F) {
	for _, b := range seeds(f) {
		f.Add(b)
	}
	f.Add([]byte("\x81\xa1a\x92\xc3\xc2"))
	f.Fuzz(func(t *testing.T, b []byte) {
		if bytes.HasPrefix(b, []byte("\x1f")) {
			t.Skip() // gzip
		}
		var out bytes.Buffer
		err := CopyJSON(context.Background(), &out, bytes.NewReader(b))
		line, _, found := bytes.Cut(out.Bytes(), []byte("\n"))
		reference, err2 := decodeValue(msgpack.NewDecoder(bytes.NewReader(b)), 0)
		if errors.Is(err2, errUndecided) || !found && (errors.Is(err, errDeep) || errors.Is(err, errBigCell) || errors.Is(err, errBigRow)) {
			return
		}
		if found != (err2 == nil) {
			t.Fatalf("%q, %v; vmihailenco: %v", line, err, err2)
		}
		if want := appendReference(nil, reference); found && !bytes.Equal(line, want) {
			t.Errorf("%s\nvmihailenco: %s", line, want)
		}
	})
}

// An entry is a key of a map with its value.
type entry struct{ key, value any }

// appendReference appends a value of decodeValue as JSON.
func appendReference(o []byte, v any) []byte {
	switch v := v.(type) {
	case []any:
		o = append(o, '[')
		for i, e := range v {
			if i > 0 {
				o = append(o, ',')
			}
			o = appendReference(o, e)
		}
		return append(o, ']')
	case []entry:
		o = append(o, '{')
		for i, e := range v {
			if i > 0 {
				o = append(o, ',')
			}
			key := appendReference(nil, e.key)
			if key[0] != '"' {
				key = appendJSONString(nil, key)
			}
			o = append(append(o, key...), ':')
			o = appendReference(o, e.value)
		}
		return append(o, '}')
	case string:
		return appendJSONString(o, []byte(v))
	case []byte:
		return appendJSONString(o, v)
	case float64:
		if finite(v) {
			return appendFloat(o, v)
		}
		return appendJSONString(o, appendFloat(nil, v))
	case nil:
		return append(o, "null"...)
	}
	return fmt.Append(o, v)
}

// errUndecided reports a value on which the two decoders may differ.
var errUndecided = errors.New("undecided")

// decodeValue decodes the first value with vmihailenco/msgpack. A map becomes an
// []entry.
func decodeValue(dec *msgpack.Decoder, depth int) (any, error) {
	code, err := dec.PeekCode()
	if err != nil || depth > maxDepth {
		return nil, err
	}
	switch {
	case code&0xf0 == 0x90 || code == 0xdc || code == 0xdd:
		n, err := dec.DecodeArrayLen()
		values := []any{}
		for i := 0; i < n && err == nil; i++ {
			var v any
			v, err = decodeValue(dec, depth+1)
			values = append(values, v)
		}
		return values, err
	case code&0xf0 == 0x80 || code == 0xde || code == 0xdf:
		n, err := dec.DecodeMapLen()
		entries := []entry{}
		for i := 0; i < n && err == nil; i++ {
			var e entry
			if e.key, err = decodeValue(dec, depth+1); err == nil {
				e.value, err = decodeValue(dec, depth+1)
			}
			entries = append(entries, e)
		}
		return entries, err
	case code >= 0xd4 && code <= 0xd8 || code >= 0xc7 && code <= 0xc9:
		return nil, errUndecided
	case code == 0xcf:
		n, err := dec.DecodeUint64()
		if n <= math.MaxInt64 {
			return int64(n), err
		}
		return n, err
	case code >= 0xc4 && code <= 0xc6 || code >= 0xd9 && code <= 0xdb || code >= 0xa0 && code < 0xc0:
		n, err := dec.DecodeBytesLen() // DecodeBytes would allocate n bytes first
		if err != nil || n > 1<<20 {
			return nil, errors.Join(err, io.ErrUnexpectedEOF)
		}
		data := make([]byte, n)
		if err := dec.ReadFull(data); err != nil || code <= 0xc6 && code >= 0xc4 {
			return data, err
		}
		return string(data), nil
	case code == 0xca || code == 0xcb:
		return dec.DecodeFloat64()
	case code < 0x80 || code >= 0xe0 || code >= 0xcc && code <= 0xd3:
		return dec.DecodeInt64()
	}
	return dec.DecodeInterface()
}

// FuzzCSV checks that encoding/csv reads back what Copy writes.
func FuzzCSV(f *testing.F) {
	f.Add("a", "b,c", "d\"e\nf")
	f.Add("", "\r", " x")
	f.Add("\\.", "\x00\xff", "\"\"")
	f.Fuzz(func(t *testing.T, a, b, c string) {
		got, _, err := copied(t, packed(t, []any{a, b, c}, []any{c, a, b}), Options{Format: CSV, Limit: -1})
		if err != nil {
			t.Fatal(err)
		}
		records, err := csv.NewReader(strings.NewReader(got)).ReadAll()
		if err != nil {
			t.Fatalf("%q: %v", got, err)
		}
		for _, s := range []*string{&a, &b, &c} {
			*s = strings.ReplaceAll(*s, "\r\n", "\n") // as encoding/csv does
		}
		if diff := cmp.Diff([][]string{{a, b, c}, {c, a, b}}, records); diff != "" {
			t.Errorf("%q: (-want +got)\n%s", got, diff)
		}
	})
}

// FuzzText checks that text survives the way through JSON and tsv.
func FuzzText(f *testing.F) {
	for _, s := range []string{"", "a", "\x00\x1f\"\\\b\f\n\r\t\x7f", "日本語日本語日本語", "\xff\xfeabcdefgh\xed\xa0\x80", "a\\nb\tc", strings.Repeat("ab\"日\n", 40)} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		var back string
		quoted := appendJSONString(nil, []byte(s))
		if err := json.Unmarshal(quoted, &back); err != nil || back != string(appendValid(nil, []byte(s))) {
			t.Errorf("json %q: %q, %v", quoted, back, err)
		}
		line := string(appendTSV(nil, []byte(s)))
		if strings.ContainsAny(line, "\t\n\r") || unescape(line) != s {
			t.Errorf("tsv %q", line)
		}
	})
}

func unescape(s string) string {
	return strings.NewReplacer(`\\`, `\`, `\t`, "\t", `\n`, "\n", `\r`, "\r").Replace(s)
}

// FuzzTable checks that tablewriter and the line by line renderer draw the same
// table.
func FuzzTable(f *testing.F) {
	f.Add("a", "日本", "1 \n", true)
	f.Add("", " x ", "\u00a0", false)
	f.Add("👩\u200d👩\u200d👧", "e\u0301", "🇯", true)
	f.Add("\x1b[31m", "-", "─│", true)
	f.Fuzz(func(t *testing.T, a, b, c string, schema bool) {
		o := Options{Format: Table, Null: DefaultNull}
		if schema {
			o.Columns = []Column{{Name: b}, {Name: "c"}, {Name: a}}
		}
		e := newTable(o, func(buf []byte) ([]byte, error) { return buf, nil }).(*table)
		for _, row := range [][]any{{a, b, c}, {}, {c, a}, {nil, c, b}} {
			raw := packed(t, row)
			if _, p, err := e.row(nil, raw, 0); err != nil || p != len(raw) {
				t.Fatal(err)
			}
		}
		if !e.suitsTablewriter() {
			return
		}
		want, err := e.appendGrid(nil)
		if err != nil {
			t.Fatal(err)
		}
		lines, err := e.appendHeld(nil)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(string(want), string(e.appendBorder(lines))); diff != "" {
			t.Errorf("(-tablewriter +appendHeld)\n%s", diff)
		}
	})
}
