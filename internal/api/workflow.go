package api

import (
	"context"
	"encoding/json"
	"net/url"
	"strconv"
	"time"
)

// Workflows makes requests of the workflow service, which has a host and a REST API of
// its own.
type Workflows struct{ c *Client }

// NewWorkflows returns a client of the workflow service at o.Endpoint. It sends nothing yet.
func NewWorkflows(o Options) (*Workflows, error) {
	c, err := New(o)
	return &Workflows{c}, err
}

// A Project is a directory of workflows, in its newest revision.
type Project struct {
	ID, Name, Revision   string
	CreatedAt, UpdatedAt Time
	Raw                  json.RawMessage // as the service writes it
}

// UnmarshalJSON reads a project as the service writes it.
func (p *Project) UnmarshalJSON(b []byte) error {
	var w struct {
		ID                   id
		Name, Revision       text
		CreatedAt, UpdatedAt Time
	}
	if err := json.Unmarshal(b, &w); err != nil {
		return err
	}
	*p = Project{ID: string(w.ID), Name: string(w.Name), Revision: string(w.Revision), CreatedAt: w.CreatedAt, UpdatedAt: w.UpdatedAt, Raw: clone(b)}
	return nil
}

// A Workflow is one definition in one revision of a project.
type Workflow struct {
	ID, Name, Project  string
	Revision, Timezone string
	Raw                json.RawMessage // as the service writes it
}

// UnmarshalJSON reads a workflow as the service writes it.
func (f *Workflow) UnmarshalJSON(b []byte) error {
	var w struct {
		ID                       id
		Name, Revision, Timezone text
		Project                  named
	}
	if err := json.Unmarshal(b, &w); err != nil {
		return err
	}
	*f = Workflow{
		ID: string(w.ID), Name: string(w.Name), Project: string(w.Project.Name),
		Revision: string(w.Revision), Timezone: string(w.Timezone), Raw: clone(b),
	}
	return nil
}

// named is a reference to a project or a workflow.
type named struct {
	ID   id
	Name text
}

func clone(b []byte) json.RawMessage { return append(json.RawMessage(nil), b...) }

// Page says which part of a list is wanted: what is older than LastID, and how much.
// Zero values leave it to the service.
type Page struct {
	LastID string
	Size   int
}

func (p Page) query() url.Values {
	query := url.Values{}
	setText(query, "last_id", p.LastID)
	if p.Size > 0 {
		query.Set("page_size", strconv.Itoa(p.Size))
	}
	return query
}

// Projects lists the projects: GET /api/projects.
func (w *Workflows) Projects(ctx context.Context) ([]Project, error) {
	return fetchList[Project](ctx, w.c, &call{method: "GET", route: "/api/projects"}, "projects")
}

// Project returns a project by its name: GET /api/projects?name=. A missing one is
// [ErrNotFound].
func (w *Workflows) Project(ctx context.Context, name string) (Project, error) {
	found, err := fetchList[Project](ctx, w.c, &call{
		method: "GET", route: "/api/projects", query: url.Values{"name": {name}},
	}, "projects")
	if err == nil && len(found) == 0 {
		err = notThere("/api/projects", "project '"+name+"' does not exist")
	}
	if err != nil {
		return Project{}, err
	}
	return found[0], nil
}

// notThere is the answer that a service which looks things up by name should have given.
func notThere(path, message string) error {
	return &Error{Status: 404, Method: "GET", Path: path, Message: message}
}

// AllWorkflows lists the workflows of all projects: GET /api/workflows.
func (w *Workflows) AllWorkflows(ctx context.Context, p Page) ([]Workflow, error) {
	return fetchList[Workflow](ctx, w.c, &call{method: "GET", route: "/api/workflows", query: p.query()}, "workflows")
}

