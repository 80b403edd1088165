package results

import (
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/td-cli/td/internal/sandbox/engine"
)

func TestMaskSecrets(t *testing.T) {
	tests := []struct{ url, want string }{
		{"", ""},
		{"file:///tmp/a.csv", "file:///tmp/a.csv"},
		{"td://@/web/access?mode=append", "td://@/web/access?mode=append"},
		{"mysql://ann@host/db/t", "mysql://ann@host/db/t"},
		{"mysql://ann:secret@host/db/t", "mysql://ann:***@host/db/t"},
		{"mysql://ann:se:cr@et/1@host/db", "mysql://ann:***@host/db"},
		{"mysql://:secret@host/db", "mysql://:***@host/db"},
		{"td://0123456789abcdef0123@/web/access", "td://***@/web/access"},
		{"https://host/path?user=a@b", "https://host/path?user=a@b"},
		{`{"type":"s3","secret_access_key":"abc","region":"us"}`, `{"type":"s3","secret_access_key":"***","region":"us"}`},
		{`{"api_token" : "abc","password":""}`, `{"api_token" : "***","password":"***"}`},
		{`{"password":"a\"b\\","user":"ann"}`, `{"password":"***","user":"ann"}`},
		{`{"user":"ann"}`, `{"user":"ann"}`},
	}
	for _, test := range tests {
		if got := MaskSecrets(test.url); got != test.want {
			t.Errorf("MaskSecrets(%q) = %q; want %q", test.url, got, test.want)
		}
	}
}

func TestParseFileURL(t *testing.T) {
	tests := []struct {
		url  string
		want File
		err  string // part of the error
	}{
		{"file:///tmp/a.csv", File{Path: "/tmp/a.csv", Format: "csv"}, ""},
		{"file:///tmp/a.tsv.gz", File{Path: "/tmp/a.tsv.gz", Format: "tsv", Gzip: true}, ""},
		{"file://localhost/tmp/a.jsonl", File{Path: "/tmp/a.jsonl", Format: "jsonl"}, ""},
		{"file:///tmp/a%20b.msgpack", File{Path: "/tmp/a b.msgpack", Format: "msgpack"}, ""},
		{"file:///tmp/a?format=json", File{Path: "/tmp/a", Format: "json"}, ""},
		{"file:///tmp/a.csv?format=tsv", File{Path: "/tmp/a.csv", Format: "tsv"}, ""},
		{"file:///tmp/a.xls", File{}, "does not end in"},
		{"file:///tmp/a.gz", File{}, "does not end in"},
		{"file:///tmp/a.csv?format=xls", File{}, "does not end in"},
		{"file:a.csv", File{}, "absolute path"},
		{"file://host/tmp/a.csv", File{}, "absolute path"},
	}
	for _, test := range tests {
		t.Run(test.url, func(t *testing.T) {
			u, err := url.Parse(test.url)
			if err != nil {
				t.Fatal(err)
			}
			got, err := new(Sender).parseFileURL(u)
			if test.err != "" {
				if err == nil || !strings.Contains(err.Error(), test.err) {
					t.Errorf("error %v; want %q", err, test.err)
				}
				return
			}
			if diff := cmp.Diff(test.want, got); err != nil || diff != "" {
				t.Errorf("%v (-want +got):\n%s", err, diff)
			}
		})
	}
}

func TestColumnNames(t *testing.T) {
	for schema, want := range map[string][]string{
		`[["a","bigint"],["time","varchar"]]`: {"a", "time"},
		`[]`:                                  {},
		``:                                    {},
	} {
		if diff := cmp.Diff(want, ColumnNames(schema)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", schema, diff)
		}
	}
}

func TestRowRecords(t *testing.T) {
	rows := func(yield func([]any, error) bool) {
		for _, row := range [][]any{{int64(1), "x"}, {int64(2), nil, "no column"}, {"noon"}, {int64(3)}} {
			if !yield(row, nil) {
				return
			}
		}
	}
	var got []engine.Record
	var failure error
	for r, err := range rowRecords([]string{"time", "a"}, rows) {
		if err != nil {
			failure = err
			continue
		}
		got = append(got, r)
	}
	want := []engine.Record{{{Key: "time", Value: int64(1)}, {Key: "a", Value: "x"}}, {{Key: "time", Value: int64(2)}, {Key: "a"}}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if failure == nil || !strings.Contains(failure.Error(), "noon") {
		t.Errorf("the sequence ends with %v; want an error for the invalid time", failure)
	}
}
