package download

import (
	"context"
	"time"

	"github.com/td-cli/td/internal/api"
)

// Jobs waits for several jobs, in rounds that grow rarer as those of Job do, until ended returns
// false for one that has ended, or all have. ended is called once for each, in the order in which that is found
// out. After the timeout it returns ErrTimeout and the jobs that have not ended, as they are; when a job cannot
// be asked for, that error and this job's ID. o.Log is not used.
func Jobs(ctx context.Context, c *api.Client, ids []string, o WaitOptions, ended func(api.Job) bool) (left []api.Job, err error) {
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
			case !isLoss(err) || time.Since(answered) > lossLimit:
				return []api.Job{{ID: id}}, err
			case o.Lost != nil:
				o.Lost(err)
			}
			if err == nil && o.Changed != nil {
				o.Changed(job)
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
