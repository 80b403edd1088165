package sqlsyntax

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestScanText(t *testing.T) {
	names := map[TokenKind]string{
		Word: "word", QuotedName: "name", StringText: "string", NumberText: "number", Symbol: "symbol",
		Comment: "comment", Unclosed: "unclosed", Invalid: "invalid",
	}
	for _, tt := range []struct {
		sql     string
		dialect Dialect
		want    string
	}{
		{"", Trino, ""},
		{" \n\u3000", Trino, ""},
		{"select 1; x", Trino, "word:select number:1 symbol:; word:x"},
		{"a.1 .5", Trino, "word:a symbol:. number:1 number:.5"},
		{"-- a;b\n/*c;*/d", Trino, "comment:-- a;b comment:/*c;*/ word:d"},
		{"'a;b' 'c", Trino, "string:a;b unclosed:'c"},
		{"/* a; b", Trino, "unclosed:/* a; b"},
		{"'a\\'b'", Trino, "string:a\\ word:b unclosed:'"},
		{"'a\\'b'", Hive, "string:a'b"},
		{`"a" "b`, Trino, `name:a unclosed:"b`},
		{`"a" "b`, Hive, `string:a unclosed:"b`},
		{"U&'a' U&'b", Trino, "string:a invalid:U& unclosed:'b"},
		{`select 1\G`, Trino, `word:select number:1 invalid:\ word:G`},
		{"_a", Hive, "invalid:_ word:a"},
		{`""x`, Trino, `invalid:"" word:x`},
		{"日本 \xff'", Trino, "word:日本 word:\xff unclosed:'"},
	} {
		var got []string
		end := 0
		for _, token := range ScanText(tt.sql, tt.dialect) {
			got = append(got, names[token.Kind]+":"+token.Text)
			if token.Start < end || token.End <= token.Start {
				t.Errorf("%q: a token from %d to %d after %d", tt.sql, token.Start, token.End, end)
			}
			end = token.End
		}
		if diff := cmp.Diff(tt.want, strings.Join(got, " ")); diff != "" {
			t.Errorf("%q: %s", tt.sql, diff)
		}
	}
}

// FuzzScanText checks that the tokens are those of Scan if the text is valid.
func FuzzScanText(f *testing.F) {
	for _, sql := range []string{"select 'a', \"b\" -- c", "a.1/*x*/`y`", "'", `\d x`, "U&'a'", "1e3.5"} {
		f.Add(sql, true)
		f.Add(sql, false)
	}
	f.Fuzz(func(t *testing.T, sql string, hive bool) {
		d := Trino
		if hive {
			d = Hive
		}
		all := ScanText(sql, d)
		valid, err := Scan(sql, d)
		if err != nil {
			return
		}
		var got []Token
		for _, token := range all {
			if token.Kind != Comment {
				got = append(got, token)
			}
		}
		if fmt.Sprint(got) != fmt.Sprint(valid) {
			t.Errorf("%q: %v, want %v", sql, got, valid)
		}
	})
}
