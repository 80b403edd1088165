package ingest

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"errors"
	"fmt"
	"math/bits"
	"slices"
	"strings"
	"unicode/utf8"
)

// ErrNoTime says that a record has no time that can be used.
var ErrNoTime = errors.New("no usable time")

// ErrTooManyKeys says that a record has more than Options.MaxKeys keys.
var ErrTooManyKeys = errors.New("too many keys")

// An encoder appends records to out as MessagePack. Each goroutine has its own.
type encoder struct {
	*plan
	out     []byte
	keys    []key // of the maps that are open, the outermost map's first
	scratch []byte
	order   []int

	clocked bool  // the record's time is known
	time    int64 // if clocked

	lastTime []byte // the text of time, if it was text
	rows     rows

	packer
	before int64 // records of the file that are no longer counted in tally
	tally
	bads []Bad
	err  error // what else went wrong
}

// A tally counts what became of a stretch of a file.
type tally struct {
	records, bigIntegers, repaired int64
}

// A key is where in out an entry of a map is.
type key struct {
	sum   uint64 // keySum of the name
	start int    // the entry
	name  int    // the bytes of its name
	value int    // its value
	drop  bool
}

// keySum returns a number that is seldom the same for different names.
func keySum(name []byte) uint64 {
	n := len(name)
	if n >= 8 {
		return binary.LittleEndian.Uint64(name) ^ bits.RotateLeft64(binary.LittleEndian.Uint64(name[n-8:]), 23) ^ uint64(n)
	}
	var s uint64
	for _, c := range name {
		s = s<<8 | uint64(c)
	}
	return s<<8 | uint64(n)
}

// rollback takes back what was appended since out was mark long and the tally stood at t.
func (e *encoder) rollback(mark int, t tally) {
	e.out, e.keys, e.tally = e.out[:mark], e.keys[:0], t
}

// openRecord begins a record and returns its place, for closeRecord.
func (e *encoder) openRecord() int {
	e.keys, e.clocked = e.keys[:0], false
	e.out = append(e.out, mapHead)
	return len(e.out) - 1
}

// openKey appends a key that is complete as bytes. Its value is to follow.
func (e *encoder) openKey(packed []byte, sum uint64, nameLen int) {
	start := len(e.out)
	e.out = append(e.out, packed...)
	e.keys = append(e.keys, key{sum: sum, start: start, name: len(e.out) - nameLen, value: len(e.out)})
}

// closeRecord ends the record at mark: its last of equal keys stays, it has a time, and no more columns than are wanted.
func (e *encoder) closeRecord(mark int) error {
	e.dropEqual(0)
	if err := e.setTime(); err != nil {
		return err
	}
	if len(e.keys) > e.MaxKeys {
		return fmt.Errorf("%w: %d, and %d may be", ErrTooManyKeys, len(e.keys), e.MaxKeys)
	}
	e.out = closeHead(e.out, mark, len(e.keys), mapHead, mapHead16)
	e.keys = e.keys[:0]
	e.records++
	return nil
}

// closeMap ends an inner map at mark, whose keys begin at e.keys[first].
func (e *encoder) closeMap(mark, first int) {
	e.dropEqual(first)
	e.out = closeHead(e.out, mark, len(e.keys)-first, mapHead, mapHead16)
	e.keys = e.keys[:first]
}

func (e *encoder) name(k key) []byte { return e.out[k.name:k.value] }

// dropEqual removes those entries from e.keys[first:] whose key comes again.
func (e *encoder) dropEqual(first int) {
	keys, found := e.keys[first:], false
	if len(keys) <= 24 {
		for i := 1; i < len(keys); i++ {
			for j := range keys[:i] {
				if keys[j].sum == keys[i].sum && bytes.Equal(e.name(keys[j]), e.name(keys[i])) {
					keys[j].drop, found = true, true
				}
			}
		}
	} else {
		e.order = e.order[:0]
		for i := range keys {
			e.order = append(e.order, i)
		}
		slices.SortFunc(e.order, func(a, b int) int {
			if c := cmp.Compare(keys[a].sum, keys[b].sum); c != 0 {
				return c
			}
			if c := bytes.Compare(e.name(keys[a]), e.name(keys[b])); c != 0 {
				return c
			}
			return a - b
		})
		for n, i := range e.order[1:] {
			if j := e.order[n]; keys[i].sum == keys[j].sum && bytes.Equal(e.name(keys[i]), e.name(keys[j])) {
				keys[j].drop, found = true, true
			}
		}
	}
	if found {
		e.compact(first)
	}
}

