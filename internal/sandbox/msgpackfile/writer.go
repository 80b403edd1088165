package msgpackfile

import (
	"crypto/sha256"
	"encoding/hex"
	"hash"
	"sync"
	"sync/atomic"

	"github.com/klauspost/compress/gzip"
	"github.com/vmihailenco/msgpack/v5/msgpcode"

	"github.com/td-cli/td/internal/atomicfile"
	"github.com/td-cli/td/internal/sandbox/engine"
)

const (
	chunkSize = 256 << 10 // bytes that are compressed at once
	maxChunks = 2         // that wait to be compressed
)

// A Writer writes a result. While rows are added, a goroutine compresses those before.
type Writer struct {
	limit   int64
	records int64
	raw     int64
	chunk   []byte // rows that are not compressed yet
	err     error  // of a value of the last row

	chunks  chan []byte // nil until the first chunk is complete
	free    chan []byte
	wg      sync.WaitGroup
	failure error       // of the goroutine
	failed  atomic.Bool // failure is set

	file *atomicfile.File
	hash hash.Hash
	size atomic.Int64 // compressed
	gzip *gzip.Writer
}

var _ engine.RowWriter = (*Writer)(nil)

// Create starts writing the result of a job. The caller must call Commit or Abort.
func (s *Spool) Create(job int64) (*Writer, error) {
	file, err := s.createFile(job, resultForm)
	if err != nil {
		return nil, err
	}
	w := &Writer{file: file, limit: s.limit, hash: sha256.New()}
	if w.gzip, err = gzip.NewWriterLevel(compressedOutput{w}, gzip.BestSpeed); err != nil {
		file.Discard()
		return nil, err
	}
	return w, nil
}

// compressedOutput writes compressed data to the file of a Writer.
type compressedOutput struct{ w *Writer }

func (o compressedOutput) Write(p []byte) (int, error) {
	n, err := o.w.file.Write(p)
	_, _ = o.w.hash.Write(p[:n])
	o.w.size.Add(int64(n))
	return n, err
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
	if len(w.chunk) >= chunkSize {
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
	w.chunk = appendArrayHead(w.chunk, n)
	return nil
}

// AddNull adds NULL to the current row.
func (w *Writer) AddNull() { w.chunk = append(w.chunk, msgpcode.Nil) }

// AddBool adds a boolean to the current row.
func (w *Writer) AddBool(v bool) { w.chunk = appendBool(w.chunk, v) }

// AddInt adds an integer to the current row.
func (w *Writer) AddInt(v int64) { w.chunk = appendInt(w.chunk, v) }

// AddFloat adds a number to the current row.
func (w *Writer) AddFloat(v float64) { w.chunk = appendDouble(w.chunk, v) }

// AddText adds text to the current row.
func (w *Writer) AddText(v []byte) { w.chunk = appendText(w.chunk, v) }

// AddValue adds a value of one of the types of engine.Sink to the current row. The next BeginRow or Commit returns the
// error for another type.
func (w *Writer) AddValue(v any) {
	var err error
	if w.chunk, err = appendValue(w.chunk, v); err != nil && w.err == nil {
		w.err = err
	}
}

// send passes the chunk to the goroutine that compresses chunks.
func (w *Writer) send() {
	if w.chunks == nil {
		w.chunks, w.free = make(chan []byte, maxChunks), make(chan []byte, maxChunks)
		w.wg.Go(w.compressChunks)
	}
	w.raw += int64(len(w.chunk))
	w.chunks <- w.chunk
	select {
	case w.chunk = <-w.free:
	default:
		w.chunk = make([]byte, 0, chunkSize+chunkSize/8)
	}
}

// compressChunks compresses chunks until there are no more. After an error, it discards them.
func (w *Writer) compressChunks() {
	for chunk := range w.chunks {
		if w.failure == nil {
			if _, w.failure = w.gzip.Write(chunk); w.failure != nil {
				w.failed.Store(true)
			}
		}
		if cap(chunk) > 2*chunkSize { // of a large row
			continue
		}
		select {
		case w.free <- chunk[:0]:
		default:
		}
	}
}

// finish waits until all complete chunks are compressed.
func (w *Writer) finish() {
	if w.chunks != nil {
		close(w.chunks)
		w.wg.Wait()
	}
}

// Commit completes the file and returns its figures.
func (w *Writer) Commit() (Figures, error) {
	w.finish()
	err := w.err
	if err == nil {
		err = w.failure
	}
	if err == nil {
		w.raw += int64(len(w.chunk))
		_, err = w.gzip.Write(w.chunk)
	}
	if err == nil {
		err = w.gzip.Close()
	}
	if err == nil && w.size.Load() > w.limit {
		err = ErrTooLarge
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
