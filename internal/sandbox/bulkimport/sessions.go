// Package bulkimport implements the API's bulk_import/* endpoints. A session collects
// parts, a job checks their records, and a commit appends the valid ones to the
// table.
package bulkimport

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"path/filepath"
	"slices"
	"strconv"
	"sync"
	"time"

	"github.com/td-cli/td/internal/sandbox/engine"
	"github.com/td-cli/td/internal/sandbox/httpapi"
	"github.com/td-cli/td/internal/sandbox/state"
)

// States of a session.
const (
	uploading  = "uploading"
	performing = "performing"
	ready      = "ready"
	committing = "committing"
	committed  = "committed"
)

// A session is a bulk import.
type session struct {
	Database     string    `json:"database"`
	Table        string    `json:"table"`
	Status       string    `json:"status"`
	Frozen       bool      `json:"frozen"`
	JobID        int64     `json:"job_id"` // the latest job; 0 if there is none
	ValidRecords int64     `json:"valid_records"`
	ErrorRecords int64     `json:"error_records"`
	ValidParts   int64     `json:"valid_parts"`
	ErrorParts   int64     `json:"error_parts"`
	Parts        []part    `json:"parts"`
	Owner        string    `json:"owner"` // server that performs or commits the session
	CreatedAt    time.Time `json:"created_at"`
}

// A part is an uploaded file of records.
type part struct {
	Name string `json:"name"`
	File string `json:"file"`

	Malformed bool `json:"malformed,omitempty"` // set when the session is performed
}

// filePath returns the path of a session's file.
func (h *Handlers) filePath(session int64, name string) string {
	return filepath.Join(h.o.Dir, strconv.FormatInt(session, 10), name)
}

// errorFile returns the name of a job's file of invalid records. Files of an
// interrupted job are never used by the next one.
func errorFile(job int64) string { return fmt.Sprintf("errors-%d.msgpack.gz", job) }

// find returns the session that the path of a request names.
func (h *Handlers) find(r *httpapi.Request) (state.Object[session], error) {
	o, err := h.sessions.Get(r.Context(), r.PathValue("name"))
	return o, wrapNotFound(err, r.PathValue("name"))
}

func wrapNotFound(err error, name string) error {
	if errors.Is(err, state.ErrNotFound) {
		return httpapi.Errorf(http.StatusNotFound, "Couldn't find BulkImport with name = %s", name)
	}
	return err
}

// update changes the session that the path of a request names. It returns an error if
// the session is not in one of the given states.
func (h *Handlers) update(r *httpapi.Request, states []string, change func(o *state.Object[session]) error) (state.Object[session], error) {
	name := r.PathValue("name")
	o, err := h.sessions.Update(r.Context(), name, func(o *state.Object[session]) error {
		if !slices.Contains(states, o.Value.Status) {
			return httpapi.Invalidf("Bulk import session %s is %s", name, o.Value.Status)
		}
		return change(o)
	})
	return o, wrapNotFound(err, name)
}

// revert returns a session that is being performed or committed to its former
// state.
func revert(o *state.Object[session]) {
	switch o.Value.Status {
	case performing:
		o.Value.Status = uploading
	case committing:
		o.Value.Status = ready
	}
}

// Reap ends the work on sessions that was interrupted, by the death of a server or by
// an error of the state. A session whose records are in the table is committed;
// others return to their former state.
func (h *Handlers) Reap(ctx context.Context) error {
	all, err := h.sessions.All(ctx)
	if err != nil {
		return err
	}
	for _, o := range all {
		if !h.isInterrupted(ctx, o) {
			continue
		}
		isCommitted := false
		if o.Value.Status == committing {
			isCommitted, err = h.o.Engine.Appended(ctx, o.Value.Database, o.Value.Table, uploadID(o))
			if err != nil && !errors.Is(err, engine.ErrNotFound) {
				return err
			}
		}
		_, err := h.sessions.Update(ctx, o.Name, func(current *state.Object[session]) error {
			v := &current.Value
			switch {
			case v.Owner != o.Value.Owner || v.Status != o.Value.Status || v.JobID != o.Value.JobID: // changed meanwhile
			case isCommitted:
				v.Status = committed
			default:
				revert(current)
			}
			return nil
		})
		if err != nil && !errors.Is(err, state.ErrNotFound) {
			return err
		}
	}
	return nil
}

// isInterrupted reports whether a session is being performed or committed although no
// server works on it.
func (h *Handlers) isInterrupted(ctx context.Context, o state.Object[session]) bool {
	v := o.Value
	switch {
	case v.Status != performing && v.Status != committing:
		return false
	case !h.o.IsAlive(v.Owner):
		return true
	case v.Status == performing && v.JobID != 0:
		return h.jobEnded(ctx, v)
	default:
		return v.Owner == h.o.Owner && !h.working.has(o.ID)
	}
}

// A workingSet holds the IDs of the sessions that requests to this server are working on.
type workingSet struct {
	mu  sync.Mutex
	ids map[int64]int // number of requests
}

// add adds a session until the returned function is called.
func (w *workingSet) add(id int64) (remove func()) {
	w.change(id, 1)
	return func() { w.change(id, -1) }
}

func (w *workingSet) change(id int64, by int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.ids == nil {
		w.ids = map[int64]int{}
	}
	if w.ids[id] += by; w.ids[id] == 0 {
		delete(w.ids, id)
	}
}

func (w *workingSet) has(id int64) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.ids[id] > 0
}

// jobEnded reports whether the job that performs a session has ended.
func (h *Handlers) jobEnded(ctx context.Context, s session) bool {
	j, err := h.state.Job(ctx, s.JobID)
	return err == nil && j.Finished()
}
