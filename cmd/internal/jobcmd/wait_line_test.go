package jobcmd

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/td-cli/td/internal/api"
)

// The elapsed time advances between two responses.
func TestWaitLine(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newWaitLine("7")
		check := func(want string) {
			t.Helper()
			if got := l.text(); got != want {
				t.Errorf("got %q, want %q", got, want)
			}
		}
		check("Job 7 (0s)")
		l.update(api.Job{Status: "queued"})
		time.Sleep(9 * time.Second)
		check("Job 7 is queued (9s)")
		job := api.Job{Status: "running"}
		job.Debug.Stderr = "map = 5%\n"
		l.update(job)
		time.Sleep(time.Minute)
		check("Job 7 is running (1m 9s): map = 5%")
	})
}
