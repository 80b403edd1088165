package roff

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestPage(t *testing.T) {
	p := New("td-db-list", "1", "2026-01-02", "td 1.2.3", `The "manual"`)
	p.Name("td-db-list", "List the databases")
	p.Section("OPTIONS")
	p.Paragraph("It's e-mail … あ\n\n.dot first\n")
	p.Paragraph(".hidden")
	p.Terms([]string{"-f, --format FORMAT", "--names"}, "what\nit means")
	p.Subsection("More")
	p.Example([]string{`  echo 'a\n' | td ~/x`, "", ".x"})
	p.Bold("td [-c]")
	p.References([]string{"td", "td-db"})
	const want = `.TH "TD\-DB\-LIST" 1 2026-01-02 "td 1.2.3" "The \(dqmanual\(dq"
.nh
.ad l
.SH "NAME"
td\-db\-list \- List the databases
.SH "OPTIONS"
It\(aqs e\-mail ... \[u3042] .dot first
.PP
\&.hidden
.TP
\fB\-f, \-\-format FORMAT\fR
.TQ
\fB\-\-names\fR
what it means
.SS "More"
.RS 4
.nf
  echo \(aqa\en\(aq | td \(ti/x

\&.x
.fi
.RE
\fBtd [\-c]\fR
\fBtd\fR(1),
\fBtd\-db\fR(1)
`
	if diff := cmp.Diff(want, p.String()); diff != "" {
		t.Error(diff)
	}
}
