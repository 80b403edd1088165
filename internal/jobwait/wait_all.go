package jobwait

import (
	"context"
	"errors"

	"github.com/td-cli/td/internal/api"
)

// All waits for several jobs. It calls ended once for each job that has ended, in
// the order of detection, and stops early if ended returns false. After the timeout
// it returns [ErrTimeout] and the unfinished jobs, of which those that were never
// requested have only an ID. If the status of a job cannot be requested, it returns
// the error and that job with only its ID. o.OnLog is not used.
func All(ctx context.Context, c *api.Client, ids []string, o Options, ended func(api.Job) bool) (left []api.Job, err error) {
	o.OnLog = nil
	w := newWaiter(c, o)
	for _, id := range ids {
		left = append(left, api.Job{ID: id})
	}
	for attempt := 0; ; attempt++ {
		var open []api.Job
		for i, known := range left {
			job, err := w.request(ctx, known.ID)
			switch {
			case errors.Is(err, ErrTimeout), ctx.Err() != nil && err != nil:
				return append(open, left[i:]...), err
			case err == nil && job.Finished():
				if !ended(job) {
					return nil, nil
				}
			case err == nil:
				job.ID = known.ID
				open = append(open, job)
			case w.survives(known.ID, err):
				open = append(open, known)
			default:
				return []api.Job{{ID: known.ID}}, err
			}
		}
		if left = open; len(left) == 0 {
			return nil, nil
		}
		if err := w.sleep(ctx, attempt); err != nil {
			return left, err
		}
	}
}