// compact removes the entries of the innermost map that are marked. Its keys begin at e.keys[first].
func (e *encoder) compact(first int) {
	w, kept := e.keys[first].start, first
	for i := first; i < len(e.keys); i++ {
		k, end := e.keys[i], len(e.out)
		if i+1 < len(e.keys) {
			end = e.keys[i+1].start
		}
		if k.drop {
			continue
		}
		gap := k.start - w
		w += copy(e.out[w:], e.out[k.start:end])
		k.start, k.name, k.value = k.start-gap, k.name-gap, k.value-gap
		e.keys[kept] = k
		kept++
	}
	e.out, e.keys = e.out[:w], e.keys[:kept]
}

// timeKey is the name under which the service keeps a record's time.
const timeKey = "time"

// setTime gives the record its time and removes the columns that are not wanted.
func (e *encoder) setTime() error {
	stays := false
	switch v := e.TimeValue; {
	case v != nil:
		e.time, e.clocked = v.Start, true
		if v.Hours > 0 {
			e.time += (e.before + e.records) % (v.Hours * 3600)
		}
	case !e.clocked:
		i := e.find(e.TimeColumn)
		if i < 0 {
			return fmt.Errorf("%w: there is no %q", ErrNoTime, e.TimeColumn)
		}
		t, whole, err := e.clock.packed(e.out[e.keys[i].value:])
		if err != nil {
			return fmt.Errorf("%w: %q %w", ErrNoTime, e.TimeColumn, err)
		}
		e.time, stays = t, whole && e.TimeColumn == timeKey
	}
	if stays && e.only == nil && e.exclude == nil {
		return nil
	}
	sum, found := keySum([]byte(timeKey)), false
	for i := range e.keys {
		k := &e.keys[i]
		if k.sum == sum && string(e.name(*k)) == timeKey {
			k.drop = !stays
		} else if e.only != nil || e.exclude != nil {
			name := e.name(*k)
			k.drop = e.only != nil && !e.only[string(name)] || e.exclude[string(name)]
		}
		found = found || k.drop
	}
	if found {
		e.compact(0)
	}
	if !stays {
		e.openKey([]byte("\xa4"+timeKey), sum, len(timeKey))
		e.out = appendInt(e.out, e.time)
	}
	return nil
}

// find returns the index of the outermost map's key of that name, or -1.
func (e *encoder) find(name string) int {
	for i := range e.keys {
		if e.keys[i].value-e.keys[i].name == len(name) && string(e.name(e.keys[i])) == name {
			return i
		}
	}
	return -1
}

// text appends s as a string, with U+FFFD for each byte of it that is not UTF-8.
func (e *encoder) text(s []byte) {
	if !utf8.Valid(s) {
		e.repaired++
		e.repair(s)
		return
	}
	e.out = appendString(e.out, s)
}

func (e *encoder) repair(s []byte) {
	e.out = appendString(e.out, string([]rune(string(s))))
}

// bad notes that the record on that line is left out.
func (e *encoder) bad(line int64, err error, text []byte) {
	e.bads = append(e.bads, Bad{Line: line, Err: err, Text: excerpt(text)})
}

// excerpt returns the beginning of a record for a message.
func excerpt(text []byte) string {
	const most = 160
	cut := len(text) > most
	if cut {
		text = text[:most]
		for i := 0; i < utf8.UTFMax && !utf8.Valid(text); i++ {
			text = text[:len(text)-1]
		}
	}
	s := strings.ToValidUTF8(strings.TrimRight(string(text), "\r\n"), "\uFFFD")
	if cut {
		s += "…"
	}
	return s
}
