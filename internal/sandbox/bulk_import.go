package sandbox

import (
	"bufio"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"time"

	"github.com/vmihailenco/msgpack/v5"

	"github.com/td-cli/td/internal/sandbox/engine"
	"github.com/td-cli/td/internal/sandbox/msgpackfile"
	"github.com/td-cli/td/internal/sandbox/state"
)

// The states of a bulk import session.
const (
	uploading  = "uploading"
	performing = "performing"
	ready      = "ready"
	committing = "committing"
	committed  = "committed"
)

// A session is a bulk import: parts, their records once they were checked.
type session struct {
	Database     string    `json:"database"`
	Table        string    `json:"table"`
	Status       string    `json:"status"`
	Frozen       bool      `json:"frozen"`
	JobID        int64     `json:"job_id"`
	ValidRecords int64     `json:"valid_records"`
	ErrorRecords int64     `json:"error_records"`
	ValidParts   int64     `json:"valid_parts"`
	ErrorParts   int64     `json:"error_parts"`
	Parts        []part    `json:"parts"`
	Owner        string    `json:"owner"` // the server that performs or commits it
	CreatedAt    time.Time `json:"created_at"`
}

// A part is an uploaded file of records.
type part struct {
	Name string `json:"name"`
	File string `json:"file"`
}

// sessionDir is where a session keeps its files.
func (s *Server) sessionDir(id int64) string {
	return filepath.Join(s.options.Dir, partsDir, strconv.FormatInt(id, 10))
}

// The files that performing makes; their names carry the job, so that a job that
// was interrupted leaves nothing that the next one could mistake for its own.
func validFile(job int64) string { return fmt.Sprintf("valid-%d.msgpack.gz", job) }
func errorFile(job int64) string { return fmt.Sprintf("errors-%d.msgpack.gz", job) }

// moveSession changes a session that is in one of the given states, else refuses.
func (s *Server) moveSession(ctx context.Context, name string, from []string, change func(o *state.Object[session]) error) (state.Object[session], error) {
	o, err := s.sessions.Update(ctx, name, func(o *state.Object[session]) error {
		if !slices.Contains(from, o.Value.Status) {
			return refuse(http.StatusUnprocessableEntity, "Bulk import session %s is %s", name, o.Value.Status)
		}
		return change(o)
	})
	if errors.Is(err, state.ErrNotFound) {
		return o, refuse(http.StatusNotFound, "Couldn't find BulkImport with name = %s", name)
	}
	return o, err
}

// reapSessions takes sessions back whose server died while it worked on them, or
// whose job was killed before it began.
func (s *Server) reapSessions(ctx context.Context) error {
	all, err := s.sessions.All(ctx)
	if err != nil {
		return err
	}
	for _, o := range all {
		busy := o.Value.Status == performing || o.Value.Status == committing
		if !busy || s.alive(o.Value.Owner) && !s.ended(ctx, o.Value) {
			continue
		}
		_, err := s.sessions.Update(ctx, o.Name, func(now *state.Object[session]) error {
			if now.Value.Owner == o.Value.Owner && now.Value.Status == o.Value.Status && now.Value.JobID == o.Value.JobID {
				takeBack(now)
			}
			return nil
		})
		if err != nil && !errors.Is(err, state.ErrNotFound) {
			return err
		}
	}
	return nil
}

// ended tells whether the job that performs a session is over.
func (s *Server) ended(ctx context.Context, v session) bool {
	if v.Status != performing || v.JobID == 0 {
		return false
	}
	j, err := s.state.Job(ctx, v.JobID)
	return err == nil && j.Finished()
}

// takeBack gives a session the state that it had before somebody began to work on it.
func takeBack(o *state.Object[session]) {
	switch o.Value.Status {
	case performing:
		o.Value.Status = uploading
	case committing:
		o.Value.Status = ready
	}
}

