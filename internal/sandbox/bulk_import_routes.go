package sandbox

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

	"github.com/td-cli/td/internal/sandbox/state"
)

func (s *Server) bulkImportRoutes() []route {
	return []route{
		at("POST", "/v3/bulk_import/create/:name/:db/:table", s.createSession),
		at("GET", "/v3/bulk_import/list", s.listSessions),
		at("GET", "/v3/bulk_import/show/:name", s.showSession),
		at("GET", "/v3/bulk_import/list_parts/:name", s.listParts),
		at("PUT", "/v3/bulk_import/upload_part/:name/:part", s.uploadPart).upload(),
		at("POST", "/v3/bulk_import/delete_part/:name/:part", s.deletePart),
		at("POST", "/v3/bulk_import/freeze/:name", s.freeze(true)),
		at("POST", "/v3/bulk_import/unfreeze/:name", s.freeze(false)),
		at("POST", "/v3/bulk_import/perform/:name", s.performSession),
		at("POST", "/v3/bulk_import/commit/:name", s.commitSession),
		at("GET", "/v3/bulk_import/error_records/:name", s.errorRecords),
		at("POST", "/v3/bulk_import/delete/:name", s.deleteSession),
	}
}

// sessionAnswer is what most calls answer.
func sessionAnswer(name string) object { return object{"name": name, "bulk_import": name} }

func (s *Server) createSession(c *call) (any, error) {
	name, database, table := c.path[0], c.path[1], c.path[2]
	if len(name) < 3 {
		return nil, refuse(http.StatusUnprocessableEntity, "Validation failed: Name is too short")
	}
	if _, err := s.lookUp(c.Context(), database, table); err != nil {
		return nil, err
	}
	v := session{Database: database, Table: table, Status: uploading, CreatedAt: time.Now().UTC()}
	_, err := s.sessions.Add(c.Context(), name, v)
	if errors.Is(err, state.ErrExists) {
		return nil, refuse(http.StatusConflict, "Bulk import session %s already exists", name)
	}
	if err != nil {
		return nil, err
	}
	return sessionAnswer(name), nil
}

func (s *Server) listSessions(c *call) (any, error) {
	all, err := s.sessions.All(c.Context())
	if err != nil {
		return nil, err
	}
	list := []object{}
	for _, o := range all {
		list = append(list, sessionObject(o))
	}
	return object{"bulk_imports": list}, nil
}

func (s *Server) showSession(c *call) (any, error) {
	o, err := s.sessionOf(c)
	if err != nil {
		return nil, err
	}
	return sessionObject(o), nil
}

