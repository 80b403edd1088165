package jobcmd

import (
	"context"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/td-cli/td/internal/api"
	"github.com/td-cli/td/internal/cli"
	"github.com/td-cli/td/internal/history"
)

const (
	statusPath = "GET /v3/job/status/7"
	showPath   = "GET /v3/job/show/7"
	killPath   = "POST /v3/job/kill/7"
	running    = `{"job_id":"7","status":"running"}`
	success    = `{"job_id":"7","status":"success"}`
)

func TestWaitEnded(t *testing.T) {
	for _, tt := range []struct {
		name      string
		responses string // of job/status
		flags     WaitFlags
		embedded  bool
		interrupt bool // after 5 seconds
		deadline  time.Duration
		killed    bool // a request to kill the job is expected
		check     func(err error) bool
		status    string
		stderr    string
	}{
		{name: "ended", responses: running + "\n" + success, status: "success", check: func(err error) bool { return err == nil }},
		{
			name: "time limit", responses: running, flags: WaitFlags{Wait: Wait{On: true, Limit: 3 * time.Second}}, status: "running",
			check: func(err error) bool { return err == error(cli.JobError{ID: "7", Status: "running"}) },
		},
		{
			name: "deadline after the time limit", responses: running, flags: WaitFlags{Wait: Wait{On: true, Limit: 3 * time.Second}}, deadline: time.Minute,
			status: "running", check: func(err error) bool { return err == error(cli.JobError{ID: "7", Status: "running"}) },
			stderr: "td: warning: job 7 is not killed after the 1m of --max-time, because td does not wait for it\n",
		},
		{
			name: "deadline", responses: running + "\n" + running + "\n" + running + "\n" + running + "\n" + `{"job_id":"7","status":"killed"}`,
			flags: WaitFlags{Wait: Wait{On: true, Limit: 3 * time.Second}}, deadline: 3 * time.Second, killed: true, status: "killed",
			check: func(err error) bool {
				return err == error(cli.JobError{ID: "7", Status: "killed", Reason: "it had not ended within the 3s of --max-time"})
			},
		},
		{
			name: "deadline, the job succeeds", responses: running + "\n" + running + "\n" + success, deadline: time.Second,
			killed: false, status: "success", check: func(err error) bool { return err == nil },
		},
		{
			name: "deadline, the job succeeds before the kill", responses: running + "\n" + running + "\n" + success, deadline: time.Millisecond,
			killed: true, status: "success", check: func(err error) bool { return err == nil },
		},
		{
			name: "deadline, the job continues", responses: running, deadline: time.Hour, killed: true, status: "killed",
			check: func(err error) bool {
				return err == error(cli.JobError{ID: "7", Status: "killed", Reason: "it had not ended within the 1h of --max-time; the server has not confirmed its end"})
			},
		},
		{
			name: "deadline and interrupt", responses: running, flags: WaitFlags{OnInterrupt: "leave"}, deadline: 90 * time.Minute, interrupt: true,
			status: "running", check: func(err error) bool { return errors.Is(err, errInterrupt) },
			stderr: "Job 7 keeps running. 'td -e http://server job:show -w 7' waits for it, 'td -e http://server job:kill 7' ends it.\n" +
				"td: warning: job 7 is not killed after the 1h30m of --max-time, because td does not wait for it\n",
		},
		{
			name: "time limit of the sandbox", responses: running, flags: WaitFlags{Wait: Wait{On: true, Limit: 3 * time.Second}},
			embedded: true, killed: true, status: "running",
			check: func(err error) bool {
				context, ok := errors.AsType[cli.JobContextError](err)
				_, timeout := errors.AsType[cli.TimeoutError](err)
				return ok && timeout && context.Status == "killed"
			},
		},
		{
			name: "interrupted", responses: running, flags: WaitFlags{OnInterrupt: "leave"}, interrupt: true, status: "running",
			check:  func(err error) bool { return errors.Is(err, errInterrupt) },
			stderr: "Job 7 keeps running. 'td -e http://server job:show -w 7' waits for it, 'td -e http://server job:kill 7' ends it.\n",
		},
		{
			name: "interrupted, kill", responses: running, flags: WaitFlags{OnInterrupt: "kill"}, interrupt: true, killed: true, status: "running",
			check: func(err error) bool { return errors.Is(err, errInterrupt) }, stderr: "Job 7 is killed.\n",
		},
		{
			name: "interrupted in the sandbox", responses: running, flags: WaitFlags{OnInterrupt: "leave"}, embedded: true, interrupt: true,
			killed: true, status: "running",
			check: func(err error) bool { return errors.Is(err, errInterrupt) }, stderr: "Job 7 is killed.\n",
		},
		{
			name: "rejected for good", responses: "403", flags: WaitFlags{OnInterrupt: "leave"},
			check: func(err error) bool { return errors.Is(err, api.ErrForbidden) },
			stderr: strings.Repeat("td: still waiting: refused\n", 5) +
				"Job 7 may still be running. 'td -e http://server job:show -w 7' waits for it, 'td -e http://server job:kill 7' ends it.\n",
		},
		{
			name: "rejected once", responses: "404\n" + success, status: "success", stderr: "td: still waiting: refused\n",
			check: func(err error) bool { return err == nil },
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f := newFixture(t, map[string]string{statusPath: tt.responses, killPath: `{"job_id":"7","former_status":"running"}`})
				if tt.embedded {
					f.embed()
				}
				ctx, cancel := context.WithCancelCause(t.Context())
				defer cancel(nil)
				if tt.interrupt {
					time.AfterFunc(5*time.Second, func() { cancel(errInterrupt) })
				}
				if tt.deadline > 0 {
					tt.flags.Deadline = Deadline{time.Now().Add(tt.deadline), tt.deadline, "--max-time"}
				}
				job, err := WaitEnded(ctx, f.env, f.client, "7", tt.flags, false)
				if !tt.check(err) || job.Status != tt.status {
					t.Errorf("got %q, %v", job.Status, err)
				}
				if got := f.stderr.String(); got != tt.stderr {
					t.Errorf("stderr %q, want %q", got, tt.stderr)
				}
				if killed := strings.Contains(strings.Join(f.requests, "\n"), killPath); killed != tt.killed {
					t.Errorf("killed: %v, want %v", killed, tt.killed)
				}
			})
		})
	}
}

