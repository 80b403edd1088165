package bulkimport

import (
	"context"
	"crypto/rand"
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/td-cli/td/internal/sandbox/engine"
	"github.com/td-cli/td/internal/sandbox/httpapi"
	"github.com/td-cli/td/internal/sandbox/jobqueue"
	"github.com/td-cli/td/internal/sandbox/jobs"
	"github.com/td-cli/td/internal/sandbox/state"
	"github.com/td-cli/td/internal/sandbox/tables"
)

// Options holds the dependencies of [Handlers].
type Options struct {
	Dir     string // directory of the parts
	Owner   string // ID of the server
	IsAlive func(owner string) bool
	Queue   *jobqueue.Queue
	Engine  engine.Engine
	Uploads *tables.Uploads
	Pools   jobs.Pools
}

// Handlers implements the endpoints of bulk imports.
type Handlers struct {
	o        Options
	state    *state.DB
	catalog  tables.Catalog
	sessions state.Collection[session]
	working  workingSet
}

// New returns handlers for the sessions in db and registers their type of job.
func New(db *state.DB, o Options) *Handlers {
	h := &Handlers{o: o, state: db, catalog: tables.NewCatalog(o.Engine), sessions: state.Objects[session](db, "session")}
	o.Queue.Register("bulk_import_perform", h.runPerform)
	o.Queue.RegisterCommitted("bulk_import_perform", h.committedPerform)
	return h
}

// Routes returns the endpoints.
func (h *Handlers) Routes() []httpapi.Route {
	return []httpapi.Route{
		{Pattern: "POST /v3/bulk_import/create/{name}/{db}/{table}", Handle: h.create},
		{Pattern: "GET /v3/bulk_import/list", Handle: h.list},
		{Pattern: "GET /v3/bulk_import/show/{name}", Handle: h.show},
		{Pattern: "GET /v3/bulk_import/list_parts/{name}", Handle: h.listParts},
		{Pattern: "PUT /v3/bulk_import/upload_part/{name}/{part}", Handle: h.uploadPart, Access: httpapi.AnyKey, Body: httpapi.RawBody},
		{Pattern: "POST /v3/bulk_import/delete_part/{name}/{part}", Handle: h.deletePart},
		{Pattern: "POST /v3/bulk_import/freeze/{name}", Handle: func(r *httpapi.Request) (any, error) { return h.setFrozen(r, true) }},
		{Pattern: "POST /v3/bulk_import/unfreeze/{name}", Handle: func(r *httpapi.Request) (any, error) { return h.setFrozen(r, false) }},
		{Pattern: "POST /v3/bulk_import/perform/{name}", Handle: h.perform},
		{Pattern: "POST /v3/bulk_import/commit/{name}", Handle: h.commit},
		{Pattern: "GET /v3/bulk_import/error_records/{name}", Handle: h.errorRecords},
		{Pattern: "POST /v3/bulk_import/delete/{name}", Handle: h.remove},
	}
}

// nameObject is the response to most calls.
func nameObject(name string) httpapi.Object {
	return httpapi.Object{"name": name, "bulk_import": name}
}

func (h *Handlers) create(r *httpapi.Request) (any, error) {
	name, database, table := r.PathValue("name"), r.PathValue("db"), r.PathValue("table")
	if len(name) < 3 {
		return nil, httpapi.Invalidf("Validation failed: Name is too short")
	}
	if _, err := h.catalog.Table(r.Context(), database, table); err != nil {
		return nil, err
	}
	v := session{Database: database, Table: table, Status: uploading, CreatedAt: time.Now().UTC()}
	_, err := h.sessions.Add(r.Context(), name, v)
	if errors.Is(err, state.ErrExists) {
		return nil, httpapi.Errorf(http.StatusConflict, "Bulk import session %s already exists", name)
	}
	if err != nil {
		return nil, err
	}
	return nameObject(name), nil
}

func (h *Handlers) list(r *httpapi.Request) (any, error) {
	all, err := h.sessions.All(r.Context())
	if err != nil {
		return nil, err
	}
	list := []httpapi.Object{}
	for _, o := range all {
		list = append(list, sessionObject(o))
	}
	return httpapi.Object{"bulk_imports": list}, nil
}

