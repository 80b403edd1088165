package msgpackfile_test

import (
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/td-cli/td/internal/sandbox/engine"
	"github.com/td-cli/td/internal/sandbox/msgpackfile"
)

var rows = [][]any{
	{nil, true, int64(-7), int64(math.MaxInt64), 2.5, "a,\"b\"\n\tü", []byte{0xff}},
	{"", math.NaN(), math.Inf(-1), 1e100, 3.0, []any{int64(1), nil, "x"}, engine.Map{{Key: int64(1), Value: "<v>"}}},
}

func sequence(rows [][]any) iter.Seq2[[]any, error] {
	return func(yield func([]any, error) bool) {
		for _, row := range rows {
			if !yield(row, nil) {
				return
			}
		}
	}
}

func write(t *testing.T, s *msgpackfile.Spool, job int64, rows [][]any) msgpackfile.Figures {
	t.Helper()
	w, err := s.Create(job)
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range rows {
		if err := w.Row(row); err != nil {
			t.Fatal(err)
		}
	}
	figures, err := w.Commit()
	if err != nil {
		t.Fatal(err)
	}
	return figures
}

func TestSpoolRoundTrip(t *testing.T) {
	// The path contains a pattern character and a space.
	dir := filepath.Join(t.TempDir(), "[a] b")
	s, err := msgpackfile.OpenSpool(dir, 1<<20)
	if err != nil {
		t.Fatal(err)
	}
	figures := write(t, s, 12, rows)
	file, err := s.Open(12)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		t.Fatal(err)
	}
	if figures.Records != 2 || figures.Size != info.Size() || len(figures.ETag) != 32 {
		t.Errorf("figures %+v of a file of %d bytes", figures, info.Size())
	}
	var got [][]any
	for row, err := range msgpackfile.Rows(file) {
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, row)
	}
	if diff := cmp.Diff(rows, got, cmpopts.EquateNaNs()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if again := write(t, s, 13, rows); again.ETag != figures.ETag {
		t.Error("equal rows have different ETags")
	}
	if other := write(t, s, 1, rows[:1]); other.ETag == figures.ETag {
		t.Error("different rows have the same ETag")
	}

	raw, err := s.Render(12, "msgpack", msgpackfile.Gunzip)
	if err != nil {
		t.Fatal(err)
	}
	defer raw.Close()
	if info, err := raw.Stat(); err != nil || info.Size() != figures.RawSize {
		t.Errorf("decompressed: %v, %v; want %d bytes", info, err, figures.RawSize)
	}
	if err := s.Remove(1); err != nil {
		t.Fatal(err)
	}
	if err := s.Remove(12); err != nil {
		t.Fatal(err)
	}
	left, err := os.ReadDir(dir)
	if err != nil || len(left) != 1 || left[0].Name() != "13.msgpack.gz" {
		t.Errorf("files: %v, %v; want only the result of job 13", left, err)
	}
	if _, err := s.Open(12); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("Open after Remove = %v", err)
	}
	if _, err := s.Render(12, "csv", msgpackfile.Gunzip); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("Render after Remove = %v", err)
	}
	if err := s.Shrink(0); err != nil {
		t.Fatal(err)
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) != 0 {
		t.Errorf("files after Shrink: %v, %v", left, err)
	}
}

func TestSpoolAbortAndLimit(t *testing.T) {
	dir := t.TempDir()
	s, err := msgpackfile.OpenSpool(dir, 100)
	if err != nil {
		t.Fatal(err)
	}
	w, err := s.Create(1)
	if err != nil {
		t.Fatal(err)
	}
	for i := int64(0); err == nil && i < 1e6; i++ {
		err = w.Row([]any{i * 7919, strings.Repeat("x", int(i%50))})
	}
	if !errors.Is(err, msgpackfile.ErrTooLarge) {
		t.Errorf("Row = %v; want ErrTooLarge", err)
	}
	w.Abort()
	if left, err := os.ReadDir(dir); err != nil || len(left) != 0 {
		t.Errorf("files after Abort: %v, %v", left, err)
	}
	if err := mustCreate(t, s).Row([]any{struct{}{}}); err == nil {
		t.Error("a value of an unknown type was accepted")
	}
}

