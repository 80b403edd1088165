package top

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/td-cli/td/cmd/internal/jobcmd"
	"github.com/td-cli/td/internal/api"
	"github.com/td-cli/td/internal/cli"
	"github.com/td-cli/td/internal/jobmonitor"
	"github.com/td-cli/td/internal/jobwait"
	"github.com/td-cli/td/internal/lazyregexp"
	"github.com/td-cli/td/internal/redact"
)

const (
	pageSize = 100    // jobs of a request
	overlap  = 10     // jobs that are requested again with the next page, because some may have ended in between
	maxJobs  = 10_000 // jobs of a status that are requested
)

// A server provides the unfinished jobs of an account. It implements jobmonitor.Server and is safe for concurrent
// use.
type server struct {
	client    *api.Client
	dryRun    bool        // do not kill jobs
	noBooting atomic.Bool // the server rejects the status booting

	mu      sync.Mutex        // guards the following
	queries map[string]string // without secrets, by ID, of the last jobs
	planned []string          // IDs of jobs that would have been killed
}

// unfinished returns the queued and running jobs. A job that starts in the meantime is found in one of the states.
func (s *server) unfinished(ctx context.Context) ([]api.Job, error) {
	var jobs []api.Job
	index := map[string]int{}
	for _, status := range []string{"queued", "booting", "running"} {
		if status == "booting" && s.noBooting.Load() {
			continue
		}
		found, err := s.withStatus(ctx, status)
		if status == "booting" && isRejection(err) {
			s.noBooting.Store(true)
			continue
		}
		if err != nil {
			return nil, err
		}
		for _, j := range found {
			if i, ok := index[j.ID]; ok {
				jobs[i] = j
				continue
			}
			index[j.ID] = len(jobs)
			jobs = append(jobs, j)
		}
	}
	return jobs, nil
}

// isRejection reports whether the server does not accept the parameters of a request.
func isRejection(err error) bool {
	e, ok := errors.AsType[*api.Error](err)
	return ok && (e.Status == http.StatusBadRequest || e.Status == http.StatusNotFound || e.Status == http.StatusUnprocessableEntity)
}

// withStatus returns the jobs that have a status.
func (s *server) withStatus(ctx context.Context, status string) (jobs []api.Job, err error) {
	for from := 0; from < maxJobs; from += pageSize - overlap {
		page, err := s.client.Jobs(ctx, api.JobsRequest{From: from, To: from + pageSize - 1, Status: status})
		if err != nil {
			return nil, err
		}
		matching := 0
		for _, j := range page {
			if j.Status == status { // a server may ignore the parameter
				matching++
				jobs = append(jobs, j)
			}
		}
		if len(page) < pageSize || matching == 0 {
			break
		}
	}
	return jobs, nil
}

// Jobs implements jobmonitor.Server.
func (s *server) Jobs(ctx context.Context) ([]jobmonitor.Job, error) {
	found, err := s.unfinished(ctx)
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	jobs := make([]jobmonitor.Job, len(found))
	queries := map[string]string{}
	for i, j := range found {
		query, known := s.queries[j.ID]
		if !known {
			query, _ = jobcmd.SafeQuery(j)
		}
		queries[j.ID] = query
		jobs[i] = jobmonitor.Job{
			ID: j.ID, Status: j.Status, Type: j.Type, User: j.UserName, Database: j.Database, SQL: query,
			Priority: j.Priority, PriorityName: cli.PriorityName(j.Priority), CreatedAt: j.CreatedAt.Time, StartedAt: j.StartAt.Time,
		}
	}
	s.queries = queries
	return jobs, nil
}

// Progress implements jobmonitor.Server.
func (s *server) Progress(ctx context.Context, id string) (string, error) {
	j, err := s.client.Job(ctx, id)
	return shortenProgress(redact.Text(jobwait.Progress(j))), jobcmd.NotFound(id, err)
}

var (
	completedParts = lazyregexp.New(`\d+ ?(/|of) ?\d+ (splits|tasks|stages)`)
	logTime        = lazyregexp.New(`^\d{4}-\d\d-\d\d[ T][0-9:.,]+ *`)
)

// shortenProgress returns the part of a report that changes: "12 of 34 splits", or a line of a log without its time.
func shortenProgress(report string) string {
	if parts := completedParts().FindString(report); parts != "" {
		return parts
	}
	return strings.TrimPrefix(logTime().ReplaceAllString(report, ""), "RUNNING, ")
}

// Log implements jobmonitor.Server.
func (s *server) Log(ctx context.Context, id string) (jobmonitor.Log, error) {
	j, err := s.client.Job(ctx, id)
	return jobmonitor.Log{Text: redact.Text(j.Debug.Cmdout + j.Debug.Stderr), Status: j.Status, Finished: j.Finished()}, jobcmd.NotFound(id, err)
}

// Kill implements jobmonitor.Server.
func (s *server) Kill(ctx context.Context, id string) (message string, err error) {
	if s.dryRun {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.planned = append(s.planned, id)
		return fmt.Sprintf("Job %s would be killed (--dry-run).", id), nil
	}
	former, err := s.client.KillJob(ctx, id)
	if err != nil {
		return "", jobcmd.NotFound(id, err)
	}
	return jobcmd.DescribeKill(id, former), nil
}

// plannedKills returns the IDs of the jobs that would have been killed.
func (s *server) plannedKills() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.planned)
}

// IsTemporary implements jobmonitor.Server.
func (s *server) IsTemporary(err error) bool { return isTemporary(err) }

func isTemporary(err error) bool {
	rejection, rejected := errors.AsType[*api.Error](err)
	return api.IsTransient(err) || errors.Is(err, api.ErrAnswer) || rejected && rejection.Temporary()
}
