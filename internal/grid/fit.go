package grid

import (
	"bufio"
	"fmt"
	"io"
	"regexp"
	"strings"

	"github.com/td-cli/td/internal/text"
)

// A Look is how a list looks to a person who reads it on a terminal.
type Look struct {
	Width int                              // of the terminal; a table that is wider is written as Vertical. 0: it stays
	Right bool                             // numbers stand at the right of their columns
	Paint func(column, text string) string // colours a cell, and changes nothing else
}

// Draw writes the list as Write does, with a look, in the format Table or Vertical, and flushes.
func (l List) Draw(w io.Writer, f Format, look Look) error {
	if f != Table && f != Vertical {
		return fmt.Errorf("the format %q has no look", f)
	}
	buf := bufio.NewWriter(w)
	d := newDrawing(l, look, short)
	if f == Table && (look.Width == 0 || d.width() <= look.Width || len(l.Rows) == 0) {
		d.table(buf)
	} else {
		newDrawing(l, look, whole).vertical(buf)
	}
	return buf.Flush()
}

// A drawing is a list as it is drawn.
type drawing struct {
	titles []string
	rows   [][]string // harmless text
	widths []int      // of the columns, in cells of the terminal
	right  []bool     // the columns of numbers
	paint  func(column int, text string) string
}

func newDrawing(l List, look Look, format func(cell any) string) *drawing {
	d := &drawing{right: make([]bool, len(l.Columns))}
	if look.Right {
		d.right = numeric(l)
	}
	for _, title := range l.Columns {
		d.titles = append(d.titles, text.Sanitize(title))
		d.widths = append(d.widths, text.Width(d.titles[len(d.titles)-1]))
	}
	for _, r := range l.Rows {
		cells := make([]string, len(r.Cells))
		for i, c := range r.Cells {
			cells[i] = format(c)
			d.widths[i] = max(d.widths[i], text.Width(cells[i]))
		}
		d.rows = append(d.rows, cells)
	}
	d.paint = func(column int, text string) string { return look.Paint(l.Columns[column], text) }
	return d
}

// numeric finds the columns that hold numbers, or amounts such as "4.05 MB", and nothing else.
func numeric(l List) []bool {
	amount := regexp.MustCompile(`^[\d,.]+ ([kMGT]?B)$`)
	right := make([]bool, len(l.Columns))
	for i := range right {
		some := false
		right[i] = true
		for _, r := range l.Rows {
			switch c := plain(r.Cells[i]).(type) {
			case nil:
			case string:
				some = some || c != ""
				right[i] = right[i] && (c == "" || amount.MatchString(c))
			case bool:
				right[i] = false
			default:
				some = true
			}
		}
		right[i] = right[i] && some
	}
	return right
}

// width is the table's.
func (d *drawing) width() int {
	n := 1
	for _, w := range d.widths {
		n += w + len("|  ")
	}
	return n
}

func (d *drawing) table(w *bufio.Writer) {
	if len(d.rows) > 0 {
		d.border(w)
		d.line(w, d.titles, func(_ int, text string) string { return text })
		d.border(w)
		for _, cells := range d.rows {
			d.line(w, cells, d.paint)
		}
		d.border(w)
	}
	w.WriteString(Count(len(d.rows)) + "\n")
}

func (d *drawing) border(w *bufio.Writer) {
	for _, n := range d.widths {
		w.WriteString("+" + strings.Repeat("-", n+2))
	}
	w.WriteString("+\n")
}

func (d *drawing) line(w *bufio.Writer, cells []string, paint func(int, string) string) {
	for i, n := range d.widths {
		cell := ""
		if i < len(cells) {
			cell = cells[i]
		}
		blanks := strings.Repeat(" ", n-text.Width(cell))
		if d.right[i] {
			w.WriteString("| " + blanks + paint(i, cell) + " ")
		} else {
			w.WriteString("| " + paint(i, cell) + blanks + " ")
		}
	}
	w.WriteString("|\n")
}

func (d *drawing) vertical(w *bufio.Writer) {
	longest := 0
	for _, title := range d.titles {
		longest = max(longest, text.Width(title))
	}
	stars := strings.Repeat("*", longest*3/2)
	for i, cells := range d.rows {
		fmt.Fprintf(w, "%s %d. row %s\n", stars, i+1, stars)
		for j, cell := range cells {
			blanks := strings.Repeat(" ", longest-text.Width(d.titles[j]))
			w.WriteString(blanks + d.titles[j] + ": " + d.paint(j, cell) + "\n")
		}
	}
}
