package schedules

import (
	"context"
	"errors"
	"strings"
	"time"
	_ "time/tzdata" // not all systems have a time zone database

	"github.com/robfig/cron/v3"

	"github.com/td-cli/td/internal/sandbox/httpapi"
	"github.com/td-cli/td/internal/sandbox/state"
)

// A Timetable defines the times at which a schedule or a connector runs. With an
// empty Cron it never runs.
type Timetable struct {
	Cron     string    `json:"cron"`
	Timezone string    `json:"timezone"`
	Delay    int       `json:"delay"`         // seconds from a scheduled time to the run
	Next     time.Time `json:"next,omitzero"` // next scheduled time; zero means never
}

// NextAfter returns the first scheduled time after t, or the zero time if there is
// none. The syntax of Cron is documented at https://pkg.go.dev/github.com/robfig/cron/v3.
func (tt Timetable) NextAfter(t time.Time) (time.Time, error) {
	if strings.TrimSpace(tt.Cron) == "" {
		return time.Time{}, nil
	}
	zone, err := loadZone(tt.Timezone)
	if err != nil {
		return time.Time{}, err
	}
	plan, err := cron.ParseStandard(tt.Cron)
	if err != nil || strings.Contains(tt.Cron, "TZ=") {
		return time.Time{}, httpapi.Invalidf("Validation failed: Cron is invalid: %s", tt.Cron)
	}
	return plan.Next(t.In(zone)).UTC(), nil
}

func loadZone(name string) (*time.Location, error) {
	if name == "" {
		return time.UTC, nil
	}
	zone, err := time.LoadLocation(name)
	if err != nil || name == "Local" {
		return nil, httpapi.Invalidf("Validation failed: Timezone is invalid: %s", name)
	}
	return zone, nil
}

// Change applies the parameters of a request and sets the next scheduled time
// after now.
func (tt *Timetable) Change(r *httpapi.Request, now time.Time) (err error) {
	if tt.Delay, err = r.IntParam("delay", tt.Delay, 0, 1<<30); err != nil {
		return err
	}
	if r.HasParam("cron") {
		tt.Cron = r.Param("cron")
	}
	if r.Param("timezone") != "" {
		tt.Timezone = r.Param("timezone")
	}
	if _, err := loadZone(tt.Timezone); err != nil {
		return err
	}
	tt.Next, err = tt.NextAfter(now)
	return err
}

// due reports whether the next run is due now, and whether it was missed. A server
// does not run what became due before it was opened: an older server may be about to
// do that. After a minute such a run counts as missed.
func (tt Timetable) due(opened, now time.Time) (run, missed bool) {
	if tt.Next.IsZero() {
		return false, false
	}
	at := tt.Next.Add(time.Duration(tt.Delay) * time.Second)
	return !at.After(now) && !at.Before(opened), now.Sub(at) > time.Minute
}

// RunDue calls run for each object of c that is due, and moves due and missed
// objects to their next scheduled time. If several servers do this concurrently,
// only one of the calls for a scheduled time must succeed; the other ones must
// return a [state.ConflictError].
func RunDue[T any](ctx context.Context, c state.Collection[T], timetable func(*T) *Timetable, opened, now time.Time, run func(o state.Object[T]) error) error {
	all, err := c.All(ctx)
	if err != nil {
		return err
	}
	for _, o := range all {
		due, missed := timetable(&o.Value).due(opened, now)
		if due {
			err := run(o)
			if _, conflict := errors.AsType[*state.ConflictError](err); err != nil && !conflict {
				return err
			}
		}
		if due || missed {
			if err := advance(ctx, c, timetable, o, now); err != nil {
				return err
			}
		}
	}
	return nil
}

// advance moves an object to its next scheduled time, unless another server or a
// request has changed it.
func advance[T any](ctx context.Context, c state.Collection[T], timetable func(*T) *Timetable, o state.Object[T], now time.Time) error {
	_, err := c.Update(ctx, o.Name, func(current *state.Object[T]) error {
		tt := timetable(&current.Value)
		if current.ID != o.ID || !tt.Next.Equal(timetable(&o.Value).Next) {
			return nil
		}
		next, err := tt.NextAfter(now)
		tt.Next = next
		return err
	})
	if errors.Is(err, state.ErrNotFound) {
		return nil // deleted or renamed meanwhile
	}
	return err
}
