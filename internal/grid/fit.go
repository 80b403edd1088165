package grid

import (
	"regexp"
	"slices"
	"strings"

	"github.com/td-cli/td/internal/text"
)

// minShortened is the width, in terminal cells, below which Fit does not shorten
// a column.
const minShortened = 20

// Whole returns the list without the abbreviations that a table has for text.
func (l List) Whole() List {
	l = l.without(nil)
	for _, r := range l.Rows {
		for i, c := range r.Cells {
			if s, ok := plainCell(c).(string); ok {
				r.Cells[i] = s
			}
		}
	}
	return l
}

// Fit returns the list for a table in a terminal that has a number of cells per
// line. It omits columns that are empty in every row and shortens long text with
// "…", the longest first. If that is not enough, it also omits the least
// important columns: those of l.Optional first, and never the first column. Fit
// returns the titles of the columns that it omitted although they are not empty.
func (l List) Fit(cells int) (fitted List, omitted []string) {
	fitted = l.Whole()
	fitted = fitted.without(fitted.emptyColumns())
	for {
		widths, ok := fitted.shorten(cells)
		if ok || len(fitted.Columns) < 2 {
			fitted.truncate(widths)
			return fitted, omitted
		}
		i := fitted.leastImportant()
		omitted = append(omitted, fitted.Columns[i])
		fitted = fitted.without([]int{i})
	}
}

// without returns a copy of the list without the columns with these indexes.
func (l List) without(indexes []int) List {
	kept := List{Optional: l.Optional, Rows: make([]Row, len(l.Rows))}
	for i, title := range l.Columns {
		if !slices.Contains(indexes, i) {
			kept.Columns = append(kept.Columns, title)
		}
	}
	for j, r := range l.Rows {
		for i, c := range r.Cells {
			if !slices.Contains(indexes, i) {
				kept.Rows[j].Cells = append(kept.Rows[j].Cells, c)
			}
		}
	}
	return kept
}

// emptyColumns returns the indexes of the columns, except the first, that are
// empty in every row.
func (l List) emptyColumns() []int {
	var empty []int
	for i := range l.Columns {
		filled := func(r Row) bool { return strings.TrimSpace(tableText(r.Cells[i])) != "" }
		if i > 0 && len(l.Rows) > 0 && !slices.ContainsFunc(l.Rows, filled) {
			empty = append(empty, i)
		}
	}
	return empty
}

// shorten returns column widths with which a table fits in a number of cells. It
// narrows the widest shortenable column until the table fits. It returns false if
// there are no such widths.
func (l List) shorten(cells int) (widths []int, ok bool) {
	widths = l.widths()
	shortenable := l.shortenableColumns()
	for _, i := range shortenable {
		widths[i] = min(widths[i], max(cells, minShortened)) // saves most steps of the loop below
	}
	for tableWidth(widths) > cells {
		widest := -1
		for _, i := range shortenable {
			if widths[i] > max(minShortened, text.Width(l.Columns[i])) && (widest < 0 || widths[i] > widths[widest]) {
				widest = i
			}
		}
		if widest < 0 {
			return widths, false
		}
		widths[widest]--
	}
	return widths, true
}

// tableWidth returns the width of a table with these columns.
func tableWidth(columns []int) int {
	n := len("|")
	for _, w := range columns {
		n += len("| ") + w + len(" ")
	}
	return n
}

// shortenableColumns returns the indexes of the columns of text. Numbers, times and
// the first column, which identifies the row, are useless when incomplete.
func (l List) shortenableColumns() []int {
	timestamp := regexp.MustCompile(`^\d{4}-\d\d-\d\d`)
	numbers := l.numberColumns()
	var indexes []int
	for i := range l.Columns {
		isTime := func(r Row) bool { return timestamp.MatchString(tableText(r.Cells[i])) }
		if i > 0 && !slices.Contains(numbers, i) && !slices.ContainsFunc(l.Rows, isTime) {
			indexes = append(indexes, i)
		}
	}
	return indexes
}

// truncate shortens the cells of a list that Fit has copied.
func (l List) truncate(widths []int) {
	for i, width := range widths {
		for _, r := range l.Rows {
			if s := tableText(r.Cells[i]); text.Width(s) > width {
				r.Cells[i] = Shown{Table: text.Truncate(s, width), Plain: plainCell(r.Cells[i])}
			}
		}
	}
}

// leastImportant returns the index of the column to omit next: an optional
// column with the same value in every row, another optional one in the order of
// l.Optional, a column with the same value in every row, or the last one.
func (l List) leastImportant() int {
	rank := func(i int) int {
		optional := slices.Index(l.Optional, l.Columns[i])
		switch {
		case optional >= 0 && l.isConstant(i):
			return optional
		case optional >= 0:
			return 1000 + optional
		case l.isConstant(i):
			return 2000 - i
		}
		return 3000 - i
	}
	least := len(l.Columns) - 1
	for i := len(l.Columns) - 2; i > 0; i-- {
		if rank(i) < rank(least) {
			least = i
		}
	}
	return least
}

// isConstant reports whether column i has the same value in all of several rows.
func (l List) isConstant(i int) bool {
	differs := func(r Row) bool { return tableText(r.Cells[i]) != tableText(l.Rows[0].Cells[i]) }
	return len(l.Rows) > 1 && !slices.ContainsFunc(l.Rows, differs)
}
