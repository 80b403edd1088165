package jobcmd

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/td-cli/td/internal/api"
	"github.com/td-cli/td/internal/cli"
	"github.com/td-cli/td/internal/download"
	"github.com/td-cli/td/internal/text"
	"github.com/td-cli/td/pkg/jobresult"
)

// terminal says what a table is drawn for. One that nobody asked for with -f gives way when it is too wide.
func (p Plan) terminal(e *cli.Env) jobresult.Terminal {
	if p.Path != "" || !e.OutTTY {
		return jobresult.Terminal{}
	}
	t := jobresult.Terminal{On: true}
	if p.flags.Format == "" {
		t.Width = e.OutWidth()
	}
	return t
}

// deliver delivers a job's rows, through the pager when they go to a terminal.
func deliver(ctx context.Context, e *cli.Env, c *api.Client, job api.Job, o download.Options) (jobresult.Stats, error) {
	if o.Path != "" {
		return download.Fetch(ctx, c, job, o)
	}
	defer e.Page()()
	stats, err := download.Fetch(ctx, c, job, o)
	if err != nil && ctx.Err() != nil && e.Paging() {
		e.Say("td: interrupted; these are not all rows")
	}
	return stats, err
}

// A waitLine is what stands beside the spinner while a job is waited for: its state, the time that goes
// by, and how far the server says it is.
type waitLine struct {
	id    string
	start time.Time

	mu       sync.Mutex
	status   string
	progress string
}

func newWaitLine(id string) *waitLine { return &waitLine{id: id, start: time.Now()} }

// changed takes in what the server says.
func (l *waitLine) changed(job api.Job) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.status = job.Status
	l.progress = progress(job)
}

// text is the line as it is now.
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

// progress finds in a job's logs the newest line that says how far it is, "" if there is none, or if the
// answer has no logs: only job/show tells them.
func progress(job api.Job) string {
	telling := regexp.MustCompile(`\d ?%|\d+ ?(/|of) ?\d+ (splits|tasks|stages)|\d splits|\d rows|, RUNNING|Started fetching results`)
	for _, log := range []string{job.Debug.Cmdout, job.Debug.Stderr} {
		for _, line := range slices.Backward(strings.Split(log, "\n")) {
			if !telling.MatchString(line) {
				continue
			}
			_, says, named := strings.Cut(strings.TrimSpace(line), ", ")
			if named && strings.HasPrefix(line, "Query ") { // the query's name on the engine is long and says nothing
				return says
			}
			return strings.TrimSpace(line)
		}
	}
	return ""
}
