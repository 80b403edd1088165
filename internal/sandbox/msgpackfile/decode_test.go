package msgpackfile_test

import (
	"bytes"
	"errors"
	"io"
	"math"
	"runtime"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/td-cli/td/internal/sandbox/engine"
	"github.com/td-cli/td/internal/sandbox/msgpackfile"
)

// TestRowsValues decodes every code of the format, see
// https://github.com/msgpack/msgpack/blob/master/spec.md.
func TestRowsValues(t *testing.T) {
	long := strings.Repeat("x", 70000)
	for name, test := range map[string]struct {
		data string
		want any
	}{
		"positive fixint":  {"\x7f", int64(127)},
		"negative fixint":  {"\xe0", int64(-32)},
		"nil":              {"\xc0", nil},
		"false":            {"\xc2", false},
		"true":             {"\xc3", true},
		"uint 8":           {"\xcc\xff", int64(255)},
		"uint 16":          {"\xcd\xff\xfe", int64(65534)},
		"uint 32":          {"\xce\xff\xff\xff\xff", int64(math.MaxUint32)},
		"uint 64":          {"\xcf\x7f\xff\xff\xff\xff\xff\xff\xff", int64(math.MaxInt64)},
		"uint 64 too big":  {"\xcf\x80\x00\x00\x00\x00\x00\x00\x00", "9223372036854775808"},
		"int 8":            {"\xd0\x80", int64(-128)},
		"int 16":           {"\xd1\x80\x00", int64(-32768)},
		"int 32":           {"\xd2\x80\x00\x00\x00", int64(math.MinInt32)},
		"int 64":           {"\xd3\x80\x00\x00\x00\x00\x00\x00\x00", int64(math.MinInt64)},
		"float 32":         {"\xca\x3f\xc0\x00\x00", 1.5},
		"float 64":         {"\xcb\x3f\xf8\x00\x00\x00\x00\x00\x00", 1.5},
		"NaN":              {"\xca\x7f\xc0\x00\x00", math.NaN()},
		"fixstr":           {"\xa1a", "a"},
		"empty fixstr":     {"\xa0", ""},
		"str 8":            {"\xd9\x01a", "a"},
		"str 16":           {"\xda\x00\x01a", "a"},
		"str 32":           {"\xdb\x00\x01\x11\x70" + long, long},
		"invalid UTF-8":    {"\xa1\xff", "\xff"},
		"bin 8":            {"\xc4\x01\xff", []byte{0xff}},
		"bin 16":           {"\xc5\x00\x00", []byte{}},
		"bin 32":           {"\xc6\x00\x01\x11\x70" + long, []byte(long)},
		"fixarray":         {"\x92\x01\xa1b", []any{int64(1), "b"}},
		"array 16":         {"\xdc\x00\x01\xc0", []any{nil}},
		"array 32":         {"\xdd\x00\x00\x00\x00", []any{}},
		"fixmap":           {"\x81\x01\x90", engine.Map{{Key: int64(1), Value: []any{}}}},
		"map 16":           {"\xde\x00\x01\xa1k\xc3", engine.Map{{Key: "k", Value: true}}},
		"map 32":           {"\xdf\x00\x00\x00\x02\x01\x02\x01\x03", engine.Map{{Key: int64(1), Value: int64(2)}, {Key: int64(1), Value: int64(3)}}},
		"nested map value": {"\x81\xa1a\x81\xa1b\x91\xc2", engine.Map{{Key: "a", Value: engine.Map{{Key: "b", Value: []any{false}}}}}},
	} {
		t.Run(name, func(t *testing.T) {
			rows, err := readRows(strings.NewReader("\x91" + test.data))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff([][]any{{test.want}}, rows, cmpopts.EquateNaNs()); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			// A row that ends early is an error at every position.
			for cut := 1; cut <= min(len(test.data), 16); cut++ {
				_, err := readRows(strings.NewReader(("\x91" + test.data)[:cut]))
				if !errors.Is(err, msgpackfile.ErrMalformed) || !errors.Is(err, io.ErrUnexpectedEOF) {
					t.Fatalf("after %d bytes: %v", cut, err)
				}
			}
		})
	}
}

// TestDeepRows reads the deepest nesting that is allowed. It compares text, because go-cmp takes
// exponential time.
func TestDeepRows(t *testing.T) {
	rows, err := readRows(strings.NewReader(strings.Repeat("\x91", 64) + "\xc0"))
	if err != nil {
		t.Fatal(err)
	}
	want := strings.Repeat("[", 64) + "null" + strings.Repeat("]", 64)
	if got := string(msgpackfile.RowJSON(rows[0])); got != want {
		t.Errorf("got %s", got)
	}
}

