package api

import (
	"context"
	"encoding/json"
	"net/url"
	"time"
)

// A Session is the run of a workflow for one session time. It has one or more attempts.
type Session struct {
	ID, UUID          string
	Project, Workflow string // names
	SessionTime       Time
	LastAttempt       Attempt         // incomplete; the ID is empty if there is no attempt yet
	Raw               json.RawMessage // the object as received
}

// UnmarshalJSON implements json.Unmarshaler.
func (s *Session) UnmarshalJSON(b []byte) error {
	var w struct {
		ID                looseID
		SessionUUID       looseString
		Project, Workflow reference
		SessionTime       Time
		LastAttempt       Attempt
	}
	if err := json.Unmarshal(b, &w); err != nil {
		return err
	}
	*s = Session{
		ID: string(w.ID), UUID: string(w.SessionUUID), Project: string(w.Project.Name), Workflow: string(w.Workflow.Name),
		SessionTime: w.SessionTime, LastAttempt: w.LastAttempt, Raw: clone(b),
	}
	return nil
}

// An Attempt is an attempt to run a session.
type Attempt struct {
	ID, SessionID, SessionUUID     string
	Project, ProjectID             string
	Workflow, WorkflowID           string // WorkflowID is empty if the workflow is not stored
	SessionTime                    Time
	RetryName                      string // empty for the first attempt
	Done, Success, CancelRequested bool
	Params                         json.RawMessage // JSON object
	CreatedAt, FinishedAt          Time
	Raw                            json.RawMessage // the object as received
}

// UnmarshalJSON implements json.Unmarshaler.
func (a *Attempt) UnmarshalJSON(b []byte) error {
	var w struct {
		ID, SessionID                  looseID
		SessionUUID                    looseString
		Project, Workflow              reference
		SessionTime                    Time
		RetryAttemptName               looseString
		Done, Success, CancelRequested looseBool
		Params                         json.RawMessage
		CreatedAt, FinishedAt          Time
	}
	if err := json.Unmarshal(b, &w); err != nil {
		return err
	}
	*a = Attempt{
		ID: string(w.ID), SessionID: string(w.SessionID), SessionUUID: string(w.SessionUUID),
		Project: string(w.Project.Name), ProjectID: string(w.Project.ID),
		Workflow: string(w.Workflow.Name), WorkflowID: string(w.Workflow.ID),
		SessionTime: w.SessionTime, RetryName: string(w.RetryAttemptName),
		Done: bool(w.Done), Success: bool(w.Success), CancelRequested: bool(w.CancelRequested),
		Params: nilIfNull(w.Params), CreatedAt: w.CreatedAt, FinishedAt: w.FinishedAt, Raw: clone(b),
	}
	return nil
}

// Status returns "pending", "running", "killing", "success" or "error".
func (a Attempt) Status() string {
	switch {
	case a.ID == "":
		return "pending"
	case a.Success:
		return "success"
	case a.Done:
		return "error"
	case a.CancelRequested:
		return "killing"
	}
	return "running"
}

// A Task is a step of an attempt.
type Task struct {
	ID, Name, State      string // Name starts with +
	StartedAt, UpdatedAt Time
	Raw                  json.RawMessage // the object as received
}

// UnmarshalJSON implements json.Unmarshaler.
func (t *Task) UnmarshalJSON(b []byte) error {
	var w struct {
		ID                   looseID
		FullName, State      looseString
		StartedAt, UpdatedAt Time
	}
	if err := json.Unmarshal(b, &w); err != nil {
		return err
	}
	*t = Task{ID: string(w.ID), Name: string(w.FullName), State: string(w.State), StartedAt: w.StartedAt, UpdatedAt: w.UpdatedAt, Raw: clone(b)}
	return nil
}

// A LogFile is a part of an attempt's log.
type LogFile struct {
	Name, Task string
	Time       Time
}

// UnmarshalJSON implements json.Unmarshaler.
func (f *LogFile) UnmarshalJSON(b []byte) error {
	var w struct {
		FileName, TaskName looseString
		FileTime           Time
	}
	if err := json.Unmarshal(b, &w); err != nil {
		return err
	}
	*f = LogFile{Name: string(w.FileName), Task: string(w.TaskName), Time: w.FileTime}
	return nil
}

// Sessions returns sessions, newest first: all, those of a project, or those of a workflow of the project.
//
// API: GET /api/sessions, GET /api/projects/:id/sessions
func (w *Workflows) Sessions(ctx context.Context, projectID, workflow string, p Page) ([]Session, error) {
	cl := &call{method: "GET", route: "/api/sessions", query: p.query()}
	if projectID != "" {
		cl.route, cl.names = "/api/projects/:id/sessions", []string{projectID}
		setText(cl.query, "workflow", workflow)
	}
	return fetchList[Session](ctx, w.c, cl, "sessions")
}

