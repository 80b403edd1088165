package bulkimport

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"github.com/td-cli/td/cmd/internal/tablecmd"
	"github.com/td-cli/td/internal/api"
	"github.com/td-cli/td/internal/cli"
	"github.com/td-cli/td/internal/importjournal"
	"github.com/td-cli/td/internal/ingest"
	"github.com/td-cli/td/internal/partupload"
	"github.com/td-cli/td/internal/text"
)

// A tableImport is a run of table:import, which can be interrupted and resumed.
type tableImport struct {
	env             *cli.Env
	database, table string
	paths           []string // without the files that --if-new skips
	run             *importjournal.Run
	history         *importjournal.History // nil if unknown

	mu      sync.Mutex
	digests []string // one for each file that was read
	warned  bool
}

// startImport starts or resumes an import and prints what was imported before. A journal that
// cannot be used is only a warning.
func startImport(env *cli.Env, o tableOptions, database, table, tableID string, paths []string) (*tableImport, error) {
	i := &tableImport{env: env, database: database, table: table, paths: paths}
	c, err := env.Config()
	if err != nil {
		return nil, err
	}
	dir := journalDir(env)
	account, _, _ := strings.Cut(c.APIKey, "/")
	service := c.Endpoint + " " + account
	name := database + "." + table
	if i.history, err = importjournal.OpenHistory(dir, service, name+" "+tableID); err != nil {
		env.Warn("the files that were imported before are unknown: %v", err)
	}
	if o.ifNew {
		if err := i.skipKnown(); err != nil {
			return nil, err
		}
	}
	if len(i.paths) == 0 || slices.Contains(i.paths, partupload.Stdin) {
		i.run = importjournal.NewRun()
		return i, nil
	}
	description := importjournal.Import{
		Service: service, Table: name, Paths: i.paths,
		Options: []string{"format=" + o.format, "time-key=" + o.timeKey, "columns=" + strings.Join(o.columns, ",")},
	}
	if env.Flags.DryRun {
		i.run = importjournal.Peek(dir, description)
	} else {
		i.run, err = importjournal.Start(dir, description)
	}
	if err != nil {
		env.Warn("this import cannot be resumed if it is interrupted: %v", err)
	}
	if i.run.Abandoned > 0 {
		env.Warn("an interrupted import of these files already added %s to the table; the files have changed since then", counted(i.run.Abandoned, "record"))
	}
	if i.run.Records > 0 {
		env.Say("resuming an interrupted import: %s already imported.", counted(i.run.Records, "record"))
	}
	return i, nil
}

// journalDir returns the directory of the records of imports.
func journalDir(env *cli.Env) string { return filepath.Join(homeDir(env), ".td", "uploads") }

// skipKnown removes the files from i.paths whose content was imported before.
func (i *tableImport) skipKnown() error {
	var fresh []string
	for _, path := range i.paths {
		digest, err := partupload.Digest(path)
		if err != nil {
			return err
		}
		if i.history.Has(digest) {
			i.env.Say("skipped %s: its content was already imported into %s.%s", path, i.database, i.table)
			continue
		}
		fresh = append(fresh, path)
	}
	i.paths = fresh
	return nil
}

// send sends a part unless the server has stored it.
func (i *tableImport) send(ctx context.Context, client *api.Client, p partupload.Part) error {
	id := i.run.PartID(p.Path, p.Index, p.ID)
	if i.run.Stored(id) {
		return nil
	}
	if i.env.Flags.DryRun {
		id = api.UnknownID
	}
	_, err := client.ImportTable(ctx, i.database, i.table, id, "msgpack.gz", p.Upload())
	if err == nil {
		i.record(id, p.Records)
	}
	return api.IgnoreDryRun(err)
}

// addDigest records the digest of a file that was read completely.
func (i *tableImport) addDigest(_, digest string) {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.digests = append(i.digests, digest)
}

// record records a part that the server has stored.
func (i *tableImport) record(id string, records int64) {
	err := i.run.Record(id, records)
	i.mu.Lock()
	defer i.mu.Unlock()
	if err != nil && !i.warned {
		i.warned = true
		i.env.Warn("this import cannot be resumed if it is interrupted: %v", err)
	}
}

// finish ends a successful import.
func (i *tableImport) finish() {
	if err := i.run.Finish(); err != nil {
		i.env.Warn("the journal of this import was not removed; the next import of these files may be incomplete: %v", err)
	}
	if err := i.history.Add(i.digests...); err != nil {
		i.env.Warn("--if-new will not recognize these files: %v", err)
	}
}

// summary returns the last line of the output.
func (i *tableImport) summary(sent, bad int64) string {
	var notes []string
	if bad > 0 {
		notes = append(notes, text.Commas(bad)+" skipped")
	}
	if i.run.Records > 0 {
		notes = append(notes, text.Commas(i.run.Records)+" already there")
	}
	s := fmt.Sprintf("imported %s into %s.%s", counted(sent, "record"), i.database, i.table)
	if len(notes) > 0 {
		s += " (" + strings.Join(notes, ", ") + ")"
	}
	return s
}

// explain prints how much was imported before err and returns err with more context.
func (i *tableImport) explain(ctx context.Context, client *api.Client, sent int64, err error) error {
	switch {
	case sent == 0:
	case slices.Contains(i.paths, partupload.Stdin):
		i.env.Say("%s already imported; an import of standard input cannot be resumed.", counted(sent, "record"))
	default:
		i.env.Say("%s already imported; repeat the command to import the rest.", counted(sent, "record"))
	}
	if ctx.Err() != nil {
		return err
	}
	if o, ok := errors.AsType[*ingest.OptionError](err); ok && o.Option == "time column" {
		return cli.WithHint(cli.UsageError{Err: err}, "use -t NAME, the name of the time column")
	}
	return readError(tablecmd.ExplainNotFound(ctx, client, i.database, i.table, err))
}
