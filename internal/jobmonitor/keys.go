package jobmonitor

import (
	"fmt"
	"strings"
	"unicode/utf8"

	tea "charm.land/bubbletea/v2"
)

// press handles a key.
func (m *model) press(key tea.KeyPressMsg) tea.Cmd {
	m.message = ""
	switch name := key.String(); {
	case name == "ctrl+c":
		return m.end(nil)
	case name == "ctrl+z":
		m.suspended = true
		return tea.Quit
	case name == "ctrl+l":
		return tea.ClearScreen
	case m.killing != "":
		return m.pressAnswer(name)
	case m.pane != nil:
		m.pressPane(name)
	case m.filtering:
		m.pressFilter(key)
	default:
		return m.pressTable(name)
	}
	return nil
}

// pressTable handles a key while the jobs are shown.
func (m *model) pressTable(name string) tea.Cmd {
	page := m.visible()
	switch name {
	case "q":
		return m.end(nil)
	case "up", "ctrl+p":
		m.moveTo(m.cursor - 1)
	case "down", "ctrl+n":
		m.moveTo(m.cursor + 1)
	case "pgup", "ctrl+b":
		m.moveTo(m.cursor - page)
	case "pgdown", "ctrl+f", "space":
		m.moveTo(m.cursor + page)
	case "home", "g":
		m.moveTo(0)
	case "end", "G":
		m.moveTo(len(m.rows) - 1)
	case "<", "left":
		m.sortBy(-1)
	case ">", "right":
		m.sortBy(1)
	case "r":
		m.descending = !m.descending
		m.arrange()
	case "/":
		m.filtering = true
	case "esc":
		m.setFilter("")
	case "?", "h":
		m.open(&pane{title: "Help", text: helpText})
	default:
		return m.pressJob(name)
	}
	return nil
}

// pressJob handles a key that applies to the selected job.
func (m *model) pressJob(name string) tea.Cmd {
	j, ok := m.selected()
	if !ok {
		return nil
	}
	switch name {
	case "k":
		m.killing = j.ID
	case "s", "enter":
		sql := j.SQL
		if strings.TrimSpace(sql) == "" {
			sql = "(the job has no SQL)"
		}
		m.open(&pane{title: fmt.Sprintf("SQL of job %s, %s, database %s", j.ID, j.Type, j.Database), text: sql})
	case "l":
		p := &pane{title: "Log of job " + j.ID, job: j.ID, follow: true}
		m.open(p)
		return m.requestLog(p)
	}
	return nil
}

// sortBy selects the next shown column in a direction.
func (m *model) sortBy(direction int) {
	widths := m.widths.fit(m.width)
	for range columnCount {
		m.sortColumn = (m.sortColumn + direction + columnCount) % columnCount
		if widths[m.sortColumn] > 0 {
			break
		}
	}
	m.descending = m.sortColumn == columnAge || m.sortColumn == columnRunning || m.sortColumn == columnPriority
	m.arrange()
}

// open shows a pane.
func (m *model) open(p *pane) {
	m.pane = p
	p.layOut(m.width, m.paneHeight())
}

// pressPane handles a key while a pane is shown.
func (m *model) pressPane(name string) {
	p, page := m.pane, m.paneHeight()
	switch name {
	case "q", "esc", "left", "backspace":
		m.pane = nil
	case "up", "ctrl+p":
		p.scroll(-1, page)
	case "down", "ctrl+n", "enter":
		p.scroll(1, page)
	case "pgup", "ctrl+b":
		p.scroll(-page, page)
	case "pgdown", "ctrl+f", "space":
		p.scroll(page, page)
	case "home", "g":
		p.scroll(-len(p.lines), page)
	case "end", "G":
		p.scroll(len(p.lines), page)
	}
}

// pressFilter handles a key while the filter is typed.
func (m *model) pressFilter(key tea.KeyPressMsg) {
	switch name := key.String(); name {
	case "enter":
		m.filtering = false
	case "esc":
		m.filtering = false
		m.setFilter("")
	case "ctrl+u":
		m.setFilter("")
	case "backspace", "ctrl+h":
		_, size := utf8.DecodeLastRuneInString(m.filter)
		m.setFilter(m.filter[:len(m.filter)-size])
	case "up":
		m.moveTo(m.cursor - 1)
	case "down":
		m.moveTo(m.cursor + 1)
	default:
		m.setFilter(m.filter + key.Text)
	}
}

func (m *model) setFilter(filter string) {
	m.filter = strings.Join(strings.FieldsFunc(filter, func(r rune) bool { return r == '\n' || r == '\r' || r == '\t' }), " ")
	m.arrange()
}

// pressAnswer handles the answer to the question whether a job is to be killed.
func (m *model) pressAnswer(name string) tea.Cmd {
	id := m.killing
	m.killing = ""
	if name == "y" || name == "Y" {
		return m.kill(id)
	}
	m.message = fmt.Sprintf("Job %s was not killed.", id)
	return nil
}
