package jobcmd

import (
	"fmt"
	"sync"
	"time"

	"github.com/td-cli/td/internal/api"
	"github.com/td-cli/td/internal/jobwait"
	"github.com/td-cli/td/internal/text"
)

// A waitLine is the text next to the spinner while td waits for a job: its status, the elapsed time, and the
// progress that the server reports. It is safe for concurrent use.
type waitLine struct {
	id    string
	start time.Time

	mu       sync.Mutex
	status   string
	progress string
}

func newWaitLine(id string) *waitLine { return &waitLine{id: id, start: time.Now()} }

// update stores the status and the progress of the job.
func (l *waitLine) update(job api.Job) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.status = job.Status
	l.progress = jobwait.Progress(job)
}

// text returns the current line.
func (l *waitLine) text() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	line := "Job " + l.id
	if l.status != "" {
		line += " is " + l.status
	}
	line += fmt.Sprintf(" (%s)", text.Elapsed(time.Since(l.start), false))
	if l.progress != "" {
		line += ": " + l.progress
	}
	return line
}
