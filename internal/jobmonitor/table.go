package jobmonitor

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/td-cli/td/internal/text"
)

// The columns, in their order on the screen.
const (
	columnID = iota
	columnStatus
	columnType
	columnPriority
	columnUser
	columnAge
	columnRunning
	columnDatabase
	columnProgress
	columnQuery
	columnCount
)

// titles returns the titles of the columns.
func titles() [columnCount]string {
	return [columnCount]string{"Job", "Status", "Type", "Priority", "User", "Age", "Running", "Database", "Progress", "Query"}
}

// isRightAligned reports whether a column has numbers.
func isRightAligned(column int) bool {
	return column == columnID || column == columnAge || column == columnRunning
}

// cell returns the text of a cell at a time.
func cell(j Job, column int, progress string, at time.Time) string {
	switch column {
	case columnID:
		return j.ID
	case columnStatus:
		return j.Status
	case columnType:
		return j.Type
	case columnPriority:
		return strings.ToLower(j.PriorityName)
	case columnUser:
		return j.User
	case columnAge:
		return formatAge(j.CreatedAt, at)
	case columnRunning:
		return formatAge(j.StartedAt, at)
	case columnDatabase:
		return j.Database
	case columnProgress:
		return progress
	}
	return strings.Join(strings.Fields(j.SQL), " ")
}

// formatAge formats the time since start in at most six characters: 5s, 1m05s, 3h07m, 2d03h.
func formatAge(start, at time.Time) string {
	if start.IsZero() {
		return ""
	}
	s := int64(max(0, at.Sub(start)) / time.Second)
	switch {
	case s < 60:
		return fmt.Sprintf("%ds", s)
	case s < 3600:
		return fmt.Sprintf("%dm%02ds", s/60, s%60)
	case s < 86400:
		return fmt.Sprintf("%dh%02dm", s/3600, s/60%60)
	}
	return fmt.Sprintf("%dd%02dh", s/86400, s/3600%24)
}

// compare orders two jobs by a column. Jobs that have run or waited longer are greater.
func compare(a, b Job, column int, progress map[string]string) int {
	switch column {
	case columnID:
		return compareIDs(a, b)
	case columnPriority:
		return cmp.Compare(a.Priority, b.Priority)
	case columnAge:
		return compareStarts(a.CreatedAt, b.CreatedAt)
	case columnRunning:
		return compareStarts(a.StartedAt, b.StartedAt)
	}
	return strings.Compare(
		strings.ToLower(cell(a, column, progress[a.ID], time.Time{})), strings.ToLower(cell(b, column, progress[b.ID], time.Time{})))
}

// compareIDs orders numbers by value.
func compareIDs(a, b Job) int {
	return cmp.Or(cmp.Compare(len(a.ID), len(b.ID)), strings.Compare(a.ID, b.ID))
}

// compareStarts orders two jobs by the time since their start. One that has not started is the least.
func compareStarts(a, b time.Time) int {
	switch {
	case a.IsZero() && b.IsZero():
		return 0
	case a.IsZero():
		return -1
	case b.IsZero():
		return 1
	}
	return b.Compare(a)
}

// sortJobs sorts jobs by a column. Equal ones are in the order of submission, the oldest first.
func sortJobs(jobs []Job, column int, descending bool, progress map[string]string) {
	slices.SortFunc(jobs, func(a, b Job) int {
		order := compare(a, b, column, progress)
		if descending {
			order = -order
		}
		return cmp.Or(order, a.CreatedAt.Compare(b.CreatedAt), compareIDs(a, b))
	})
}

// matches reports whether a job has all words of a filter, ignoring case.
func matches(j Job, filter, progress string) bool {
	for word := range strings.FieldsSeq(strings.ToLower(filter)) {
		found := false
		for column := range columnCount {
			if column != columnAge && column != columnRunning {
				found = found || strings.Contains(strings.ToLower(cell(j, column, progress, time.Time{})), word)
			}
		}
		if !found {
			return false
		}
	}
	return true
}

// A layout is the widths of the columns in terminal cells; 0 hides a column.
type layout [columnCount]int

const (
	gap         = 1  // cells between columns
	minQuery    = 12 // cells
	minProgress = 10
)

// measure returns the widths that show jobs completely, but at least those of a former layout, so that columns do not
// move with each response.
func measure(jobs []Job, progress map[string]string, at time.Time, former layout) layout {
	widths := former
	for column, title := range titles() {
		widths[column] = max(widths[column], len(title))
		if column == columnQuery {
			continue
		}
		for _, j := range jobs {
			widths[column] = max(widths[column], text.Width(text.Sanitize(cell(j, column, progress[j.ID], at))))
		}
	}
	return widths
}

// fit returns the widths for a screen. Columns are shortened and then hidden, the least important first; the query has the
// rest.
func (l layout) fit(width int) layout {
	l[columnUser], l[columnDatabase], l[columnProgress] = min(l[columnUser], 24), min(l[columnDatabase], 24), min(l[columnProgress], 40)
	l[columnQuery] = 0
	if l.total() > width {
		l[columnUser], l[columnDatabase] = min(l[columnUser], 12), min(l[columnDatabase], 12)
	}
	shrink := func() {
		l[columnProgress] = max(min(minProgress, l[columnProgress]), l[columnProgress]-max(0, l.total()-width))
	}
	shrink()
	for _, column := range []int{columnDatabase, columnRunning, columnPriority, columnProgress, columnUser, columnType} {
		if l.total() > width {
			l[column] = 0
		}
	}
	switch rest := width - l.total(); {
	case rest >= minQuery+gap:
		l[columnQuery] = rest - gap
	case l[columnProgress] > 0:
		l[columnProgress] += max(0, rest)
	}
	return l
}

// total returns the width of a line.
func (l layout) total() int {
	cells := -gap
	for _, w := range l {
		if w > 0 {
			cells += w + gap
		}
	}
	return max(0, cells)
}

// line returns a line of the table. Style is called with each cell and the text that pads it.
func (l layout) line(content func(column int) string, style func(column int, cell string) string) string {
	var b strings.Builder
	for column, width := range l {
		if width == 0 {
			continue
		}
		if b.Len() > 0 {
			b.WriteString(strings.Repeat(" ", gap))
		}
		s := text.Truncate(content(column), width)
		padding := strings.Repeat(" ", max(0, width-text.Width(s)))
		if isRightAligned(column) {
			b.WriteString(padding + style(column, s))
		} else {
			b.WriteString(style(column, s) + padding)
		}
	}
	return b.String()
}
