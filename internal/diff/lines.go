// Package diff compares texts by lines, and results by rows with bounded memory.
package diff

import (
	"fmt"
	"slices"
	"strings"
)

const (
	contextLines = 3
	maxTable     = 16 << 20 // cells of the table for the longest common subsequence
)

// An edit is a line of a difference. Its kind is ' ' for a common line, '-' for one of the first text only and '+' for
// one of the second.
type edit struct {
	kind byte
	line string
}

// Unified returns the difference of two texts in the unified format of diff(1), or "" if their lines are equal. A line
// break at the end of a text is not significant.
//
// See https://www.gnu.org/software/diffutils/manual/html_node/Detailed-Unified.html.
func Unified(nameA, nameB, a, b string) string {
	edits := editLines(splitLines(a), splitLines(b))
	var out strings.Builder
	lineA, lineB := 1, 1 // line numbers of edits[0]
	for len(edits) > 0 {
		start := nextChange(edits)
		if start < 0 {
			break
		}
		skipped := max(0, start-contextLines)
		lineA, lineB = lineA+skipped, lineB+skipped
		edits = edits[skipped:]
		end := hunkEnd(edits)
		countA, countB := count(edits[:end])
		if out.Len() == 0 {
			fmt.Fprintf(&out, "--- %s\n+++ %s\n", nameA, nameB)
		}
		fmt.Fprintf(&out, "@@ -%s +%s @@\n", formatRange(lineA, countA), formatRange(lineB, countB))
		for _, e := range edits[:end] {
			out.WriteByte(e.kind)
			out.WriteString(e.line + "\n")
		}
		lineA, lineB = lineA+countA, lineB+countB
		edits = edits[end:]
	}
	return out.String()
}

func splitLines(s string) []string {
	s = strings.TrimRight(strings.ReplaceAll(s, "\r\n", "\n"), "\n")
	if s == "" {
		return nil
	}
	return strings.Split(s, "\n")
}

// nextChange returns the index of the first line that is not common, or -1.
func nextChange(edits []edit) int {
	for i, e := range edits {
		if e.kind != ' ' {
			return i
		}
	}
	return -1
}

// hunkEnd returns the end of the hunk at the start of edits: the last change that fewer than twice contextLines common
// lines separate from the one before, and the lines of its context.
func hunkEnd(edits []edit) int {
	end := nextChange(edits) + 1
	for {
		next := nextChange(edits[end:])
		if next < 0 || next > 2*contextLines {
			return min(len(edits), end+contextLines)
		}
		end += next + 1
	}
}

func count(edits []edit) (a, b int) {
	for _, e := range edits {
		if e.kind != '+' {
			a++
		}
		if e.kind != '-' {
			b++
		}
	}
	return a, b
}

// formatRange formats the lines of a hunk in one of the texts. An empty range names the line before it.
func formatRange(start, count int) string {
	switch count {
	case 0:
		return fmt.Sprintf("%d,0", start-1)
	case 1:
		return fmt.Sprint(start)
	}
	return fmt.Sprintf("%d,%d", start, count)
}

// editLines returns the lines of both texts. The common lines are a longest common subsequence unless the texts differ in
// too many lines.
func editLines(a, b []string) []edit {
	var head, tail []edit
	for len(a) > 0 && len(b) > 0 && a[0] == b[0] {
		head = append(head, edit{' ', a[0]})
		a, b = a[1:], b[1:]
	}
	for len(a) > 0 && len(b) > 0 && a[len(a)-1] == b[len(b)-1] {
		tail = append([]edit{{' ', a[len(a)-1]}}, tail...)
		a, b = a[:len(a)-1], b[:len(b)-1]
	}
	edits := head
	if (len(a)+1)*(len(b)+1) <= maxTable {
		common := commonLengths(a, b)
		for len(a) > 0 && len(b) > 0 {
			row := len(common) - len(a) - 1
			column := len(common[0]) - len(b) - 1
			switch {
			case a[0] == b[0]:
				edits = append(edits, edit{' ', a[0]})
				a, b = a[1:], b[1:]
			case common[row+1][column] >= common[row][column+1]:
				edits = append(edits, edit{'-', a[0]})
				a = a[1:]
			default:
				edits = append(edits, edit{'+', b[0]})
				b = b[1:]
			}
		}
	}
	for _, line := range a {
		edits = append(edits, edit{'-', line})
	}
	for _, line := range b {
		edits = append(edits, edit{'+', line})
	}
	return append(edits, tail...)
}

// commonLengths returns the lengths of the longest common subsequences of a[i:] and b[j:].
func commonLengths(a, b []string) [][]int32 {
	lengths := make([][]int32, len(a)+1)
	for i := range lengths {
		lengths[i] = make([]int32, len(b)+1)
	}
	for i, lineA := range slices.Backward(a) {
		for j, lineB := range slices.Backward(b) {
			if lineA == lineB {
				lengths[i][j] = lengths[i+1][j+1] + 1
			} else {
				lengths[i][j] = max(lengths[i+1][j], lengths[i][j+1])
			}
		}
	}
	return lengths
}