func mustCreate(t *testing.T, s *msgpackfile.Spool) *msgpackfile.Writer {
	t.Helper()
	w, err := s.Create(2)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(w.Abort)
	return w
}

func TestWriteText(t *testing.T) {
	header := []string{"a", "b c"}
	tests := []struct {
		name   string
		format msgpackfile.Format
		o      msgpackfile.TextOptions
		rows   [][]any
		want   string
	}{
		{"csv", msgpackfile.CSV, msgpackfile.TextOptions{}, rows, ",true,-7,9223372036854775807,2.5,\"a,\"\"b\"\"\n\tü\",/w==\n" +
			"\"\",NaN,-Infinity,1e+100,3.0,\"[1,null,\"\"x\"\"]\",\"{\"\"1\"\":\"\"<v>\"\"}\"\n"},
		{"tsv", msgpackfile.TSV, msgpackfile.TextOptions{}, rows[:1], "\ttrue\t-7\t9223372036854775807\t2.5\ta,\"b\"\\n\\tü\t/w==\n"},
		{"json", msgpackfile.JSON, msgpackfile.TextOptions{}, rows, `[null,true,-7,9223372036854775807,2.5,"a,\"b\"\n\tü","/w=="]` + "\n" +
			`["",NaN,-Infinity,1e+100,3.0,[1,null,"x"],{"1":"<v>"}]` + "\n"},
		{"json nullified", msgpackfile.JSON, msgpackfile.TextOptions{NullifySpecial: true}, [][]any{{math.NaN(), []any{math.Inf(1)}}}, "[null,[null]]\n"},
		{"csv nullified", msgpackfile.CSV, msgpackfile.TextOptions{NullifySpecial: true}, [][]any{{math.NaN(), 1.0}}, ",1.0\n"},
		{"csv header", msgpackfile.CSV, msgpackfile.TextOptions{Header: header}, nil, "a,b c\n"},
		{"tsv header", msgpackfile.TSV, msgpackfile.TextOptions{Header: header}, nil, "a\tb c\n"},
		{"json header", msgpackfile.JSON, msgpackfile.TextOptions{Header: header}, [][]any{{int64(1), nil}}, "[\"a\",\"b c\"]\n[1,null]\n"},
		{"jsonl", msgpackfile.JSONL, msgpackfile.TextOptions{Header: header}, [][]any{{"x", math.NaN()}, {nil, []any{int64(1)}}}, "{\"a\":\"x\",\"b c\":null}\n{\"a\":null,\"b c\":[1]}\n"},
		{"empty", msgpackfile.CSV, msgpackfile.TextOptions{}, nil, ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			var b bytes.Buffer
			if err := msgpackfile.WriteText(&b, test.format, test.o, sequence(test.rows)); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.want, b.String()); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func records(r io.Reader) (list []engine.Record, err error) {
	for record, err := range msgpackfile.Records(r, msgpackfile.DefaultMaxRecord) {
		if err != nil {
			return list, err
		}
		list = append(list, record)
	}
	return list, nil
}

func zip(t *testing.T, data []byte) []byte {
	t.Helper()
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	if _, err := z.Write(data); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestRecords(t *testing.T) {
	want := []engine.Record{{{Key: "time", Value: int64(1)}, {Key: "a", Value: "x"}}, {{Key: "big", Value: "18446744073709551615"}}}
	var plain bytes.Buffer
	if err := msgpackfile.WriteRecords(&plain, want[:1]); err != nil {
		t.Fatal(err)
	}
	plain.WriteString("\x81\xa3big\xcf\xff\xff\xff\xff\xff\xff\xff\xff")
	once := zip(t, plain.Bytes())
	tests := []struct {
		name string
		data []byte
		want []engine.Record
		err  error
	}{
		{"plain", plain.Bytes(), want, nil},
		{"gzip", once, want, nil},
		{"gzip twice", zip(t, once), want, nil},
		{"two members", append(bytes.Clone(once), once...), append(want, want...), nil},
		{"empty", nil, nil, nil},
		{"empty gzip", zip(t, nil), nil, nil},
		{"same key twice", []byte("\x82\xa1a\x01\xa1a\x02"), []engine.Record{{{Key: "a", Value: int64(2)}}}, nil},
		{"same key twice of many", []byte("\xde\x00\x12" + "\xa1a\x01\xa1b\x01\xa1c\x01\xa1d\x01\xa1e\x01\xa1f\x01" + strings.Repeat("\xa1a\x02", 12)), []engine.Record{{
			{Key: "a", Value: int64(2)}, {Key: "b", Value: int64(1)}, {Key: "c", Value: int64(1)}, {Key: "d", Value: int64(1)}, {Key: "e", Value: int64(1)}, {Key: "f", Value: int64(1)},
		}}, nil},
		{"long key", []byte("\x82\xd9\xff" + strings.Repeat("x", 255) + "\x01\xda\x01\x00" + strings.Repeat("y", 256) + "\xa0"), []engine.Record{{{Key: strings.Repeat("x", 255), Value: int64(1)}, {Key: strings.Repeat("y", 256), Value: ""}}}, nil},
		{"cut in a key", []byte("\x81\xa3bi"), nil, msgpackfile.ErrMalformed},
		{"number as key", []byte("\x81\x07\x01"), []engine.Record{{{Key: "7", Value: int64(1)}}}, nil},
		{"array", []byte{0x91, 0x01}, nil, msgpackfile.ErrMalformed},
		{"cut", plain.Bytes()[:plain.Len()-2], want[:1], msgpackfile.ErrMalformed},
		{"cut gzip", once[:len(once)-3], want, msgpackfile.ErrMalformed},
		{"claims 4 G entries", []byte{0xdf, 0xff, 0xff, 0xff, 0xff}, nil, msgpackfile.ErrMalformed},
		{"deep", append(bytes.Repeat([]byte{0x91}, 100000), 0xc0), nil, msgpackfile.ErrMalformed},
		{"extension", []byte{0x81, 0xa1, 'a', 0xd4, 0x05, 0x00}, nil, msgpackfile.ErrMalformed},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got, err := records(bytes.NewReader(test.data))
			if !errors.Is(err, test.err) {
				t.Errorf("error %v; want %v", err, test.err)
			}
			if diff := cmp.Diff(test.want, got, cmpopts.EquateEmpty()); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			checkScan(t, test.data, msgpackfile.DefaultMaxRecord)
		})
	}
}

// checkScan compares Scan with the records of the same data.
func checkScan(t *testing.T, data []byte, maxRecord int) {
	t.Helper()
	const maxColumns = 2
	var want, got []bool
	var wantErr, gotErr error
	for r, err := range msgpackfile.Records(bytes.NewReader(data), maxRecord) {
		if wantErr = err; err == nil {
			want = append(want, msgpackfile.CheckTimed(r, maxColumns) == nil)
		}
	}
	for ok, err := range msgpackfile.Scan(bytes.NewReader(data), maxRecord, maxColumns) {
		if gotErr = err; err == nil {
			got = append(got, ok)
		}
	}
	if !slices.Equal(want, got) || fmt.Sprint(wantErr) != fmt.Sprint(gotErr) {
		t.Errorf("Scan returns %v, %v; the records are %v, %v", got, gotErr, want, wantErr)
	}
}

func TestScan(t *testing.T) {
	for name, data := range map[string]string{
		"valid":                "\x82\xa4time\x01\xa1a\xa1b",
		"no time":              "\x81\xa1a\x01",
		"null time":            "\x81\xa4time\xc0",
		"digits":               "\x81\xa4time\xa15",
		"text":                 "\x81\xa4time\xa1x",
		"list as time":         "\x81\xa4time\x91\x01",
		"no keys":              "\x80",
		"last time is valid":   "\x82\xa4time\xa1x\xa4time\x05",
		"last time is invalid": "\x82\xa4time\x05\xa4time\xa1x",
		"too many keys":        "\x83\xa4time\x05\xa1a\x01\xa1b\x01",
		"equal keys":           "\x83\xa4time\x05\xa1a\x01\xa1a\x01",
		"invalid, valid":       "\x80\x81\xa4time\x01",
		"every kind of value": "\xdc\x00\x1d\xc0\xc2\xc3\xcc\x01\xcd\x00\x01\xce\x00\x00\x00\x01\xcf\x00\x00\x00\x00\x00\x00\x00\x01\xd0\x01\xd1\x00\x01\xd2\x00\x00\x00\x01" +
			"\xd3\x00\x00\x00\x00\x00\x00\x00\x01\xca\x00\x00\x00\x00\xcb\x00\x00\x00\x00\x00\x00\x00\x00\xa1a\xd9\x01a\xda\x00\x01a\xdb\x00\x00\x00\x01a\xc4\x01a\xc5\x00\x01a\xc6\x00\x00\x00\x01a" +
			"\x91\x01\xdc\x00\x01\x01\xdd\x00\x00\x00\x01\x01\x81\x01\x02\xde\x00\x01\x01\x02\xdf\x00\x00\x00\x01\x01\x02\x7f\xe0\x90",
		"deepest nesting": strings.Repeat("\x91", 63) + "\xc0",
		"too deep":        strings.Repeat("\x91", 64) + "\xc0",
		"reserved code":   "\xc1",
		"long text":       "\xdb\x00\x00\x01\x00" + strings.Repeat("x", 256),
		"claimed length":  "\xdb\xff\xff\xff\xff",
	} {
		t.Run(name, func(t *testing.T) {
			data := []byte(data)
			if first := data[0]; first&0xf0 != 0x80 {
				data = append([]byte("\x82\xa4time\x01\xa1a"), data...)
			}
			checkScan(t, data, msgpackfile.DefaultMaxRecord)
			for limit := 16; limit < 512; limit += 16 {
				checkScan(t, data, limit)
			}
			for cut := range min(len(data), 300) {
				checkScan(t, data[:cut], msgpackfile.DefaultMaxRecord)
			}
		})
	}
}

func TestCheck(t *testing.T) {
	field := func(value any) engine.Record { return engine.Record{{Key: "time", Value: value}} }
	tests := []struct {
		name   string
		record engine.Record
		want   any // the time after Check; nil if Check fails
	}{
		{"integer", field(int64(5)), int64(5)},
		{"float", field(5.0), int64(5)},
		{"digits", field("5"), int64(5)},
		{"fraction", field(5.5), nil},
		{"huge float", field(1e300), nil},
		{"text", field("now"), nil},
		{"list", field([]any{}), nil},
		{"too many", engine.Record{{Key: "time", Value: int64(1)}, {Key: "b"}, {Key: "c"}, {Key: "d"}}, nil},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			err := msgpackfile.Check(test.record, 3)
			if (err == nil) != (test.want != nil) {
				t.Fatalf("Check = %v", err)
			}
			if err == nil && test.record[0].Value != test.want {
				t.Errorf("time = %v; want %v", test.record[0].Value, test.want)
			}
		})
	}
	if err := msgpackfile.Check(engine.Record{{Key: "a"}}, 3); err != nil {
		t.Errorf("a record without a time: %v", err)
	}
}

func FuzzRecords(f *testing.F) {
	f.Add([]byte("\x82\xa4time\x01\xa1a\x93\x01\x02\xc0"))
	f.Add([]byte{0x1f, 0x8b, 8})
	f.Add([]byte{0xdd, 0xff, 0xff, 0xff, 0xff})
	f.Add([]byte("\x81\xa1a\xc6\xff\xff\xff\xff\x01"))
	f.Fuzz(func(t *testing.T, data []byte) {
		checkScan(t, data, 256)
		list, err := records(bytes.NewReader(data))
		if err != nil {
			return
		}
		var first, second bytes.Buffer
		if err := msgpackfile.WriteRecords(&first, list); err != nil {
			t.Fatal(err)
		}
		again, err := records(bytes.NewReader(first.Bytes()))
		if err != nil {
			t.Fatalf("encoded records cannot be decoded: %v", err)
		}
		if err := msgpackfile.WriteRecords(&second, again); err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(first.Bytes(), second.Bytes()) {
			t.Errorf("got %x, want %x", second.Bytes(), first.Bytes())
		}
	})
}
