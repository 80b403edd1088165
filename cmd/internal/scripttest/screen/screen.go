// Package screen emulates the screen of a terminal, so that tests can look at what a program has drawn. It supports the
// control functions of xterm that td uses (https://invisible-island.net/xterm/ctlseqs/ctlseqs.html).
package screen

import (
	"fmt"
	"strconv"
	"strings"
	"sync"
	"unicode/utf8"

	"github.com/td-cli/td/internal/text"
)

// A Screen shows what is written to it. It is safe for concurrent use.
type Screen struct {
	mu       sync.Mutex
	main     grid
	other    grid // the alternate screen
	alt      bool // it is shown
	hidden   bool // the cursor
	rest     []byte
	unknown  []string
	topRow   int // scrolling region
	lastRow  int
	lastRune string
	saved    position
}

type position struct{ x, y int }

// A grid is cells and a cursor. The second cell of a wide character is "".
type grid struct {
	columns, rows int
	cells         [][]cell
	position
	inverse bool // new characters
}

type cell struct {
	text    string
	inverse bool
}

// New returns an empty screen.
func New(columns, rows int) *Screen {
	return &Screen{main: newGrid(columns, rows), other: newGrid(columns, rows), lastRow: rows - 1}
}

func newGrid(columns, rows int) grid {
	g := grid{columns: columns, rows: rows}
	for range rows {
		g.cells = append(g.cells, blanks(columns))
	}
	return g
}

func blanks(n int) []cell {
	row := make([]cell, n)
	for i := range row {
		row[i].text = " "
	}
	return row
}

// Resize changes the size. The upper left part of the content remains.
func (s *Screen) Resize(columns, rows int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, g := range []*grid{&s.main, &s.other} {
		next := newGrid(columns, rows)
		for y := range min(rows, g.rows) {
			copy(next.cells[y], g.cells[y])
		}
		next.x, next.y = min(g.x, columns-1), min(g.y, rows-1)
		*g = next
	}
	s.topRow, s.lastRow = 0, rows-1
}

// String returns the lines of the shown screen without blanks at their ends.
func (s *Screen) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	var b strings.Builder
	for _, row := range s.shown().cells {
		var line strings.Builder
		for _, c := range row {
			line.WriteString(c.text)
		}
		b.WriteString(strings.TrimRight(line.String(), " ") + "\n")
	}
	return b.String()
}

// Inverse returns the text in inverse video.
func (s *Screen) Inverse() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	var b strings.Builder
	for _, row := range s.shown().cells {
		for _, c := range row {
			if c.inverse {
				b.WriteString(c.text)
			}
		}
	}
	return b.String()
}

// IsAlternate reports whether the alternate screen is shown.
func (s *Screen) IsAlternate() bool { s.mu.Lock(); defer s.mu.Unlock(); return s.alt }

// CursorHidden reports whether the cursor is invisible.
func (s *Screen) CursorHidden() bool { s.mu.Lock(); defer s.mu.Unlock(); return s.hidden }

// Unknown returns the control functions that were not understood, because of which the screen may be wrong.
func (s *Screen) Unknown() []string { s.mu.Lock(); defer s.mu.Unlock(); return s.unknown }

func (s *Screen) shown() *grid {
	if s.alt {
		return &s.other
	}
	return &s.main
}

// Write implements io.Writer.
func (s *Screen) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.rest = append(s.rest, p...)
	for len(s.rest) > 0 {
		n := s.next(s.rest)
		if n == 0 { // incomplete
			break
		}
		s.rest = s.rest[n:]
	}
	return len(p), nil
}

// next interprets the first character or control function and returns its length, 0 if it is incomplete.
func (s *Screen) next(b []byte) int {
	g := s.shown()
	switch c := b[0]; {
	case c == '\x1b':
		return s.escape(b)
	case c == '\r':
		g.x = 0
	case c == '\n':
		s.lineFeed()
	case c == '\b':
		g.x = max(0, min(g.x, g.columns)-1)
	case c == '\t':
		g.x = min(g.columns-1, (g.x/8+1)*8)
	case c < ' ' || c == 0x7f:
	case !utf8.FullRune(b):
		return 0
	default:
		r, n := utf8.DecodeRune(b)
		s.put(string(r))
		return n
	}
	return 1
}

// put writes a character at the cursor. The cursor may be after the last column until the next one.
func (s *Screen) put(r string) {
	g := s.shown()
	width := text.Width(r)
	if width == 0 {
		if g.x > 0 {
			g.cells[g.y][g.x-1].text += r
		}
		return
	}
	s.lastRune = r
	if g.x+width > g.columns {
		g.x = 0
		s.lineFeed()
	}
	g.cells[g.y][g.x] = cell{r, g.inverse}
	if width == 2 {
		g.cells[g.y][g.x+1] = cell{"", g.inverse}
	}
	g.x += width
}

func (s *Screen) lineFeed() {
	g := s.shown()
	switch {
	case g.y == s.lastRow:
		s.scroll(s.topRow, 1)
	case g.y < g.rows-1:
		g.y++
	}
}

// scroll moves the lines from a row to the end of the scrolling region up, or down if n is negative.
func (s *Screen) scroll(from, n int) {
	g := s.shown()
	for ; n > 0; n-- {
		copy(g.cells[from:s.lastRow+1], g.cells[from+1:s.lastRow+1])
		g.cells[s.lastRow] = blanks(g.columns)
	}
	for ; n < 0; n++ {
		copy(g.cells[from+1:s.lastRow+1], g.cells[from:s.lastRow])
		g.cells[from] = blanks(g.columns)
	}
}

