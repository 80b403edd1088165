// Package partupload reads files of records, uploads their parts in parallel and
// counts what was sent. The caller supplies the function that sends a part.
package partupload

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"hash"
	"io"
	"os"
	"sync/atomic"

	"github.com/td-cli/td/internal/api"
	"github.com/td-cli/td/internal/ingest"
	"github.com/td-cli/td/internal/taskgroup"
)

// Stdin is the path that means standard input.
const Stdin = "-"

// MaxParallel is the maximum number of parts that commands send at a time.
const MaxParallel = 16

// A Part is a piece of a file.
type Part struct {
	ingest.Part
	Path string // path of the file
}

// Upload returns the part as a request body.
func (p Part) Upload() api.Upload { return BytesUpload(p.Data) }

// BytesUpload returns data as a request body.
func BytesUpload(data []byte) api.Upload {
	return api.Upload{
		Size: int64(len(data)),
		Open: func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(data)), nil },
	}
}

// Options for SendFiles.
type Options struct {
	Read     func(path string) ingest.Options // returns how to read a file
	Stdin    io.Reader                        // content of the file Stdin; may be nil
	Parallel int                              // maximum number of concurrent calls of Send; at least 1

	// Send sends a part. It is called concurrently. The first error stops the upload.
	Send func(ctx context.Context, p Part) error

	// Done is called, in order, for each file that was read completely. Some of its
	// parts may not have been sent yet. It may be nil.
	Done func(path string, s ingest.Stats) error

	// Digest is called with the SHA-256 in hexadecimal of each file that was read
	// completely, as returned by the function Digest. It may be nil.
	Digest func(path, digest string)

	// Progress is called, from one goroutine at a time, with the number of bytes of the
	// files whose records were sent and their total, -1 if unknown. The number is an
	// estimate until the end. It may be nil.
	Progress func(done, total int64)
}

// SendFiles reads files one after the other and sends their parts. It returns the
// number of records sent, also with an error, which is the first one of reading or
// sending.
func SendFiles(ctx context.Context, paths []string, o Options) (sent int64, err error) {
	group, groupCtx := taskgroup.New(ctx, max(1, o.Parallel))
	var records atomic.Int64
	meter := &sentMeter{total: totalSize(paths), report: o.Progress}
	send := func(p Part) error {
		meter.addEmitted(p.Raw)
		group.Go(func() error {
			if groupCtx.Err() != nil {
				return context.Cause(groupCtx)
			}
			if err := o.Send(groupCtx, p); err != nil {
				return err
			}
			records.Add(p.Records)
			meter.addSent(p.Raw)
			return nil
		})
		return context.Cause(groupCtx)
	}
	readErr := readFiles(groupCtx, paths, o, meter, send)
	err = group.Wait()
	if readErr == nil && err == nil {
		meter.finish()
	}
	if readErr != nil && (err == nil || !errors.Is(readErr, context.Canceled) && !errors.Is(readErr, err)) {
		err = readErr
	}
	if ctx.Err() != nil && errors.Is(err, context.Canceled) {
		err = context.Cause(ctx)
	}
	return records.Load(), err
}

func readFiles(ctx context.Context, paths []string, o Options, meter *sentMeter, send func(Part) error) error {
	in := &countingReader{meter: meter}
	for _, path := range paths {
		emit := func(p ingest.Part) error { return send(Part{p, path}) }
		if o.Digest != nil {
			in.sum = sha256.New()
		}
		stats, err := readFile(ctx, path, o, in, emit)
		if err == nil && o.Digest != nil && path != Stdin {
			o.Digest(path, hex.EncodeToString(in.sum.Sum(nil)))
		}
		if err == nil && o.Done != nil {
			err = o.Done(path, stats)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func readFile(ctx context.Context, path string, o Options, in *countingReader, emit func(ingest.Part) error) (ingest.Stats, error) {
	if path == Stdin {
		in.r = o.Stdin
		return ingest.Read(ctx, "standard input", in, o.Read(path), emit)
	}
	f, err := os.Open(path)
	if err != nil {
		return ingest.Stats{}, err
	}
	defer func() { _ = f.Close() }()
	in.r = f
	stats, err := ingest.Read(ctx, path, in, o.Read(path), emit)
	if err == nil && o.Digest != nil {
		_, err = io.Copy(io.Discard, in) // bytes after a compressed stream
	}
	return stats, err
}

// totalSize returns the size of all files, or -1 if it is unknown.
func totalSize(paths []string) (total int64) {
	for _, path := range paths {
		info, err := os.Stat(path)
		if path == Stdin || err != nil || !info.Mode().IsRegular() {
			return -1
		}
		total += info.Size()
	}
	return total
}

// A countingReader counts the bytes read from several files.
type countingReader struct {
	r     io.Reader // current file
	sum   hash.Hash // hash of the content; nil if not needed
	meter *sentMeter
}

// Read implements io.Reader.
func (c *countingReader) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.meter.addRead(int64(n))
	if c.sum != nil {
		c.sum.Write(p[:n])
	}
	return n, err
}
