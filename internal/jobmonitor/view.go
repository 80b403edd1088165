package jobmonitor

import (
	"fmt"
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"github.com/td-cli/td/internal/text"
)

const (
	clock = "15:04:05" // layout of times

	bold    = "\x1b[1m"
	inverse = "\x1b[7m"
	reset   = "\x1b[0m"
)

// visible returns the number of jobs on the screen: there are a line for the summary, one for the titles, one for messages
// and one for the keys.
func (m *model) visible() int { return max(1, m.height-4) }

// paneHeight returns the number of lines of a pane.
func (m *model) paneHeight() int { return max(1, m.height-3) }

// View implements tea.Model.
func (m *model) View() tea.View {
	lines := m.lines()
	if len(lines) > m.height {
		lines = lines[:m.height]
	}
	v := tea.NewView(strings.Join(lines, "\n"))
	v.AltScreen = true
	if m.filtering && m.pane == nil && m.height >= 2 {
		v.Cursor = tea.NewCursor(min(m.width-1, text.Width(m.bottomLine())), m.height-2)
		v.Cursor.Blink = false
	}
	return v
}

// lines returns the lines of the screen.
func (m *model) lines() []string {
	if m.pane != nil {
		return m.paneLines()
	}
	lines := []string{bold + m.twoSides(m.summary(), m.order()) + reset}
	widths := m.widths.fit(m.width)
	plain := func(_ int, s string) string { return s }
	header := titles()
	lines = append(lines, m.styled("\x1b[4m", widths.line(func(column int) string { return header[column] }, plain)))
	for i := m.top; i < min(len(m.rows), m.top+m.visible()); i++ {
		lines = append(lines, m.row(widths, i))
	}
	if len(m.rows) == 0 {
		lines = append(lines, text.Truncate(m.emptyText(), m.width))
	}
	for len(lines) < m.visible()+2 {
		lines = append(lines, "")
	}
	return append(lines, text.Truncate(m.bottomLine(), m.width), m.keyLine("? help  / filter  < > sort  r reverse  k kill  s SQL  l log  q quit"))
}

// summary returns the left part of the first line.
func (m *model) summary() string {
	if m.received.IsZero() {
		return "td top"
	}
	queued := 0
	for _, j := range m.jobs {
		if j.Status == "queued" {
			queued++
		}
	}
	s := fmt.Sprintf("td top: %d running, %d queued", len(m.jobs)-queued, queued)
	if m.filter != "" {
		s += fmt.Sprintf(", %d with %q", len(m.rows), m.filter)
	}
	return s
}

// order returns the right part of the first line.
func (m *model) order() string {
	direction := "↑"
	if m.descending {
		direction = "↓"
	}
	s := fmt.Sprintf("by %s %s", strings.ToLower(titles()[m.sortColumn]), direction)
	if m.received.IsZero() {
		return s
	}
	return s + "  " + m.received.Format(clock)
}

// emptyText explains that no job is shown.
func (m *model) emptyText() string {
	switch {
	case m.received.IsZero() && m.failure == "":
		return "Requesting the jobs…"
	case m.received.IsZero():
		return ""
	case len(m.jobs) > 0:
		return fmt.Sprintf("No job contains %q.", m.filter)
	}
	return "No jobs are queued or running."
}

// row returns the line of a job.
func (m *model) row(widths layout, i int) string {
	j := m.rows[i]
	style := func(_ int, s string) string { return s }
	if i != m.cursor && m.options.Status != nil {
		style = func(column int, s string) string {
			if column == columnStatus {
				return m.options.Status(s)
			}
			return s
		}
	}
	line := widths.line(func(column int) string { return cell(j, column, m.progress[j.ID], m.received) }, style)
	if i == m.cursor {
		return m.styled(inverse, line)
	}
	return line
}

// styled returns a line of the width of the screen with an escape sequence.
func (m *model) styled(sequence, line string) string {
	line = text.Truncate(line, m.width)
	return sequence + line + strings.Repeat(" ", max(0, m.width-text.Width(line))) + reset
}

// bottomLine returns the line above the keys: a question, the filter, a message or an error.
func (m *model) bottomLine() string {
	switch {
	case m.killing != "":
		return m.question()
	case m.filtering:
		return "Filter: " + text.Sanitize(m.filter)
	case m.message != "":
		return m.message
	}
	return m.failure
}

// question returns the question whether to kill a job.
func (m *model) question() string {
	i := slices.IndexFunc(m.jobs, func(j Job) bool { return j.ID == m.killing })
	if i < 0 {
		return fmt.Sprintf("Kill job %s, which is not in the list any more? [y/N] ", m.killing)
	}
	j := m.jobs[i]
	s := fmt.Sprintf("Kill job %s (%s, %s", j.ID, j.Type, j.Status)
	if j.User != "" {
		s += ", of " + text.Truncate(j.User, 30)
	}
	return s + ")? [y/N] "
}

// keyLine returns the last line of the screen, which describes keys.
func (m *model) keyLine(s string) string { return bold + text.Truncate(s, m.width) + reset }

// paneLines returns the lines of the screen with a pane.
func (m *model) paneLines() []string {
	p, height := m.pane, m.paneHeight()
	lines := []string{bold + m.twoSides(p.heading(), p.position(height)) + reset}
	lines = append(lines, p.lines[p.top:min(len(p.lines), p.top+height)]...)
	switch {
	case p.job != "" && !p.loaded && p.failure == "":
		lines = append(lines, "Requesting the log…")
	case p.loaded && p.text == "":
		lines = append(lines, "The log is empty.")
	}
	for len(lines) < height+1 {
		lines = append(lines, "")
	}
	return append(lines, text.Truncate(p.failure, m.width), m.keyLine("Up Down PgUp PgDn Home End scroll  q back"))
}

// position describes which part of the text is shown.
func (p *pane) position(height int) string {
	switch {
	case p.job != "" && p.follow && !p.ended:
		return "following"
	case len(p.lines) <= height:
		return ""
	}
	return fmt.Sprintf("lines %d-%d of %d", p.top+1, min(len(p.lines), p.top+height), len(p.lines))
}

// twoSides returns a line with a text on the left and one on the right, if there is room for it.
func (m *model) twoSides(left, right string) string {
	left = text.Truncate(left, m.width)
	blanks := m.width - text.Width(left) - text.Width(right)
	if blanks < 2 {
		return left
	}
	return left + strings.Repeat(" ", blanks) + right
}
