package lineedit

import (
	"fmt"
	"strings"

	tea "charm.land/bubbletea/v2"

	"github.com/td-cli/td/internal/text"
)

const (
	reset   = "\x1b[0m"
	inverse = "\x1b[7m"
	tabStop = "    "
	maxMenu = 8 // lines
)

// View implements tea.Model.
func (m *model) View() tea.View {
	if m.width < 10 {
		return tea.NewView("")
	}
	rows, x, y := m.layOut()
	if m.done || bool(m.suspension) { // bubbletea removes the last line when a program ends
		rows, x, y = append(rows, ""), 0, len(rows)
	}
	below := m.viewBelow()
	room := max(1, m.height-len(below)-1)
	if len(rows) > room { // show the part with the cursor
		first := min(max(0, y-room+1), len(rows)-room)
		rows, y = rows[first:first+room], y-first
	}
	v := tea.NewView(strings.Join(append(rows, below...), "\n"))
	v.Cursor = tea.NewCursor(x, y)
	v.Cursor.Blink = false
	return v
}

// layOut returns the lines of the screen for the text with its prompts, and the position of the cursor.
func (m *model) layOut() (rows []string, x, y int) {
	var spans []Span
	if m.editor.Style != nil && !m.done {
		spans = m.editor.Style(m.buffer.text)
	}
	var row strings.Builder
	color := ""
	setColor := func(c string) {
		if c != color {
			if color != "" {
				row.WriteString(reset)
			}
			row.WriteString(c)
			color = c
		}
	}
	row.WriteString(m.prompt)
	cells := text.Width(m.prompt)
	endRow := func() {
		if color != "" {
			row.WriteString(reset)
		}
		rows = append(rows, row.String())
		row.Reset()
		row.WriteString(color)
		cells = 0
	}
	for i, r := range m.buffer.text {
		for len(spans) > 0 && spans[0].End <= i {
			spans = spans[1:]
		}
		c := ""
		if len(spans) > 0 && spans[0].Start <= i {
			c = spans[0].Color
		}
		shown := showRune(r)
		width := text.Width(shown)
		if cells+width >= m.width && r != '\n' { // the last column remains free for the cursor
			endRow()
		}
		if i == m.buffer.cursor {
			x, y = cells, len(rows)
		}
		if r == '\n' {
			setColor("")
			endRow()
			row.WriteString(m.more)
			cells = text.Width(m.more)
			continue
		}
		setColor(c)
		row.WriteString(shown)
		cells += width
	}
	if m.buffer.cursor == len(m.buffer.text) {
		x, y = cells, len(rows)
	}
	setColor("")
	endRow()
	return rows, x, y
}

// showRune returns the text that represents a character on the screen.
func showRune(r rune) string {
	switch {
	case r == '\n':
		return ""
	case r == '\t':
		return tabStop
	case text.IsUnsafe(r):
		return "\ufffd"
	}
	return string(r)
}

// viewBelow returns the lines below the text: the search or the menu.
func (m *model) viewBelow() []string {
	if m.searching {
		return []string{text.Truncate(fmt.Sprintf("search: %s", m.search), m.width-1)}
	}
	if len(m.menu) == 0 {
		return nil
	}
	widest := 0
	for _, c := range m.menu {
		widest = max(widest, text.Width(c))
	}
	widest = min(widest, m.width-1)
	columns := max(1, m.width/(widest+2))
	lines := min(maxMenu, max(1, m.height/2), (len(m.menu)+columns-1)/columns)
	first := 0
	if m.selected >= 0 {
		first = max(0, m.selected/columns-lines+1)
	}
	var below []string
	for i := first; i < first+lines; i++ {
		var line strings.Builder
		for j := i * columns; j < min((i+1)*columns, len(m.menu)); j++ {
			word := text.Truncate(m.menu[j], widest)
			padding := strings.Repeat(" ", widest-text.Width(word)+2)
			if j == m.selected {
				word = inverse + word + reset
			}
			line.WriteString(word + padding)
		}
		below = append(below, strings.TrimRight(line.String(), " "))
	}
	if rest := len(m.menu) - (first+lines)*columns; rest > 0 {
		below = append(below, fmt.Sprintf("… %d more", rest))
	}
	return below
}
