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

	"github.com/td-cli/td/cmd/internal/jobcmd"
	"github.com/td-cli/td/internal/api"
	"github.com/td-cli/td/internal/cli"
	"github.com/td-cli/td/internal/ingest"
	"github.com/td-cli/td/internal/partupload"
	"github.com/td-cli/td/internal/taskgroup"
)

// A session uploads parts to a bulk import session. Parts that the server already has are
// not uploaded again.
type session struct {
	env      *cli.Env
	client   *api.Client
	name     string
	parallel int
	report   *report
	existing map[string]bool // names of the parts on the server

	mu       sync.Mutex
	current  map[string]bool // names of the parts of the files read so far
	uploaded int64           // number of parts
	skipped  int64           // number of parts that existed
	removed  int64           // number of outdated parts of changed files
}

// newSession returns a session without parts.
func newSession(env *cli.Env, client *api.Client, name string, parallel int, r *report) *session {
	return &session{
		env: env, client: client, name: name, parallel: parallel, report: r,
		existing: map[string]bool{}, current: map[string]bool{},
	}
}

// open finds the parts that are on the server. It returns an error if the session's state does not allow uploads.
func (s *session) open(ctx context.Context) error {
	info, err := s.client.BulkImport(ctx, s.name)
	if err != nil {
		return withName(s.name, err)
	}
	switch {
	case info.Status != uploading && info.Status != ready:
		return wrongState(s.name, info.Status, "parts can only be uploaded before the session is performed")
	case info.UploadFrozen:
		return wrongState(s.name, "frozen", fmt.Sprintf("use 'td bulk_import:unfreeze %s' to allow uploads", s.name))
	}
	parts, err := s.client.BulkImportParts(ctx, s.name)
	if err != nil {
		return withName(s.name, err)
	}
	for _, p := range parts {
		s.existing[p] = true
	}
	return nil
}

// countPart records that a part of the files is on the server.
func (s *session) countPart(part string, uploaded bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.current[part] = true
	if uploaded {
		s.uploaded++
	} else {
		s.skipped++
	}
}

// sendPrepared uploads files that are parts. The map contains the part name of each path.
func (s *session) sendPrepared(ctx context.Context, names map[string]string) error {
	if len(names) == 0 {
		return nil
	}
	j, err := journal(s.env, s.name)
	if err != nil {
		s.env.Warn("cannot read the upload journal: %v", err)
	}
	paths := slices.Sorted(maps.Keys(names))
	tally := partupload.NewProgress(paths, s.report.bar.Update)
	group, ctx := taskgroup.New(ctx, max(1, s.parallel))
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

// sendPreparedFile uploads a file as a part unless the server already has the part with this content.
func (s *session) sendPreparedFile(ctx context.Context, path, part string, j *partupload.Journal, tally *partupload.Progress) error {
	digest, err := partupload.Digest(path)
	if err != nil {
		return err
	}
	if s.existing[part] && j.Has(part, digest) {
		skipFile(tally, path)
		s.countPart(part, false)
		return nil
	}
	if !s.env.Flags.DryRun {
		s.report.print("uploading '%s' -> '%s'", path, part)
	}
	err = sendFile(ctx, s.client, s.name, part, path, tally)
	if errors.Is(err, api.ErrDryRun) {
		s.countPart(part, true)
		return nil
	}
	if err != nil {
		return fmt.Errorf("%s: %w", path, withName(s.name, err))
	}
	s.countPart(part, true)
	if err := j.Add(part, digest); err != nil {
		s.report.print("td: warning: this upload cannot be resumed: %v", err)
	}
	return nil
}

// skipFile counts a file that is not sent.
func skipFile(tally *partupload.Progress, path string) {
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
			s.report.print("importing %s...", path)
			o := read(path)
			o.OnBad = s.report.printBad
			return o
		},
		Send: s.sendPart,
		Done: func(path string, stats ingest.Stats) error { s.report.printSummary(path, stats); return nil },
	})
	if err != nil {
		return readError(err)
	}
	return s.removeStale(ctx, paths)
}

func (s *session) sendPart(ctx context.Context, p partupload.Part) error {
	part := partName(p)
	if s.existing[part] {
		s.report.bar.Count(p.Records)
		s.countPart(part, false)
		return nil
	}
	if err := api.IgnoreDryRun(s.client.UploadBulkImportPart(ctx, s.name, part, p.Upload())); err != nil {
		return withName(s.name, err)
	}
	s.report.bar.Count(p.Records)
	s.countPart(part, true)
	return nil
}

// removeStale deletes parts of an earlier version of the files. Their records would be in
// the table twice.
func (s *session) removeStale(ctx context.Context, paths []string) error {
	for _, part := range slices.Sorted(maps.Keys(s.existing)) {
		isPartOf := func(path string) bool { return strings.HasPrefix(part, partPrefix(path)) }
		if s.current[part] || !slices.ContainsFunc(paths, isPartOf) {
			continue
		}
		err := s.client.DeleteBulkImportPart(ctx, s.name, part)
		if api.IgnoreDryRun(err) != nil {
			return err
		}
		if err == nil {
			s.report.print("  removed the outdated part '%s'.", part)
		}
		s.removed++
	}
	return nil
}

// printUploaded prints how many parts were uploaded.
func (s *session) printUploaded() {
	if !s.env.Flags.DryRun {
		s.env.Say("%s uploaded, %s already on the server.", counted(s.uploaded, "part"), counted(s.skipped, "part"))
	}
}

// printResumeHint prints how to resume a failed upload. If the command created the session,
// repeating it would create another one.
func (s *session) printResumeHint(created bool) {
	switch parts := s.uploaded + s.skipped; {
	case created:
		s.env.Say("%s uploaded; to resume, use the NAME %s instead of --auto-create.", counted(parts, "part"), s.name)
	case parts > 0:
		s.env.Say("%s uploaded; repeat the command to resume.", counted(parts, "part"))
	}
}

// performAndWait starts the job that checks the parts and waits for it.
func performAndWait(ctx context.Context, env *cli.Env, client *api.Client, name, pool string, wait jobcmd.WaitFlags) error {
	id, err := client.PerformBulkImport(ctx, name, pool, nil)
	if err != nil {
		return withName(name, err)
	}
	env.RecordJob(ctx, performJob(id, ""), "")
	env.Say("Job %s is queued.", id)
	return waitChecked(ctx, env, client, id, wait)
}

// waitChecked waits for the job that checks the parts.
func waitChecked(ctx context.Context, env *cli.Env, client *api.Client, id string, wait jobcmd.WaitFlags) error {
	job, err := jobcmd.WaitEnded(ctx, env, client, id, wait, env.Flags.Verbose)
	if err != nil {
		return err
	}
	return jobcmd.NotSucceededError(ctx, client, job)
}

// summarize prints how many records of a session are valid. No valid record is an error.
func summarize(ctx context.Context, env *cli.Env, client *api.Client, name string) (api.BulkImport, error) {
	s, err := client.BulkImport(ctx, name)
	if err != nil {
		return s, withName(name, err)
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
