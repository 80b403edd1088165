package bulkimport

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"sync"

	"golang.org/x/sync/errgroup"

	"github.com/td-cli/td/cmd/internal/jobcmd"
	"github.com/td-cli/td/internal/api"
	"github.com/td-cli/td/internal/cli"
	"github.com/td-cli/td/internal/ingest"
	"github.com/td-cli/td/internal/partupload"
)

// A session is a bulk import session that parts are uploaded to. Parts that it has already
// are not uploaded again.
type session struct {
	env      *cli.Env
	client   *api.Client
	name     string
	parallel int
	report   *report
	have     map[string]bool // the names of the parts on the server

	mu               sync.Mutex
	current          map[string]bool // the names of the parts of the files that were read
	uploaded, passed int64           // parts
	removed          int64           // parts, of files that have changed
}

// openSession asks for a session that takes parts.
func openSession(ctx context.Context, env *cli.Env, client *api.Client, name string, parallel int, r *report) (*session, error) {
	info, err := client.BulkImport(ctx, name)
	if err != nil {
		return nil, explain(name, err)
	}
	switch {
	case info.Status != uploading && info.Status != ready:
		return nil, refusedState(name, info.Status, "parts are taken before a session is performed")
	case info.UploadFrozen:
		return nil, refusedState(name, "frozen", fmt.Sprintf("'td bulk_import:unfreeze %s' lets parts in again", name))
	}
	parts, err := client.BulkImportParts(ctx, name)
	if err != nil {
		return nil, explain(name, err)
	}
	s := &session{
		env: env, client: client, name: name, parallel: parallel, report: r,
		have: map[string]bool{}, current: map[string]bool{},
	}
	for _, p := range parts {
		s.have[p] = true
	}
	return s, nil
}

// done notes what became of a part.
func (s *session) done(part string, uploaded bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.current[part] = true
	if uploaded {
		s.uploaded++
	} else {
		s.passed++
	}
}

// sendPrepared uploads files that are parts already, under the names that are given.
func (s *session) sendPrepared(ctx context.Context, names map[string]string) error {
	if len(names) == 0 {
		return nil
	}
	j, err := journal(s.env, s.name)
	if err != nil {
		s.env.Warn("what was uploaded before is not known: %v", err)
	}
	paths := slices.Sorted(maps.Keys(names))
	tally := partupload.NewProgress(paths, s.report.bar.Update)
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(max(1, s.parallel))
	for _, path := range paths {
		group.Go(func() error {
			if ctx.Err() != nil {
				return context.Cause(ctx)
			}
			return s.sendPreparedFile(ctx, path, names[path], j, tally)
		})
	}
	return group.Wait()
}

// sendPreparedFile uploads a file as a part unless that part has the same content already.
func (s *session) sendPreparedFile(ctx context.Context, path, part string, j *partupload.Journal, tally *partupload.Progress) error {
	digest, err := partupload.Digest(path)
	if err != nil {
		return err
	}
	if s.have[part] && j.Has(part, digest) {
		passFile(tally, path)
		s.done(part, false)
		return nil
	}
	s.report.say("uploading '%s' -> '%s'", path, part)
	if err := sendFile(ctx, s.client, s.name, part, path, tally); err != nil {
		return fmt.Errorf("%s: %w", path, explain(s.name, err))
	}
	s.done(part, true)
	if err := j.Add(part, digest); err != nil {
		s.report.say("td: warning: an interrupted upload will begin anew: %v", err)
	}
	return nil
}

// passFile counts a file that need not be sent.
func passFile(tally *partupload.Progress, path string) {
	if info, err := os.Stat(path); err == nil {
		tally.Add(info.Size())
	}
}

// sendFiles converts files and uploads their parts.
func (s *session) sendFiles(ctx context.Context, paths []string, read func(string) ingest.Options) error {
	if len(paths) == 0 {
		return nil
	}
	_, err := partupload.SendFiles(ctx, paths, partupload.Options{
		Parallel: s.parallel, Progress: s.report.bar.Update,
		Read: func(path string) ingest.Options {
			s.report.say("importing %s...", path)
			o := read(path)
			o.OnBad = s.report.tell
			return o
		},
		Send: s.sendPart,
		Done: func(path string, stats ingest.Stats) error { s.report.summary(path, stats); return nil },
	})
	if err != nil {
		return readError(err)
	}
	return s.removeStale(ctx, paths)
}

func (s *session) sendPart(ctx context.Context, p partupload.Part) error {
	part := partName(p)
	if s.have[part] {
		s.report.bar.Count(p.Records)
		s.done(part, false)
		return nil
	}
	if err := s.client.UploadBulkImportPart(ctx, s.name, part, p.Upload()); err != nil {
		return explain(s.name, err)
	}
	s.report.bar.Count(p.Records)
	s.done(part, true)
	return nil
}

// removeStale deletes the parts of files as they were before they changed, whose records
// would be in the table twice.
func (s *session) removeStale(ctx context.Context, paths []string) error {
	for _, part := range slices.Sorted(maps.Keys(s.have)) {
		of := func(path string) bool { return strings.HasPrefix(part, partPrefix(path)) }
		if s.current[part] || !slices.ContainsFunc(paths, of) {
			continue
		}
		if err := s.client.DeleteBulkImportPart(ctx, s.name, part); err != nil {
			return err
		}
		s.report.say("  removed the part '%s', which the file does not hold any more.", part)
		s.removed++
	}
	return nil
}

// broken says how far an upload came that did not end well, and how to go on: the same command would
// create another session where it created this one.
func (s *session) broken(created bool) {
	switch parts := s.uploaded + s.passed; {
	case created:
		s.env.Say("%s uploaded; to go on from there, give the NAME %s instead of --auto-create.", counted(parts, "part"), s.name)
	case parts > 0:
		s.env.Say("%s uploaded; the same command goes on from there.", counted(parts, "part"))
	}
}

// performed starts the job that checks the parts, waits for it and says what it found.
func performed(ctx context.Context, env *cli.Env, client *api.Client, name, pool string, wait jobcmd.WaitFlags) error {
	id, err := client.PerformBulkImport(ctx, name, pool, nil)
	if err != nil {
		return explain(name, err)
	}
	env.Say("Job %s is queued.", id)
	return checked(ctx, env, client, id, wait)
}

// checked waits for the job that checks the parts.
func checked(ctx context.Context, env *cli.Env, client *api.Client, id string, wait jobcmd.WaitFlags) error {
	job, err := jobcmd.WaitEnded(ctx, env, client, id, wait, env.Flags.Verbose)
	if err != nil {
		return err
	}
	return jobcmd.NotSucceededError(ctx, client, job)
}

// verdict says how many records of a session are good, and refuses one without any.
func verdict(ctx context.Context, env *cli.Env, client *api.Client, name string) (api.BulkImport, error) {
	s, err := client.BulkImport(ctx, name)
	if err != nil {
		return s, explain(name, err)
	}
	env.Say("%s and %s in %s, %s.", counted(s.ValidRecords.Value, "valid record"), counted(s.ErrorRecords.Value, "error record"),
		counted(s.ValidParts.Value, "valid part"), counted(s.ErrorParts.Value, "error part"))
	if s.ErrorRecords.Value > 0 {
		env.Say("Use 'td bulk_import:error_records %s' to see the error records.", name)
	}
	if s.ValidRecords.Valid && s.ValidRecords.Value == 0 {
		return s, errors.New("there are no valid records to commit")
	}
	return s, nil
}