// runPerform checks the records of all parts, and sorts them into those that can be
// committed and those that cannot.
func (s *Server) runPerform(ctx context.Context, j *state.Job, log joblog) (err error) {
	name := j.Detail
	o, err := s.sessions.Get(ctx, name)
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			_, undo := s.sessions.Update(context.WithoutCancel(ctx), name, func(o *state.Object[session]) error {
				if o.Value.JobID == j.ID {
					takeBack(o)
				}
				return nil
			})
			err = errors.Join(err, undo)
		}
	}()
	counts, err := s.sortRecords(ctx, o, j.ID, log)
	if err != nil {
		return err
	}
	log.cmdout("%s valid records, %s error records in %d parts", commas(counts.ValidRecords), commas(counts.ErrorRecords), len(o.Value.Parts))
	_, err = s.sessions.Update(context.WithoutCancel(ctx), name, func(o *state.Object[session]) error {
		v := &o.Value
		v.Status = ready
		v.ValidRecords, v.ErrorRecords, v.ValidParts, v.ErrorParts = counts.ValidRecords, counts.ErrorRecords, counts.ValidParts, counts.ErrorParts
		return nil
	})
	return err
}

func (s *Server) sortRecords(ctx context.Context, o state.Object[session], job int64, log joblog) (counts session, err error) {
	dir := s.sessionDir(o.ID)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return counts, err
	}
	valid, err := createRecords(filepath.Join(dir, validFile(job)))
	if err != nil {
		return counts, err
	}
	failed, err := createRecords(filepath.Join(dir, errorFile(job)))
	if err != nil {
		return counts, errors.Join(err, valid.close())
	}
	for _, p := range o.Value.Parts {
		path := filepath.Join(dir, p.File)
		if err := readPart(path, func(engine.Record) error { return ctx.Err() }); errors.Is(err, msgpackfile.ErrMalformed) {
			counts.ErrorParts++
			log.stderr("part %q: %v", p.Name, err)
			continue
		} else if err != nil {
			return counts, errors.Join(err, valid.close(), failed.close())
		}
		counts.ValidParts++
		err := readPart(path, func(r engine.Record) error {
			if whyNot := checkBulk(r); whyNot != nil {
				counts.ErrorRecords++
				return errors.Join(ctx.Err(), failed.write(r))
			}
			counts.ValidRecords++
			return errors.Join(ctx.Err(), valid.write(r))
		})
		if err != nil {
			return counts, errors.Join(err, valid.close(), failed.close())
		}
	}
	return counts, errors.Join(valid.close(), failed.close())
}

// checkBulk refuses a record that cannot be committed; here a time must be there.
func checkBulk(r engine.Record) error {
	if err := msgpackfile.Check(r, maxBulkColumns); err != nil {
		return err
	}
	for _, field := range r {
		if field.Key == "time" && field.Value != nil {
			return nil
		}
	}
	return errors.New("a record has no time")
}

// readPart hands the records of a file to f, until one is refused.
func readPart(path string, f func(engine.Record) error) error {
	file, err := os.Open(path)
	if err != nil {
		return err
	}
	defer file.Close() //nolint:errcheck // it was only read
	for r, err := range msgpackfile.Records(file) {
		if err != nil {
			return err
		}
		if err := f(r); err != nil {
			return err
		}
	}
	return nil
}

// A recordFile is a file of gzipped records that is being written.
type recordFile struct {
	file    *os.File
	buffer  *bufio.Writer
	gzip    *gzip.Writer
	encoder *msgpack.Encoder
}

func createRecords(path string) (*recordFile, error) {
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

// commit appends the valid records to the table. Twice is once: the table knows the session's job.
func (s *Server) commit(ctx context.Context, o state.Object[session]) error {
	file, err := os.Open(filepath.Join(s.sessionDir(o.ID), validFile(o.Value.JobID)))
	if errors.Is(err, fs.ErrNotExist) {
		return nil // nothing was uploaded
	}
	if err != nil {
		return err
	}
	u := &upload{file: file}
	defer file.Close() //nolint:errcheck // it was only read
	id := fmt.Sprintf("bulk-import-%d-%d", o.ID, o.Value.JobID)
	_, err = s.engine.Append(ctx, o.Value.Database, o.Value.Table, id, u.records(maxBulkColumns))
	return err
}
