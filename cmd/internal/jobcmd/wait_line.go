package jobcmd

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/td-cli/td/internal/api"
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
	l.progress = findProgress(job)
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

// findProgress returns the last line of a job's logs that reports progress, or "". Only job/show returns logs.
func findProgress(job api.Job) string {
	report := regexp.MustCompile(`\d ?%|\d+ ?(/|of) ?\d+ (splits|tasks|stages)|\d splits|\d rows|, RUNNING|Started fetching results`)
	for _, log := range []string{job.Debug.Cmdout, job.Debug.Stderr} {
		for _, line := range slices.Backward(strings.Split(log, "\n")) {
			if !report.MatchString(line) {
				continue
			}
			_, state, ok := strings.Cut(strings.TrimSpace(line), ", ")
			if ok && strings.HasPrefix(line, "Query ") { // drop the engine's long query ID
				return state
			}
			return strings.TrimSpace(line)
		}
	}
	return ""
}