// WorkflowsOf lists the workflows of a project's revision, "" for the newest:
// GET /api/projects/:id/workflows.
func (w *Workflows) WorkflowsOf(ctx context.Context, projectID, revision string) ([]Workflow, error) {
	query := url.Values{}
	setText(query, "revision", revision)
	return fetchList[Workflow](ctx, w.c, &call{
		method: "GET", route: "/api/projects/:id/workflows", names: []string{projectID}, query: query,
	}, "workflows")
}

// Workflow returns a workflow by its name in a project's revision, "" for the newest:
// GET /api/projects/:id/workflows?name=. A missing one is [ErrNotFound].
func (w *Workflows) Workflow(ctx context.Context, projectID, name, revision string) (Workflow, error) {
	query := url.Values{"name": {name}}
	setText(query, "revision", revision)
	found, err := fetchList[Workflow](ctx, w.c, &call{
		method: "GET", route: "/api/projects/:id/workflows", names: []string{projectID}, query: query,
	}, "workflows")
	if err == nil && len(found) == 0 {
		err = notThere("/api/projects/"+projectID+"/workflows", "workflow '"+name+"' does not exist")
	}
	if err != nil {
		return Workflow{}, err
	}
	return found[0], nil
}

// SessionTime turns a time into the session time of a workflow: a local time is one of
// the workflow's time zone, and mode "hour" or "day" cuts it:
// GET /api/workflows/:id/truncated_session_time.
func (w *Workflows) SessionTime(ctx context.Context, workflowID, at, mode string) (time.Time, error) {
	var answer struct{ SessionTime Time }
	query := url.Values{"session_time": {at}}
	setText(query, "mode", mode)
	err := w.c.fetch(ctx, &call{
		method: "GET", route: "/api/workflows/:id/truncated_session_time", names: []string{workflowID}, query: query,
	}, into(&answer))
	return answer.SessionTime.Time, err
}

// PutProject uploads a revision of a project, a tar.gz: PUT /api/projects. A revision
// that exists is [ErrConflict].
func (w *Workflows) PutProject(ctx context.Context, name, revision, scheduleFrom string, archive Upload) (p Project, err error) {
	query := url.Values{"project": {name}, "revision": {revision}}
	setText(query, "schedule_from", scheduleFrom)
	archive.Type = "application/gzip"
	err = w.c.fetch(ctx, &call{method: "PUT", route: "/api/projects", query: query, upload: &archive}, into(&p))
	return p, err
}

// Archive returns a revision of a project, a tar.gz: GET /api/projects/:id/archive.
func (w *Workflows) Archive(ctx context.Context, projectID, revision string) (archive []byte, err error) {
	query := url.Values{}
	setText(query, "revision", revision)
	err = w.c.fetch(ctx, &call{
		method: "GET", route: "/api/projects/:id/archive", names: []string{projectID}, query: query,
	}, func(b []byte) error {
		archive = b
		return nil
	})
	return archive, err
}

// Secrets lists the names of a project's secrets: GET /api/projects/:id/secrets.
func (w *Workflows) Secrets(ctx context.Context, projectID string) ([]string, error) {
	found, err := fetchList[struct{ Key text }](ctx, w.c, &call{
		method: "GET", route: "/api/projects/:id/secrets", names: []string{projectID},
	}, "secrets")
	keys := make([]string, len(found))
	for i, s := range found {
		keys[i] = string(s.Key)
	}
	return keys, err
}

// SetSecret sets a project's secret: PUT /api/projects/:id/secrets/:key.
func (w *Workflows) SetSecret(ctx context.Context, projectID, key, value string) error {
	return w.c.send(ctx, &call{
		method: "PUT", route: "/api/projects/:id/secrets/:key", names: []string{projectID, key},
		json: map[string]string{"value": value}, harmless: true,
	})
}

// DeleteSecret removes a project's secret: DELETE /api/projects/:id/secrets/:key.
func (w *Workflows) DeleteSecret(ctx context.Context, projectID, key string) error {
	return w.c.send(ctx, &call{
		method: "DELETE", route: "/api/projects/:id/secrets/:key", names: []string{projectID, key}, gone: true, harmless: true,
	})
}
