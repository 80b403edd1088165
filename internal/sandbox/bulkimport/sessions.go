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
	"time"

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

// Reap reverts the sessions whose server died while it worked on them, and those
// whose job has ended without a result.
func (h *Handlers) Reap(ctx context.Context) error {
	all, err := h.sessions.All(ctx)
	if err != nil {
		return err
	}
	for _, o := range all {
		busy := o.Value.Status == performing || o.Value.Status == committing
		if !busy || h.o.IsAlive(o.Value.Owner) && !h.jobEnded(ctx, o.Value) {
			continue
		}
		_, err := h.sessions.Update(ctx, o.Name, func(current *state.Object[session]) error {
			if current.Value.Owner == o.Value.Owner && current.Value.Status == o.Value.Status && current.Value.JobID == o.Value.JobID {
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

// jobEnded reports whether the job that performs a session has ended.
func (h *Handlers) jobEnded(ctx context.Context, s session) bool {
	if s.Status != performing || s.JobID == 0 {
		return false
	}
	j, err := h.state.Job(ctx, s.JobID)
	return err == nil && j.Finished()
}
