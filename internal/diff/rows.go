package diff

import (
	"bufio"
	"bytes"
	"cmp"
	"container/heap"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
)

const (
	defaultMemory = 16 << 20 // bytes of rows that are kept in memory
	recordBytes   = 48       // memory of a record in addition to its text
	readBuffer    = 16 << 10 // bytes for each sorted run
)

// Rows is a multiset of rows. The rows are written to it as lines with cells that are separated by tabs. Those that exceed
// a limit are sorted and moved to a temporary file. The caller must close it.
type Rows struct {
	keys    []int // indexes of the cells of the key; nil: the whole row
	memory  int
	partial []byte // incomplete last line
	records []record
	size    int      // memory of records
	file    *os.File // nil without runs
	runs    []run
	end     int64 // size of the file
}

// A record is a row with its key.
type record struct{ key, row string }

func (r record) compare(other record) int {
	return cmp.Or(strings.Compare(r.key, other.key), strings.Compare(r.row, other.row))
}

// A run is a part of the file with sorted records.
type run struct{ start, size int64 }

// NewRows returns an empty set of rows whose key consists of the cells at the indexes keys. Without keys the whole row is
// the key.
func NewRows(keys []int) *Rows { return &Rows{keys: keys, memory: defaultMemory} }

// Write implements io.Writer.
func (r *Rows) Write(b []byte) (int, error) {
	written := len(b)
	for {
		line, rest, complete := bytes.Cut(b, []byte("\n"))
		if !complete {
			r.partial = append(r.partial, b...)
			return written, nil
		}
		text := string(line)
		if len(r.partial) > 0 {
			text = string(append(r.partial, line...))
			r.partial = r.partial[:0]
		}
		if err := r.add(text); err != nil {
			return 0, err
		}
		b = rest
	}
}

func (r *Rows) add(row string) error {
	rec := record{key: row, row: row}
	if r.keys != nil {
		cells := strings.Split(row, "\t")
		key := make([]string, len(r.keys))
		for i, k := range r.keys {
			if k < len(cells) {
				key[i] = cells[k]
			}
		}
		rec.key = strings.Join(key, "\t")
		r.size += len(rec.key)
	}
	r.records = append(r.records, rec)
	if r.size += len(row) + recordBytes; r.size < r.memory {
		return nil
	}
	return r.spill()
}

// spill sorts the records in memory and moves them to the file.
func (r *Rows) spill() error {
	if r.file == nil {
		f, err := os.CreateTemp("", "td-diff-*")
		if err != nil {
			return err
		}
		_ = os.Remove(f.Name()) // Close removes it where an open file cannot be removed
		r.file = f
	}
	slices.SortFunc(r.records, record.compare)
	w := bufio.NewWriterSize(io.NewOffsetWriter(r.file, r.end), 1<<20)
	start := r.end
	for _, rec := range r.records {
		r.end += int64(writeText(w, rec.row))
		if r.keys != nil {
			r.end += int64(writeText(w, rec.key))
		}
	}
	clear(r.records)
	r.records, r.size = r.records[:0], 0
	r.runs = append(r.runs, run{start, r.end - start})
	return w.Flush()
}

// writeText writes a text after its length and returns the number of bytes.
func writeText(w *bufio.Writer, s string) int {
	head := binary.AppendUvarint(nil, uint64(len(s)))
	w.Write(head)
	w.WriteString(s)
	return len(head) + len(s)
}

func readText(r *bufio.Reader) (string, error) {
	n, err := binary.ReadUvarint(r)
	if err != nil {
		return "", err
	}
	b := make([]byte, n)
	if _, err := io.ReadFull(r, b); err != nil {
		return "", errors.Join(io.ErrUnexpectedEOF, err)
	}
	return string(b), nil
}

// Close releases the temporary file.
func (r *Rows) Close() error {
	if r.file == nil {
		return nil
	}
	err := r.file.Close()
	_ = os.Remove(r.file.Name()) // usually removed already
	return err
}

// A sorter returns the records of a set in order.
type sorter struct {
	streams []*stream // a heap by the next record
	keyed   bool
}

// A stream is a sorted sequence of records: a run or, without a reader, the rest in memory.
type stream struct {
	next    record
	reader  *bufio.Reader
	records []record
}

func (r *Rows) sort() (*sorter, error) {
	if len(r.partial) > 0 {
		last := string(r.partial)
		r.partial = nil
		if err := r.add(last); err != nil {
			return nil, err
		}
	}
	slices.SortFunc(r.records, record.compare)
	s := &sorter{keyed: r.keys != nil}
	streams := []*stream{{records: r.records}}
	for _, run := range r.runs {
		section := io.NewSectionReader(r.file, run.start, run.size)
		streams = append(streams, &stream{reader: bufio.NewReaderSize(section, readBuffer)})
	}
	for _, st := range streams {
		more, err := st.advance(s.keyed)
		if err != nil {
			return nil, err
		}
		if more {
			s.streams = append(s.streams, st)
		}
	}
	heap.Init(s)
	return s, nil
}

