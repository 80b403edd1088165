package jobwait

import (
	"slices"
	"strings"

	"github.com/td-cli/td/internal/api"
	"github.com/td-cli/td/internal/lazyregexp"
)

var progressReport = lazyregexp.New(`\d ?%|\d+ ?(/|of) ?\d+ (splits|tasks|stages)|\d splits|\d rows|, RUNNING|Started fetching results`)

// Progress returns the last line of a job's logs that reports progress, or "". Only job/show returns logs.
func Progress(job api.Job) string {
	for _, log := range []string{job.Debug.Cmdout, job.Debug.Stderr} {
		for _, line := range slices.Backward(strings.Split(log, "\n")) {
			if !progressReport().MatchString(line) {
				continue
			}
			_, state, ok := strings.Cut(strings.TrimSpace(line), ", ")
			if ok && strings.HasPrefix(line, "Query ") { // drop the engine's long query ID
				return state
			}
			return strings.TrimSpace(line)
		}
	}
	return ""
}
