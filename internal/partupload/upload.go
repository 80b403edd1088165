// Package partupload reads files of records and sends their parts, several at a time, and
// keeps account of what was sent. Where parts go is its caller's business.
package partupload

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"sync"
	"sync/atomic"

	"github.com/td-cli/td/internal/api"
	"github.com/td-cli/td/internal/ingest"
)

// Stdin is the name of the file that stands for standard input.
const Stdin = "-"

// MaxParallel is how many parts may be sent at a time.
const MaxParallel = 16

// A Part is a piece of a file that is to be sent.
type Part struct {
	ingest.Part
	Path string // of the file
}

// Upload returns the part as the client takes it.
func (p Part) Upload() api.Upload { return Bytes(p.Data) }

// Bytes returns data as the client takes it.
func Bytes(data []byte) api.Upload {
	return api.Upload{
		Size: int64(len(data)),
		Open: func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(data)), nil },
	}
}

// Options say how files are read and what becomes of their parts.
type Options struct {
	Read     func(path string) ingest.Options // how the file at path is read
	Stdin    io.Reader                        // what the file Stdin is; may be nil
	Parallel int                              // how many parts are sent at a time; at least 1

	// Send sends a part. It is called by several goroutines; the first error ends all.
	Send func(ctx context.Context, p Part) error
	// Done is told of each file that was read to its end and whose parts are on their way,
	// in order. It may be nil.
	Done func(path string, s ingest.Stats) error
	// Progress is told how many bytes of the files were read, of how many in all, -1 when
	// that is not known. It may be nil.
	Progress func(done, total int64)
}

// Files reads files one after the other and sends their parts. The records that were sent
// are returned with an error too, which is the first one of reading or of sending.
func Files(ctx context.Context, paths []string, o Options) (sent int64, err error) {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	var (
		senders sync.WaitGroup
		records atomic.Int64
		parts   = make(chan Part)
	)
	for range max(1, o.Parallel) {
		senders.Go(func() {
			for p := range parts {
				if ctx.Err() != nil {
					continue // what is left is not wanted
				}
				if err := o.Send(ctx, p); err != nil {
					cancel(err)
					continue
				}
				records.Add(p.Records)
			}
		})
	}
	err = readAll(ctx, paths, o, parts)
	close(parts)
	senders.Wait()
	if cause := context.Cause(ctx); cause != nil && (err == nil || errors.Is(err, context.Canceled)) {
		err = cause
	}
	return records.Load(), err
}

func readAll(ctx context.Context, paths []string, o Options, parts chan<- Part) error {
	m := &meter{total: sizeOf(paths), tell: o.Progress}
	for _, path := range paths {
		emit := func(p ingest.Part) error {
			select {
			case parts <- Part{p, path}:
				return nil
			case <-ctx.Done():
				return context.Cause(ctx)
			}
		}
		stats, err := readFile(ctx, path, o, m, emit)
		if err == nil && o.Done != nil {
			err = o.Done(path, stats)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func readFile(ctx context.Context, path string, o Options, m *meter, emit func(ingest.Part) error) (ingest.Stats, error) {
	if path == Stdin {
		m.r = o.Stdin
		return ingest.Read(ctx, "standard input", m, o.Read(path), emit)
	}
	f, err := os.Open(path)
	if err != nil {
		return ingest.Stats{}, err
	}
	defer func() { _ = f.Close() }() // it was only read from
	m.r = f
	return ingest.Read(ctx, path, m, o.Read(path), emit)
}

// sizeOf is the size of all files, or -1.
func sizeOf(paths []string) (total int64) {
	for _, path := range paths {
		info, err := os.Stat(path)
		if path == Stdin || err != nil || !info.Mode().IsRegular() {
			return -1
		}
		total += info.Size()
	}
	return total
}

// A meter counts what is read of one file after the other.
type meter struct {
	r           io.Reader
	done, total int64
	tell        func(done, total int64)
}

// Read implements io.Reader.
func (m *meter) Read(p []byte) (int, error) {
	n, err := m.r.Read(p)
	m.done += int64(n)
	if m.tell != nil {
		m.tell(m.done, m.total)
	}
	return n, err
}
