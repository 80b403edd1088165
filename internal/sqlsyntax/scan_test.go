package sqlsyntax

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestScan(t *testing.T) {
	src := "SELECT 'it''s é', \"q\" -- c\n  , U&'\\0041', 1.5e3 /* x */ <= a;"
	tokens, err := Scan(src, Trino)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, x := range tokens {
		got = append(got, src[x.Start:x.End])
	}
	want := []string{"SELECT", "'it''s é'", ",", `"q"`, ",", `U&'\0041'`, ",", "1.5e3", "<=", "a", ";"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if x := tokens[1]; x.Kind != StringText || x.Text != "it's é" || x.Line != 1 || x.Column != 8 {
		t.Errorf("token %+v", x)
	}
	if x := tokens[5]; x.Line != 2 || x.Column != 5 {
		t.Errorf("token %+v", x)
	}
	if _, err := Scan("SELECT 'x", Trino); err == nil {
		t.Error("no error for an open quote")
	}
}
