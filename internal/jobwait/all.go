package jobwait

import (
	"context"
	"time"

	"github.com/td-cli/td/internal/api"
)

// All waits for several jobs. It calls ended once for each job that has ended, in
// the order of detection, and stops early if ended returns false. After the timeout
// it returns ErrTimeout and the unfinished jobs. If the status of a job cannot be
// requested, it returns the error and that job with only its ID set. o.OnLog is not
// used.
func All(ctx context.Context, c *api.Client, ids []string, o Options, ended func(api.Job) bool) (left []api.Job, err error) {
	w := waiter{o: o}
	start := time.Now()
	answered := start
	for attempt := 0; ; attempt++ {
		left = left[:0]
		var open []string
		for _, id := range ids {
			job, err := c.JobStatus(ctx, id)
			switch {
			case err == nil:
				answered = time.Now()
			case !isOutage(err) || time.Since(answered) > maxOutage:
				return []api.Job{{ID: id}}, err
			case o.OnOutage != nil:
				o.OnOutage(err)
			}
			if err == nil && o.OnStatus != nil {
				o.OnStatus(job)
			}
			if err != nil || !job.Finished() {
				job.ID = id
				open, left = append(open, id), append(left, job)
				continue
			}
			if !ended(job) {
				return nil, nil
			}
		}
		if ids = open; len(ids) == 0 {
			return nil, nil
		}
		pause := w.pause(attempt)
		if o.Timeout > 0 {
			if pause = min(pause, o.Timeout-time.Since(start)); pause <= 0 {
				return left, ErrTimeout
			}
		}
		if err := sleep(ctx, pause); err != nil {
			return left, err
		}
	}
}
