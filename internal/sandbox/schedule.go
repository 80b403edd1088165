package sandbox

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"
	_ "time/tzdata" // zones where the system has none

	"github.com/robfig/cron/v3"

	"github.com/td-cli/td/internal/sandbox/state"
)

// A timetable says when something happens. An empty Cron is never.
type timetable struct {
	Cron     string    `json:"cron"`
	Timezone string    `json:"timezone"`
	Delay    int       `json:"delay"`         // seconds between a scheduled time and the run
	Next     time.Time `json:"next,omitzero"` // the next scheduled time; zero: never
}

// after returns the first scheduled time after t; zero when there is none.
func (t timetable) after(now time.Time) (time.Time, error) {
	if strings.TrimSpace(t.Cron) == "" {
		return time.Time{}, nil
	}
	zone, err := zoneOf(t.Timezone)
	if err != nil {
		return time.Time{}, err
	}
	plan, err := cron.ParseStandard(t.Cron)
	if err != nil || strings.Contains(t.Cron, "TZ=") {
		return time.Time{}, refuse(http.StatusUnprocessableEntity, "Validation failed: Cron is invalid: %s", t.Cron)
	}
	return plan.Next(now.In(zone)).UTC(), nil
}

func zoneOf(name string) (*time.Location, error) {
	if name == "" {
		return time.UTC, nil
	}
	zone, err := time.LoadLocation(name)
	if err != nil || name == "Local" {
		return nil, refuse(http.StatusUnprocessableEntity, "Validation failed: Timezone is invalid: %s", name)
	}
	return zone, nil
}

// A schedule is a saved query.
type schedule struct {
	timetable
	Type          string    `json:"type"`
	Query         string    `json:"query"`
	Database      string    `json:"database"`
	Priority      int       `json:"priority"`
	RetryLimit    int       `json:"retry_limit"`
	Result        string    `json:"result"`
	EngineVersion string    `json:"engine_version,omitempty"`
	UserID        int64     `json:"user_id"`
	UserName      string    `json:"user_name"`
	CreatedAt     time.Time `json:"created_at"`
}

// fireSchedules submits the jobs of schedules and connectors as they fall due. Of
// several servers on one directory one does it: the job's domain key is taken once.
// What fell due while no server ran is passed over.
func (s *Server) fireSchedules() {
	opened := time.Now()
	ticker := time.NewTicker(250 * time.Millisecond)
	defer ticker.Stop()
	for {
		select {
		case <-s.ctx.Done():
			return
		case <-ticker.C:
		}
		now := time.Now()
		s.report(s.fireQueries(s.ctx, opened, now))
		s.report(s.fireConnectors(s.ctx, opened, now))
	}
}

// due tells whether something is to run now, or has been missed: a server leaves to
// those that ran before it what fell due before it was opened, for a minute.
func (t timetable) due(opened, now time.Time) (run, missed bool) {
	if t.Next.IsZero() {
		return false, false
	}
	at := t.Next.Add(time.Duration(t.Delay) * time.Second)
	return !at.After(now) && !at.Before(opened), now.Sub(at) > time.Minute
}

func (s *Server) fireQueries(ctx context.Context, opened, now time.Time) error {
	all, err := s.schedules.All(ctx)
	if err != nil {
		return err
	}
	for _, o := range all {
		run, missed := o.Value.due(opened, now)
		if run {
			err = s.runScheduled(ctx, o, o.Value.Next, fmt.Sprintf("schedule-%d-%d", o.ID, o.Value.Next.Unix()))
			if _, taken := errors.AsType[*state.ConflictError](err); err != nil && !taken {
				return err
			}
		}
		if run || missed {
			if err := advance(ctx, s.schedules, o, now, func(v *schedule) *timetable { return &v.timetable }); err != nil {
				return err
			}
		}
	}
	return nil
}

// advance moves an object on to its next scheduled time, unless somebody did.
func advance[T any](ctx context.Context, c state.Collection[T], o state.Object[T], now time.Time, of func(*T) *timetable) error {
	_, err := c.Update(ctx, o.Name, func(current *state.Object[T]) error {
		t := of(&current.Value)
		if current.ID != o.ID || !t.Next.Equal(of(&o.Value).Next) {
			return nil
		}
		next, err := t.after(now)
		t.Next = next
		return err
	})
	if errors.Is(err, state.ErrNotFound) {
		return nil // deleted or renamed meanwhile
	}
	return err
}

// runScheduled submits a schedule's query for one scheduled time.
func (s *Server) runScheduled(ctx context.Context, o state.Object[schedule], at time.Time, key string) error {
	_, err := s.submitScheduled(ctx, o, at, key)
	return err
}

func (s *Server) submitScheduled(ctx context.Context, o state.Object[schedule], at time.Time, key string) (*state.Job, error) {
	v := o.Value
	j := &state.Job{
		Type: v.Type, Database: v.Database, Query: v.Query, Priority: v.Priority, RetryLimit: v.RetryLimit,
		Result: v.Result, UserName: v.UserName, ScheduledTime: at, ScheduleID: o.ID, DomainKey: key,
	}
	return j, s.submit(ctx, j)
}
