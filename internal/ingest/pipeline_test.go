package ingest

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"testing/iotest"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/encoding/unicode"
)

func collect(t *testing.T, r io.Reader, o Options) []Part {
	t.Helper()
	var parts []Part
	_, err := Read(t.Context(), "in", r, o, func(p Part) error {
		parts = append(parts, p)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return parts
}

func TestPartsAreInOrderAndAlwaysTheSame(t *testing.T) {
	const lines = 20000
	var b bytes.Buffer
	for i := range lines {
		fmt.Fprintf(&b, `{"time":%d,"text":"%x"}`+"\n", i, i*7919)
	}
	want := collect(t, bytes.NewReader(b.Bytes()), Options{Format: JSON, SplitSize: 20 << 10, Workers: 1})
	if len(want) < 4 {
		t.Fatalf("%d parts", len(want))
	}
	next, ids := int64(0), map[string]bool{}
	for i, p := range want {
		if len(p.Data) > 20<<10 || p.Index != i || p.FirstLine != next+1 || p.LastLine != next+p.Records || ids[p.ID] {
			t.Errorf("part %d: %d bytes, index %d, lines %d to %d, records from %d, id %s", i, len(p.Data), p.Index, p.FirstLine, p.LastLine, next, p.ID)
		}
		ids[p.ID] = true
		for _, row := range unpack(t, p.Data) {
			if row["time"] != next {
				t.Fatalf("record %d has time %v", next, row["time"])
			}
			next++
		}
	}
	if next != lines {
		t.Errorf("%d records", next)
	}
	// Neither the number of workers nor the size of reads changes a part.
	got := collect(t, iotest.HalfReader(bytes.NewReader(b.Bytes())), Options{Format: JSON, SplitSize: 20 << 10, Workers: 5})
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d[:min(len(d), 2000)])
	}
	// A different record only changes the ID of its own part.
	changed := bytes.Replace(b.Bytes(), []byte(`{"time":5,`), []byte(`{"time":6,`), 1)
	got = collect(t, bytes.NewReader(changed), Options{Format: JSON, SplitSize: 20 << 10})
	if got[0].ID == want[0].ID || got[1].ID != want[1].ID {
		t.Error("identifiers do not follow the records")
	}
	if a, b := collect(t, strings.NewReader(`{"time":1}`), Options{Format: JSON}), collect(t, strings.NewReader("\n"+`{"time":1}`), Options{Format: JSON}); a[0].ID == b[0].ID && a[0].FirstLine != b[0].FirstLine {
		t.Error("identifiers do not depend on the place")
	}
}

func TestLineNumbersAcrossBlocks(t *testing.T) {
	var b strings.Builder
	var want []string
	b.WriteString("time,a\n")
	for line := 2; b.Len() < 100<<10; line += 3 {
		if line%5 == 0 {
			want = append(want, fmt.Sprintf(`%d: no valid time: "time" "z" is not a time`, line))
			b.WriteString("z,\"x\n,\"\"\ny\"\n")
		} else {
			b.WriteString("100000001,\"x\n,\"\"\ny\"\n")
		}
	}
	for _, size := range []int64{1, 5000, 1 << 20} {
		_, bad, _, err := read(t, b.String(), Options{Format: CSV, Header: true, SplitSize: size, Workers: 3})
		if d := cmp.Diff(want, bad); d != "" || err != nil {
			t.Errorf("split size %d: %v %s", size, err, d[:min(len(d), 1000)])
		}
	}
}

func TestDocumentsAcrossBlocks(t *testing.T) {
	var b strings.Builder
	var want []string
	b.WriteString("[")
	records := 0
	for line := 1; b.Len() < 50<<10; line += 4 {
		fmt.Fprintf(&b, "{\"time\": %d,\n \"a\": [\"}{\", {}]\n},\n[1,\n2],", line)
		want = append(want, fmt.Sprintf("%d: unexpected '[' instead of an object at line %[1]d, column 1", line+3))
		records++
	}
	b.WriteString("{\"time\":1}]")
	rows, bad, _, err := read(t, b.String(), Options{Format: JSON, SplitSize: 1})
	if err != nil || len(rows) != records+1 {
		t.Errorf("%d records of %d, %v", len(rows), records+1, err)
	}
	if d := cmp.Diff(want, bad); d != "" {
		t.Error(d)
	}
}

