package ingest

import (
	"bytes"
	"encoding/json"
	"io"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// FuzzJSON compares the records of a line with those of encoding/json.
func FuzzJSON(f *testing.F) {
	for _, s := range []string{
		`{"a":1}`, `{"a":{"b":[1,-2.5e3,"x\ud83d\ude00\ud800\u0041",null,true,false,{}]},"a":2}`, `{"a":18446744073709551616,"b":-0,"c":-0.0,"d":0.1}{"time":2}`,
		"{\"\xff\":\"\xe3\x81\", \"é\":\"日本語日本語\"}", `{"a":"\`, `{"a":01}`, `[1]`, `{"a":[[[[[[]]]]]]}`, `{"a":123456789012345678901234567890.5}`,
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, line []byte) {
		if bytes.IndexByte(line, '\n') >= 0 || bytes.Count(line, []byte("["))+bytes.Count(line, []byte("{")) > maxDepth {
			return
		}
		p, err := newConfig(Options{Format: JSON, EmptyNames: true, TimeValue: &TimeValue{Start: 7}})
		if err != nil {
			t.Fatal(err)
		}
		e := &encoder{config: p}
		err = e.jsonLine(line)
		want, ok := expected(line)
		if ok != (err == nil) {
			t.Fatalf("%q: %v, but encoding/json: %v", line, err, ok)
		}
		if err != nil {
			return
		}
		if d := cmp.Diff(want, decode(t, e.out)); d != "" {
			t.Errorf("%q: %s", line, d)
		}
	})
}

// expected returns the records of line according to encoding/json, and whether all are valid.
func expected(line []byte) ([]row, bool) {
	var rows []row
	d := json.NewDecoder(bytes.NewReader(line))
	d.UseNumber()
	for {
		var v any
		switch err := d.Decode(&v); {
		case err == io.EOF:
			return rows, true
		case err != nil:
			return nil, false
		}
		m, ok := v.(row)
		if !ok {
			return nil, false
		}
		m["time"] = json.Number("7")
		if v, ok = numbers(m); !ok || len(m) > DefaultMaxKeys {
			return nil, false
		}
		rows = append(rows, v.(row))
	}
}

// numbers converts the numbers in v to MessagePack types.
func numbers(v any) (any, bool) {
	good := true
	switch v := v.(type) {
	case row:
		for k := range v {
			n, ok := numbers(v[k])
			v[k], good = n, good && ok
		}
	case []any:
		for i := range v {
			n, ok := numbers(v[i])
			v[i], good = n, good && ok
		}
	case json.Number:
		if !strings.ContainsAny(string(v), ".eE") {
			if n, err := strconv.ParseInt(string(v), 10, 64); err == nil {
				return n, true
			}
			if n, err := strconv.ParseUint(string(v), 10, 64); err == nil {
				return n, true
			}
			return string(v), true
		}
		f, err := v.Float64()
		return f, err == nil
	}
	return v, good
}

// FuzzCutRows checks that a block of csv ends where a row ends.
func FuzzCutRows(f *testing.F) {
	f.Add([]byte("a,b\n\"x\n\"\"\",y\nz,\"\n"), byte(','))
	f.Add([]byte("a\"b,\"c\"d\"\n\"\"\n\"\"\"\n"), byte(','))
	f.Add([]byte("0\"0"), byte(','))
	f.Add([]byte("\"a\"|\"\"|\"|\n\"\r\nb|"), byte('|'))
	f.Fuzz(func(t *testing.T, b []byte, delimiter byte) {
		p, err := newConfig(Options{Format: CSV, Header: true, Delimiter: string(rune(delimiter))})
		if err != nil {
			return
		}
		end := (&splitter{config: p}).cutRows(b)
		var r rowReader
		at := 0
		for at < end {
			n, err := r.readRow(p, b[at:])
			if err != nil || n <= 0 {
				t.Fatalf("%q: %d bytes and %v at %d, before %d", b, n, err, at, end)
			}
			at += n
		}
		if at != end {
			t.Errorf("%q is cut at %d, but a row ends at %d", b, end, at)
		}
	})
}

// FuzzRead reads anything as anything: all records can be read back, and are the same whatever
// the number of workers and the size of reads and blocks.
func FuzzRead(f *testing.F) {
	formats := []Format{CSV, TSV, JSON, MsgPack, Apache, Syslog, Regexp}
	for i, s := range []string{
		"time,a\n100000001,\"x\n\"\n100000002,y\n3", "time\ta\n100000001\tx\n", "[{\"time\":1},\n{\"a\"}]", "\x81\xa4time\x01\x82\xa4time\xcb?\xf0\x00\x00\x00\x00\x00\x00\xa1a\xc4\x01x\x90",
		"h - - [10/Oct/2000:13:55:36 -0700] \"GET / HTTP/1.0\" 200 - \"-\" \"\\\"\"\n", "<1>Dec 20 12:41:44 h a[1]: x\n2024-01-01T00:00:00Z h b: \n", "100000001 x\n2",
	} {
		f.Add(byte(i), []byte(s))
		f.Add(byte(i), zipped(f, s))
	}
	f.Add(byte(2), []byte("{\n\"time\":1}\n{\"time\":\n}"))
	f.Fuzz(func(t *testing.T, format byte, text []byte) {
		o := Options{
			Format: formats[int(format)%len(formats)], Header: true, SplitSize: 1, Workers: 1, Location: time.UTC,
			Now: time.Unix(1709290800, 0), Pattern: regexp.MustCompile(`^(?<time>\S+)(?: (?<a>.*))?$`), MaxBad: -1,
		}
		o.Header = o.Format == CSV || o.Format == TSV
		type outcome struct {
			rows  []row
			bad   []BadRecord
			stats Stats
			err   string
		}
		run := func(r io.Reader, workers, block int) (out outcome) {
			o.Workers = workers
			o.OnBad = func(b BadRecord) {
				out.err += b.Error()
				b.Err = nil
				out.bad = append(out.bad, b)
			}
			p, err := newConfig(o)
			if err != nil {
				t.Fatal(err)
			}
			p.block = block
			stats, err := p.run(t.Context(), "in", r, func(p Part) error {
				out.rows = append(out.rows, unpack(t, p.Data)...)
				return nil
			})
			stats.Parts, stats.Compressed, stats.Read = 0, 0, 0
			if err != nil {
				return outcome{err: "the file is damaged"} // what is found before depends on the blocks
			}
			if out.stats = stats; stats.Records != int64(len(out.rows)) {
				t.Errorf("%d records, and stats %+v", len(out.rows), stats)
			}
			return out
		}
		const small = 64
		docs, begin := detectDocuments(text, false), detectDocuments(text[:min(len(text), small-3)], false)
		if o.Format == JSON && (docs == nil) != (begin == nil) {
			return // it takes a longer look to tell what this is
		}
		one, other := run(bytes.NewReader(text), 1, minBlockSize), run(&slow{text}, 3, small)
		if d := cmp.Diff(one, other, cmp.AllowUnexported(outcome{}), sameNaN()); d != "" {
			t.Error(d)
		}
		for _, r := range one.rows {
			if n, ok := r["time"].(int64); !ok || checkRange(n) != nil {
				t.Errorf("%v has no time", r)
			}
		}
	})
}

// slow reads a byte at a time.
type slow struct{ b []byte }

func (s *slow) Read(b []byte) (int, error) {
	if len(s.b) == 0 {
		return 0, io.EOF
	}
	n := copy(b[:min(1, len(b))], s.b)
	s.b = s.b[n:]
	return n, nil
}

func sameNaN() cmp.Option {
	return cmp.FilterValues(func(a, b float64) bool { return a != a && b != b }, cmp.Comparer(func(_, _ float64) bool { return true }))
}