// escape interprets a control function that starts with ESC.
func (s *Screen) escape(b []byte) int {
	if len(b) < 2 {
		return 0
	}
	g := s.shown()
	switch b[1] {
	case '[':
		for i := 2; i < len(b); i++ {
			if b[i] >= 0x40 && b[i] <= 0x7e {
				s.control(string(b[2:i]), b[i])
				return i + 1
			}
		}
		return 0
	case ']': // a title or a colour
		for i := 2; i < len(b); i++ {
			if b[i] == '\a' {
				return i + 1
			}
			if b[i] == '\\' && b[i-1] == '\x1b' {
				return i + 1
			}
		}
		return 0
	case 'M':
		if g.y == s.topRow {
			s.scroll(s.topRow, -1)
		} else {
			g.y = max(0, g.y-1)
		}
	case '7':
		s.saved = g.position
	case '8':
		g.position = s.saved
	default:
		s.unknown = append(s.unknown, fmt.Sprintf("ESC %c", b[1]))
	}
	return 2
}

// control interprets a control sequence.
func (s *Screen) control(params string, final byte) {
	g := s.shown()
	if strings.ContainsAny(params, "?>=<$") {
		s.setModes(params, final)
		return
	}
	if final == 'm' {
		s.setStyle(params)
		return
	}
	n := number(params, 0, 1)
	switch final {
	case 'A':
		g.y = max(0, g.y-n)
	case 'B':
		g.y = min(g.rows-1, g.y+n)
	case 'C':
		g.x = min(g.columns-1, g.x+n)
	case 'D':
		g.x = max(0, min(g.x, g.columns-1)-n)
	case 'E', 'F':
		g.x = 0
		if final == 'F' {
			n = -n
		}
		g.y = min(g.rows-1, max(0, g.y+n))
	case 'G', '`':
		g.x = min(g.columns, n) - 1
	case 'd':
		g.y = min(g.rows, n) - 1
	case 'H', 'f':
		g.y, g.x = min(g.rows, n)-1, min(g.columns, number(params, 1, 1))-1
	case 'I':
		g.x = min(g.columns-1, (g.x/8+n)*8)
	case 'Z':
		g.x = max(0, ((g.x+7)/8-n)*8)
	case 'r':
		s.topRow, s.lastRow = n-1, min(g.rows, number(params, 1, g.rows))-1
		g.position = position{}
	case 'b':
		for range n {
			s.put(s.lastRune)
		}
	default:
		s.edit(params, final, n)
	}
}

// edit interprets the control sequences that change cells.
func (s *Screen) edit(params string, final byte, n int) {
	g := s.shown()
	x := min(g.x, g.columns-1)
	row := g.cells[g.y]
	switch final {
	case 'J':
		switch number(params, 0, 0) {
		case 0:
			copy(row[x:], blanks(g.columns))
			s.eraseRows(g.y+1, g.rows)
		case 1:
			copy(row[:x+1], blanks(g.columns))
			s.eraseRows(0, g.y)
		default:
			s.eraseRows(0, g.rows)
		}
	case 'K':
		switch number(params, 0, 0) {
		case 0:
			copy(row[x:], blanks(g.columns))
		case 1:
			copy(row[:x+1], blanks(g.columns))
		default:
			copy(row, blanks(g.columns))
		}
	case 'X':
		copy(row[x:min(g.columns, x+n)], blanks(g.columns))
	case 'P':
		copy(row[x:], append(row[min(g.columns, x+n):len(row):len(row)], blanks(n)...))
	case '@':
		copy(row[x:], append(blanks(n), row[x:]...))
	case 'L':
		s.scroll(g.y, -n)
	case 'M':
		s.scroll(g.y, n)
	case 'S':
		s.scroll(s.topRow, n)
	case 'T':
		s.scroll(s.topRow, -n)
	case 't', 'n', 'c', 'q', 'g': // reports and settings without an effect on the cells
	default:
		s.unknown = append(s.unknown, fmt.Sprintf("CSI %s %c", params, final))
	}
}

func (s *Screen) eraseRows(from, to int) {
	g := s.shown()
	for y := from; y < to; y++ {
		g.cells[y] = blanks(g.columns)
	}
}

// setModes interprets private modes. Those of the keyboard and of tab stops have no effect.
func (s *Screen) setModes(params string, final byte) {
	if !strings.HasPrefix(params, "?") || final != 'h' && final != 'l' {
		return
	}
	for mode := range strings.SplitSeq(params[1:], ";") {
		switch mode {
		case "25":
			s.hidden = final == 'l'
		case "1049":
			s.alt = final == 'h'
			s.topRow, s.lastRow = 0, s.main.rows-1
			if s.alt {
				s.other = newGrid(s.main.columns, s.main.rows)
			}
		}
	}
}

// setStyle interprets the attributes of new characters, of which only inverse video is kept.
func (s *Screen) setStyle(params string) {
	g := s.shown()
	for p := range strings.SplitSeq(params, ";") {
		switch p {
		case "", "0", "27":
			g.inverse = false
		case "7":
			g.inverse = true
		}
	}
}

// number returns a parameter, or a default if it is missing or 0.
func number(params string, index, missing int) int {
	list := strings.Split(params, ";")
	if index >= len(list) {
		return missing
	}
	if n, err := strconv.Atoi(list[index]); err == nil && n > 0 {
		return n
	}
	return missing
}