func zipped(t testing.TB, members ...string) []byte {
	t.Helper()
	var b bytes.Buffer
	for _, m := range members {
		z := gzip.NewWriter(&b)
		if _, err := io.WriteString(z, m); err != nil {
			t.Fatal(err)
		}
		if err := z.Close(); err != nil {
			t.Fatal(err)
		}
	}
	return b.Bytes()
}

func TestGzip(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.json")
	if err := os.WriteFile(path, zipped(t, "{\"time\":1}\n", "{\"time\":2}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	var rows []row
	stats, err := readFile(t.Context(), path, Options{Format: JSON}, func(p Part) error {
		rows = append(rows, unpack(t, p.Data)...)
		return nil
	})
	if d := cmp.Diff([]row{{"time": int64(1)}, {"time": int64(2)}}, rows); d != "" || err != nil || stats.Records != 2 {
		t.Error(stats, err, d)
	}
	if _, err := readFile(t.Context(), path+"x", Options{Format: JSON}, nil); !errors.Is(err, os.ErrNotExist) {
		t.Error(err)
	}
}

func TestDamagedGzip(t *testing.T) {
	whole := zipped(t, string(sample(JSON, 200<<10)))
	flipped := bytes.Clone(whole)
	flipped[len(flipped)-6] ^= 1 // in the checksum
	for name, tt := range map[string]struct {
		data []byte
		want error
	}{
		"head alone": {whole[:5], io.ErrUnexpectedEOF},
		"cut off":    {whole[:len(whole)/2], io.ErrUnexpectedEOF},
		"no trailer": {whole[:len(whole)-8], io.ErrUnexpectedEOF},
		"checksum":   {flipped, nil},
	} {
		parts := 0
		_, err := Read(t.Context(), "a.gz", bytes.NewReader(tt.data), Options{Format: JSON}, func(Part) error { parts++; return nil })
		if err == nil || tt.want != nil && !errors.Is(err, tt.want) || !strings.HasPrefix(err.Error(), "a.gz: ") || parts > 0 {
			t.Errorf("%s: %v, %d parts", name, err, parts)
		}
	}
}

func TestEncodings(t *testing.T) {
	const text = "time,名前\n100000001,日本語\n"
	encoded := func(s string, err error) string {
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	utf16 := encoded(unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewEncoder().String(text))
	sjis := encoded(japanese.ShiftJIS.NewEncoder().String(text))
	for _, tt := range []struct{ name, text string }{
		{"", text},
		{"UTF-8", "\ufeff" + text},
		{"Shift_JIS", sjis},
		{"cp932", sjis},
		{"windows-31j", sjis},
		{"EUC_JP", encoded(japanese.EUCJP.NewEncoder().String(text))},
		{"iso-2022-jp", encoded(japanese.ISO2022JP.NewEncoder().String(text))},
		{"", utf16},
		{"utf-16", utf16},
		{"UTF-16LE", utf16},
		{"utf-16be", encoded(unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM).NewEncoder().String(text))},
	} {
		rows, bad, _, err := read(t, tt.text, Options{Format: CSV, Header: true, Encoding: tt.name})
		if d := cmp.Diff([]row{{"time": int64(100000001), "名前": "日本語"}}, rows); d != "" || len(bad) > 0 || err != nil {
			t.Errorf("%q: %v %v %s", tt.name, bad, err, d)
		}
	}
	rows, _, _, err := read(t, "100000001,caf\xe9\n", Options{Format: CSV, Columns: []string{"time", "a"}, Encoding: "ISO_8859-1"})
	if d := cmp.Diff([]row{{"time": int64(100000001), "a": "café"}}, rows); d != "" || err != nil {
		t.Error(err, d)
	}
}

func TestAbort(t *testing.T) {
	rows, bad, stats, err := read(t, "{\"time\":1}\nx\n{\"time\":2}\ny\n", Options{Format: JSON, Abort: true})
	b, ok := errors.AsType[*BadRecord](err)
	if !ok || b.File != "in" || b.Line != 2 || b.Text != "x" || err.Error() != "in:2: unexpected 'x' instead of an object at column 1" {
		t.Errorf("%v", err)
	}
	if len(rows) > 0 || len(bad) != 1 || stats.Bad != 1 {
		t.Error(rows, bad, stats)
	}
}

func TestExcerptsAreShort(t *testing.T) {
	var got BadRecord
	_, err := Read(t.Context(), "in", strings.NewReader(strings.Repeat("é", 1000)+"\r\n"), Options{Format: JSON, MaxBad: -1, OnBad: func(b BadRecord) { got = b }}, nil)
	if want := strings.Repeat("é", 80) + "…"; err != nil || got.Text != want {
		t.Errorf("%q, %v", got.Text, err)
	}
}

func TestEmitErrorEndsReading(t *testing.T) {
	full := errors.New("disk full")
	parts := 0
	stats, err := Read(t.Context(), "in", bytes.NewReader(sample(JSON, 1<<20)), Options{Format: JSON, SplitSize: 4 << 10, Workers: 3}, func(Part) error {
		if parts++; parts == 3 {
			return full
		}
		return nil
	})
	if !errors.Is(err, full) || parts != 3 || stats.Parts != 2 {
		t.Errorf("%v after %d parts, %+v", err, parts, stats)
	}
}

func TestReadErrorEndsReading(t *testing.T) {
	broken := errors.New("broken")
	_, err := Read(t.Context(), "in", io.MultiReader(strings.NewReader("{\"time\":1}\n{"), iotest.ErrReader(broken)), Options{Format: JSON}, nil)
	if !errors.Is(err, broken) || err.Error() != "in: after line 1: broken" {
		t.Error(err)
	}
}

// An endless reader repeats text and calls each before every read.
type endless struct {
	text []byte
	each func()
}

func (e endless) Read(b []byte) (int, error) {
	e.each()
	return copy(b, e.text), nil
}

func TestCancel(t *testing.T) {
	synctest.Test(t, func(t *testing.T) { // it fails if a goroutine is left
		ctx, cancel := context.WithCancel(t.Context())
		reads := 0
		r := endless{[]byte("{\"time\":1}\n"), func() {
			if reads++; reads == 100_000 {
				cancel()
			}
		}}
		if _, err := Read(ctx, "in", r, Options{Format: JSON, Workers: 4}, func(Part) error { return nil }); !errors.Is(err, context.Canceled) {
			t.Error(err)
		}
	})
}

func TestHugeRecords(t *testing.T) {
	const longest = 1 << 20 // as if it were MaxRecord
	huge := strings.Repeat("x", longest+1000)
	for _, tt := range []struct {
		name string
		o    Options
		text string
		rows []row
		bad  []string
		err  string
	}{
		{"json", Options{Format: JSON}, "{\"time\":1}\n\"" + huge + "\"\n{\"time\":2}\n", []row{{"time": int64(1)}, {"time": int64(2)}}, []string{"2: record of more than 64 MiB"}, ""},
		{"at the end", Options{Format: JSON}, "{\"time\":1}\n" + huge, []row{{"time": int64(1)}}, []string{"2: record of more than 64 MiB"}, ""},
		{
			"an open quote",
			Options{Format: CSV, Columns: []string{"a", "time"}},
			"a,100000001\nb,\"" + huge[:len(huge)/2] + "\n\n" + huge[:len(huge)/2] + "\nc,100000003\n",
			[]row{{"time": int64(100000001), "a": "a"}, {"time": int64(100000003), "a": "c"}},
			[]string{"2: record of more than 64 MiB", `4: no valid time: no "time"`},
			"",
		},
		{"msgpack", Options{Format: MsgPack}, "\x81\xa4time\x01\x81\xa1a\xdb\x7f\xff\xff\xff" + huge, nil, nil, "in: record 2: record of more than 64 MiB"},
	} {
		p, err := newConfig(tt.o)
		if err != nil {
			t.Fatal(err)
		}
		p.maxRecord = longest
		var bad []string
		p.OnBad = func(b BadRecord) { bad = append(bad, fmt.Sprintf("%d: %v", b.Line, b.Err)) }
		var rows []row
		_, err = p.run(t.Context(), "in", strings.NewReader(tt.text), func(p Part) error {
			rows = append(rows, unpack(t, p.Data)...)
			return nil
		})
		if d := cmp.Diff(tt.rows, rows); d != "" {
			t.Error(tt.name, d)
		}
		if d := cmp.Diff(tt.bad, bad); d != "" {
			t.Error(tt.name, d)
		}
		if fmt.Sprint(err) != tt.err && (tt.err != "" || err != nil) {
			t.Error(tt.name, err)
		}
	}
}

// A meter repeats text and records the largest heap.
type meter struct {
	text  []byte
	rest  []byte
	times int
	heap  uint64
}

func (m *meter) Read(b []byte) (int, error) {
	if len(m.rest) == 0 {
		if m.times == 0 {
			return 0, io.EOF
		}
		var s runtime.MemStats
		runtime.ReadMemStats(&s)
		m.heap = max(m.heap, s.HeapAlloc)
		m.times--
		m.rest = m.text
	}
	n := copy(b, m.rest)
	m.rest = m.rest[n:]
	return n, nil
}

func TestMemoryDoesNotGrow(t *testing.T) {
	text := sample(JSON, 2<<20)
	m := &meter{text: text, times: 12}
	runtime.GC() // what other tests have left
	stats, err := Read(t.Context(), "in", m, Options{Format: JSON, SplitSize: 64 << 10, Workers: 2}, func(Part) error { return nil })
	if err != nil || stats.Read != int64(12*len(text)) || stats.Bad > 0 {
		t.Fatal(stats, err)
	}
	if m.heap > 20<<20 {
		t.Errorf("%d MiB of heap for %d MiB", m.heap>>20, stats.Read>>20)
	}
}

func TestTimes(t *testing.T) {
	tokyo := time.FixedZone("", 9*3600)
	for _, tt := range []struct {
		format, text, want string
	}{
		{"", "0", ""},
		{"", "2023", ""},
		{"", "1412146", ""},
		{"", "-1", ""},
		{"", "1.7e9", ""},
		{"", "12.5", ""},
		{"", "999999999", "2001-09-09T01:46:39Z"},
		{"", "10000000000", "2286-11-20T17:46:40Z"},
		{"", "1412146800000", ""},
		{"", "20231114", "2023-11-13T15:00:00Z"},
		{"", "20231314", ""},
		{"", "20231114221320", "2023-11-14T13:13:20Z"},
		{"", "20231114251320", ""},
		{"", "2023-1-4 1:2:3", "2023-01-03T16:02:03Z"},
		{"", "2023-11-14 10:13 PM", "2023-11-14T13:13:00Z"},
		{"", "2023-11-14 10:13:20pm", "2023-11-14T13:13:20Z"},
		{"", "2023-11-14 12:13 AM UTC", "2023-11-14T00:13:00Z"},
		{"", "2023-11-14 13:13 PM", ""},
		{"", "2023-11-14  22:13:20", "2023-11-14T13:13:20Z"},
		{"", "2023.11.14", "2023-11-13T15:00:00Z"},
		{"", "2023.11.14 22:13:20", "2023-11-14T13:13:20Z"},
		{"", "Nov 14 2023", "2023-11-13T15:00:00Z"},
		{"", "November 14, 2023", "2023-11-13T15:00:00Z"},
		{"", "Nov 14, 2023 10:13 PM", "2023-11-14T13:13:00Z"},
		{"", "Tuesday, November 14, 2023, 22:13:20 +0000", "2023-11-14T22:13:20Z"},
		{"", "Sept. 4, 2023", "2023-09-03T15:00:00Z"},
		{"", "14-Nov-2023", "2023-11-13T15:00:00Z"},
		{"", "14-Nov-2023 22:13:20", "2023-11-14T13:13:20Z"},
		{"", "14 November 2023", "2023-11-13T15:00:00Z"},
		{"", "14 Nov 2023 22:13:20 UTC", "2023-11-14T22:13:20Z"},
		{"", "14/11/2023", "2023-11-13T15:00:00Z"},
		{"", "4/1/2023 1:2", "2023-01-03T16:02:00Z"},
		{"", "14.11.2023", "2023-11-13T15:00:00Z"},
		{"", "14-11-2023", "2023-11-13T15:00:00Z"},
		{"", "11/14/2023", ""},
		{"", "14/11/23", ""},
		{"", "14-11/2023", ""},
		{"", "14 11 2023", ""},
		{"", "Nov 31 2023", ""},
		{"", "Foo 14 2023", ""},
		{"", "Nov 14 2023 22", ""},
		{"", "Nov 14 2023x", ""},
		{"", "Tue Nov 14 22:13:20 UTC 2023", "2023-11-14T22:13:20Z"},
		{"", "Nov 14 22:13:20 2023", "2023-11-14T13:13:20Z"},
		{"", "1412146800.99", "2014-10-01T07:00:00Z"},
		{"", "-1412146800.5", "1925-04-02T16:59:59Z"},
		{"", "2014-10-01", "2014-09-30T15:00:00Z"},
		{"", "2014/1/2", "2014-01-01T15:00:00Z"},
		{"", "2014-10-01 07:00", "2014-09-30T22:00:00Z"},
		{"", "2014-10-01T07:00:00Z", "2014-10-01T07:00:00Z"},
		{"", " 2014-10-01 07:00:00.123 UTC ", "2014-10-01T07:00:00Z"},
		{"", "2014-10-01 07:00:00 +0530", "2014-10-01T01:30:00Z"},
		{"", "2014-10-01T07:00:00,5-08:00", "2014-10-01T15:00:00Z"},
		{"", "2014-10-01T24:00:00Z", "2014-10-02T00:00:00Z"},
		{"", "23/Oct/2011:08:20:01 -0700", "2011-10-23T15:20:01Z"},
		{"", "Wed, 01 Oct 2014 07:00:00 GMT", "2014-10-01T07:00:00Z"},
		{"", "Sun Jun 26 17:39:18 -0400 2011", "2011-06-26T21:39:18Z"},
		{"", "Sun Jun  6 17:39:18 2011", "2011-06-06T08:39:18Z"},
		{"", "20141001T070000Z", "2014-10-01T07:00:00Z"},
		{"", "2014-02-30", ""},
		{"", "2014-13-01", ""},
		{"", "2014-10-01 25:00:00", ""},
		{"", "2014-10-01 24:00:01", ""},
		{"", "2014-10-01 07:00:00 XYZ", ""},
		{"", "2014-10-01x", ""},
		{"", "1e300", ""},
		{"", "99999999999999999999", ""},
		{"", "07:00:00", ""},
		{"%Y%m%d%H%M%S", "20141001070000", "2014-09-30T22:00:00Z"},
		{"%Y-%m-%d %H:%M:%S.%L %z", "2014-10-01 07:00:00.123 Z", "2014-10-01T07:00:00Z"},
		{"%F %T %Z", "2014-10-01 07:00:00 PDT", "2014-10-01T14:00:00Z"},
		{"%F %T %:z", "2014-10-01 07:00:00 +09:00", "2014-09-30T22:00:00Z"},
		{"%D %r", "10/01/14 12:30:00 am", "2014-09-30T15:30:00Z"},
		{"%-d. %B %y, %l:%M %p", "1. October 69, 12:30 PM", "1969-10-01T03:30:00Z"},
		{"%A, %e %b %Y", "Wednesday,  1 OCT 2014", "2014-09-30T15:00:00Z"},
		{"%Y-%j", "2016-366", "2016-12-30T15:00:00Z"},
		{"%Y-%j", "2015-366", ""},
		{"%s", "1412146800", "2014-10-01T07:00:00Z"},
		{"%s", "-1", "1969-12-31T23:59:59Z"},
		{"%m/%d %H:%M", "02/03 00:00", "2024-02-02T15:00:00Z"},
		{"%m/%d %H:%M", "12/03 00:00", "2023-12-02T15:00:00Z"},
		{"%Y%%%m", "2014%10", "2014-09-30T15:00:00Z"},
		{"%Y-%m-%d", "2014-10-01 07", ""},
		{"%Y-%m-%d", "2014-10", ""},
		{"%Y-%m-%d %I %p", "2014-10-01 13 PM", ""},
		{"%Y-%m-%d %z", "2014-10-01 +0", ""},
	} {
		format, err := expandFormat(tt.format)
		if err != nil {
			t.Fatal(err)
		}
		c := timeParser{format: format, location: tokyo, now: time.Date(2024, 3, 1, 0, 0, 0, 0, time.UTC)}
		got := ""
		if s, err := c.parseText([]byte(tt.text)); err == nil {
			got = time.Unix(s, 0).UTC().Format(time.RFC3339)
		}
		if got != tt.want {
			t.Errorf("%q as %q: %q, want %q", tt.text, tt.format, got, tt.want)
		}
	}
	for _, format := range []string{"%Q", "%Y%", "%H:%M"} {
		if _, err := expandFormat(format); err == nil {
			t.Errorf("%q is accepted", format)
		}
	}
}

// readFile reads the file at path; see Read.
func readFile(ctx context.Context, path string, o Options, emit func(Part) error) (Stats, error) {
	f, err := os.Open(path)
	if err != nil {
		return Stats{}, err
	}
	defer func() { _ = f.Close() }()
	return Read(ctx, path, f, o, emit)
}
