package jobresult

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/vmihailenco/msgpack/v5"
)

// encodeSeparately writes a row with appendCell only.
func (e *delimited) encodeSeparately(tb testing.TB, b []byte) string {
	tb.Helper()
	values, p, err := readRowHead(b, 0, e.columns)
	var buf []byte
	for range values {
		if buf, p, err = e.appendCell(buf, b, p); err != nil {
			break
		}
		buf = append(buf, e.comma)
	}
	if err != nil {
		tb.Fatal(err)
	}
	return string(endLine(buf, 0))
}

// TestPutCommon compares rows of frequent values with rows that are encoded one value at a time, with
// all amounts of space around them.
func TestPutCommon(t *testing.T) {
	for _, row := range [][]any{
		{0, 9, 10, 127, 128, 255, 256, 65535, 65536, math.MaxUint32, math.MaxUint32 + 1, int64(math.MaxInt64), uint64(math.MaxUint64)},
		{-1, -32, -33, -128, -129, -32769, math.MinInt32 - 1, int64(math.MinInt64)},
		{nil, true, false, nil, 0.5, -0.125, 1e300, math.NaN(), math.Inf(-1), float32(0.1), 1.0 / 3},
		{"", "a", "12345678", "123456789", strings.Repeat("x", 31), strings.Repeat("y", 64), strings.Repeat("z", 255)},
		{strings.Repeat("x", 256), strings.Repeat("\"", 300), []byte("binary, with comma"), []byte{}},
		{[]int{1, 2}, map[string]int{"a": 1}, "last"},
		{},
		{"東京", "\x00", "\xff\xff\xff\xff\xff\xff\xff\xff,", "tab\t", "back\\slash", "cr\r", "lf\n", "\"", ","},
	} {
		var packed bytes.Buffer
		enc := msgpack.NewEncoder(&packed)
		enc.UseCompactInts(true)
		if err := enc.Encode(row); err != nil {
			t.Fatal(err)
		}
		for _, o := range []Options{{Format: CSV, Null: DefaultNull}, {Format: TSV, Null: ""}, {Format: CSV, Null: "(unknown)"}} {
			e := newDelimited(o, nil).(*delimited)
			want := e.encodeSeparately(t, packed.Bytes())
			for room := range 400 {
				b := append(packed.Bytes()[:packed.Len():packed.Len()], make([]byte, room)...)
				buf, end, err := e.row(make([]byte, 0, room), b, 0)
				if err != nil || end != packed.Len() || string(buf) != want {
					t.Fatalf("%s, %v with room for %d bytes: %q, position %d, %v; want %q, position %d", o.Format, row, room, buf, end, err, want, packed.Len())
				}
			}
			for n := range packed.Len() {
				if _, _, err := e.row(nil, packed.Bytes()[:n], 0); !errors.Is(err, errShort) {
					t.Fatalf("%v, cut after %d bytes: %v", row, n, err)
				}
			}
		}
	}
}

// TestQuotes checks each character at each position of strings of many lengths.
func TestQuotes(t *testing.T) {
	e := newDelimited(Options{Format: CSV}, nil).(*delimited)
	for _, n := range []int{1, 2, 7, 8, 9, 15, 16, 17, 31, 32, 40, 63, 64, 65, 80, 100} {
		for at := range n {
			for c := range 256 {
				text := strings.Repeat("~", at) + string([]byte{byte(c)}) + strings.Repeat("a", n-at-1)
				packed, err := msgpack.Marshal([]string{text, "end"})
				if err != nil {
					t.Fatal(err)
				}
				buf, _, err := e.row(nil, append(packed, make([]byte, 2*cellRoom)...), 0)
				if err != nil {
					t.Fatal(err)
				}
				want := text
				if strings.ContainsRune(",\"\r\n", rune(c)) {
					want = `"` + strings.ReplaceAll(text, `"`, `""`) + `"`
				}
				if string(buf) != want+",end\n" {
					t.Fatalf("%q was encoded as %q", text, buf)
				}
			}
		}
	}
	// A reader of another author understands the longest string, too.
	text := strings.Repeat(`"`, 70_000)
	packed, err := msgpack.Marshal([]string{text})
	if err != nil {
		t.Fatal(err)
	}
	buf, _, err := e.row(nil, packed, 0)
	if err != nil {
		t.Fatal(err)
	}
	record, err := csv.NewReader(bytes.NewReader(buf)).Read()
	if err != nil || fmt.Sprint(record) != fmt.Sprint([]string{text}) {
		t.Errorf("a string of 70,000 quotes: %v", err)
	}
}