// advance reads the next record of a stream and reports whether there is one.
func (st *stream) advance(keyed bool) (bool, error) {
	if st.reader == nil {
		if len(st.records) == 0 {
			return false, nil
		}
		st.next, st.records = st.records[0], st.records[1:]
		return true, nil
	}
	row, err := readText(st.reader)
	if err == io.EOF {
		return false, nil
	}
	key := row
	if err == nil && keyed {
		key, err = readText(st.reader)
	}
	st.next = record{key, row}
	return err == nil, err
}

// read returns the next record in order and reports whether there is one.
func (s *sorter) read() (rec record, ok bool, err error) {
	if len(s.streams) == 0 {
		return record{}, false, nil
	}
	first := s.streams[0]
	rec = first.next
	more, err := first.advance(s.keyed)
	if more {
		heap.Fix(s, 0)
	} else {
		heap.Pop(s)
	}
	return rec, err == nil, err
}

// Len implements heap.Interface.
func (s *sorter) Len() int { return len(s.streams) }

// Less implements heap.Interface.
func (s *sorter) Less(i, j int) bool { return s.streams[i].next.compare(s.streams[j].next) < 0 }

// Swap implements heap.Interface.
func (s *sorter) Swap(i, j int) { s.streams[i], s.streams[j] = s.streams[j], s.streams[i] }

// Push implements heap.Interface.
func (s *sorter) Push(x any) { s.streams = append(s.streams, x.(*stream)) }

// Pop implements heap.Interface.
func (s *sorter) Pop() any {
	last := s.streams[len(s.streams)-1]
	s.streams = s.streams[:len(s.streams)-1]
	return last
}

// A RowChange is a row that only one of two sets has, or that they have with the same key and other cells.
type RowChange struct {
	A, B     string // the row in each set
	InA, InB bool   // whether the set has it
}

// A Summary counts the rows of two sets.
type Summary struct {
	Same, Changed, OnlyA, OnlyB int64
}

// A DuplicateKeyError reports a key that belongs to several rows of a set.
type DuplicateKeyError struct {
	InB bool
	Key string // cells that are separated by tabs
}

func (e *DuplicateKeyError) Error() string { return fmt.Sprintf("the key %q is not unique", e.Key) }

// CompareRows compares two sets of rows with the same key and calls report for each difference, in the order of the keys.
// Rows with equal keys and other differences are changed; a key that is not unique is a [DuplicateKeyError]. Rows without a
// key are the same if all their cells are equal, and then count as often as they occur in both.
func CompareRows(ctx context.Context, a, b *Rows, report func(RowChange)) (Summary, error) {
	var total Summary
	left, err := newSide(a, false)
	if err != nil {
		return total, err
	}
	right, err := newSide(b, true)
	if err != nil {
		return total, err
	}
	for left.ok || right.ok {
		if err := ctx.Err(); err != nil {
			return total, context.Cause(ctx)
		}
		var order int
		switch {
		case !right.ok:
			order = -1
		case !left.ok:
			order = 1
		default:
			order = strings.Compare(left.rec.key, right.rec.key)
		}
		switch {
		case order < 0:
			total.OnlyA++
			report(RowChange{A: left.rec.row, InA: true})
		case order > 0:
			total.OnlyB++
			report(RowChange{B: right.rec.row, InB: true})
		case left.rec.row == right.rec.row:
			total.Same++
		default:
			total.Changed++
			report(RowChange{A: left.rec.row, B: right.rec.row, InA: true, InB: true})
		}
		if order <= 0 {
			if err := left.advance(); err != nil {
				return total, err
			}
		}
		if order >= 0 {
			if err := right.advance(); err != nil {
				return total, err
			}
		}
	}
	return total, nil
}

// A side is the current position in one of the sets.
type side struct {
	sorter *sorter
	inB    bool
	rec    record
	ok     bool // there is a record
}

func newSide(rows *Rows, inB bool) (*side, error) {
	s, err := rows.sort()
	if err != nil {
		return nil, err
	}
	x := &side{sorter: s, inB: inB}
	x.rec, x.ok, err = s.read()
	return x, err
}

func (x *side) advance() (err error) {
	previous := x.rec
	x.rec, x.ok, err = x.sorter.read()
	if err == nil && x.ok && x.sorter.keyed && x.rec.key == previous.key {
		return &DuplicateKeyError{InB: x.inB, Key: previous.key}
	}
	return err
}
