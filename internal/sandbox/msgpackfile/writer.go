package msgpackfile

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"hash"
	"hash/crc32"
	"sync"
	"sync/atomic"

	"github.com/klauspost/compress/flate"
	"github.com/vmihailenco/msgpack/v5/msgpcode"

	"github.com/td-cli/td/internal/atomicfile"
	"github.com/td-cli/td/internal/sandbox/engine"
)

const (
	chunkSize   = 256 << 10 // bytes that are compressed at once
	maxChunks   = 6         // chunks in memory
	compressors = 2         // goroutines
)

// A Writer writes a result. While rows are added, goroutines compress those before.
type Writer struct {
	limit   int64 // bytes of the file
	records int64
	raw     int64 // bytes in complete chunks
	crc     uint32
	current *chunk
	err     error // error of a value of the last row

	allocated int         // chunks
	work      chan *chunk // chunks to compress; nil until the first chunk is complete
	ordered   chan *chunk // chunks to write to the file
	free      chan *chunk
	wg        sync.WaitGroup
	failure   error       // error of the goroutine that writes the file
	failed    atomic.Bool // failure is set

	file *atomicfile.File
	hash hash.Hash
	size atomic.Int64 // bytes of the file so far
}

// A chunk is a part of a result. Its compressed form is independent of the other chunks, and all of them together are one
// member of a gzip file (https://www.rfc-editor.org/rfc/rfc1952).
type chunk struct {
	rows       []byte
	compressed bytes.Buffer
	done       chan struct{} // receives a value when compressed is complete
}

var _ engine.RowWriter = (*Writer)(nil)

// Create starts writing the result of a job. The caller must call Commit or Abort.
func (s *Spool) Create(job int64) (*Writer, error) {
	file, err := s.createFile(job, resultForm)
	if err != nil {
		return nil, err
	}
	w := &Writer{file: file, limit: s.limit, hash: sha256.New(), current: newChunk(), allocated: 1}
	const header = "\x1f\x8b\x08\x00\x00\x00\x00\x00\x04\xff" // deflate, without a time, fastest, unknown system
	if err := w.write([]byte(header)); err != nil {
		file.Discard()
		return nil, err
	}
	return w, nil
}

func newChunk() *chunk { return &chunk{done: make(chan struct{}, 1)} }

// reset makes a chunk empty. Memory of large rows is not kept.
func (c *chunk) reset() {
	c.rows = c.rows[:0]
	c.compressed.Reset()
	if cap(c.rows) > 2*chunkSize {
		c.rows, c.compressed = nil, bytes.Buffer{}
	}
}

// write appends compressed data to the file.
func (w *Writer) write(p []byte) error {
	n, err := w.file.Write(p)
	_, _ = w.hash.Write(p[:n])
	w.size.Add(int64(n))
	return err
}

// Row adds a row. It returns ErrTooLarge if the result exceeds the size limit.
func (w *Writer) Row(values []any) error {
	if err := w.BeginRow(len(values)); err != nil {
		return err
	}
	for _, v := range values {
		w.AddValue(v)
	}
	return w.err
}

// BeginRow starts a row of n values, which are added next. It returns the error of an earlier row, and ErrTooLarge if
// the result exceeds the size limit.
func (w *Writer) BeginRow(n int) error {
	if len(w.current.rows) >= chunkSize {
		w.send()
	}
	switch {
	case w.err != nil:
		return w.err
	case w.failed.Load():
		return w.failure
	case w.size.Load() > w.limit:
		return ErrTooLarge
	}
	w.records++
	w.current.rows = appendArrayHead(w.current.rows, n)
	return nil
}

// AddNull adds NULL to the current row.
func (w *Writer) AddNull() { w.current.rows = append(w.current.rows, msgpcode.Nil) }

// AddBool adds a boolean to the current row.
func (w *Writer) AddBool(v bool) { w.current.rows = appendBool(w.current.rows, v) }