func sessionObject(o state.Object[session]) object {
	v := o.Value
	var job any // text here, a number where performing answers it: one client insists on both
	if v.JobID != 0 {
		job = strconv.FormatInt(v.JobID, 10)
	}
	return object{
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

func (s *Server) sessionOf(c *call) (state.Object[session], error) {
	o, err := s.sessions.Get(c.Context(), c.path[0])
	if errors.Is(err, state.ErrNotFound) {
		return o, refuse(http.StatusNotFound, "Couldn't find BulkImport with name = %s", c.path[0])
	}
	return o, err
}

func (s *Server) listParts(c *call) (any, error) {
	o, err := s.sessionOf(c)
	if err != nil {
		return nil, err
	}
	names := []string{}
	for _, p := range o.Value.Parts {
		names = append(names, p.Name)
	}
	slices.Sort(names)
	out := sessionAnswer(o.Name)
	out["parts"] = names
	return out, nil
}

// uploadPart keeps a part, in place of an older one of its name.
func (s *Server) uploadPart(c *call) (any, error) {
	o, err := s.sessionOf(c)
	if err != nil {
		return nil, err
	}
	name := c.path[1]
	if strings.Contains(name, "/") || strings.Count(name, ".") > 1 {
		return nil, refuse(http.StatusUnprocessableEntity, "Part name is invalid: %s", name)
	}
	u, err := s.receive(c.Body)
	if err != nil {
		return nil, err
	}
	defer u.remove()
	dir := s.sessionDir(o.ID)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	p := part{Name: name, File: "part-" + rand.Text()}
	if err := u.keep(filepath.Join(dir, p.File)); err != nil {
		return nil, err
	}
	replaced := ""
	_, err = s.changeParts(c, func(parts []part) ([]part, error) {
		i := slices.IndexFunc(parts, func(old part) bool { return old.Name == name })
		if i < 0 {
			return append(parts, p), nil
		}
		replaced, parts[i] = parts[i].File, p
		return parts, nil
	})
	if err != nil {
		replaced = p.File
	}
	if replaced != "" {
		err = errors.Join(err, os.Remove(filepath.Join(dir, replaced)))
	}
	if err != nil {
		return nil, err
	}
	return sessionAnswer(o.Name), nil
}

// changeParts changes the parts of a session that takes parts.
func (s *Server) changeParts(c *call, change func([]part) ([]part, error)) (state.Object[session], error) {
	return s.moveSession(c.Context(), c.path[0], []string{uploading, ready}, func(o *state.Object[session]) (err error) {
		if o.Value.Frozen {
			return refuse(http.StatusUnprocessableEntity, "Bulk import session %s is frozen", o.Name)
		}
		o.Value.Parts, err = change(o.Value.Parts)
		return err
	})
}

func (s *Server) deletePart(c *call) (any, error) {
	file := ""
	o, err := s.changeParts(c, func(parts []part) ([]part, error) {
		i := slices.IndexFunc(parts, func(p part) bool { return p.Name == c.path[1] })
		if i < 0 {
			return nil, refuse(http.StatusNotFound, "Couldn't find part %s", c.path[1])
		}
		file = parts[i].File
		return slices.Delete(parts, i, i+1), nil
	})
	if err != nil {
		return nil, err
	}
	if err := os.Remove(filepath.Join(s.sessionDir(o.ID), file)); err != nil {
		return nil, err
	}
	return sessionAnswer(o.Name), nil
}

func (s *Server) freeze(frozen bool) handler {
	return func(c *call) (any, error) {
		all := []string{uploading, performing, ready, committing, committed}
		o, err := s.moveSession(c.Context(), c.path[0], all, func(o *state.Object[session]) error {
			o.Value.Frozen = frozen
			return nil
		})
		if err != nil {
			return nil, err
		}
		return sessionAnswer(o.Name), nil
	}
}

// performSession submits the job that checks a session's records. A session that is being checked is refused.
func (s *Server) performSession(c *call) (any, error) {
	priority, err := c.integer("priority", 0, -2, 2)
	if err != nil {
		return nil, err
	}
	if err := checkPool("bulk_import_perform", c.get("pool_name")); err != nil {
		return nil, err
	}
	current, err := s.sessionOf(c)
	if err != nil {
		return nil, err
	}
	if current.Value.Status == performing {
		return nil, refuse(http.StatusConflict, "Bulk import session %s is performing", c.path[0])
	}
	j := &state.Job{
		Type: "bulk_import_perform", Database: current.Value.Database, Priority: priority, UserName: c.user.Name,
		Query: current.Value.Database + "." + current.Value.Table, Detail: c.path[0],
	}
	o, err := s.moveSession(c.Context(), c.path[0], []string{uploading, ready}, func(o *state.Object[session]) error {
		o.Value.Status, o.Value.Owner, o.Value.JobID = performing, s.owner.id, 0
		return nil
	})
	if err != nil {
		return nil, err
	}
	if err := s.enlist(c.Context(), j); err != nil {
		_, undo := s.sessions.Update(context.WithoutCancel(c.Context()), o.Name, func(o *state.Object[session]) error { takeBack(o); return nil })
		return nil, errors.Join(err, undo)
	}
	_, err = s.sessions.Update(c.Context(), o.Name, func(o *state.Object[session]) error { o.Value.JobID = j.ID; return nil })
	if err == nil {
		err = s.start(j)
	}
	if err != nil {
		_, undo := s.state.Kill(context.WithoutCancel(c.Context()), j.ID, time.Now())
		return nil, errors.Join(err, undo)
	}
	out := sessionAnswer(o.Name)
	out["job_id"] = j.ID
	return out, nil
}

func (s *Server) commitSession(c *call) (any, error) {
	o, err := s.moveSession(c.Context(), c.path[0], []string{ready}, func(o *state.Object[session]) error {
		o.Value.Status, o.Value.Owner = committing, s.owner.id
		return nil
	})
	if err != nil {
		return nil, err
	}
	outcome := s.commit(c.Context(), o)
	_, err = s.sessions.Update(context.WithoutCancel(c.Context()), o.Name, func(o *state.Object[session]) error {
		if outcome != nil {
			takeBack(o)
		} else {
			o.Value.Status = committed
		}
		return nil
	})
	if err := errors.Join(outcome, err); err != nil {
		return nil, importRefusal(err)
	}
	return sessionAnswer(o.Name), nil
}

// errorRecords sends the records that performing refused, gzipped; nothing when there are none.
func (s *Server) errorRecords(c *call) (any, error) {
	o, err := s.sessionOf(c)
	if err != nil {
		return nil, err
	}
	path := filepath.Join(s.sessionDir(o.ID), errorFile(o.Value.JobID))
	return stream(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", contentType("msgpack.gz"))
		if o.Value.ErrorRecords == 0 {
			return
		}
		http.ServeFile(w, r, path)
	}), nil
}

func (s *Server) deleteSession(c *call) (any, error) {
	o, err := s.moveSession(c.Context(), c.path[0], []string{uploading, ready, committed}, func(*state.Object[session]) error { return nil })
	if err != nil {
		return nil, err
	}
	if _, err := s.sessions.Delete(c.Context(), o.Name); err != nil {
		return nil, err
	}
	if err := os.RemoveAll(s.sessionDir(o.ID)); err != nil {
		return nil, err
	}
	return sessionAnswer(o.Name), nil
}
