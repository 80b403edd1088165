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

// ErrNoTime is the error of a record without a valid time.
var ErrNoTime = errors.New("no valid time")

// ErrTooManyKeys is the error of a record with more than Options.MaxKeys keys.
var ErrTooManyKeys = errors.New("too many keys")

// ErrEmptyName is the error of a record that has a column without a name.
var ErrEmptyName = errors.New("a column has no name")

// An encoder appends records as MessagePack to out. Each worker has its own.
type encoder struct {
	*config
	out     []byte
	keys    []mapKey // keys of the open maps, outermost first
	scratch []byte
	order   []int

	hasTime bool  // the record's time is known
	time    int64 // valid if hasTime is set

	lastTime []byte // text from which time was parsed, if any
	rows     rowReader

	compressor
	before int64 // records of the file in earlier chunks
	counts
	badRecords []BadRecord
	err        error // first error of the compression
}

// counts are the numbers of records and of changed values in a part of a file.
type counts struct {
	records, bigIntegers, repaired, short, long int64
}

// A mapKey locates an entry of a map in out.
type mapKey struct {
	sum   uint64 // hashName of the name
	start int    // offset of the entry
	name  int    // offset of the name without its length
	value int    // offset of the value
	drop  bool
}

// hashName returns a cheap hash of a name.
func hashName(name []byte) uint64 {
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

// rollback restores the state at which out had the length mark.
func (e *encoder) rollback(mark int, t counts) {
	e.out, e.keys, e.counts = e.out[:mark], e.keys[:0], t
}

// openRecord starts a record and returns its offset for closeRecord.
func (e *encoder) openRecord() int {
	e.keys, e.hasTime = e.keys[:0], false
	e.out = append(e.out, mapHead)
	return len(e.out) - 1
}

// openKey appends an encoded key. The caller appends its value.
func (e *encoder) openKey(packed []byte, sum uint64, nameLen int) {
	start := len(e.out)
	e.out = append(e.out, packed...)
	e.keys = append(e.keys, mapKey{sum: sum, start: start, name: len(e.out) - nameLen, value: len(e.out)})
}

// closeRecord ends the record at mark. It removes duplicate keys (the last value wins), sets the
// time and removes columns that are not selected.
func (e *encoder) closeRecord(mark int) error {
	e.dropDuplicates(0)
	if err := e.setTime(); err != nil {
		return err
	}
	if !e.EmptyNames && e.find("") >= 0 {
		return ErrEmptyName
	}
	if len(e.keys) > e.MaxKeys {
		return fmt.Errorf("%w: %d, at most %d are allowed", ErrTooManyKeys, len(e.keys), e.MaxKeys)
	}
	e.out = closeContainer(e.out, mark, len(e.keys), mapHead, mapHead16)
	e.keys = e.keys[:0]
	e.records++
	return nil
}

// closeMap ends a nested map at mark, whose keys start at e.keys[first].
func (e *encoder) closeMap(mark, first int) {
	e.dropDuplicates(first)
	e.out = closeContainer(e.out, mark, len(e.keys)-first, mapHead, mapHead16)
	e.keys = e.keys[:first]
}

func (e *encoder) name(k mapKey) []byte { return e.out[k.name:k.value] }

// dropDuplicates removes all but the last entry of each name in e.keys[first:].
func (e *encoder) dropDuplicates(first int) {
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

// compact removes the marked entries from e.keys[first:], the innermost map.
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

// timeKey is the column in which Treasure Data stores the time of a record.
const timeKey = "time"

// setTime sets the record's time and removes columns that are not selected.
func (e *encoder) setTime() error {
	stays := false
	switch v := e.TimeValue; {
	case v != nil:
		e.time, e.hasTime = v.Start, true
		if v.Hours > 0 {
			e.time += (e.before + e.records) % (v.Hours * 3600)
		}
	case !e.hasTime:
		i := e.find(e.TimeColumn)
		if i < 0 {
			return fmt.Errorf("%w: no %q", ErrNoTime, e.TimeColumn)
		}
		t, whole, err := e.times.parseValue(e.out[e.keys[i].value:])
		if err != nil {
			return fmt.Errorf("%w: %q %w", ErrNoTime, e.TimeColumn, err)
		}
		e.time, stays = t, whole && e.TimeColumn == timeKey
	}
	if stays && e.only == nil && e.exclude == nil {
		return nil
	}
	sum, found := hashName([]byte(timeKey)), false
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

// find returns the index of a key of the outermost map, or -1.
func (e *encoder) find(name string) int {
	for i := range e.keys {
		if e.keys[i].value-e.keys[i].name == len(name) && string(e.name(e.keys[i])) == name {
			return i
		}
	}
	return -1
}

// appendText appends s as a string. Bytes that are not UTF-8 become U+FFFD.
func (e *encoder) appendText(s []byte) {
	if !utf8.Valid(s) {
		e.repaired++
		e.appendRepaired(s)
		return
	}
	e.out = appendString(e.out, s)
}

func (e *encoder) appendRepaired(s []byte) {
	e.out = appendString(e.out, string([]rune(string(s))))
}

// reject records that the record on the given line is skipped.
func (e *encoder) reject(line int64, err error, text []byte) {
	e.badRecords = append(e.badRecords, BadRecord{Line: line, Err: err, Text: excerpt(text)})
}

// excerpt returns the start of a record for error messages.
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
