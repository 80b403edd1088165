package chart

import (
	"fmt"
	"math"
	"strings"

	"github.com/td-cli/td/internal/text"
)

// maxBarRows is the number of rows that a bar chart shows.
const maxBarRows = 100

// drawBars draws a bar for each value, from the axis at zero. With several series, the bars of a row follow each other.
func drawBars(labels []string, all []series, o Options) (lines []string) {
	rows := min(len(labels), maxBarRows)
	more := len(labels) - rows
	labels = labels[:rows]
	var names, texts []string
	low, high := 0.0, 0.0
	for i := range all {
		s := &all[i]
		s.values, s.texts = s.values[:rows], s.texts[:rows]
		if l, h, ok := s.extent(); ok {
			low, high = min(low, l), max(high, h)
		}
		names, texts = append(names, s.name), append(texts, s.texts...)
	}
	labelWidth := widest(labels, o.Width/3)
	nameWidth := 0
	if len(all) > 1 {
		nameWidth = widest(names, o.Width/5)
	}
	valueWidth := widest(texts, o.Width/4)
	cells := o.Width - labelWidth - valueWidth - 3
	if nameWidth > 0 {
		cells -= nameWidth + 1
	}
	b := newBarScale(low, high, cells, o.ASCII)
	for row, label := range labels {
		for i, s := range all {
			line := pad(label, labelWidth) + " "
			if i > 0 {
				line = strings.Repeat(" ", labelWidth+1)
			}
			if nameWidth > 0 {
				line += pad(s.name, nameWidth) + " "
			}
			lines = append(lines, strings.TrimRight(line+b.draw(s.values[row], text.Truncate(s.texts[row], valueWidth)), " "))
		}
	}
	if more > 0 {
		lines = append(lines, fmt.Sprintf("(%s more rows)", text.Commas(int64(more))))
	}
	return lines
}

// A barScale draws bars to the left and the right of an axis.
type barScale struct {
	left, right int     // cells of negative and positive bars
	unit        float64 // the value of a cell, divided by largest
	largest     float64 // absolute value
	ascii       bool
}

// newBarScale returns the scale for the values from low to high, which include zero. Values are divided by the largest one
// first, so that no difference overflows.
func newBarScale(low, high float64, cells int, ascii bool) barScale {
	b := barScale{largest: max(-low, high), ascii: ascii}
	if b.largest == 0 {
		b.largest = 1
	}
	low, high = low/b.largest, high/b.largest
	span := high - low
	if span == 0 {
		span = 1
	}
	b.left = int(math.Round(-low / span * float64(cells)))
	if low < 0 {
		b.left = max(b.left, 1)
	}
	b.right = cells - b.left
	b.unit = span / float64(cells)
	return b
}

// draw returns the bar of a value, with the axis and the value as text.
func (b barScale) draw(v float64, value string) string {
	axis, full, eighths := "│", "█", []string{"", "▏", "▎", "▍", "▌", "▋", "▊", "▉"}
	if b.ascii {
		axis, full, eighths = "|", "#", nil
	}
	if math.IsNaN(v) {
		return strings.Repeat(" ", b.left) + axis + " " + value
	}
	length := math.Abs(v) / b.largest / b.unit
	if v < 0 {
		n := min(max(int(math.Round(length)), 1), b.left)
		return strings.Repeat(" ", b.left-n) + strings.Repeat(full, n) + axis + " " + value
	}
	parts := int(math.Round(length * 8))
	if eighths == nil {
		parts = int(math.Round(length)) * 8
	}
	if v > 0 {
		parts = max(parts, 1)
	}
	parts = min(parts, b.right*8)
	bar := strings.Repeat(full, parts/8)
	switch {
	case parts%8 == 0:
	case eighths == nil:
		bar += full
	default:
		bar += eighths[parts%8]
	}
	return strings.Repeat(" ", b.left) + axis + bar + " " + value
}