func readRows(r io.Reader) (rows [][]any, err error) {
	for row, err := range msgpackfile.Rows(r) {
		if err != nil {
			return rows, err
		}
		rows = append(rows, row)
	}
	return rows, nil
}

func TestRowsErrors(t *testing.T) {
	for name, test := range map[string]struct {
		data string
		want string
	}{
		"not a row":      {"\x01", "a row is not an array"},
		"map":            {"\x80", "a row is not an array"},
		"reserved code":  {"\x91\xc1", "byte 0xc1 is not supported"},
		"extension":      {"\x91\xd4\x01\x00", "byte 0xd4 is not supported"},
		"timestamp":      {"\x91\xc7\x0c\xff", "byte 0xc7 is not supported"},
		"nested too far": {strings.Repeat("\x91", 65) + "\xc0", "more than 64 levels of nesting"},
		"second row":     {"\x90\xc1", "byte 0xc1"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := readRows(strings.NewReader(test.data))
			if !errors.Is(err, msgpackfile.ErrMalformed) || !strings.Contains(err.Error(), test.want) {
				t.Errorf("error %v; want %q", err, test.want)
			}
		})
	}
}

// TestClaimedLengths reads values whose lengths are much larger than the data. The memory that is
// allocated must depend on the data only.
func TestClaimedLengths(t *testing.T) {
	for name, data := range map[string]string{
		"str 32":              "\x81\xa1a\xdb\xff\xff\xff\xff\x01",
		"bin 32":              "\x81\xa1a\xc6\xff\xff\xff\xff\x01",
		"str below the limit": "\x81\xa1a\xdb\x03\xff\x00\x00\x01",
		"array 32":            "\x81\xa1a\xdd\xff\xff\xff\xff\x01",
		"map 32":              "\x81\xa1a\xdf\xff\xff\xff\xff\x01",
		"record":              "\xdf\xff\xff\xff\xff\x01",
		"key":                 "\x81\xdb\xff\xff\xff\xff\x01",
		"many arrays":         strings.Repeat("\x81\xa1a\xdd\xff\xff\xff\xff\xdd\xff\xff\xff\xff\xdd\xff\xff\xff\xff\x01", 10),
	} {
		t.Run(name, func(t *testing.T) {
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			_, err := records(bytes.NewReader(zip(t, []byte(data))))
			runtime.ReadMemStats(&after)
			if !errors.Is(err, msgpackfile.ErrMalformed) && !errors.Is(err, msgpackfile.ErrRecordTooLarge) {
				t.Errorf("error %v", err)
			}
			const limit = 8 << 20 // the compressor alone needs about 1 MB
			if n := after.TotalAlloc - before.TotalAlloc; n > limit {
				t.Errorf("%d bytes were allocated", n)
			}
		})
	}
}

// repeat reads as a prefix followed by n bytes b.
func repeat(prefix string, b byte, n int64) io.Reader {
	return io.MultiReader(strings.NewReader(prefix), io.LimitReader(constant(b), n))
}

type constant byte

func (c constant) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = byte(c)
	}
	return len(p), nil
}

func TestRecordTooLarge(t *testing.T) {
	const mega = 1 << 20
	for name, r := range map[string]io.Reader{
		"string":         repeat("\x81\xa1a\xdb\x05\x00\x00\x00", 'x', 80*mega),
		"300 M nils":     repeat("\x81\xa1a\xdd\x11\xe1\xa3\x00", 0xc0, 300*mega),
		"map of numbers": repeat("\x81\xa1a\xdf\x08\x00\x00\x00", 1, 256*mega),
		"keys":           repeat("\xdf\x08\x00\x00\x00", 1, 256*mega),
	} {
		t.Run(name, func(t *testing.T) {
			for _, err := range msgpackfile.Records(r, mega) {
				if !errors.Is(err, msgpackfile.ErrRecordTooLarge) || errors.Is(err, msgpackfile.ErrMalformed) {
					t.Errorf("error %v", err)
				}
			}
		})
	}
	// The limit is one of a record, not of a file.
	record := "\x81\xa1a\xda\xff\xff" + strings.Repeat("x", 65535)
	n := 0
	for _, err := range msgpackfile.Records(strings.NewReader(strings.Repeat(record, 2000)), 70000) {
		if err != nil {
			t.Fatal(err)
		}
		n++
	}
	if n != 2000 {
		t.Errorf("%d records", n)
	}
}
