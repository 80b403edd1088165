package bulkimport

import (
	"bufio"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"iter"
	"os"
	"path/filepath"
	"slices"

	"github.com/td-cli/td/internal/sandbox/engine"
	"github.com/td-cli/td/internal/sandbox/jobqueue"
	"github.com/td-cli/td/internal/sandbox/msgpackfile"
	"github.com/td-cli/td/internal/sandbox/state"
	"github.com/td-cli/td/internal/sandbox/tables"
	"github.com/td-cli/td/internal/text"
)

// runPerform checks the records of all parts. It stores those that cannot be
// committed in a separate file.
func (h *Handlers) runPerform(ctx context.Context, j *state.Job, log *jobqueue.Log) (out state.Output, err error) {
	out = state.NoOutput()
	name := j.Detail
	o, err := h.sessions.Get(ctx, name)
	if err != nil {
		return out, err
	}
	if o.Value.Status != performing || o.Value.JobID != j.ID {
		return out, jobqueue.Failf("bulk import session %q is not performed by this job", name)
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
	checked, err := h.checkParts(ctx, o, j.ID, log)
	if err != nil {
		return out, err
	}
	log.Cmdout("%s valid records, %s error records in %d parts", text.Commas(checked.ValidRecords), text.Commas(checked.ErrorRecords), len(checked.Parts))
	_, err = h.sessions.Update(context.WithoutCancel(ctx), name, func(o *state.Object[session]) error {
		v := &o.Value
		v.Status, v.Parts = ready, checked.Parts
		v.ValidRecords, v.ErrorRecords, v.ValidParts, v.ErrorParts = checked.ValidRecords, checked.ErrorRecords, checked.ValidParts, checked.ErrorParts
		return nil
	})
	return out, err
}

// committedPerform implements jobqueue.CommittedFunc.
func (h *Handlers) committedPerform(ctx context.Context, j *state.Job, _ *jobqueue.Log) (state.Output, bool, error) {
	o, err := h.sessions.Get(ctx, j.Detail)
	if errors.Is(err, state.ErrNotFound) {
		return state.NoOutput(), false, nil
	}
	done := slices.Contains([]string{ready, committing, committed}, o.Value.Status)
	return state.NoOutput(), done && o.Value.JobID == j.ID, err
}

// checkParts reads all parts. It returns the session with the counts, and marks
// malformed parts.
func (h *Handlers) checkParts(ctx context.Context, o state.Object[session], job int64, log *jobqueue.Log) (checked session, err error) {
	var invalid *recordFile
	defer func() {
		if invalid != nil {
			err = errors.Join(err, invalid.close())
		}
	}()
	checked.Parts = slices.Clone(o.Value.Parts)
	for i := range checked.Parts {
		p := &checked.Parts[i]
		valid, failed, err := h.countRecords(ctx, o.ID, *p)
		p.Malformed = errors.Is(err, msgpackfile.ErrMalformed) || errors.Is(err, msgpackfile.ErrRecordTooLarge)
		if p.Malformed {
			checked.ErrorParts++
			log.Stderr("part %q: %v", p.Name, err)
			continue
		}
		if err != nil {
			return checked, err
		}
		checked.ValidParts++
		checked.ValidRecords += valid
		checked.ErrorRecords += failed
		if failed == 0 {
			continue
		}
		if invalid == nil {
			if invalid, err = createRecordFile(h.filePath(o.ID, errorFile(job))); err != nil {
				return checked, err
			}
		}
		for r, err := range h.readPart(h.filePath(o.ID, p.File)) {
			if err = errors.Join(err, ctx.Err()); err == nil && checkRecord(r) != nil {
				err = invalid.write(r)
			}
			if err != nil {
				return checked, err
			}
		}
	}
	return checked, nil
}

// countRecords returns the numbers of valid and invalid records of a part.
func (h *Handlers) countRecords(ctx context.Context, session int64, p part) (valid, failed int64, err error) {
	file, err := os.Open(h.filePath(session, p.File))
	if err != nil {
		return 0, 0, err
	}
	defer func() { _ = file.Close() }()
	for ok, err := range msgpackfile.Scan(file, h.o.Uploads.MaxRecord(), tables.MaxBulkColumns) {
		if err = errors.Join(err, ctx.Err()); err != nil {
			return 0, 0, err
		}
		if ok {
			valid++
		} else {
			failed++
		}
	}
	return valid, failed, nil
}

// checkRecord returns an error if a record cannot be committed. In contrast to
// imports, the time is required.
func checkRecord(r engine.Record) error { return msgpackfile.CheckTimed(r, tables.MaxBulkColumns) }

// readPart returns the records of a file.
func (h *Handlers) readPart(path string) iter.Seq2[engine.Record, error] {
	return func(yield func(engine.Record, error) bool) {
		file, err := os.Open(path)
		if err != nil {
			yield(nil, err)
			return
		}
		defer func() { _ = file.Close() }()
		for r, err := range msgpackfile.Records(file, h.o.Uploads.MaxRecord()) {
			if !yield(r, err) || err != nil {
				return
			}
		}
	}
}

// A recordFile writes records to a msgpack.gz file.
type recordFile struct {
	file    *os.File
	buffer  *bufio.Writer
	gzip    *gzip.Writer
	encoded []byte
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
	return f, nil
}

func (f *recordFile) write(r engine.Record) (err error) {
	if f.encoded, err = msgpackfile.AppendRecord(f.encoded[:0], r); err != nil {
		return err
	}
	_, err = f.gzip.Write(f.encoded)
	return err
}

func (f *recordFile) close() error {
	return errors.Join(f.gzip.Close(), f.buffer.Flush(), f.file.Sync(), f.file.Close())
}

// appendRecords appends the valid records of a session to its table. It adds nothing when
// it is repeated after the same job.
func (h *Handlers) appendRecords(ctx context.Context, o state.Object[session]) error {
	_, err := h.o.Engine.Append(ctx, o.Value.Database, o.Value.Table, uploadID(o), h.validRecords(o))
	return err
}

// uploadID identifies the records of a session since it was last performed.
func uploadID(o state.Object[session]) string {
	return fmt.Sprintf("bulk-import-%d-%d", o.ID, o.Value.JobID)
}

// validRecords returns the records that were found valid when the session was
// performed.
func (h *Handlers) validRecords(o state.Object[session]) iter.Seq2[engine.Record, error] {
	return func(yield func(engine.Record, error) bool) {
		for _, p := range o.Value.Parts {
			if p.Malformed {
				continue
			}
			for r, err := range h.readPart(h.filePath(o.ID, p.File)) {
				if err == nil && checkRecord(r) != nil {
					continue
				}
				if !yield(r, err) || err != nil {
					return
				}
			}
		}
	}
}
