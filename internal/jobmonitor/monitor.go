// Package jobmonitor shows the queued and running jobs on a terminal, and lets the user sort, filter, inspect and kill
// them.
package jobmonitor

import (
	"context"
	"os"
	"time"

	tea "charm.land/bubbletea/v2"

	"github.com/td-cli/td/internal/tui"
)

// A Job is a queued or running job.
type Job struct {
	ID, Status, Type     string
	User, Database, SQL  string
	Priority             int
	PriorityName         string
	CreatedAt, StartedAt time.Time // zero if unknown or not started
}

// A Log is the log of a job.
type Log struct {
	Text     string
	Status   string // status of the job
	Finished bool   // the job has ended
}

// A Server provides the jobs.
type Server interface {
	// Jobs returns the queued and running jobs.
	Jobs(ctx context.Context) ([]Job, error)

	// Progress returns the last report of a job's progress, or "".
	Progress(ctx context.Context, id string) (string, error)

	// Log returns the log of a job.
	Log(ctx context.Context, id string) (Log, error)

	// Kill kills a job and returns a message for the user.
	Kill(ctx context.Context, id string) (message string, err error)

	// IsTemporary reports whether a request may succeed later although it failed with err.
	IsTemporary(err error) bool
}

// Options are the terminal and the behaviour of Run.
type Options struct {
	In, Out  *os.File                   // the terminal
	Interval time.Duration              // pause between two requests of the jobs
	Status   func(status string) string // returns the word of a status in its colour
	Suspend  func()                     // stops the process until it is continued
}

// maxFPS is how often per second the screen may change. It also limits the delay after a key.
const maxFPS = 20

// Run shows the jobs until the user leaves or ctx is done; then it returns the context's cause. A request that fails is
// repeated if its error is temporary, else Run returns the error. The terminal is restored in all cases.
func Run(ctx context.Context, s Server, o Options) error {
	m := newModel(s, o)
	running, cancel := context.WithCancel(ctx)
	defer cancel()
	m.ctx = running
	for {
		in := &keyboard{File: o.In}
		p := tea.NewProgram(m, append(tui.Options(ctx, in, o.Out), tea.WithFPS(maxFPS))...)
		in.ended = func() { go p.Send(hangup{}) }
		_, err := p.Run()
		switch {
		case ctx.Err() != nil:
			return context.Cause(ctx)
		case err != nil:
			return err
		case !m.suspended:
			return m.err
		}
		o.Suspend() // not tea.Suspend, which waits forever if no shell can continue the process
		m.suspended = false
	}
}

// A keyboard is a terminal that reports its end, which bubbletea ignores.
type keyboard struct {
	*os.File
	ended func()
}

// Read implements io.Reader.
func (k *keyboard) Read(p []byte) (int, error) {
	n, err := k.File.Read(p)
	if n <= 0 {
		k.ended()
	}
	return n, err
}