func (h *Handlers) show(r *httpapi.Request) (any, error) {
	o, err := h.find(r)
	if err != nil {
		return nil, err
	}
	return sessionObject(o), nil
}

func sessionObject(o state.Object[session]) httpapi.Object {
	v := o.Value
	var job any // text, in contrast to the response to perform: td-client-java requires both
	if v.JobID != 0 {
		job = strconv.FormatInt(v.JobID, 10)
	}
	return httpapi.Object{
		"name":          o.Name,
		"database":      v.Database,
		"table":         v.Table,
		"status":        v.Status,
		"upload_frozen": v.Frozen,
		"job_id":        job,
		"valid_records": v.ValidRecords,
		"error_records": v.ErrorRecords,
		"valid_parts":   v.ValidParts,
		"error_parts":   v.ErrorParts,
	}
}

func (h *Handlers) listParts(r *httpapi.Request) (any, error) {
	o, err := h.find(r)
	if err != nil {
		return nil, err
	}
	names := []string{}
	for _, p := range o.Value.Parts {
		names = append(names, p.Name)
	}
	slices.Sort(names)
	out := nameObject(o.Name)
	out["parts"] = names
	return out, nil
}

// uploadPart adds a part or replaces the part with the same name.
func (h *Handlers) uploadPart(r *httpapi.Request) (any, error) {
	o, err := h.find(r)
	if err != nil {
		return nil, err
	}
	name := r.PathValue("part")
	if strings.Contains(name, "/") || strings.Count(name, ".") > 1 {
		return nil, httpapi.Invalidf("Part name is invalid: %s", name)
	}
	u, err := h.o.Uploads.Receive(r.Body)
	if err != nil {
		return nil, err
	}
	defer u.Remove()
	p := part{Name: name, File: "part-" + rand.Text()}
	path := h.filePath(o.ID, p.File)
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, err
	}
	if err := u.Keep(path); err != nil {
		return nil, err
	}
	unused := ""
	_, err = h.changeParts(r, func(parts []part) ([]part, error) {
		i := slices.IndexFunc(parts, func(old part) bool { return old.Name == name })
		if i < 0 {
			return append(parts, p), nil
		}
		unused, parts[i] = parts[i].File, p
		return parts, nil
	})
	if err != nil {
		unused = p.File
	}
	if unused != "" {
		err = errors.Join(err, os.Remove(h.filePath(o.ID, unused)))
	}
	if err != nil {
		return nil, err
	}
	return nameObject(o.Name), nil
}

// changeParts changes the parts of a session, which must be performed again before it
// is committed. It returns an error if the session does not accept parts.
func (h *Handlers) changeParts(r *httpapi.Request, change func([]part) ([]part, error)) (state.Object[session], error) {
	return h.update(r, []string{uploading, ready}, func(o *state.Object[session]) (err error) {
		if o.Value.Frozen {
			return httpapi.Invalidf("Bulk import session %s is frozen", o.Name)
		}
		v := &o.Value
		if v.Parts, err = change(v.Parts); err != nil {
			return err
		}
		v.Status = uploading
		v.ValidRecords, v.ErrorRecords, v.ValidParts, v.ErrorParts = 0, 0, 0, 0
		return nil
	})
}

func (h *Handlers) deletePart(r *httpapi.Request) (any, error) {
	name, file := r.PathValue("part"), ""
	o, err := h.changeParts(r, func(parts []part) ([]part, error) {
		i := slices.IndexFunc(parts, func(p part) bool { return p.Name == name })
		if i < 0 {
			return nil, httpapi.Errorf(http.StatusNotFound, "Couldn't find part %s", name)
		}
		file = parts[i].File
		return slices.Delete(parts, i, i+1), nil
	})
	if err != nil {
		return nil, err
	}
	if err := os.Remove(h.filePath(o.ID, file)); err != nil {
		return nil, err
	}
	return nameObject(o.Name), nil
}

func (h *Handlers) setFrozen(r *httpapi.Request, frozen bool) (any, error) {
	o, err := h.update(r, []string{uploading, performing, ready, committing, committed}, func(o *state.Object[session]) error {
		o.Value.Frozen = frozen
		return nil
	})
	if err != nil {
		return nil, err
	}
	return nameObject(o.Name), nil
}

