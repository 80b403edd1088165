package jobmonitor

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync"
	"time"

	tea "charm.land/bubbletea/v2"

	"github.com/td-cli/td/internal/taskgroup"
	"github.com/td-cli/td/internal/tui"
)

const (
	requestTimeout = 30 * time.Second
	logInterval    = 2 * time.Second // pause between two requests of a log
	maxProgress    = 20              // jobs whose progress is requested at a time
	maxConnections = 4
)

// A model is the state of the screen.
type model struct {
	ctx     context.Context
	server  Server
	options Options
	err     error // error that ended the program

	suspended bool // the program ended to be continued later

	width, height int

	jobs     []Job             // as received
	rows     []Job             // sorted and filtered
	progress map[string]string // progress of the running jobs that were on the screen, by ID
	widths   layout            // widths of cells that are not shortened
	received time.Time         // time of the last list of jobs; zero before the first response
	failure  string            // error of the last request, or ""

	requests   int  // number of the last request of the jobs
	requesting bool // it has no response yet
	reporting  bool // the progress was requested
	next       int  // where the next request of the progress starts among the jobs on the screen

	sortColumn int
	descending bool
	filter     string
	filtering  bool // the filter is being typed
	cursor     int  // selected row
	top        int  // first row on the screen

	killing string // ID of the job that the user is asked about, or ""
	message string // result of the last action, until the next key
	pane    *pane  // shown instead of the jobs, or nil
}

func newModel(s Server, o Options) *model {
	return &model{
		server: s, options: o, width: 80, height: 24, progress: map[string]string{}, sortColumn: columnRunning, descending: true,
	}
}

// Messages of the program.
type (
	// A hangup reports the end of the terminal.
	hangup struct{}

	// A tick asks for a request of the jobs unless another one was started since.
	tick struct{ request int }

	// An answer is the response to a request of the jobs.
	answer struct {
		jobs []Job
		err  error
		at   time.Time
	}

	// A report is the progress of jobs by ID.
	report map[string]string

	// A killResult is the response to a request to kill a job.
	killResult struct {
		id, message string
		err         error
	}

	// A logTick asks for a request of the log in a pane.
	logTick struct{ pane *pane }

	// A logAnswer is the response to a request of the log.
	logAnswer struct {
		pane *pane
		log  Log
		err  error
		at   time.Time
	}
)

// Init implements tea.Model. The program may have been suspended, which loses the answers to earlier requests.
func (m *model) Init() tea.Cmd {
	m.reporting = false
	if m.pane != nil && m.pane.job != "" && !m.pane.ended {
		return tea.Batch(m.request(), m.requestLog(m.pane))
	}
	return m.request()
}

// Update implements tea.Model.
func (m *model) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	switch msg := msg.(type) {
	case tea.WindowSizeMsg:
		m.width, m.height, m.widths = msg.Width, msg.Height, layout{}
		m.arrange()
	case tea.KeyPressMsg:
		return m, m.press(msg)
	case tea.PasteMsg:
		if m.filtering {
			m.setFilter(m.filter + msg.Content)
		}
	case hangup:
		return m, m.end(tui.ErrHangup)
	case tick:
		if msg.request == m.requests && !m.requesting {
			return m, m.request()
		}
	case answer:
		return m, m.receive(msg)
	case report:
		m.reporting = false
		maps.Copy(m.progress, msg)
		m.arrange()
	case killResult:
		return m, m.reportKilled(msg)
	case logTick:
		if msg.pane == m.pane {
			return m, m.requestLog(msg.pane)
		}
	case logAnswer:
		return m, m.receiveLog(msg)
	}
	return m, nil
}

// end ends the program with an error, which may be nil.
func (m *model) end(err error) tea.Cmd {
	m.err = err
	return tea.Quit
}

// call calls f with a context that ends in time, and explains that it did.
func (m *model) call(f func(context.Context) error) error {
	late := fmt.Errorf("no answer within %s", requestTimeout)
	ctx, cancel := context.WithTimeoutCause(m.ctx, requestTimeout, late)
	defer cancel()
	err := f(ctx)
	if err != nil && context.Cause(ctx) == late {
		return timeoutError{late}
	}
	return err
}

// A timeoutError reports that a request took too long.
type timeoutError struct{ error }

// isTemporary reports whether a request is repeated after an error.
func (m *model) isTemporary(err error) bool {
	_, late := errors.AsType[timeoutError](err)
	return late || m.server.IsTemporary(err)
}

// request requests the jobs.
func (m *model) request() tea.Cmd {
	m.requests++
	m.requesting = true
	return func() tea.Msg {
		var a answer
		a.err = m.call(func(ctx context.Context) (err error) {
			a.jobs, err = m.server.Jobs(ctx)
			return err
		})
		a.at = time.Now()
		return a
	}
}

