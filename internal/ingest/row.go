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

// ErrColumns says that a row has more or fewer values than there are columns.
var ErrColumns = errors.New("wrong number of columns")

func columnCount(have, want int) error {
	if have == want {
		return nil
	}
	return fmt.Errorf("%w: %d instead of %d", ErrColumns, have, want)
}

// A column is what values of rows become.
type column struct {
	name string
	head []byte // name as MessagePack
	sum  uint64 // keySum of name
	kind Type   // "" for whatever a value looks like
	time bool   // it holds the record's time
	skip bool   // it is not wanted
	dash bool   // - is null in it
}

// row appends a record of text values. A nil one is absent.
func (e *encoder) row(cells [][]byte) error {
	if err := columnCount(len(cells), len(e.columns)); err != nil {
		return err
	}
	mark := e.openRecord()
	for i, s := range cells {
		c := &e.columns[i]
		if s == nil || c.skip && !c.time {
			continue
		}
		if c.time {
			if err := e.readTime(c, s); err != nil {
				return err
			}
			if c.skip || c.name == timeKey {
				continue // setTime appends it
			}
		}
		e.openKey(c.head, c.sum, len(c.name))
		if err := e.cell(c, s); err != nil {
			return fmt.Errorf("column %q: %w", c.name, err)
		}
	}
	return e.closeRecord(mark)
}

// readTime makes the text s the record's time. In logs the next line often has the same.
func (e *encoder) readTime(c *column, s []byte) error {
	if e.clocked = true; len(s) > 0 && bytes.Equal(s, e.lastTime) {
		return nil
	}
	t, err := e.clock.text(s)
	if err != nil {
		return fmt.Errorf("%w: %q %w", ErrNoTime, c.name, err)
	}
	e.time, e.lastTime = t, append(e.lastTime[:0], s...)
	return nil
}

// cell appends one value.
func (e *encoder) cell(c *column, s []byte) error {
	switch c.kind {
	case String:
		if e.Null != nil && e.Null.Match(s) || c.dash && string(s) == "-" {
			e.out = append(e.out, packedNil)
			return nil
		}
		e.text(s)
		return nil
	case Long, Double:
		if len(s) == 0 || e.isNull(s) {
			e.out = append(e.out, packedNil)
			return nil
		}
		return e.numeric(c.kind, s)
	}
	switch {
	case e.isNull(s):
		e.out = append(e.out, packedNil)
	case isWord(s, "true", e.True):
		e.out = append(e.out, packedTrue)
	case isWord(s, "false", e.False):
		e.out = append(e.out, packedFalse)
	default:
		// A number is one only if nothing is lost when it is printed again: 007 and +1 are text.
		n := scanNumber(s)
		if n.size > 0 && n.size == len(s) && (n.integer && string(s) != "-0" || n.point > 0) && e.number(n, s) == nil {
			return nil
		}
		e.text(s)
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

// isWord says whether s is the word, in any case, or what the pattern says instead.
func isWord(s []byte, word string, pattern *regexp.Regexp) bool {
	if pattern != nil {
		return pattern.Match(s)
	}
	return len(s) == len(word) && strings.EqualFold(string(s), word)
}

// numeric appends s as a number of the given type.
func (e *encoder) numeric(kind Type, s []byte) error {
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
