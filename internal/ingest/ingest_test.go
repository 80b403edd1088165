package ingest

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"reflect"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/vmihailenco/msgpack/v5"
)

type row = map[string]any

// unpack returns the rows of a part.
func unpack(t testing.TB, data []byte) []row {
	t.Helper()
	z, err := gzip.NewReader(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	z.Multistream(false) // some readers take only one member
	raw, err := io.ReadAll(z)
	if err != nil {
		t.Fatal(err)
	}
	return decode(t, raw)
}

// decode returns the maps in raw.
func decode(t testing.TB, raw []byte) []row {
	t.Helper()
	var rows []row
	d := msgpack.NewDecoder(bytes.NewReader(raw))
	for {
		v, err := d.DecodeMap()
		if err == io.EOF {
			return rows
		}
		if err != nil {
			t.Fatal(err)
		}
		rows = append(rows, whole(v).(row))
	}
}

// whole converts all integers in v to int64 if they fit.
func whole(v any) any {
	switch v := v.(type) {
	case row:
		for k := range v {
			v[k] = whole(v[k])
		}
	case []any:
		for i := range v {
			v[i] = whole(v[i])
		}
	}
	switch n := reflect.ValueOf(v); {
	case n.CanInt():
		return n.Int()
	case n.CanUint() && n.Uint() <= math.MaxInt64:
		return int64(n.Uint())
	}
	return v
}

// read returns the rows of text, and the bad records as "line: error".
func read(t testing.TB, text string, o Options) (rows []row, bad []string, stats Stats, err error) {
	t.Helper()
	o.OnBad = func(b BadRecord) { bad = append(bad, fmt.Sprintf("%d: %v", b.Line, b.Err)) }
	if o.Location == nil {
		o.Location = time.UTC
	}
	if o.MaxBad == 0 {
		o.MaxBad = -1
	}
	if o.Now.IsZero() {
		o.Now = time.Date(2024, 3, 1, 12, 0, 0, 0, time.UTC)
	}
	index := 0
	stats, err = Read(t.Context(), "in", strings.NewReader(text), o, func(p Part) error {
		got := unpack(t, p.Data)
		if int64(len(got)) != p.Records || p.Index != index || len(p.ID) != 32 {
			t.Errorf("part %d has %d records, id %q; it says number %d, %d records", index, len(got), p.ID, p.Index, p.Records)
		}
		index++
		rows = append(rows, got...)
		return nil
	})
	return rows, bad, stats, err
}

type readTest struct {
	name string
	text string
	o    Options
	rows []row
	bad  []string
	err  string
}

func testRead(t *testing.T, format Format, tests []readTest) {
	t.Helper()
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			tt.o.Format = format
			rows, bad, stats, err := read(t, tt.text, tt.o)
			if d := cmp.Diff(tt.rows, rows); d != "" {
				t.Error("rows (-want +got):", d)
			}
			if d := cmp.Diff(tt.bad, bad); d != "" {
				t.Error("bad (-want +got):", d)
			}
			if got := fmt.Sprint(err); tt.err == "" && err != nil || !strings.Contains(got, tt.err) {
				t.Errorf("error %v, want %q", err, tt.err)
			}
			if stats.Bad != int64(len(tt.bad)) || err == nil && stats.Records != int64(len(tt.rows)) {
				t.Errorf("stats %+v", stats)
			}
		})
	}
}

