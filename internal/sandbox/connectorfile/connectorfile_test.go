package connectorfile_test

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/td-cli/td/internal/sandbox/connectorfile"
	"github.com/td-cli/td/internal/sandbox/engine"
	"github.com/td-cli/td/internal/sandbox/files"
)

func write(t *testing.T, name, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	data := []byte(text)
	if strings.HasSuffix(name, ".gz") {
		var b bytes.Buffer
		z := gzip.NewWriter(&b)
		z.Write(data)
		z.Close()
		data = b.Bytes()
	}
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func config(path, parser string) []byte {
	in := fmt.Sprintf(`{"type":"file","path_prefix":%q,"note":[1.5]}`, path)
	if parser != "" {
		in = fmt.Sprintf(`{"type":"file","path_prefix":%q,"parser":%s}`, path, parser)
	}
	return []byte(`{"in":` + in + `,"out":{"mode":"append"},"exec":{},"filters":[]}`)
}

func TestGuess(t *testing.T) {
	const quoted = `"charset":"UTF-8","newline":"LF","delimiter":",","quote":"\"","escape":"\""`
	tests := []struct {
		name, file, text, want string
	}{
		{
			"csv with a header", "a.csv", "id,name,price,ok,at\n1,\"x, y\",2,true,2026-01-02 03:04:05\n2,z,2.5,false,2026-01-03 03:04:05\n",
			`{"type":"csv",` + quoted + `,"skip_header_lines":1,"columns":[{"name":"id","type":"long"},{"name":"name","type":"string"},{"name":"price","type":"double"},{"name":"ok","type":"boolean"},{"name":"at","type":"timestamp"}]}`,
		},
		{
			"no header", "a.csv", "1,x,007\n2,y,123\n",
			`{"type":"csv",` + quoted + `,"columns":[{"name":"c0","type":"long"},{"name":"c1","type":"string"},{"name":"c2","type":"string"}]}`,
		},
		{
			"tab", "a.tsv", "a\tb\n1\t2\n",
			`{"type":"csv",` + strings.Replace(quoted, `"delimiter":","`, `"delimiter":"\t"`, 1) + `,"skip_header_lines":1,"columns":[{"name":"a","type":"long"},{"name":"b","type":"long"}]}`,
		},
		{"json", "a.json", `{"a":1}`, `{"type":"json","charset":"UTF-8"}`},
		{"json array", "a.json", " [\n{\"a\":1}]", `{"type":"json","charset":"UTF-8"}`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			guessed, err := connectorfile.Guess(config(write(t, test.file, test.text), ""), files.Dir{})
			if err != nil {
				t.Fatal(err)
			}
			var got struct {
				In struct {
					Parser json.RawMessage
					Note   json.RawMessage
				}
				Out, Exec json.RawMessage
			}
			if err := json.Unmarshal(guessed, &got); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.want, string(got.In.Parser)); diff != "" {
				t.Errorf("parser (-want +got):\n%s", diff)
			}
			if string(got.In.Note) != "[1.5]" || string(got.Out) != `{"mode":"append"}` || string(got.Exec) != "{}" {
				t.Errorf("what was there has changed: %s", guessed)
			}
			if c, err := connectorfile.Parse(guessed); err != nil || c.In.Parser == nil {
				t.Errorf("what was guessed cannot be parsed: %v", err)
			}
		})
	}
}

// rows reads all records; skipped ones are counted.
func rows(c *connectorfile.Config) (list []engine.Record, skipped int, err error) {
	for r, err := range c.Records(files.Dir{}) {
		if _, ok := errors.AsType[*connectorfile.SkippedError](err); ok {
			skipped++
			continue
		}
		if err != nil {
			return list, skipped, err
		}
		list = append(list, r)
	}
	return list, skipped, nil
}

func TestRecords(t *testing.T) {
	at := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	const columns = `"columns":[{"name":"a","type":"long"},{"name":"b","type":"string"},{"name":"c","type":"timestamp","format":"%d/%b/%Y:%H:%M:%S %z"}]`
	tests := []struct {
		name, file, parser, text string
		want                     []engine.Record
		skipped                  int
	}{
		{
			"csv", "a.csv", `{"type":"csv","skip_header_lines":1,"null_string":"\\N",` + columns + `}`,
			"\xef\xbb\xbfa,b,c\n1,\"x\ny\",02/Jan/2026:03:04:05 +0000\n,\\N,\nno,x,\n1,2\n5,,\r\n",
			[]engine.Record{
				{{Key: "a", Value: int64(1)}, {Key: "b", Value: "x\ny"}, {Key: "c", Value: at}},
				{{Key: "a"}, {Key: "b"}, {Key: "c"}},
				{{Key: "a", Value: int64(5)}, {Key: "b", Value: ""}, {Key: "c"}},
			},
			2,
		},
		{
			"gzip", "a.csv.gz", `{"type":"csv","delimiter":"|","columns":[{"name":"a","type":"double"},{"name":"b","type":"boolean"}]}`, "1.5|TRUE\n",
			[]engine.Record{{{Key: "a", Value: 1.5}, {Key: "b", Value: true}}},
			0,
		},
		{
			"json", "a.json", `{"type":"json"}`, "{\"z\":1,\"a\":{\"k\":[1.5,null]}}\n[{\"b\":18446744073709551615},7]\n",
			[]engine.Record{
				{{Key: "z", Value: int64(1)}, {Key: "a", Value: engine.Map{{Key: "k", Value: []any{1.5, nil}}}}},
				{{Key: "b", Value: "18446744073709551615"}},
			},
			1,
		},
		{"empty", "a.csv", `{"type":"csv","skip_header_lines":3}`, "a\n", nil, 0},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			c, err := connectorfile.Parse(config(write(t, test.file, test.text), test.parser))
			if err != nil {
				t.Fatal(err)
			}
			got, skipped, err := rows(c)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.want, got); diff != "" || skipped != test.skipped {
				t.Errorf("%d skipped, want %d (-want +got):\n%s", skipped, test.skipped, diff)
			}
		})
	}
}

