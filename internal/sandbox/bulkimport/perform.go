package bulkimport

import (
	"bufio"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/vmihailenco/msgpack/v5"

	"github.com/td-cli/td/internal/sandbox/engine"
	"github.com/td-cli/td/internal/sandbox/jobqueue"
	"github.com/td-cli/td/internal/sandbox/msgpackfile"
	"github.com/td-cli/td/internal/sandbox/state"
	"github.com/td-cli/td/internal/sandbox/tables"
	"github.com/td-cli/td/internal/text"
)

// runPerform checks the records of all parts. It separates those that can be
// committed from those that cannot.
func (h *Handlers) runPerform(ctx context.Context, j *state.Job, log *jobqueue.Log) (out state.Output, err error) {
	out = state.NoOutput()
	name := j.Detail
	o, err := h.sessions.Get(ctx, name)
	if err != nil {
		return out, err
	}
	defer func() {
		if err != nil {
			_, revertErr := h.sessions.Update(context.WithoutCancel(ctx), name, func(o *state.Object[session]) error {
				if o.Value.JobID == j.ID {
					revert(o)
				}
				return nil
			})
			err = errors.Join(err, revertErr)
		}
	}()
	counts, err := h.checkParts(ctx, o, j.ID, log)
	if err != nil {
		return out, err
	}
	log.Cmdout("%s valid records, %s error records in %d parts", text.Commas(counts.ValidRecords), text.Commas(counts.ErrorRecords), len(o.Value.Parts))
	_, err = h.sessions.Update(context.WithoutCancel(ctx), name, func(o *state.Object[session]) error {
		v := &o.Value
		v.Status = ready
		v.ValidRecords, v.ErrorRecords, v.ValidParts, v.ErrorParts = counts.ValidRecords, counts.ErrorRecords, counts.ValidParts, counts.ErrorParts
		return nil
	})
	return out, err
}

// checkParts writes the records of all parts to the job's two files. The returned
// session has only the counts set.
func (h *Handlers) checkParts(ctx context.Context, o state.Object[session], job int64, log *jobqueue.Log) (counts session, err error) {
	valid, err := createRecordFile(h.filePath(o.ID, validFile(job)))
	if err != nil {
		return counts, err
	}
	defer func() { err = errors.Join(err, valid.close()) }()
	invalid, err := createRecordFile(h.filePath(o.ID, errorFile(job)))
	if err != nil {
		return counts, err
	}
	defer func() { err = errors.Join(err, invalid.close()) }()
	for _, p := range o.Value.Parts {
		path := h.filePath(o.ID, p.File)
		err := h.readPart(path, func(engine.Record) error { return ctx.Err() })
		if errors.Is(err, msgpackfile.ErrMalformed) || errors.Is(err, msgpackfile.ErrRecordTooLarge) {
			counts.ErrorParts++
			log.Stderr("part %q: %v", p.Name, err)
			continue
		}
		if err != nil {
			return counts, err
		}
		counts.ValidParts++
		err = h.readPart(path, func(r engine.Record) error {
			if checkRecord(r) != nil {
				counts.ErrorRecords++
				return errors.Join(ctx.Err(), invalid.write(r))
			}
			counts.ValidRecords++
			return errors.Join(ctx.Err(), valid.write(r))
		})
		if err != nil {
			return counts, err
		}
	}
	return counts, nil
}

// checkRecord returns an error if a record cannot be committed. In contrast to
// imports, the time is required.
func checkRecord(r engine.Record) error {
	if err := msgpackfile.Check(r, tables.MaxBulkColumns); err != nil {
		return err
	}
	for _, field := range r {
		if field.Key == "time" && field.Value != nil {
			return nil
		}
	}
	return errors.New("the record has no time")
}

// readPart calls f for the records of a file until f returns an error.
func (h *Handlers) readPart(path string, f func(engine.Record) error) error {
	file, err := os.Open(path)
	if err != nil {
		return err
	}
	defer func() { _ = file.Close() }()
	for r, err := range msgpackfile.Records(file, h.o.Uploads.MaxRecord()) {
		if err != nil {
			return err
		}
		if err := f(r); err != nil {
			return err
		}
	}
	return nil
}

// A recordFile writes records to a msgpack.gz file.
type recordFile struct {
	file    *os.File
	buffer  *bufio.Writer
	gzip    *gzip.Writer
	encoder *msgpack.Encoder
}

func createRecordFile(path string) (*recordFile, error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, err
	}
	file, err := os.OpenFile(path, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, err
	}
	f := &recordFile{file: file, buffer: bufio.NewWriter(file)}
	f.gzip = gzip.NewWriter(f.buffer)
	f.encoder = msgpack.NewEncoder(f.gzip)
	return f, nil
}

func (f *recordFile) write(r engine.Record) error { return msgpackfile.EncodeRecord(f.encoder, r) }

func (f *recordFile) close() error {
	return errors.Join(f.gzip.Close(), f.buffer.Flush(), f.file.Sync(), f.file.Close())
}

// appendRecords appends the valid records of a session to its table. A second
// call for the same job adds nothing.
func (h *Handlers) appendRecords(ctx context.Context, o state.Object[session]) error {
	file, err := os.Open(h.filePath(o.ID, validFile(o.Value.JobID)))
	if errors.Is(err, fs.ErrNotExist) {
		return nil // the session has no parts
	}
	if err != nil {
		return err
	}
	defer func() { _ = file.Close() }()
	id := fmt.Sprintf("bulk-import-%d-%d", o.ID, o.Value.JobID)
	_, err = h.o.Engine.Append(ctx, o.Value.Database, o.Value.Table, id, tables.FileRecords(file, h.o.Uploads.MaxRecord(), tables.MaxBulkColumns))
	return err
}