// receive shows the jobs of a response, or the error, and plans the next request.
func (m *model) receive(a answer) tea.Cmd {
	m.requesting = false
	if a.err != nil && !m.isTemporary(a.err) {
		return m.end(a.err)
	}
	request := m.requests
	next := tea.Tick(m.options.Interval, func(time.Time) tea.Msg { return tick{request} })
	if a.err != nil {
		m.failure = fmt.Sprintf("%s %v; trying again every %s", a.at.Format(clock), a.err, m.options.Interval)
		return next
	}
	m.failure, m.jobs, m.received = "", a.jobs, a.at
	known := map[string]bool{}
	for _, j := range a.jobs {
		known[j.ID] = true
	}
	for id := range m.progress {
		if !known[id] {
			delete(m.progress, id)
		}
	}
	m.arrange()
	return tea.Batch(next, m.requestProgress())
}

// requestProgress requests the progress of running jobs on the screen. If there are many, each request is for the next
// ones.
func (m *model) requestProgress() tea.Cmd {
	var ids []string
	for _, j := range m.rows[m.top:min(len(m.rows), m.top+m.visible())] {
		if j.Status != "queued" {
			ids = append(ids, j.ID)
		}
	}
	if m.reporting || m.pane != nil || len(ids) == 0 {
		return nil
	}
	if len(ids) > maxProgress {
		start := m.next % len(ids)
		m.next = (start + maxProgress) % len(ids)
		ids = slices.Concat(ids[start:], ids[:start])[:maxProgress]
	}
	m.reporting = true
	return func() tea.Msg {
		var mu sync.Mutex
		r := report{}
		group, _ := taskgroup.New(m.ctx, maxConnections)
		for _, id := range ids {
			group.Go(func() error {
				return m.call(func(ctx context.Context) error {
					progress, err := m.server.Progress(ctx, id)
					if err != nil {
						return nil //nolint:nilerr // the next request of the jobs reports a failure
					}
					mu.Lock()
					defer mu.Unlock()
					r[id] = progress
					return nil
				})
			})
		}
		_ = group.Wait() // no function fails
		return r
	}
}

// arrange sorts and filters the jobs. The same job remains selected.
func (m *model) arrange() {
	selected, ok := m.selected()
	m.rows = m.rows[:0:0]
	for _, j := range m.jobs {
		if matches(j, m.filter, m.progress[j.ID]) {
			m.rows = append(m.rows, j)
		}
	}
	sortJobs(m.rows, m.sortColumn, m.descending, m.progress)
	if i := slices.IndexFunc(m.rows, func(j Job) bool { return j.ID == selected.ID }); ok && i >= 0 {
		m.cursor = i
	}
	m.widths = measure(m.rows, m.progress, m.received, m.widths)
	m.moveTo(m.cursor)
	if m.pane != nil {
		m.pane.layOut(m.width, m.paneHeight())
	}
}

// selected returns the selected job. It reports false if there is none.
func (m *model) selected() (Job, bool) {
	if m.cursor < len(m.rows) {
		return m.rows[m.cursor], true
	}
	return Job{}, false
}

// moveTo selects a row and scrolls it onto the screen.
func (m *model) moveTo(row int) {
	m.cursor = max(0, min(row, len(m.rows)-1))
	m.top = min(m.top, m.cursor, max(0, len(m.rows)-m.visible()))
	m.top = max(m.top, m.cursor-m.visible()+1)
}

// kill kills a job.
func (m *model) kill(id string) tea.Cmd {
	m.message = fmt.Sprintf("Killing job %s…", id)
	return func() tea.Msg {
		k := killResult{id: id}
		k.err = m.call(func(ctx context.Context) (err error) {
			k.message, err = m.server.Kill(ctx, id)
			return err
		})
		return k
	}
}

// reportKilled shows the result and requests the jobs.
func (m *model) reportKilled(k killResult) tea.Cmd {
	m.message = k.message
	if k.err != nil {
		m.message = fmt.Sprintf("Job %s could not be killed: %v", k.id, k.err)
	}
	if m.requesting {
		return nil
	}
	return m.request()
}

// requestLog requests the log in a pane.
func (m *model) requestLog(p *pane) tea.Cmd {
	return func() tea.Msg {
		a := logAnswer{pane: p}
		a.err = m.call(func(ctx context.Context) (err error) {
			a.log, err = m.server.Log(ctx, p.job)
			return err
		})
		a.at = time.Now()
		return a
	}
}

// receiveLog shows a log, and plans the next request unless the job has ended.
func (m *model) receiveLog(a logAnswer) tea.Cmd {
	p := a.pane
	if p != m.pane {
		return nil
	}
	next := tea.Tick(logInterval, func(time.Time) tea.Msg { return logTick{p} })
	if a.err != nil {
		p.failure = fmt.Sprintf("%s %v", a.at.Format(clock), a.err)
		if !m.isTemporary(a.err) {
			return nil
		}
		p.failure += fmt.Sprintf("; trying again every %s", logInterval)
		return next
	}
	p.failure, p.loaded, p.status, p.ended = "", true, a.log.Status, a.log.Finished
	p.setText(a.log.Text)
	p.layOut(m.width, m.paneHeight())
	if p.ended {
		return nil
	}
	return next
}