func TestStopOnInvalidRecord(t *testing.T) {
	path := write(t, "a.csv", "x\n1\n")
	c, err := connectorfile.Parse(config(path, `{"type":"csv","stop_on_invalid_record":true,"columns":[{"name":"a","type":"long"}]}`))
	if err != nil {
		t.Fatal(err)
	}
	if list, skipped, _ := rows(c); len(list) != 0 || skipped != 1 {
		t.Errorf("%d records after the invalid one, %d skipped", len(list), skipped)
	}
}

func TestBrokenFilesAreErrors(t *testing.T) {
	tests := []struct{ name, file, parser, text string }{
		{"json", "a.json", `{"type":"json"}`, `{"a":`},
		{"gzip", "a.csv", `{"type":"csv","columns":[]}`, "\x1f\x8b\x08"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			c, err := connectorfile.Parse(config(write(t, test.file, test.text), test.parser))
			if err != nil {
				t.Fatal(err)
			}
			if _, _, err := rows(c); err == nil {
				t.Error("no error")
			}
		})
	}
}

func TestParseRefuses(t *testing.T) {
	tests := []struct{ name, config, want string }{
		{"another source", `{"in":{"type":"s3","bucket":"b"}}`, `input type "s3"`},
		{"no path", `{"in":{"type":"file"}}`, "needs path or path_prefix"},
		{"filters", `{"in":{"type":"file","path":"a"},"filters":[{"type":"rename"}]}`, `filter "rename"`},
		{"mode", `{"in":{"type":"file","path":"a"},"out":{"mode":"merge"}}`, `output mode "merge"`},
		{"parser", `{"in":{"type":"file","path":"a","parser":{"type":"xml"}}}`, `parser "xml"`},
		{"charset", `{"in":{"type":"file","path":"a","parser":{"type":"csv","charset":"Shift_JIS"}}}`, "Shift_JIS"},
		{"escape", `{"in":{"type":"file","path":"a","parser":{"type":"csv","escape":"\\"}}}`, "escape"},
		{"type", `{"in":{"type":"file","path":"a","parser":{"type":"csv","columns":[{"name":"a","type":"blob"}]}}}`, `"blob"`},
		{"directive", `{"in":{"type":"file","path":"a","parser":{"type":"csv","columns":[{"name":"a","type":"timestamp","format":"%Q"}]}}}`, "%Q"},
		{"decoder", `{"in":{"type":"file","path":"a","decoders":[{"type":"bzip2"}]}}`, "bzip2"},
		{"garbage", `[]`, "array"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			_, err := connectorfile.Parse([]byte(test.config))
			if !errors.Is(err, connectorfile.ErrConfig) || !strings.Contains(err.Error(), test.want) {
				t.Errorf("Parse = %v; want one that names %s", err, test.want)
			}
		})
	}
}

func TestGuessRefuses(t *testing.T) {
	for name, path := range map[string]string{
		"missing":   filepath.Join(t.TempDir(), "none"),
		"empty":     write(t, "a.csv", ""),
		"not UTF-8": write(t, "a.csv", "a,\xff\n"),
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := connectorfile.Guess(config(path, ""), files.Dir{}); !errors.Is(err, connectorfile.ErrConfig) {
				t.Errorf("Guess = %v; want ErrConfig", err)
			}
		})
	}
}

func TestPreview(t *testing.T) {
	c, err := connectorfile.Parse(config(write(t, "a.json", `{"a":1} {"b":"x"} {"a":3}`), `{"type":"json"}`))
	if err != nil {
		t.Fatal(err)
	}
	got, err := c.Preview(files.Dir{}, 2)
	if err != nil {
		t.Fatal(err)
	}
	want := &connectorfile.Preview{
		Columns: []connectorfile.Column{{Name: "a", Type: "long"}, {Name: "b", Type: "string"}},
		Records: [][]any{{int64(1), nil}, {nil, "x"}},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
