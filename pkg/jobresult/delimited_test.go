package jobresult

import (
	"strings"
	"testing"
)

// TestDelimitedUnnamed checks that a header without a schema names the columns of the first row, so that no reader
// takes that row for the header.
func TestDelimitedUnnamed(t *testing.T) {
	const rows = "\x92\x01\xa1x\x92\x02\xa1y" // [1, "x"], [2, "y"]
	for _, tt := range []struct {
		format Format
		header bool
		in     string
		want   string
	}{
		{CSV, true, rows, "_col0,_col1\n1,x\n2,y\n"},
		{TSV, true, rows, "_col0\t_col1\n1\tx\n2\ty\n"},
		{CSV, false, rows, "1,x\n2,y\n"},
		{CSV, true, "", ""},
	} {
		var out strings.Builder
		_, err := Copy(t.Context(), &out, strings.NewReader(tt.in), Options{Format: tt.format, Header: tt.header, Null: DefaultNull, Limit: -1})
		if err != nil || out.String() != tt.want {
			t.Errorf("%s, header %t: %q, %v; want %q", tt.format, tt.header, out.String(), err, tt.want)
		}
	}
}

// TestDelimitedEmptyLine checks that a row is never an empty line, which csv readers skip.
func TestDelimitedEmptyLine(t *testing.T) {
	for _, format := range []Format{CSV, TSV} {
		var out strings.Builder
		in := strings.NewReader("\x91\xc0\x91\xa1x") // [null], ["x"]
		stats, err := Copy(t.Context(), &out, in, Options{Format: format, Columns: []Column{{Name: "a"}}, Null: "", Limit: -1})
		if want := "\"\"\nx\n"; err != nil || out.String() != want || stats.Rows != 2 {
			t.Errorf("%s: %q, %d rows, %v; want %q", format, out.String(), stats.Rows, err, want)
		}
	}
}
