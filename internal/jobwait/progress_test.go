package jobwait

import (
	"testing"

	"github.com/td-cli/td/internal/api"
)

func TestProgress(t *testing.T) {
	for _, tt := range []struct{ name, cmdout, stderr, want string }{
		{"nothing", "", "", ""},
		{"no progress", "started at 2026-01-02\nexecuting query: SELECT 1", "", ""},
		{
			"hive", "", "Hadoop job information for Stage-1\nmap = 0%,  reduce = 0%\n2026-01-02 03:04:05,006 Stage-1 map = 50%,  reduce = 12%\r\nMapReduce Jobs",
			"2026-01-02 03:04:05,006 Stage-1 map = 50%,  reduce = 12%",
		},
		{"trino", "Query 20260102_030405_00001_abcde, RUNNING, 1 stage, 12 of 34 splits\n", "", "RUNNING, 1 stage, 12 of 34 splits"},
		{"splits", "executing\n  1/20 splits done\n\n", "", "1/20 splits done"},
		{"rows", "Started fetching results.\nfetched 5,000 rows\n", "", "fetched 5,000 rows"},
		{"fetching", "Query x, FINISHING\nStarted fetching results.", "", "Started fetching results."},
	} {
		var job api.Job
		job.Debug.Cmdout, job.Debug.Stderr = tt.cmdout, tt.stderr
		if got := Progress(job); got != tt.want {
			t.Errorf("%s: got %q, want %q", tt.name, got, tt.want)
		}
	}
}