// perform submits the job that checks the records of a session.
func (h *Handlers) perform(r *httpapi.Request) (any, error) {
	priority, err := r.IntParam("priority", 0, -2, 2)
	if err != nil {
		return nil, err
	}
	if err := h.o.Pools.Check("bulk_import_perform", r.Param("pool_name")); err != nil {
		return nil, err
	}
	current, err := h.find(r)
	if err != nil {
		return nil, err
	}
	if current.Value.Status == performing {
		return nil, httpapi.Errorf(http.StatusConflict, "Bulk import session %s is performing", current.Name)
	}
	j := &state.Job{
		Type: "bulk_import_perform", Database: current.Value.Database, Priority: priority, UserName: r.User.Name,
		Query: current.Value.Database + "." + current.Value.Table, Detail: current.Name,
	}
	defer h.working.add(current.ID)()
	o, err := h.update(r, []string{uploading, ready}, func(o *state.Object[session]) error {
		o.Value.Status, o.Value.Owner, o.Value.JobID = performing, h.o.Owner, 0
		return nil
	})
	if err != nil {
		return nil, err
	}
	if err := h.o.Queue.Store(r.Context(), j); err != nil {
		_, revertErr := h.sessions.Update(context.WithoutCancel(r.Context()), o.Name, func(o *state.Object[session]) error {
			revert(o)
			return nil
		})
		return nil, errors.Join(err, revertErr)
	}
	_, err = h.sessions.Update(r.Context(), o.Name, func(o *state.Object[session]) error {
		o.Value.JobID = j.ID
		return nil
	})
	if err := errors.Join(err, h.o.Queue.Start(j)); err != nil { // the job fails if it does not find itself in the session
		return nil, err
	}
	out := nameObject(o.Name)
	out["job_id"] = j.ID
	return out, nil
}

func (h *Handlers) commit(r *httpapi.Request) (any, error) {
	current, err := h.find(r)
	if err != nil {
		return nil, err
	}
	defer h.working.add(current.ID)()
	o, err := h.update(r, []string{ready}, func(o *state.Object[session]) error {
		o.Value.Status, o.Value.Owner = committing, h.o.Owner
		return nil
	})
	if err != nil {
		return nil, err
	}
	appendErr := h.appendRecords(r.Context(), o)
	_, err = h.sessions.Update(context.WithoutCancel(r.Context()), o.Name, func(o *state.Object[session]) error {
		if appendErr != nil {
			revert(o)
		} else {
			o.Value.Status = committed
		}
		return nil
	})
	if err := errors.Join(appendErr, err); err != nil {
		return nil, tables.ImportError(err)
	}
	return nameObject(o.Name), nil
}

// errorRecords sends the invalid records of a session as msgpack.gz. The body is
// empty if there are none.
func (h *Handlers) errorRecords(r *httpapi.Request) (any, error) {
	o, err := h.find(r)
	if err != nil {
		return nil, err
	}
	stream := func(w http.ResponseWriter, _ *http.Request) { w.Header().Set("Content-Type", "application/x-gzip") }
	if o.Value.ErrorRecords == 0 {
		return httpapi.Stream(stream), nil
	}
	file, err := os.Open(h.filePath(o.ID, errorFile(o.Value.JobID)))
	if err != nil {
		return nil, err
	}
	info, err := file.Stat()
	if err != nil {
		_ = file.Close()
		return nil, err
	}
	return httpapi.Stream(func(w http.ResponseWriter, r *http.Request) {
		defer func() { _ = file.Close() }()
		stream(w, r)
		http.ServeContent(w, r, "", info.ModTime(), file)
	}), nil
}

func (h *Handlers) remove(r *httpapi.Request) (any, error) {
	o, err := h.update(r, []string{uploading, ready, committed}, func(*state.Object[session]) error { return nil })
	if err != nil {
		return nil, err
	}
	if _, err := h.sessions.Delete(r.Context(), o.Name); err != nil {
		return nil, err
	}
	if err := os.RemoveAll(h.filePath(o.ID, "")); err != nil {
		return nil, err
	}
	return nameObject(o.Name), nil
}