// AddInt adds an integer to the current row.
func (w *Writer) AddInt(v int64) { w.current.rows = appendInt(w.current.rows, v) }

// AddFloat adds a number to the current row.
func (w *Writer) AddFloat(v float64) { w.current.rows = appendDouble(w.current.rows, v) }

// AddText adds text to the current row.
func (w *Writer) AddText(v []byte) { w.current.rows = appendText(w.current.rows, v) }

// AddValue adds a value of one of the types of engine.Sink to the current row. The next BeginRow or Commit returns the
// error for another type.
func (w *Writer) AddValue(v any) {
	var err error
	if w.current.rows, err = appendValue(w.current.rows, v); err != nil && w.err == nil {
		w.err = err
	}
}

// send passes the chunk to the goroutines, and waits for one that can be used.
func (w *Writer) send() {
	if w.work == nil {
		w.work, w.ordered, w.free = make(chan *chunk, maxChunks), make(chan *chunk, maxChunks), make(chan *chunk, maxChunks)
		for range compressors {
			w.wg.Go(w.compressChunks)
		}
		w.wg.Go(w.writeChunks)
	}
	w.count()
	w.work <- w.current
	w.ordered <- w.current
	if w.allocated < maxChunks {
		w.allocated++
		w.current = newChunk()
		return
	}
	w.current = <-w.free
}

// count adds the rows of the chunk to the figures of the file.
func (w *Writer) count() {
	w.raw += int64(len(w.current.rows))
	w.crc = crc32.Update(w.crc, crc32.IEEETable, w.current.rows)
}

// compressChunks compresses chunks until there are no more.
func (w *Writer) compressChunks() {
	z := newDeflater()
	for c := range w.work {
		z.Reset(&c.compressed)
		_, _ = z.Write(c.rows) // a buffer accepts everything
		_ = z.Flush()
		c.done <- struct{}{}
	}
}

func newDeflater() *flate.Writer {
	z, err := flate.NewWriter(nil, flate.BestSpeed)
	if err != nil {
		panic(err) // the level is valid
	}
	return z
}

// writeChunks writes chunks to the file until there are no more. After an error, it discards them.
func (w *Writer) writeChunks() {
	for c := range w.ordered {
		<-c.done
		if w.failure == nil {
			if w.failure = w.write(c.compressed.Bytes()); w.failure != nil {
				w.failed.Store(true)
			}
		}
		c.reset()
		w.free <- c
	}
}

// finish waits until all complete chunks are written.
func (w *Writer) finish() {
	if w.work != nil {
		close(w.work)
		close(w.ordered)
		w.wg.Wait()
	}
}

// end writes the last chunk and the end of the file.
func (w *Writer) end() error {
	w.count()
	z, last := newDeflater(), &w.current.compressed
	z.Reset(last)
	if _, err := z.Write(w.current.rows); err != nil {
		return err
	}
	if err := z.Close(); err != nil {
		return err
	}
	footer := binary.LittleEndian.AppendUint32(nil, w.crc)
	last.Write(binary.LittleEndian.AppendUint32(footer, uint32(w.raw)))
	if err := w.write(last.Bytes()); err != nil {
		return err
	}
	if w.size.Load() > w.limit {
		return ErrTooLarge
	}
	return nil
}

// Commit completes the file and returns its figures.
func (w *Writer) Commit() (Figures, error) {
	w.finish()
	err := w.err
	if err == nil {
		err = w.failure
	}
	if err == nil {
		err = w.end()
	}
	if err != nil {
		w.file.Discard()
		return Figures{}, err
	}
	if err := w.file.Commit(); err != nil {
		return Figures{}, err
	}
	etag := hex.EncodeToString(w.hash.Sum(nil)[:16])
	return Figures{Records: w.records, Size: w.size.Load(), RawSize: w.raw, ETag: etag}, nil
}

// Abort removes the incomplete file.
func (w *Writer) Abort() {
	w.finish()
	w.file.Discard()
}
