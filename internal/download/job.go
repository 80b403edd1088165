// Package download waits for a job and delivers its result, to a stream or to a
// file: resumed, verified, whole or not at all. It knows no command line.
package download

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/mattn/go-runewidth"

	"github.com/td-cli/td/internal/api"
)

// ErrTimeout says that the job had not ended when the time was up.
var ErrTimeout = errors.New("the job has not ended in time")

// lossLimit is how long the network may be gone, beyond the client's own retries,
// before waiting gives up.
const lossLimit = time.Hour

// WaitOptions say how to wait.
type WaitOptions struct {
	Timeout time.Duration   // 0: until it ends
	Quick   bool            // the server is in this process: ask it more often
	Changed func(api.Job)   // told of each answer; may be nil
	Log     func(string)    // told of each new line of the job's log; nil: logs are not fetched
	Lost    func(err error) // told when the server cannot be reached and waiting goes on; may be nil
}

// Job waits until the job has ended and returns it, as job/status or, with a Log,
// job/show tells of it. After the timeout it returns the job as it is and ErrTimeout.
func Job(ctx context.Context, c *api.Client, id string, o WaitOptions) (api.Job, error) {
	w := waiter{c: c, id: id, o: o}
	start := time.Now()
	answered := start
	var last api.Job
	for attempt := 0; ; attempt++ {
		job, err := w.ask(ctx)
		switch {
		case err == nil:
			last, answered = job, time.Now()
			if o.Changed != nil {
				o.Changed(job)
			}
			if job.Finished() {
				return job, nil
			}
		case !isLoss(err) || time.Since(answered) > lossLimit:
			return last, err
		case o.Lost != nil:
			o.Lost(err)
		}
		pause := w.pause(attempt)
		if o.Timeout > 0 {
			left := o.Timeout - time.Since(start)
			if left <= 0 {
				return last, ErrTimeout
			}
			pause = min(pause, left)
		}
		if err := sleep(ctx, pause); err != nil {
			return last, err
		}
	}
}

// isLoss reports whether an error is of the network or the server, so that asking
// again may do.
func isLoss(err error) bool {
	_, network := errors.AsType[*api.NetworkError](err)
	return network || errors.Is(err, api.ErrServer)
}

type waiter struct {
	c              *api.Client
	id             string
	o              WaitOptions
	cmdout, stderr int // bytes of the logs that were told
}

func (w *waiter) ask(ctx context.Context) (api.Job, error) {
	if w.o.Log == nil {
		return w.c.JobStatus(ctx, w.id)
	}
	job, err := w.c.Job(ctx, w.id)
	if err == nil {
		w.cmdout = w.tell(job.Debug.Cmdout, w.cmdout, job.Finished())
		w.stderr = w.tell(job.Debug.Stderr, w.stderr, job.Finished())
	}
	return job, err
}

// tell logs the lines of text behind the first told bytes, and returns how many
// bytes are told now. A line that is not ended waits, unless the text is final.
func (w *waiter) tell(text string, told int, final bool) int {
	if told > len(text) { // the log was begun anew
		told = 0
	}
	for {
		line, _, ended := strings.Cut(text[told:], "\n")
		if !ended && (line == "" || !final) {
			return told
		}
		w.o.Log(strings.TrimSuffix(line, "\r"))
		told = min(told+len(line)+1, len(text))
	}
}

// pause grows from half a second to ten.
func (w *waiter) pause(attempt int) time.Duration {
	if w.o.Quick {
		return min(10*time.Millisecond<<min(attempt, 6), 500*time.Millisecond)
	}
	steps := []time.Duration{500 * time.Millisecond, time.Second, 2 * time.Second, 3 * time.Second, 5 * time.Second}
	if attempt < len(steps) {
		return steps[attempt]
	}
	return 10 * time.Second
}

func sleep(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-t.C:
		return nil
	}
}

// Failure finds in the logs of a job that failed the server's own message: the
// last line that says so, or the last line there is.
func Failure(job api.Job) string {
	last := ""
	for _, log := range []string{job.Debug.Cmdout, job.Debug.Stderr} {
		for line := range strings.Lines(log) {
			line = strings.TrimSpace(line)
			if line == "" {
				continue
			}
			if _, message, ok := strings.Cut(line, " failed: "); ok && strings.HasPrefix(line, "Query ") {
				return message
			}
			if message, ok := strings.CutPrefix(line, "FAILED: "); ok {
				return message
			}
			last = line
		}
	}
	return last
}

// Place shows where in the SQL a message of the form "line 2:8: …" points: the line
// and a caret below, or "" when it points nowhere.
func Place(sql, message string) string {
	_, at, ok := strings.Cut(message, "line ")
	if !ok {
		return ""
	}
	var line, column int
	if n, _ := fmt.Sscanf(at, "%d:%d", &line, &column); n != 2 {
		return ""
	}
	lines := strings.Split(sql, "\n")
	if line < 1 || line > len(lines) {
		return ""
	}
	text := strings.TrimRight(lines[line-1], "\r")
	runes := []rune(text)
	if column < 1 || column > len(runes)+1 {
		return ""
	}
	var under strings.Builder
	for _, r := range runes[:column-1] {
		switch {
		case r == '\t':
			under.WriteByte('\t')
		case runewidth.RuneWidth(r) == 2:
			under.WriteString("  ")
		default:
			under.WriteByte(' ')
		}
	}
	return text + "\n" + under.String() + "^"
}