var errInterrupt = errors.New("interrupt")

// TestWaitCannotKill checks that the error of the wait is kept if the job cannot be killed.
func TestWaitCannotKill(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFixture(t, map[string]string{statusPath: running, killPath: "403"})
		f.embed()
		_, err := WaitEnded(t.Context(), f.env, f.client, "7", WaitFlags{Wait: Wait{On: true, Limit: time.Second}}, false)
		if failure, ok := errors.AsType[cli.JobError](err); !ok || failure.Status != "running" {
			t.Errorf("got %v", err)
		}
		if want := "td: job 7 could not be killed: refused\n"; f.stderr.String() != want {
			t.Errorf("stderr %q, want %q", f.stderr.String(), want)
		}
	})
}

// TestDeadlineCannotKill checks that the error of a kill that failed names the limit.
func TestDeadlineCannotKill(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFixture(t, map[string]string{statusPath: running, killPath: "403"})
		_, err := WaitEnded(t.Context(), f.env, f.client, "7", WaitFlags{Deadline: Deadline{time.Now().Add(time.Second), time.Second, "--max-time"}}, false)
		const want = "job 7 has not ended within the 1s of --max-time and could not be killed: refused"
		if failure, ok := errors.AsType[cli.JobContextError](err); !ok || failure.Status != "running" || err.Error() != want || !errors.Is(err, api.ErrForbidden) {
			t.Errorf("got %v", err)
		}
	})
}

// TestWaitLog checks that the log of the job is printed once, without secrets, unless
// messages are suppressed.
func TestWaitLog(t *testing.T) {
	for _, quiet := range []bool{false, true} {
		synctest.Test(t, func(t *testing.T) {
			log := `"cmdout":"started\nto mysql://me:hunter2@h/d\n`
			f := newFixture(t, map[string]string{
				showPath:   `{"job_id":"7","type":"hive","status":"running","debug":{` + log + `"}}` + "\n" + `{"job_id":"7","type":"hive","status":"success","debug":{` + log + `done"}}`,
				statusPath: running + "\n" + success,
			})
			f.env.Quiet = quiet
			if job, err := WaitEnded(t.Context(), f.env, f.client, "7", WaitFlags{}, true); err != nil || job.Status != "success" {
				t.Errorf("%q, %v", job.Status, err)
			}
			want := "  started\n  to mysql://me:***@h/d\n  done\n"
			if quiet {
				want = ""
			}
			if f.stderr.String() != want {
				t.Errorf("quiet %v: stderr %q, want %q", quiet, f.stderr.String(), want)
			}
		})
	}
}

