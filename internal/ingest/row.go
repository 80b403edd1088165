package ingest

import (
	"bytes"
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

var errRange = errors.New("number too large for a double")

// countValues counts a row whose number of values differs from the number of columns.
func (e *encoder) countValues(n int) {
	switch {
	case n < len(e.columns):
		e.short++
	case n > len(e.columns):
		e.long++
	}
}

// A column describes the values of a column of rows.
type column struct {
	name       string
	packedName []byte
	sum        uint64 // hashName of name
	kind       Type   // "" if the type depends on the value
	time       bool   // contains the record's time
	skip       bool   // not selected
}

// appendRow encodes a row of text values. A nil value has no column in the record. If
// the row is too short, the other columns are null; if it is too long, the other values
// are discarded.
func (e *encoder) appendRow(cells [][]byte) error {
	e.countValues(len(cells))
	mark := e.openRecord()
	for i := range e.columns {
		c := &e.columns[i]
		if i >= len(cells) {
			e.appendNull(c)
			continue
		}
		s := cells[i]
		if s == nil || c.skip && !c.time {
			continue
		}
		if c.time {
			if err := e.setTimeText(c, s); err != nil {
				return err
			}
			if c.skip || c.name == timeKey {
				continue // setTime appends it
			}
		}
		e.openKey(c.packedName, c.sum, len(c.name))
		if err := e.appendCell(c, s); err != nil {
			return fmt.Errorf("column %q: %w", c.name, err)
		}
	}
	return e.closeRecord(mark)
}

// appendNull appends the entry of a column without a value. The time has none, which
// makes the record invalid.
func (e *encoder) appendNull(c *column) {
	if c.skip || c.time {
		return
	}
	e.openKey(c.packedName, c.sum, len(c.name))
	e.out = append(e.out, msgpackNil)
}

// setTimeText parses the record's time. Consecutive lines of logs often have the same one.
func (e *encoder) setTimeText(c *column, s []byte) error {
	if e.hasTime = true; len(s) > 0 && bytes.Equal(s, e.lastTime) {
		return nil
	}
	t, err := e.times.parseText(s)
	if err != nil {
		return fmt.Errorf("%w: %q %w", ErrNoTime, c.name, err)
	}
	e.time, e.lastTime = t, append(e.lastTime[:0], s...)
	return nil
}

// appendCell appends a value.
func (e *encoder) appendCell(c *column, s []byte) error {
	switch c.kind {
	case String:
		if e.Null != nil && e.Null.Match(s) {
			e.out = append(e.out, msgpackNil)
			return nil
		}
		e.appendText(s)
		return nil
	case Long, Double:
		if len(s) == 0 || e.isNull(s) {
			e.out = append(e.out, msgpackNil)
			return nil
		}
		return e.appendTyped(c.kind, s)
	}
	switch {
	case e.isNull(s):
		e.out = append(e.out, msgpackNil)
	case matchesWord(s, "true", e.True):
		e.out = append(e.out, msgpackTrue)
	case matchesWord(s, "false", e.False):
		e.out = append(e.out, msgpackFalse)
	default:
		// A number must not change when it is printed again: 007 and +1 remain text.
		n := scanNumber(s)
		integer, decimal := n.integer && string(s) != "-0", n.point > 0 && !e.TextDecimals
		if n.size > 0 && n.size == len(s) && (integer || decimal) && e.appendNumber(n, s) == nil {
			return nil
		}
		e.appendText(s)
	}
	return nil
}

func (e *encoder) isNull(s []byte) bool {
	if e.Null != nil {
		return e.Null.Match(s)
	}
	switch len(s) {
	case 0:
		return true
	case 1:
		return s[0] == '-'
	case 2:
		return s[0] == '\\' && s[1]|0x20 == 'n'
	case 4:
		return bytes.EqualFold(s, []byte("null"))
	}
	return false
}

// matchesWord reports whether s matches the pattern or, if that is nil, equals the word in any
// case.
func matchesWord(s []byte, word string, pattern *regexp.Regexp) bool {
	if pattern != nil {
		return pattern.Match(s)
	}
	return len(s) == len(word) && strings.EqualFold(string(s), word)
}

// appendTyped appends s as a number of the given type.
func (e *encoder) appendTyped(kind Type, s []byte) error {
	t := bytes.TrimSpace(s)
	if kind == Long {
		n, err := strconv.ParseInt(string(t), 10, 64)
		if err != nil {
			if u, err := strconv.ParseUint(string(t), 10, 64); err == nil {
				e.out = appendUint(e.out, u)
				return nil
			}
			return fmt.Errorf("%q is not a long", excerpt(s))
		}
		e.out = appendInt(e.out, n)
		return nil
	}
	f, err := strconv.ParseFloat(string(t), 64)
	if err != nil || bytes.ContainsAny(t, "xX_") {
		return fmt.Errorf("%q is not a double", excerpt(s))
	}
	e.out = appendFloat(e.out, f)
	return nil
}
