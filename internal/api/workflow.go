package api

import (
	"context"
	"encoding/json"
	"net/url"
	"strconv"
	"time"
)

// Workflows is a client of the workflow service, which has its own host and API.
type Workflows struct{ c *Client }

// NewWorkflows returns a client of the workflow service at o.Endpoint without sending a request.
func NewWorkflows(o Options) (*Workflows, error) {
	c, err := New(o)
	return &Workflows{c}, err
}

// A Project is a directory of workflows in its newest revision.
type Project struct {
	ID, Name, Revision   string
	CreatedAt, UpdatedAt Time
	Raw                  json.RawMessage // the object as received
}

// UnmarshalJSON implements json.Unmarshaler.
func (p *Project) UnmarshalJSON(b []byte) error {
	var w struct {
		ID                   looseID
		Name, Revision       looseString
		CreatedAt, UpdatedAt Time
	}
	if err := json.Unmarshal(b, &w); err != nil {
		return err
	}
	*p = Project{ID: string(w.ID), Name: string(w.Name), Revision: string(w.Revision), CreatedAt: w.CreatedAt, UpdatedAt: w.UpdatedAt, Raw: clone(b)}
	return nil
}

// A Workflow is a definition in a revision of a project.
type Workflow struct {
	ID, Name, Project  string
	Revision, Timezone string
	Raw                json.RawMessage // the object as received
}

// UnmarshalJSON implements json.Unmarshaler.
func (f *Workflow) UnmarshalJSON(b []byte) error {
	var w struct {
		ID                       looseID
		Name, Revision, Timezone looseString
		Project                  reference
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

// A reference identifies a project or a workflow.
type reference struct {
	ID   looseID
	Name looseString
}

func clone(b []byte) json.RawMessage { return append(json.RawMessage(nil), b...) }

// A Page selects a part of a list: at most Size entries that are older than LastID. Zero values mean the service's
// defaults.
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

// Projects returns all projects.
//
// API: GET /api/projects
func (w *Workflows) Projects(ctx context.Context) ([]Project, error) {
	return fetchList[Project](ctx, w.c, &call{method: "GET", route: "/api/projects"}, "projects")
}

// Project returns a project by its name. It returns an [ErrNotFound] if it does not exist.
//
// API: GET /api/projects?name=
func (w *Workflows) Project(ctx context.Context, name string) (Project, error) {
	found, err := fetchList[Project](ctx, w.c, &call{
		method: "GET", route: "/api/projects", query: url.Values{"name": {name}},
	}, "projects")
	if err == nil && len(found) == 0 {
		err = newNotFoundError("/api/projects", "project '"+name+"' does not exist")
	}
	if err != nil {
		return Project{}, err
	}
	return found[0], nil
}

// newNotFoundError returns the error for a lookup by name that found nothing. The service responds with an empty
// list.
func newNotFoundError(path, message string) error {
	return &Error{Status: 404, Method: "GET", Path: path, Message: message}
}

// AllWorkflows returns the workflows of all projects.
//
// API: GET /api/workflows
func (w *Workflows) AllWorkflows(ctx context.Context, p Page) ([]Workflow, error) {
	return fetchList[Workflow](ctx, w.c, &call{method: "GET", route: "/api/workflows", query: p.query()}, "workflows")
}

// WorkflowsOf returns the workflows in a revision of a project; an empty revision means the newest.
//
// API: GET /api/projects/:id/workflows
func (w *Workflows) WorkflowsOf(ctx context.Context, projectID, revision string) ([]Workflow, error) {
	query := url.Values{}
	setText(query, "revision", revision)
	return fetchList[Workflow](ctx, w.c, &call{
		method: "GET", route: "/api/projects/:id/workflows", names: []string{projectID}, query: query,
	}, "workflows")
}

// Workflow returns a workflow by its name in a revision of a project; an empty revision means the newest. The error
// is an [ErrNotFound] if it does not exist.
//
// API: GET /api/projects/:id/workflows?name=
func (w *Workflows) Workflow(ctx context.Context, projectID, name, revision string) (Workflow, error) {
	query := url.Values{"name": {name}}
	setText(query, "revision", revision)
	found, err := fetchList[Workflow](ctx, w.c, &call{
		method: "GET", route: "/api/projects/:id/workflows", names: []string{projectID}, query: query,
	}, "workflows")
	if err == nil && len(found) == 0 {
		err = newNotFoundError("/api/projects/"+projectID+"/workflows", "workflow '"+name+"' does not exist")
	}
	if err != nil {
		return Workflow{}, err
	}
	return found[0], nil
}

// SessionTime converts a time to a session time of a workflow. A time without a zone is in the time zone of the
// workflow. Mode "hour" or "day" truncates it.
//
// API: GET /api/workflows/:id/truncated_session_time
func (w *Workflows) SessionTime(ctx context.Context, workflowID, at, mode string) (time.Time, error) {
	var answer struct{ SessionTime Time }
	query := url.Values{"session_time": {at}}
	setText(query, "mode", mode)
	err := w.c.fetch(ctx, &call{
		method: "GET", route: "/api/workflows/:id/truncated_session_time", names: []string{workflowID}, query: query,
	}, decodeInto(&answer))
	return answer.SessionTime.Time, err
}

// PutProject uploads a revision of a project as tar.gz. It returns an [ErrConflict] if the revision exists.
//
// API: PUT /api/projects
func (w *Workflows) PutProject(ctx context.Context, name, revision, scheduleFrom string, archive Upload) (p Project, err error) {
	query := url.Values{"project": {name}, "revision": {revision}}
	setText(query, "schedule_from", scheduleFrom)
	archive.Type = "application/gzip"
	err = w.c.fetch(ctx, &call{method: "PUT", route: "/api/projects", query: query, upload: &archive}, decodeInto(&p))
	return p, err
}

// Archive returns a revision of a project as tar.gz.
//
// API: GET /api/projects/:id/archive
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

// Secrets returns the names of a project's secrets.
//
// API: GET /api/projects/:id/secrets
func (w *Workflows) Secrets(ctx context.Context, projectID string) ([]string, error) {
	found, err := fetchList[struct{ Key looseString }](ctx, w.c, &call{
		method: "GET", route: "/api/projects/:id/secrets", names: []string{projectID},
	}, "secrets")
	keys := make([]string, len(found))
	for i, s := range found {
		keys[i] = string(s.Key)
	}
	return keys, err
}

// SetSecret sets a project's secret.
//
// API: PUT /api/projects/:id/secrets/:key
func (w *Workflows) SetSecret(ctx context.Context, projectID, key, value string) error {
	return w.c.send(ctx, &call{
		method: "PUT", route: "/api/projects/:id/secrets/:key", names: []string{projectID, key},
		json: map[string]string{"value": value}, secretBody: true, idempotent: true,
	})
}

// DeleteSecret deletes a project's secret.
//
// API: DELETE /api/projects/:id/secrets/:key
func (w *Workflows) DeleteSecret(ctx context.Context, projectID, key string) error {
	return w.c.send(ctx, &call{
		method: "DELETE", route: "/api/projects/:id/secrets/:key", names: []string{projectID, key}, deletion: true, idempotent: true,
	})
}