// Session returns a session.
//
// API: GET /api/sessions/:id
func (w *Workflows) Session(ctx context.Context, sessionID string) (s Session, err error) {
	err = w.c.fetch(ctx, &call{method: "GET", route: "/api/sessions/:id", names: []string{sessionID}}, decodeInto(&s))
	return s, err
}

// Attempts returns attempts, newest first: all, those of a project, or those of a workflow of the project. With
// retried, it includes earlier attempts of the sessions.
//
// API: GET /api/attempts
func (w *Workflows) Attempts(ctx context.Context, project, workflow string, retried bool, p Page) ([]Attempt, error) {
	query := p.query()
	setText(query, "project", project)
	setText(query, "workflow", workflow)
	if retried {
		query.Set("include_retried", "true")
	}
	return fetchList[Attempt](ctx, w.c, &call{method: "GET", route: "/api/attempts", query: query}, "attempts")
}

// AttemptsOf returns the attempts of a session.
//
// API: GET /api/sessions/:id/attempts
func (w *Workflows) AttemptsOf(ctx context.Context, sessionID string, p Page) ([]Attempt, error) {
	return fetchList[Attempt](ctx, w.c, &call{
		method: "GET", route: "/api/sessions/:id/attempts", names: []string{sessionID}, query: p.query(),
	}, "attempts")
}

// Attempt returns an attempt.
//
// API: GET /api/attempts/:id
func (w *Workflows) Attempt(ctx context.Context, attemptID string) (a Attempt, err error) {
	err = w.c.fetch(ctx, &call{method: "GET", route: "/api/attempts/:id", names: []string{attemptID}}, decodeInto(&a))
	return a, err
}

// Tasks returns the tasks of an attempt.
//
// API: GET /api/attempts/:id/tasks
func (w *Workflows) Tasks(ctx context.Context, attemptID string) ([]Task, error) {
	return fetchList[Task](ctx, w.c, &call{method: "GET", route: "/api/attempts/:id/tasks", names: []string{attemptID}}, "tasks")
}

// StartRequest describes an attempt to start.
type StartRequest struct {
	WorkflowID  string
	SessionTime time.Time
	RetryName   string         // name of a further attempt of an existing session; "" otherwise
	Params      map[string]any // parameters, available to the workflow as ${name}

	// ResumeAttempt is an attempt whose successful tasks are not repeated. If ResumeFrom is not empty, only the
	// tasks before it are not repeated.
	ResumeAttempt, ResumeFrom string
}

// Start starts an attempt. It returns an [ErrConflict] if the session exists.
//
// API: PUT /api/attempts
func (w *Workflows) Start(ctx context.Context, r StartRequest) (a Attempt, err error) {
	body := map[string]any{
		"workflowId": r.WorkflowID, "sessionTime": r.SessionTime.UTC().Format(time.RFC3339Nano), "params": map[string]any{},
	}
	if r.Params != nil {
		body["params"] = r.Params
	}
	if r.RetryName != "" {
		body["retryAttemptName"] = r.RetryName
	}
	switch {
	case r.ResumeAttempt != "" && r.ResumeFrom != "":
		body["resume"] = map[string]string{"mode": "from", "attemptId": r.ResumeAttempt, "from": r.ResumeFrom}
	case r.ResumeAttempt != "":
		body["resume"] = map[string]string{"mode": "failed", "attemptId": r.ResumeAttempt}
	}
	err = w.c.fetch(ctx, &call{method: "PUT", route: "/api/attempts", json: body}, decodeInto(&a))
	return a, err
}

// Kill requests the end of an attempt. It returns an [ErrConflict] if it has ended.
//
// API: POST /api/attempts/:id/kill
func (w *Workflows) Kill(ctx context.Context, attemptID string) error {
	return w.c.send(ctx, &call{
		method: "POST", route: "/api/attempts/:id/kill", names: []string{attemptID}, json: map[string]string{}, idempotent: true,
	})
}

// LogFiles returns the parts of an attempt's log, of all tasks or of those whose names start with task.
//
// API: GET /api/logs/:id/files
func (w *Workflows) LogFiles(ctx context.Context, attemptID, task string) ([]LogFile, error) {
	query := url.Values{}
	setText(query, "task", task)
	return fetchList[LogFile](ctx, w.c, &call{
		method: "GET", route: "/api/logs/:id/files", names: []string{attemptID}, query: query,
	}, "files")
}

// LogFile returns a part of an attempt's log as gzip-compressed text.
//
// API: GET /api/logs/:id/files/:name
func (w *Workflows) LogFile(ctx context.Context, attemptID, name string) (part []byte, err error) {
	err = w.c.fetch(ctx, &call{
		method: "GET", route: "/api/logs/:id/files/:name", names: []string{attemptID, name},
	}, func(b []byte) error {
		part = b
		return nil
	})
	return part, err
}