func TestFetchEndedJob(t *testing.T) {
	still := `{"job_id":"7","type":"trino","status":"running"}`
	wait := WaitFlags{Wait: Wait{On: true}}
	for _, tt := range []struct {
		name         string
		flags        WaitFlags
		show, status string
		want, stderr string
	}{
		{"no -w", WaitFlags{}, still, running, "running", ""},
		{"ended before", wait, successJob, running, "success", ""},
		{"-w", wait, still + "\n" + successJob, running + "\n" + success, "success", "the job 7 is still running...\n"},
	} {
		synctest.Test(t, func(t *testing.T) {
			f := newFixture(t, map[string]string{showPath: tt.show, statusPath: tt.status})
			job, err := FetchEndedJob(t.Context(), f.env, f.client, "7", tt.flags, false)
			if err != nil || job.Status != tt.want || f.stderr.String() != tt.stderr {
				t.Errorf("%s: %q, %v, stderr %q", tt.name, job.Status, err, f.stderr.String())
			}
		})
	}
	f := newFixture(t, nil)
	if _, err := FetchEndedJob(t.Context(), f.env, f.client, "7", wait, false); !errors.Is(err, api.ErrNotFound) || !strings.HasPrefix(err.Error(), "job 7 does not exist") {
		t.Errorf("a missing job: %v", err)
	}
}

func TestNotSucceededError(t *testing.T) {
	for status, want := range map[string]string{
		"success": "", "killed": "job 7 was killed", "running": "job 7 is still running", "error": "job 7 failed: no such table",
	} {
		f := newFixture(t, map[string]string{showPath: `{"job_id":"7","type":"trino","status":"error","debug":{"stderr":"no such table"}}`})
		err := NotSucceededError(t.Context(), f.client, api.Job{ID: "7", Status: status})
		if (err == nil) != (want == "") || err != nil && err.Error() != want {
			t.Errorf("%s: %v, want %s", status, err, want)
		}
	}
	f := newFixture(t, map[string]string{showPath: "403"})
	if err := NotSucceededError(t.Context(), f.client, api.Job{ID: "7", Status: "error"}); err == nil || err.Error() != "job 7 failed" {
		t.Errorf("without the log: %v", err)
	}
}

func TestWaitSubmitted(t *testing.T) {
	wait := WaitFlags{Wait: Wait{On: true}}
	for _, tt := range []struct {
		name        string
		flags       SubmitFlags
		status      string
		out, stderr string
		want        string
	}{
		{"no -w", SubmitFlags{}, running, "", "Use 'td -e http://server job:show 7' to show the status.\n", ""},
		{"no -w, --print-id", SubmitFlags{PrintID: true}, running, "", "", ""},
		{"-w", SubmitFlags{WaitFlags: wait}, success, "Status     : success\n", "", ""},
		{"-w --print-id", SubmitFlags{WaitFlags: wait, PrintID: true}, success, "", "", ""},
		{"failed", SubmitFlags{WaitFlags: wait}, `{"job_id":"7","status":"killed"}`, "Status     : killed\n", "", "job 7 was killed"},
	} {
		synctest.Test(t, func(t *testing.T) {
			f := newFixture(t, map[string]string{statusPath: tt.status})
			err := WaitSubmitted(t.Context(), f.env, f.client, "7", "Status", tt.flags)
			if (err == nil) != (tt.want == "") || err != nil && err.Error() != tt.want {
				t.Errorf("%s: %v, want %s", tt.name, err, tt.want)
			}
			if f.out.String() != tt.out || f.stderr.String() != tt.stderr {
				t.Errorf("%s: stdout %q, stderr %q", tt.name, f.out.String(), f.stderr.String())
			}
		})
	}
}

func TestReportQueued(t *testing.T) {
	for _, printID := range []PrintID{false, true} {
		f := newFixture(t, nil)
		printID.ReportQueued(t.Context(), f.env, history.Job{ID: "7", Command: "export:table"}, f.env.Say, "Job %s is queued.")
		out, stderr := "", "Job 7 is queued.\n"
		if printID {
			out, stderr = "7\n", ""
		}
		if f.out.String() != out || f.stderr.String() != stderr {
			t.Errorf("--print-id %v: stdout %q, stderr %q", printID, f.out.String(), f.stderr.String())
		}
		if job, err := FindJob(f.env, "last"); err != nil || job.ID != "7" || job.Command != "export:table" || job.Time.IsZero() {
			t.Errorf("the history has %+v, %v", job, err)
		}
	}
}

// TestFinalStatus checks that scripts find the status and the log on standard error.
func TestFinalStatus(t *testing.T) {
	f := newFixture(t, nil)
	PrintFinalStatus(f.env, api.Job{Status: "success"})
	if want := "Status      : success\n"; f.stderr.String() != want {
		t.Errorf("stderr %q, want %q", f.stderr.String(), want)
	}
	if !WantsLog(f.env, false) {
		t.Error("no log in a pipe")
	}
	f.env.ErrTTY = true
	PrintFinalStatus(f.env, api.Job{Status: "error"})
	if strings.Contains(f.stderr.String(), "error") || WantsLog(f.env, false) || !WantsLog(f.env, true) {
		t.Errorf("on a terminal: stderr %q", f.stderr.String())
	}
}
