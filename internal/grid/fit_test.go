package grid_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/td-cli/td/internal/grid"
	"github.com/td-cli/td/internal/text"
	"github.com/td-cli/td/pkg/jobresult"
)

// jobs returns a list like that of job:list.
func jobs() grid.List {
	return grid.List{
		Columns:  []string{"JobID", "Status", "Start", "Elapsed", "Priority", "Result", "Type", "Query"},
		Optional: []string{"Type", "Elapsed", "Priority"},
		Rows: []grid.Row{
			{Cells: []any{"1234567", "success", "2026-01-02 03:04:05 +0900", "1m 5s", "NORMAL", nil, "hive", "SELECT symbol, COUNT(1) AS 件数 FROM nasdaq GROUP BY symbol ORDER BY 2 DESC"}},
			{Cells: []any{"1234568", "error", "2026-01-02 03:04:05 +0900", "5s", "HIGH", "", "hive", "SELECT 1"}},
		},
	}
}

func draw(t *testing.T, l grid.List) string {
	t.Helper()
	var buf bytes.Buffer
	if err := l.Write(&buf, jobresult.Table, grid.Options{}); err != nil {
		t.Fatal(err)
	}
	return buf.String()
}

func TestFit(t *testing.T) {
	for _, tt := range []struct {
		cells   int
		want    string // second line of the table and the one after the header
		omitted []string
	}{
		{
			200,
			"| JobID   | Status  | Start                     | Elapsed | Priority | Type | Query                                                                       |\n" +
				"| 1234567 | success | 2026-01-02 03:04:05 +0900 | 1m 5s   | NORMAL   | hive | SELECT symbol, COUNT(1) AS 件数 FROM nasdaq GROUP BY symbol ORDER BY 2 DESC |",
			nil,
		},
		{
			110,
			"| JobID   | Status  | Start                     | Elapsed | Priority | Type | Query                          |\n" +
				"| 1234567 | success | 2026-01-02 03:04:05 +0900 | 1m 5s   | NORMAL   | hive | SELECT symbol, COUNT(1) AS 件… |",
			nil,
		},
		{
			90,
			"| JobID   | Status  | Start                     | Priority | Query                       |\n" +
				"| 1234567 | success | 2026-01-02 03:04:05 +0900 | NORMAL   | SELECT symbol, COUNT(1) AS… |",
			[]string{"Type", "Elapsed"},
		},
		{
			45,
			"| JobID   | Status  | Query                 |\n" +
				"| 1234567 | success | SELECT symbol, COUNT… |",
			[]string{"Type", "Elapsed", "Priority", "Start"},
		},
		{8, "| JobID   |\n| 1234567 |", []string{"Type", "Elapsed", "Priority", "Start", "Query", "Status"}},
	} {
		t.Run(fmt.Sprint(tt.cells), func(t *testing.T) {
			fitted, omitted := jobs().Fit(tt.cells)
			lines := strings.Split(draw(t, fitted), "\n")
			if diff := cmp.Diff(tt.want, lines[1]+"\n"+lines[3]); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
			if diff := cmp.Diff(tt.omitted, omitted); diff != "" {
				t.Errorf("omitted (-want +got)\n%s", diff)
			}
		})
	}
}

// TestFitKeeps checks that Fit does not change the list itself.
func TestFitKeeps(t *testing.T) {
	l := jobs()
	l.Fit(40)
	if diff := cmp.Diff(draw(t, jobs()), draw(t, l)); diff != "" {
		t.Error(diff)
	}
}

// TestFitWidths checks for many widths that the table fits if a table of the
// first column does, and that a wider terminal does not show less.
func TestFitWidths(t *testing.T) {
	shown := 0
	for cells := 11; cells < 240; cells++ {
		fitted, _ := jobs().Fit(cells)
		table := draw(t, fitted)
		for line := range strings.Lines(table) {
			if w := text.Width(strings.TrimSuffix(line, "\n")); w > cells && !strings.Contains(line, "rows in set") {
				t.Fatalf("a line of %d cells in %d:\n%s", w, cells, table)
			}
		}
		if len(fitted.Columns) < shown {
			t.Errorf("%d columns in %d cells, %d in fewer", len(fitted.Columns), cells, shown)
		}
		shown = len(fitted.Columns)
	}
	if shown != 7 {
		t.Errorf("%d columns in the widest terminal, want all but the empty one", shown)
	}
}

func TestFitNoRows(t *testing.T) {
	fitted, omitted := grid.List{Columns: []string{"Name", "Count"}}.Fit(20)
	if diff := cmp.Diff("0 rows in set\n", draw(t, fitted)); diff != "" || omitted != nil {
		t.Errorf("%s, omitted %v", diff, omitted)
	}
}
