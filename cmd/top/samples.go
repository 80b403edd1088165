package top

import (
	"context"
	"time"

	"github.com/td-cli/td/internal/api"
	"github.com/td-cli/td/internal/cli"
	"github.com/td-cli/td/internal/grid"
	"github.com/td-cli/td/internal/sleep"
)

// A sample is the unfinished jobs at a time.
type sample struct {
	Time    api.Time    `json:"time"`
	Queued  int         `json:"queued"`
	Running int         `json:"running"`
	Jobs    []sampleJob `json:"jobs"`
}

// A sampleJob is a job of a sample, with the names of the API. The seconds are null if the time is unknown.
type sampleJob struct {
	JobID          string   `json:"job_id"`
	Status         string   `json:"status"`
	Type           string   `json:"type"`
	Database       string   `json:"database"`
	UserName       string   `json:"user_name"`
	Priority       int      `json:"priority"`
	CreatedAt      api.Time `json:"created_at"`
	StartAt        api.Time `json:"start_at"`
	AgeSeconds     any      `json:"age_seconds"`
	RunningSeconds any      `json:"running_seconds"`
}

// printSamples prints a sample at each interval, the first at once. Temporary failures after the first sample are only
// reported.
func printSamples(ctx context.Context, env *cli.Env, s *server, o options) error {
	next := time.Now()
	for printed := 0; o.count == 0 || printed < o.count; {
		jobs, err := s.unfinished(ctx)
		switch {
		case ctx.Err() != nil:
			return context.Cause(ctx)
		case err != nil && (printed == 0 || !isTemporary(err)):
			return err
		case err != nil:
			env.Warn("%s: %v; trying again every %s", time.Now().UTC().Format(time.RFC3339), err, &o.interval)
		default:
			line, err := grid.Marshal(newSample(jobs, time.Now()))
			if err != nil {
				return err
			}
			env.Print("%s", line)
			if env.Flush() != nil {
				return nil // reported when the process ends
			}
			printed++
		}
		if printed == o.count && o.count > 0 {
			break
		}
		for now := time.Now(); !next.After(now); { // a slow response skips intervals
			next = next.Add(time.Duration(o.interval))
		}
		if err := sleep.For(ctx, time.Until(next)); err != nil {
			return err
		}
	}
	return nil
}

// newSample returns the sample of jobs at a time.
func newSample(jobs []api.Job, at time.Time) sample {
	s := sample{Time: api.Time{Time: at.UTC().Truncate(time.Second)}, Jobs: []sampleJob{}}
	for _, j := range jobs {
		if j.Status == "queued" {
			s.Queued++
		} else {
			s.Running++
		}
		s.Jobs = append(s.Jobs, sampleJob{
			j.ID, j.Status, j.Type, j.Database, j.UserName, j.Priority, j.CreatedAt, j.StartAt,
			secondsSince(j.CreatedAt.Time, at), secondsSince(j.StartAt.Time, at),
		})
	}
	return s
}

func secondsSince(start, at time.Time) any {
	if start.IsZero() {
		return nil
	}
	return max(0, int64(at.Sub(start)/time.Second))
}
