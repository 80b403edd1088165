package chart

import (
	"cmp"
	"errors"
	"math"
	"slices"
	"strings"

	"github.com/td-cli/td/internal/text"
)

const (
	lineHeight    = 15 // lines of a chart of one series
	minLineHeight = 5  // lines of each series of several
)

// A lineChart draws series over the same positions.
type lineChart struct {
	options Options
	x       []float64 // position of each row
	order   []int     // indexes of the rows by position
	labels  []string  // label of each row
	height  int       // lines of a series
}

// drawLines draws each series as a line with its own scale, one below the other.
func drawLines(x []float64, labels []string, all []series, o Options) (lines []string, err error) {
	c := lineChart{options: o, x: x, order: make([]int, len(x)), labels: labels, height: max(minLineHeight, lineHeight/len(all))}
	for i := range c.order {
		c.order[i] = i
	}
	slices.SortStableFunc(c.order, func(a, b int) int { return cmp.Compare(x[a], x[b]) })
	drawn := false
	for i, s := range all {
		if i > 0 {
			lines = append(lines, "")
		}
		if len(all) > 1 {
			lines = append(lines, text.Truncate(s.name, o.Width))
		}
		low, high, ok := s.extent()
		if !ok {
			lines = append(lines, "(no numbers)")
			continue
		}
		drawn = true
		lines = append(lines, c.draw(s.values, low, high)...)
	}
	if !drawn {
		return nil, errors.New("the result has no numbers to draw")
	}
	return lines, nil
}

// draw draws the values of a series, which are between low and high, with its axes.
func (c lineChart) draw(values []float64, low, high float64) (lines []string) {
	axis := axisTexts(low, high, c.height)
	axisWidth := widest(axis, c.options.Width/3)
	width := c.options.Width - axisWidth - 2
	tick, side, corner, bottom := "┤", "│", "└", "─"
	if c.options.ASCII {
		tick, side, corner, bottom = "+", "|", "+", "-"
	}
	dots := newCanvas(width, c.height, c.options.ASCII)
	first, last := c.order[0], c.order[len(c.order)-1]
	dots.polyline(c.order, func(i int) (horizontal, vertical float64, ok bool) {
		return fraction(c.x[i], c.x[first], c.x[last]), fraction(values[i], low, high), !math.IsNaN(values[i])
	})
	for row, cells := range dots.rows() {
		mark := side
		if axis[row] != "" {
			mark = tick
		}
		lines = append(lines, strings.TrimRight(padLeft(axis[row], axisWidth)+" "+mark+cells, " "))
	}
	lines = append(lines, strings.Repeat(" ", axisWidth+1)+corner+strings.Repeat(bottom, width))
	return append(lines, strings.Repeat(" ", axisWidth+2)+joinEnds(c.labels[first], c.labels[last], width))
}

// axisTexts returns the labels of the vertical axis, one for each line.
func axisTexts(low, high float64, height int) []string {
	texts := make([]string, height)
	texts[0], texts[height-1] = formatNumber(high), formatNumber(low)
	if low == high {
		texts[0], texts[height-1] = "", ""
	}
	if middle := formatNumber(low/2 + high/2); middle != texts[0] && middle != texts[height-1] {
		texts[height/2] = middle
	}
	return texts
}

// joinEnds returns a line of a width in cells that starts with one text and ends with another.
func joinEnds(first, last string, cells int) string {
	if first == last {
		return text.Truncate(first, cells)
	}
	half := (cells - 1) / 2
	first = text.Truncate(first, half)
	return first + padLeft(text.Truncate(last, half), cells-text.Width(first))
}

// fraction returns the position of v between low and high, from 0 to 1. It is in the middle if they are equal.
func fraction(v, low, high float64) float64 {
	scale := max(math.Abs(low), math.Abs(high)) // no difference of the quotients overflows
	if low == high || scale == 0 {
		return 0.5
	}
	return (v/scale - low/scale) / (high/scale - low/scale)
}

// A canvas is a grid of dots: several in each cell of the terminal with Braille patterns
// (https://www.unicode.org/charts/PDF/U2800.pdf), one with ASCII.
type canvas struct {
	width, height int // cells
	dotsX, dotsY  int // dots per cell
	dots          [][]bool
}

func newCanvas(width, height int, ascii bool) *canvas {
	c := &canvas{width: width, height: height, dotsX: 2, dotsY: 4}
	if ascii {
		c.dotsX, c.dotsY = 1, 1
	}
	c.dots = make([][]bool, height*c.dotsY)
	for i := range c.dots {
		c.dots[i] = make([]bool, width*c.dotsX)
	}
	return c
}

// polyline connects the points of a sequence. Fractions from 0 to 1 give their position from the left and from the bottom.
// A point without a value interrupts the line.
func (c *canvas) polyline(order []int, point func(i int) (horizontal, vertical float64, ok bool)) {
	connected := 0 // points
	var lastX, lastY int
	end := func() {
		if connected == 1 {
			c.enlarge(lastX, lastY)
		}
		connected = 0
	}
	defer end()
	for _, i := range order {
		h, v, ok := point(i)
		if !ok {
			end()
			continue
		}
		px := int(math.Round(h * float64(c.width*c.dotsX-1)))
		py := int(math.Round((1 - v) * float64(len(c.dots)-1)))
		if connected > 0 {
			c.segment(lastX, lastY, px, py)
		}
		c.dots[py][px] = true
		lastX, lastY = px, py
		connected++
	}
}

// enlarge makes a single point visible among Braille patterns.
func (c *canvas) enlarge(x, y int) {
	if c.dotsX == 1 {
		return
	}
	x, y = x&^1, y&^1
	for _, row := range c.dots[y : y+2] {
		row[x], row[x+1] = true, true
	}
}

// segment connects two dots.
func (c *canvas) segment(x0, y0, x1, y1 int) {
	steps := max(x1-x0, x0-x1, y1-y0, y0-y1)
	for i := range steps {
		t := float64(i) / float64(steps)
		c.dots[y0+int(math.Round(t*float64(y1-y0)))][x0+int(math.Round(t*float64(x1-x0)))] = true
	}
}

// rows returns the lines of the terminal.
func (c *canvas) rows() []string {
	rows := make([]string, c.height)
	for y := range rows {
		var b strings.Builder
		for x := range c.width {
			b.WriteRune(c.cell(x, y))
		}
		rows[y] = strings.TrimRight(b.String(), " ")
	}
	return rows
}

// cell returns the character of a cell.
func (c *canvas) cell(x, y int) rune {
	bits := [4][2]rune{{0x01, 0x08}, {0x02, 0x10}, {0x04, 0x20}, {0x40, 0x80}}
	pattern := rune(0)
	for dy := range c.dotsY {
		for dx := range c.dotsX {
			if c.dots[y*c.dotsY+dy][x*c.dotsX+dx] {
				pattern |= bits[dy][dx]
			}
		}
	}
	switch {
	case pattern == 0:
		return ' '
	case c.dotsX == 1:
		return '*'
	}
	return 0x2800 + pattern
}