func TestJSON(t *testing.T) {
	testRead(t, JSON, []readTest{
		{name: "empty"},
		{name: "blank lines", text: "\n \r\n\n"},
		{
			name: "values", text: `{"time":1,"s":"x","t":true,"f":false,"n":null,"d":1.5,"e":1e3,"a":[1,[],{}],"m":{"k":[{"z":-1}]}}`,
			rows: []row{{
				"time": int64(1), "s": "x", "t": true, "f": false, "n": nil, "d": 1.5, "e": 1000.0,
				"a": []any{int64(1), []any{}, row{}}, "m": row{"k": []any{row{"z": int64(-1)}}},
			}},
		},
		{
			name: "integers", text: `{"time":1,"a":9223372036854775807,"b":-9223372036854775808,"c":18446744073709551615,"d":18446744073709551616,"e":-9223372036854775809,"f":-0,"g":-33,"h":-129,"i":-32769,"j":65536,"k":200,"l":300}`,
			rows: []row{{
				"time": int64(1), "a": int64(math.MaxInt64), "b": int64(math.MinInt64), "c": uint64(math.MaxUint64),
				"d": "18446744073709551616", "e": "-9223372036854775809", "f": int64(0),
				"g": int64(-33), "h": int64(-129), "i": int64(-32769), "j": int64(65536), "k": int64(200), "l": int64(300),
			}},
		},
		{
			name: "strings", text: `{"time":1,"\u00e9":"a\"\\\/\b\f\n\r\tü€😀\ud83d\ude00\ud800x","日本":"日本語の文字列"}` + "\n" + `{"time":1,"bad` + "\xff" + `":"\n` + "\xe3\x81" + `"}`,
			rows: []row{{"time": int64(1), "é": "a\"\\/\b\f\n\r\tü€😀😀\uFFFDx", "日本": "日本語の文字列"}, {"time": int64(1), "bad\uFFFD": "\n\uFFFD\uFFFD"}},
		},
		{
			name: "bad lines between good ones, and no end of line", text: "{\"time\":1}\n{\"time\":\nx\n\n{\"time\":1}}\n[1]\n\"s\"\n{\"time\":2}",
			rows: []row{{"time": int64(1)}, {"time": int64(2)}},
			bad: []string{
				"2: unexpected end instead of a value at column 9",
				"3: unexpected 'x' instead of an object at column 1",
				"5: unexpected '}' instead of an object at column 11",
				"6: unexpected '[' instead of an object at column 1",
				"7: unexpected '\"' instead of an object at column 1",
			},
		},
		{
			name: "syntax",
			text: `{"a" 1}` + "\n" + `{"a":1 "b":2}` + "\n" + `{a:1}` + "\n" + `{"a":01}` + "\n" + `{"a":1.}` + "\n" + `{"a":1e}` + "\n" + `{"a":-}` + "\n" + `{"a":"` + "\n" +
				`{"a":"\x"}` + "\n" + `{"a":"\u12g4"}` + "\n" + "{\"a\":\"\t\"}\n" + `{"a":[1 2]}` + "\n" + `{"a":nul}` + "\n" + `{"a":1e999}` + "\n" + `{"a":1,}` + "\n" + `{"a":[1,]}` + "\n" + `{"a":"\` + "\n" + `{"a":"\n`,
			bad: []string{
				`1: unexpected '1' instead of a colon at column 6`,
				`2: unexpected '"' instead of a comma or } at column 8`,
				`3: unexpected 'a' instead of a key at column 2`,
				`4: unexpected '1' instead of a digit at column 7`,
				`5: unexpected '}' instead of a digit at column 8`,
				`6: unexpected '}' instead of a digit at column 8`,
				`7: unexpected '}' instead of a digit at column 7`,
				`8: unexpected end in a string at column 7`,
				`9: unusable backslash in a string at column 7`,
				`10: unusable \u in a string at column 7`,
				`11: control character in a string at column 7`,
				`12: unexpected '2' instead of a comma or ] at column 9`,
				`13: unexpected 'n' instead of a value at column 6`,
				`14: number too large for a double at column 6`,
				`15: unexpected '}' instead of a key at column 8`,
				`16: unexpected ']' instead of a value at column 9`,
				`17: unexpected end in a string at column 8`,
				`18: unexpected end in a string at column 9`,
			},
		},
		{
			name: "objects on one line stand and fall together", text: `{"time":1} {"time":2}{"time":3}` + "\n" + `{"time":4}{"time":}`,
			rows: []row{{"time": int64(1)}, {"time": int64(2)}, {"time": int64(3)}},
			bad:  []string{"2: unexpected '}' instead of a value at column 19"},
		},
		{
			name: "the last of equal keys", text: `{"a":1,"time":1,"b":[1,2],"a":"x","m":{"k":1,"j":0,"k":2},"time":7}`,
			rows: []row{{"a": "x", "time": int64(7), "b": []any{int64(1), int64(2)}, "m": row{"k": int64(2), "j": int64(0)}}},
		},
		{
			name: "times",
			text: `{"time":1.9}` + "\n" + `{"time":"1412146800"}` + "\n" + `{"time":"2014-10-01 07:00:00"}` + "\n" + `{"time":null}` + "\n" + `{"a":1}` + "\n" + `{"time":"soon"}` + "\n" +
				`{"time":1412146800000}` + "\n" + `{"time":[1]}` + "\n" + `{"time":""}` + "\n" + `{"time":true}` + "\n" + `{"time":-1}`,
			rows: []row{{"time": int64(1)}, {"time": int64(1412146800)}, {"time": int64(1412146800)}, {"time": int64(-1)}},
			bad: []string{
				`4: no valid time: "time" is null`, `5: no valid time: no "time"`, `6: no valid time: "time" "soon" is not a time`,
				`7: no valid time: "time" is not between the years 0 and 9999`, `8: no valid time: "time" is not a time`,
				`9: no valid time: "time" is empty`, `10: no valid time: "time" is not a time`,
			},
		},
		{
			name: "another time column", text: `{"at":"2014-10-01T07:00:00Z","time":"x","a":1}` + "\n" + `{"time":1}`, o: Options{TimeColumn: "at"},
			rows: []row{{"at": "2014-10-01T07:00:00Z", "time": int64(1412146800), "a": int64(1)}},
			bad:  []string{`2: no valid time: no "at"`},
		},
		{
			name: "a format goes for numbers too", text: `{"time":20141001}` + "\n" + `{"time":"20141301"}`, o: Options{TimeFormat: "%Y%m%d"},
			rows: []row{{"time": int64(1412121600)}}, bad: []string{`2: no valid time: "time" "20141301" is not a time`},
		},
		{
			name: "a fixed time", text: `{"a":1}` + "\n" + `{"time":"x"}`, o: Options{TimeValue: &TimeValue{Start: 5}},
			rows: []row{{"a": int64(1), "time": int64(5)}, {"time": int64(5)}},
		},
		{
			name: "columns", text: `{"time":1,"a":1,"b":{"a":3},"c":3}`, o: Options{Only: []string{"b", "c"}, Exclude: []string{"c", "time"}},
			rows: []row{{"time": int64(1), "b": row{"a": int64(3)}}},
		},
		{
			name: "arrays with names", text: "[\"time\", \"a\"]\n[1, \"x\"]\n[1]\n[]\n[1,2,3]\n{\"time\":2}\n", o: Options{Header: true},
			rows: []row{{"time": int64(1), "a": "x"}, {"time": int64(1), "a": nil}, {"time": int64(1), "a": int64(2)}, {"time": int64(2)}},
			bad:  []string{`4: no valid time: no "time"`},
		},
		{name: "too deep", text: `{"time":1,"a":` + strings.Repeat("[", 2000) + strings.Repeat("]", 2000) + "}", bad: []string{"1: too deeply nested value at column 1015"}},
		{name: "a header that is none", text: "{}\n", o: Options{Header: true}, err: "in: line 1: header: json"},
		{name: "an empty name", text: `{"time":1,"":"x"}` + "\n" + `{"time":2,"a":{"":1}}`, rows: []row{{"time": int64(2), "a": row{"": int64(1)}}}, bad: []string{"1: a column has no name"}},
		{name: "an allowed empty name", text: `{"time":1,"":"x"}`, o: Options{EmptyNames: true}, rows: []row{{"time": int64(1), "": "x"}}},
		{
			name: "digits as a time", text: `{"time":"20231114"}` + "\n" + `{"time":"2023"}` + "\n" + `{"time":20231114}`,
			rows: []row{{"time": int64(1699920000)}, {"time": int64(20231114)}},
			bad:  []string{`2: no valid time: "time" "2023" is ambiguous: 8 digits are a date, 14 a date and time, 9 to 11 Unix seconds`},
		},
		{
			name: "an array", text: "\ufeff [\n {\"time\":1},\n {\"time\":2, \"a\":\n  \"}]\\\"\"\n },\n 7, [8],\n {\"time\":},\n {\"a\":\n tru},{\"time\":3}]\n",
			rows: []row{{"time": int64(1)}, {"time": int64(2), "a": "}]\""}, {"time": int64(3)}},
			bad: []string{
				"6: unexpected '7' instead of an object at line 6, column 2", "6: unexpected '[' instead of an object at line 6, column 5",
				"7: unexpected '}' instead of a value at line 7, column 10", "8: unexpected 't' instead of a value at line 9, column 2",
			},
		},
		{
			name: "an array cut off", text: "[{\"time\":1},\n{\"time\":2}", rows: []row{{"time": int64(1)}, {"time": int64(2)}},
			bad: []string{"2: the array is not closed, the file may be truncated"},
		},
		{
			name: "objects over several lines", text: "{\n\"time\":1\n}\n{\"time\":2}\n{\n", rows: []row{{"time": int64(1)}, {"time": int64(2)}},
			bad: []string{"5: unexpected end instead of a key at line 6, column 1"},
		},
	})
}

func TestBigIntegersAndRepairsAreCounted(t *testing.T) {
	text := `{"time":1,"a":99999999999999999999,"b":"` + "\xff" + `"}` + "\n" + `{"a":99999999999999999999,"b":"` + "\xff" + `"}`
	_, _, stats, err := read(t, text, Options{Format: JSON})
	if err != nil || stats.BigIntegers != 1 || stats.Repaired != 1 || stats.Bad != 1 || stats.Read != int64(len(text)) {
		t.Errorf("%+v, %v", stats, err)
	}
}

func TestManyKeys(t *testing.T) {
	object := func(n int) string {
		var b strings.Builder
		for i := range n {
			fmt.Fprintf(&b, `"key%d":%d,`, i, i)
		}
		return "{" + b.String() + `"time":1}`
	}
	rows, bad, _, err := read(t, object(511)+"\n"+object(512)+"\n", Options{Format: JSON})
	if err != nil || len(rows) != 1 || len(rows[0]) != 512 || rows[0]["key510"] != int64(510) {
		t.Errorf("%d rows, %v", len(rows), err)
	}
	if d := cmp.Diff([]string{"2: too many keys: 513, at most 512 are allowed"}, bad); d != "" {
		t.Error(d)
	}
	rows, _, _, err = read(t, `{"time":1,"m":`+object(70000)+`,"twice":`+strings.TrimSuffix(object(30), "}")+`,"key3":"last"}}`, Options{Format: JSON})
	if err != nil || len(rows) != 1 || len(rows[0]["m"].(row)) != 70001 || rows[0]["m"].(row)["key69999"] != int64(69999) {
		t.Errorf("%d rows, %v", len(rows), err)
	} else if m := rows[0]["twice"].(row); m["key3"] != "last" || len(m) != 31 {
		t.Error("the last of many keys did not win:", m)
	}
	rows, _, _, err = read(t, `{"time":1,"a":[`+strings.Repeat("1,", 69999)+`1]}`, Options{Format: JSON})
	if err != nil || len(rows) != 1 || len(rows[0]["a"].([]any)) != 70000 {
		t.Errorf("%d rows, %v", len(rows), err)
	}
}

func TestCSV(t *testing.T) {
	header := Options{Header: true}
	testRead(t, CSV, []readTest{
		{name: "empty", o: header},
		{name: "header alone", text: "\n\ntime,a\r\n", o: header},
		{name: "header that does not end", text: "time,\"a\r\n", o: header, err: "in: line 1: header: quoted value is not closed"},
		{
			name: "guessed types", text: "time,a\n100000001,12\n100000002,-5\n100000003,007\n100000004,1.50\n100000005,\n100000006,-\n100000007,\\N\n100000008,NULL\n100000009,True\n100000010,false\n100000011,18446744073709551616\n100000012,+1\n100000013,1e5\n100000014,1.5e3\n100000015,nan\n100000016,-0\n100000017, 1\n", o: header,
			rows: []row{
				{"time": int64(100000001), "a": int64(12)},
				{"time": int64(100000002), "a": int64(-5)},
				{"time": int64(100000003), "a": "007"},
				{"time": int64(100000004), "a": 1.5},
				{"time": int64(100000005), "a": nil},
				{"time": int64(100000006), "a": nil},
				{"time": int64(100000007), "a": nil},
				{"time": int64(100000008), "a": nil},
				{"time": int64(100000009), "a": true},
				{"time": int64(100000010), "a": false},
				{"time": int64(100000011), "a": "18446744073709551616"},
				{"time": int64(100000012), "a": "+1"},
				{"time": int64(100000013), "a": "1e5"},
				{"time": int64(100000014), "a": 1500.0},
				{"time": int64(100000015), "a": "nan"},
				{"time": int64(100000016), "a": "-0"},
				{"time": int64(100000017), "a": " 1"},
			},
		},
		{
			name: "quotes", text: "\ufefftime,\"a \"\"b\"\"\"\r\n100000001,\"x,\r\ny\"\r\n100000002,\"\"\"q\"\"\"\r\n\r\n100000003,5\" disk\r\n100000004,\"a\"b\r\n100000005,\"\"\r\n100000006,\"a\"\"b\",c\r\n", o: header,
			rows: []row{
				{"time": int64(100000001), `a "b"`: "x,\r\ny"},
				{"time": int64(100000002), `a "b"`: `"q"`},
				{"time": int64(100000003), `a "b"`: `5" disk`},
				{"time": int64(100000004), `a "b"`: "ab"},
				{"time": int64(100000005), `a "b"`: nil},
				{"time": int64(100000006), `a "b"`: `a"b`},
			},
		},
		{
			name: "a quote that is not closed", text: "time,a\n100000001,x\n100000002,\"y\n100000003,z\n", o: header, rows: []row{{"time": int64(100000001), "a": "x"}},
			bad: []string{"3: quoted value is not closed"},
		},
		{
			name: "short and long rows", text: "a,time,b,c\n1,100000001\n2,100000002,x,y,z\n3\n", o: Options{Header: true, Exclude: []string{"c"}},
			rows: []row{
				{"time": int64(100000001), "a": int64(1), "b": nil},
				{"time": int64(100000002), "a": int64(2), "b": "x"},
			},
			bad: []string{`4: no valid time: no "time"`},
		},
		{
			name: "times", text: "time,a\nx,y\n,y\n1,y\n2014-10-01,z", o: header, rows: []row{{"time": int64(1412121600), "a": "z"}},
			bad: []string{
				`2: no valid time: "time" "x" is not a time`, `3: no valid time: "time" is empty`,
				`4: no valid time: "time" "1" is ambiguous: 8 digits are a date, 14 a date and time, 9 to 11 Unix seconds`,
			},
		},
		{
			name: "lines that end in CR", text: "time,a\r100000001,x\r\r100000002,\"y\rz\"\r", o: header,
			rows: []row{{"time": int64(100000001), "a": "x"}, {"time": int64(100000002), "a": "y\nz"}},
		},
		{
			name: "CR within a line", text: "time,a\n100000001,x\ry\n", o: header, rows: []row{{"time": int64(100000001), "a": "x\ry"}},
		},
		{
			name: "decimals as text", text: "time,a,b\n100000001,1.50,7\n", o: Options{Header: true, TextDecimals: true}, rows: []row{{"time": int64(100000001), "a": "1.50", "b": int64(7)}},
		},
		{
			name: "an empty name", text: ",time\n0,100000001\n", o: Options{Header: true, EmptyNames: true}, rows: []row{{"time": int64(100000001), "": int64(0)}},
		},
		{
			name: "given columns", text: "100000001,x\n", o: Options{Columns: []string{"time", "a"}}, rows: []row{{"time": int64(100000001), "a": "x"}},
		},
		{
			name: "given columns and a header", text: "t,b\n100000001,x\n", o: Options{Columns: []string{"time", "a"}, Header: true}, rows: []row{{"time": int64(100000001), "a": "x"}},
		},
		{
			name: "given types", text: "time,l,d,s\n100000001,5,5,5\n100000002,,,\n100000003, 7 ,1e3,-\n100000004,x,1,1\n100000005,1,x,1\n100000006,18446744073709551615,inf,1\n100000007,1.5,1,1\n",
			o: Options{Header: true, Types: map[string]Type{"l": Long, "d": Double, "s": String}},
			rows: []row{
				{"time": int64(100000001), "l": int64(5), "d": 5.0, "s": "5"},
				{"time": int64(100000002), "l": nil, "d": nil, "s": ""},
				{"time": int64(100000003), "l": int64(7), "d": 1000.0, "s": "-"},
				{"time": int64(100000006), "l": uint64(math.MaxUint64), "d": math.Inf(1), "s": "1"},
			},
			bad: []string{`5: column "l": "x" is not a long`, `6: column "d": "x" is not a double`, `8: column "l": "1.5" is not a long`},
		},
		{
			name: "all strings", text: "time,a,b,c\n100000001,5,,true\n", o: Options{Header: true, AllString: true},
			rows: []row{{"time": int64(100000001), "a": "5", "b": "", "c": "true"}},
		},
		{
			name: "own words", text: "time,a,b,c,d\n100000001,NA,ja,nein,\n", rows: []row{{"time": int64(100000001), "a": nil, "b": true, "c": false, "d": ""}},
			o: Options{Header: true, Null: regexp.MustCompile(`^NA$`), True: regexp.MustCompile(`^ja$`), False: regexp.MustCompile(`^nein$`)},
		},
		{
			name: "another time column, and some columns", text: "at,a,b,time\n2014-10-01,1,2,3\n", o: Options{Header: true, TimeColumn: "at", Exclude: []string{"a", "at"}},
			rows: []row{{"time": int64(1412121600), "b": int64(2)}},
		},
		{
			name: "kept time column", text: "at,a\n1412121600,1\n", o: Options{Header: true, TimeColumn: "at"}, rows: []row{{"time": int64(1412121600), "at": int64(1412121600), "a": int64(1)}},
		},
		{
			name: "spread times", text: "a\n1\n2\n3\n", o: Options{Header: true, TimeValue: &TimeValue{Start: 100, Hours: 1}},
			rows: []row{{"a": int64(1), "time": int64(100)}, {"a": int64(2), "time": int64(101)}, {"a": int64(3), "time": int64(102)}},
		},
		{name: "a bar and single quotes", text: "100000001|'x|y'\n", o: Options{Columns: []string{"time", "a"}, Delimiter: "|", Quote: '\''}, rows: []row{{"time": int64(100000001), "a": "x|y"}}},
		{name: "no quotes", text: "100000001,\"x\n", o: Options{Columns: []string{"time", "a"}, Quote: NoQuote}, rows: []row{{"time": int64(100000001), "a": `"x`}}},
		{name: "two characters", text: "100000001::x::\"y::z\"\n100000002::b::c", o: Options{Columns: []string{"time", "a", "b"}, Delimiter: "::"}, rows: []row{{"time": int64(100000001), "a": "x", "b": "y::z"}, {"time": int64(100000002), "a": "b", "b": "c"}}},
		{name: "a pattern", text: "100000001\tx,\"y\n", o: Options{Columns: []string{"time", "a", "b"}, Delimiter: `\t|,`}, rows: []row{{"time": int64(100000001), "a": "x", "b": `"y`}}},
		{name: "invalid UTF-8", text: "100000001,\xff\n", o: Options{Columns: []string{"time", "a"}}, rows: []row{{"time": int64(100000001), "a": "\uFFFD"}}},
		{name: "no time column", text: "a,b\n100000001,2\n", o: header, err: `in: line 1: header: time column: no column "time"`},
		{name: "a name twice", text: "time,a,a\n", o: header, err: `duplicate name "a"`},
		{name: "no name", text: "time,a,\n", o: header, err: `number 3 has no name`},
	})
}

func TestTSV(t *testing.T) {
	testRead(t, TSV, []readTest{
		{name: "quotes are text", text: "time\ta\n100000001\t\"x\n100000002\ty z\n", o: Options{Header: true}, rows: []row{{"time": int64(100000001), "a": `"x`}, {"time": int64(100000002), "a": "y z"}}},
		{name: "or not", text: "time\ta\n100000001\t\"x\ty\"\n", o: Options{Header: true, Quote: '"'}, rows: []row{{"time": int64(100000001), "a": "x\ty"}}},
	})
}

func TestApache(t *testing.T) {
	testRead(t, Apache, []readTest{
		{
			name: "combined", text: `127.0.0.1 - frank [10/Oct/2000:13:55:36 -0700] "GET /a.gif?x=1 HTTP/1.0" 200 2326 "http://e.com/" "Mozilla/4.08 [en] (\"x\")"` + "\r\n",
			rows: []row{{
				"host": "127.0.0.1", "user": "frank", "time": int64(971211336), "method": "GET", "path": "/a.gif?x=1", "code": "200", "size": "2326",
				"referer": "http://e.com/", "agent": `Mozilla/4.08 [en] (\"x\")`,
			}},
		},
		{
			name: "common, and missing values", text: `::1 - - [10/Oct/2000:13:55:36 +0000] "-" 408 -` + "\n" + `h - - [10/Oct/2000:13:55:36 +0000] "GET /a b HTTP/1.1" 404 0 "-" "-"`,
			rows: []row{
				{"host": "::1", "user": "-", "time": int64(971186136), "method": "-", "code": "408", "size": "-"},
				{"host": "h", "user": "-", "time": int64(971186136), "method": "GET", "path": "/a b", "code": "404", "size": "0", "referer": "-", "agent": "-"},
			},
		},
		{
			name: "unusual numbers", text: `h - - [10/Oct/2000:13:55:36 +0000] "GET / HTTP/1.1" abc 1.5`,
			rows: []row{
				{"host": "h", "user": "-", "time": int64(971186136), "method": "GET", "path": "/", "code": "abc", "size": "1.5"},
			},
		},
		{
			name: "bad", text: "hello\n\n" + `h - - [10/Oct/2000:13:55:36 +0000] "GET / HTTP/1.1" 200` + "\n" + `h - - [40/Oct/2000:13:55:36 +0000] "GET / HTTP/1.1" 200 1` + "\n" +
				`h - - [10/Oct/2000:13:55:36 +0000] "GET / HTTP/1.1" 200 1 "a" "b" 7`,
			bad: []string{
				"1: not a line of the common or combined log format", "3: not a line of the common or combined log format",
				`4: no valid time: "time" "40/Oct/2000:13:55:36 +0000" is not a time`,
				"5: not a line of the common or combined log format",
			},
		},
	})
}

func TestSyslog(t *testing.T) {
	at := func(s string) int64 {
		v, err := time.Parse(time.DateTime, s)
		if err != nil {
			t.Fatal(err)
		}
		return v.Unix()
	}
	testRead(t, Syslog, []readTest{
		{
			name: "files", text: "Dec 20 12:41:44 db1 sshd[42]: Accepted: yes\nFeb  9 01:02:03 db1 kernel: [1.5] up\nMar  2 11:00:00 h postfix/smtpd[1]:  x\r\nMar  2 12:00:01 h -- MARK --\n",
			rows: []row{
				{"time": at("2023-12-20 12:41:44"), "host": "db1", "ident": "sshd", "pid": "42", "message": "Accepted: yes"},
				{"time": at("2024-02-09 01:02:03"), "host": "db1", "ident": "kernel", "message": "[1.5] up"},
				{"time": at("2024-03-02 11:00:00"), "host": "h", "ident": "postfix/smtpd", "pid": "1", "message": "x"},
				{"time": at("2023-03-02 12:00:01"), "host": "h", "message": "-- MARK --"},
			},
		},
		{
			name: "priorities and ISO times", text: "<34>Oct 11 22:14:15 mymachine su: 'su root' failed\n2024-01-02T03:04:05.123456+01:00 h cron[7]: run\n",
			rows: []row{
				{"time": at("2023-10-11 22:14:15"), "host": "mymachine", "ident": "su", "message": "'su root' failed", "pri": "34"},
				{"time": at("2024-01-02 02:04:05"), "host": "h", "ident": "cron", "pid": "7", "message": "run"},
			},
		},
		{
			name: "a leap day", text: "Feb 29 00:00:00 h a: b\n", o: Options{Now: time.Date(2023, 5, 1, 0, 0, 0, 0, time.UTC)},
			rows: []row{{"time": at("2020-02-29 00:00:00"), "host": "h", "ident": "a", "message": "b"}},
		},
		{
			name: "bad", text: "x\n<3\n\nDec 20 12:41:44\nDec 20 12:41:44 h\nDec 32 12:41:44 h a: b\nFoo 20 12:41:44 h a: b\n",
			bad: []string{
				"1: not a syslog line", "2: not a syslog line", "4: not a syslog line", "5: not a syslog line",
				`6: no valid time: "time" "Dec 32 12:41:44" is not a time`, `7: no valid time: "time" "Foo 20 12:41:44" does not match the time format`,
			},
		},
	})
}

func TestRegexp(t *testing.T) {
	pattern := regexp.MustCompile(`^(?P<time>\S+) (?<level>[A-Z]+)(?: n=(?<n>\d+))?(?: (.*))?$`)
	testRead(t, Regexp, []readTest{
		{
			name: "groups", text: "100000001 INFO n=5 hello\n100000002 WARN\n\noops\n", o: Options{Pattern: pattern},
			rows: []row{{"time": int64(100000001), "level": "INFO", "n": int64(5)}, {"time": int64(100000002), "level": "WARN"}},
			bad:  []string{"4: does not match the pattern"},
		},
		{
			name: "named by columns", text: "100000001 INFO n=5 hello\n", o: Options{Pattern: pattern, Columns: []string{"message"}, Types: map[string]Type{"n": String}},
			rows: []row{{"time": int64(100000001), "level": "INFO", "n": "5", "message": "hello"}},
		},
		{name: "too many columns", o: Options{Pattern: pattern, Columns: []string{"a", "b"}}, err: "more names than unnamed groups"},
		{name: "no pattern", err: "pattern: required for the format regexp"},
		{name: "no groups", o: Options{Pattern: regexp.MustCompile("(a)")}, err: "must have a named group"},
	})
}

func packed(t testing.TB, values ...any) string {
	t.Helper()
	var b bytes.Buffer
	e := msgpack.NewEncoder(&b)
	e.SetSortMapKeys(true)
	for _, v := range values {
		if err := e.Encode(v); err != nil {
			t.Fatal(err)
		}
	}
	return b.String()
}

func TestMsgPack(t *testing.T) {
	long := strings.Repeat("x", 70000)
	testRead(t, MsgPack, []readTest{
		{name: "empty"},
		{
			name: "maps", text: packed(t, row{"time": 1, "a": []any{1, "x", nil, true, 1.5, []byte("b")}, "m": row{"k": row{}}}, row{"time": uint64(2), "s": long}, row{"at": 1, "time": "2014-10-01"}),
			rows: []row{
				{"time": int64(1), "a": []any{int64(1), "x", nil, true, 1.5, []byte("b")}, "m": row{"k": row{}}},
				{"time": int64(2), "s": long},
				{"time": int64(1412121600), "at": int64(1)},
			},
		},
		{
			name: "bad", text: packed(t, 5, row{"a": 1}, row{"time": 1}, []int{1}, map[bool]int{true: 1}, "x"), rows: []row{{"time": int64(1)}},
			bad: []string{"1: not a map", `2: no valid time: no "time"`, "4: not a map", "5: a key is not a string", "6: not a map"},
		},
		{
			name: "a time, integer keys, a key twice, invalid UTF-8", text: packed(t, map[string]any{"time": time.Unix(9, 0)}) + "\x84\xa4time\x07\x01\x02\xa1a\x01\xa1a\xa2\xff!",
			rows: []row{{"time": int64(9)}, {"time": int64(7), "1": int64(2), "a": "\uFFFD!"}},
		},
		{
			name: "arrays with names", text: packed(t, []string{"time", "a"}, []any{1, "x"}, []any{1}), o: Options{Header: true},
			rows: []row{{"time": int64(1), "a": "x"}, {"time": int64(1), "a": nil}},
		},
		{
			name: "times of every kind", text: "\x81\xa4time\xcc\x80\x81\xa4time\xcd\x01\x00\x81\xa4time\xce\x00\x01\x00\x00\x81\xa4time\xd0\xff\x81\xa4time\xd1\xff\x00\x81\xa4time\xd2\xff\xff\x00\x00" +
				"\x81\xa4time\xd3\x00\x00\x00\x00\x00\x00\x00\x05\x81\xa4time\xca\x40\x60\x00\x00\x81\xa4time\xd9\x09100000009\x81\xa4time\xd6\xff\x00\x00\x00\x06" +
				"\x81\xa4time\xd7\xff\x00\x00\x00\x04\x00\x00\x00\x07\x81\xa4time\xc7\x0c\xff\x00\x00\x00\x01\x00\x00\x00\x00\x00\x00\x00\x08",
			rows: []row{
				{"time": int64(128)},
				{"time": int64(256)},
				{"time": int64(65536)},
				{"time": int64(-1)},
				{"time": int64(-256)},
				{"time": int64(-65536)},
				{"time": int64(5)},
				{"time": int64(3)},
				{"time": int64(100000009)},
				{"time": int64(6)},
				{"time": int64(7)},
				{"time": int64(8)},
			},
		},
		{
			name: "no times", text: "\x81\xa4time\xcf\xff\xff\xff\xff\xff\xff\xff\xff\x81\xa4time\xcb\x7f\xf0\x00\x00\x00\x00\x00\x00\x81\xa4time\xd6\x01\x00\x00\x00\x06\x81\xa4time\xd5\xff\x00\x06\x81\xa4time\xc2",
			bad: []string{
				`1: no valid time: "time" is not a time`, `2: no valid time: "time" is not between the years 0 and 9999`,
				`3: no valid time: "time" is not a time`, `4: no valid time: "time" is not a time`, `5: no valid time: "time" is not a time`,
			},
		},
		{name: "a header that is none", text: packed(t, row{"time": 1}), o: Options{Header: true}, err: "in: line 1: header: not an array"},
		{name: "a header of numbers", text: packed(t, []int{1}), o: Options{Header: true}, err: "in: line 1: header: a name is not a string"},
		{name: "cut off", text: packed(t, row{"time": 1})[:5], err: "in: record 1: the file ends within a MessagePack value"},
		{name: "damaged", text: packed(t, row{"time": 1}) + "\xc1", err: "in: record 2: not MessagePack, or the file is damaged"},
		{name: "a map without end", text: "\xdf\xff\xff\xff\xff\x01", err: "in: record 1: the file ends within a MessagePack value"},
		{name: "too deep", text: "\x82\xa4time\x01\xa1a" + strings.Repeat("\x91", 2000) + "\x01", bad: []string{"1: too deeply nested value"}},
	})
}

func TestShortAndLongRowsAreCounted(t *testing.T) {
	for format, text := range map[Format]string{
		CSV:     "time,a,b\n100000001,1\n100000001\n100000001,1,2,3\n100000001,1,2\nx,1,2,3\n",
		JSON:    "[\"time\",\"a\",\"b\"]\n[1,1]\n[1]\n[1,1,2,[{\"x\":1}]]\n[1,1,2]\n[\"x\",1,2,3]",
		MsgPack: packed(t, []string{"time", "a", "b"}, []int{1, 1}, []int{1}, []int{1, 1, 2, 3}, []int{1, 1, 2}, []any{"x", 1, 2, 3}),
	} {
		rows, _, stats, err := read(t, text, Options{Format: format, Header: true})
		if err != nil || len(rows) != 4 || len(rows[2]) != 3 || stats.Short != 2 || stats.Long != 1 {
			t.Errorf("%s: %+v, %v", format, stats, err)
		}
	}
}

// TestNoRecords checks the error for a file in another format.
func TestNoRecords(t *testing.T) {
	object := `{"time":1}` + "\n"
	for _, tt := range []struct {
		name   string
		text   string
		o      Options
		bad    int64
		likely Format
		err    string
	}{
		{"nine bad records", strings.Repeat("x\n", 9), Options{Format: JSON}, 9, "", `no valid record in in: line 1: unexpected 'x' instead of an object at column 1`},
		{"many bad records", strings.Repeat("x\n", 1e6), Options{Format: JSON}, 10, "", `no valid record in in: line 1: unexpected 'x' instead of an object at column 1`},
		{"a limit", strings.Repeat("x\n", 100), Options{Format: JSON, MaxBad: 3}, 3, "", `no valid record in in: line 1: unexpected 'x' instead of an object at column 1`},
		{"no limit", strings.Repeat("x\n", 100), Options{Format: JSON, MaxBad: -1}, 100, "", ""},
		{"a good one between bad ones", strings.Repeat("x\n", 50) + object + strings.Repeat("x\n", 50), Options{Format: JSON}, 100, "", ""},
		{"empty", "\n", Options{Format: JSON}, 0, "", ""},
		{"only a header", "time,a\n", Options{Format: CSV, Header: true}, 0, "", ""},
		{"json as apache", strings.Repeat(object, 1000), Options{Format: Apache}, 10, JSON, "no record of in is in the apache format"},
		{"json without a time", strings.Repeat("{}\n", 1000), Options{Format: JSON}, 10, JSON, `no valid record in in: line 1: no valid time: no "time"`},
		{"apache as json", `h - - [10/Oct/2000:13:55:36 +0000] "GET / HTTP/1.1" 200 1`, Options{Format: JSON}, 1, Apache, "no record of in is in the json format"},
		{"syslog as json", "Dec 20 12:41:44 db1 sshd[42]: yes", Options{Format: JSON}, 1, Syslog, "no record of in is in the json format"},
		{"csv as json", "time,a\n1,2", Options{Format: JSON}, 2, CSV, "no record of in is in the json format"},
		{"tsv as json", "time\ta\n1\t2", Options{Format: JSON}, 2, TSV, "no record of in is in the json format"},
		{"msgpack as json", packed(t, row{"time": 1}), Options{Format: JSON}, 1, MsgPack, "no record of in is in the json format"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			bad := int64(0)
			tt.o.OnBad = func(BadRecord) { bad++ }
			stats, err := Read(t.Context(), "in", strings.NewReader(tt.text), tt.o, func(Part) error { return nil })
			if bad != tt.bad || stats.Bad != tt.bad {
				t.Errorf("%d bad records were reported, %+v; want %d", bad, stats, tt.bad)
			}
			e, ok := errors.AsType[*NoRecordsError](err)
			if ok != (tt.err != "") || ok && (e.Likely != tt.likely || e.Error() != tt.err) {
				t.Errorf("got %v (%+v), want %q", err, e, tt.err)
			}
		})
	}
}

func TestOptionErrors(t *testing.T) {
	for name, o := range map[string]Options{
		"format": {Format: "xml"}, "columns": {Format: CSV}, "types": {Format: JSON, Types: map[string]Type{"a": "map"}},
		"time format": {Format: JSON, TimeFormat: "%Q"}, "encoding": {Format: JSON, Encoding: "klingon"},
		"time value": {Format: JSON, TimeValue: &TimeValue{Hours: -1}}, "quote": {Format: CSV, Header: true, Quote: 'é'},
		"delimiter": {Format: CSV, Header: true, Delimiter: "(("},
	} {
		_, err := Read(context.Background(), "in", strings.NewReader(""), o, nil)
		if e, ok := errors.AsType[*OptionError](err); !ok || e.Option != name {
			t.Errorf("%s: %v", name, err)
		}
	}
}
