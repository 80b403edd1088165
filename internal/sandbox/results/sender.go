package results

import (
	"bufio"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"net/url"
	"path/filepath"
	"strings"

	"github.com/td-cli/td/internal/atomicfile"
	"github.com/td-cli/td/internal/sandbox/engine"
	"github.com/td-cli/td/internal/sandbox/files"
	"github.com/td-cli/td/internal/sandbox/jobqueue"
	"github.com/td-cli/td/internal/sandbox/msgpackfile"
	"github.com/td-cli/td/internal/sandbox/state"
	"github.com/td-cli/td/internal/sandbox/tables"
	"github.com/td-cli/td/internal/text"
)

// A Sender writes the spooled rows of jobs to result URLs.
type Sender struct {
	Engine engine.Engine
	Spool  *msgpackfile.Spool
	Files  files.Dir
}

// Send writes the rows of job j to a URL of one of these forms:
//
//	file:///PATH.csv       also .tsv, .json, .jsonl and .msgpack, each with an optional .gz
//	td://@/DATABASE/TABLE  with an optional ?mode=append or ?mode=replace
//
// The log belongs to the job that exports the rows, which may be another one.
func (s *Sender) Send(ctx context.Context, target string, j *state.Job, log *jobqueue.Log) error {
	u, err := url.Parse(target)
	if err != nil || u.Scheme == "" {
		return jobqueue.Failf("the result URL %q cannot be read", MaskSecrets(target))
	}
	switch u.Scheme {
	case "file":
		f, err := s.parseFileURL(u)
		if err != nil {
			return err
		}
		if err := s.WriteFile(f, j); err != nil {
			return jobqueue.Failf("cannot write the result: %v", err)
		}
		log.Cmdout("result written to %s", s.Files.Resolve(f.Path))
		return nil
	case "td":
		return s.writeTable(ctx, u, j, log)
	default:
		return jobqueue.Failf("the sandbox cannot write to %q: use file:///PATH or td://@/DATABASE/TABLE", u.Scheme)
	}
}

// Sent reports whether a job has added the rows to a table. Writing a file again does no harm.
func (s *Sender) Sent(ctx context.Context, target string, job int64) (bool, error) {
	u, err := url.Parse(target)
	if err != nil || u.Scheme != "td" {
		return false, nil
	}
	load, err := parseTableURL(u, job)
	if err != nil {
		return false, nil // Send fails before it adds rows
	}
	return load.Committed(ctx, s.Engine)
}

// A File is a local file that receives rows.
type File struct {
	Path    string
	Format  string // csv, tsv, json, jsonl or msgpack
	Gzip    bool
	Objects bool // write json as an array of objects instead of a line for each row
}

func (s *Sender) parseFileURL(u *url.URL) (File, error) {
	f := File{Path: files.FromURL(u.Path)}
	relative := u.Opaque != "" || !filepath.IsAbs(f.Path)
	if u.Opaque != "" && s.Files.IsRestricted() {
		path, err := url.PathUnescape(u.Opaque)
		if err != nil {
			return f, jobqueue.Failf("the result URL %q cannot be read", u)
		}
		f.Path, relative = files.FromURL(path), false
	}
	if u.Host != "" && u.Host != "localhost" || relative {
		return f, jobqueue.Failf("the result URL %q does not name an absolute path: use file:///PATH", u)
	}
	name, isGzip := strings.CutSuffix(f.Path, ".gz")
	f.Gzip = isGzip
	f.Format = strings.TrimPrefix(filepath.Ext(name), ".")
	if format := u.Query().Get("format"); format != "" {
		f.Format = format
	}
	switch f.Format {
	case "csv", "tsv", "json", "jsonl", "msgpack":
		return f, nil
	default:
		return f, jobqueue.Failf("the result URL %q does not end in .csv, .tsv, .json, .jsonl or .msgpack", u)
	}
}

// WriteFile writes the spooled rows of job j to a file. After an error the file is
// unchanged.
func (s *Sender) WriteFile(f File, j *state.Job) error {
	source, err := s.Spool.Open(j.ID)
	if err != nil {
		return err
	}
	defer func() { _ = source.Close() }()
	out, err := s.Files.Create(f.Path, atomicfile.Options{Sync: true})
	if err != nil {
		return err
	}
	defer out.Discard()
	if err := writeRows(out, f, source, ColumnNames(j.Columns)); err != nil {
		return err
	}
	return out.Commit()
}

func writeRows(file io.Writer, f File, source io.Reader, columns []string) error {
	out := bufio.NewWriter(file)
	var w io.Writer = out
	finish := out.Flush
	if f.Gzip {
		z := gzip.NewWriter(out)
		w, finish = z, func() error { return errors.Join(z.Close(), out.Flush()) }
	}
	var err error
	switch {
	case f.Format == "msgpack":
		err = msgpackfile.Gunzip(w, source)
	case f.Format == "json" && f.Objects:
		err = msgpackfile.WriteDocument(w, columns, msgpackfile.Rows(source))
	default:
		err = msgpackfile.WriteText(w, msgpackfile.Format(f.Format), msgpackfile.TextOptions{Header: columns}, msgpackfile.Rows(source))
	}
	if err != nil {
		return err
	}
	return finish()
}

// ColumnNames returns the column names in the schema of a job.
func ColumnNames(schema string) []string {
	var columns [][2]string
	if err := json.Unmarshal([]byte(schema), &columns); err != nil {
		return []string{} // jobs without rows have no schema
	}
	names := make([]string, len(columns))
	for i, c := range columns {
		names[i] = c[0]
	}
	return names
}

// parseTableURL returns the load of a job into the table that a URL names.
func parseTableURL(u *url.URL, job int64) (tables.Load, error) {
	path := strings.Split(strings.Trim(u.Path, "/"), "/")
	if len(path) != 2 || u.Host != "" {
		return tables.Load{}, jobqueue.Failf("the result URL %q does not name a table of this sandbox: use td://@/DATABASE/TABLE", MaskSecrets(u.String()))
	}
	if err := tables.CheckName(path[1]); err != nil {
		return tables.Load{}, jobqueue.Failf("%v", err)
	}
	return tables.Load{Database: path[0], Table: path[1], Mode: u.Query().Get("mode"), ID: fmt.Sprintf("job-%d", job)}, nil
}

func (s *Sender) writeTable(ctx context.Context, u *url.URL, j *state.Job, log *jobqueue.Log) error {
	load, err := parseTableURL(u, log.Job())
	if err != nil {
		return err
	}
	source, err := s.Spool.Open(j.ID)
	if err != nil {
		return err
	}
	defer func() { _ = source.Close() }()
	added, err := load.Run(ctx, s.Engine, rowRecords(ColumnNames(j.Columns), msgpackfile.Rows(source)))
	if err != nil {
		return err
	}
	log.Cmdout("%s rows written to %s.%s", text.Commas(added), load.Database, load.Table)
	return nil
}

// rowRecords converts rows to records with the given column names.
func rowRecords(names []string, rows iter.Seq2[[]any, error]) iter.Seq2[engine.Record, error] {
	return func(yield func(engine.Record, error) bool) {
		for row, err := range rows {
			r := make(engine.Record, 0, len(row))
			for i, v := range row[:min(len(row), len(names))] {
				r = append(r, struct {
					Key   string
					Value any
				}{names[i], v})
			}
			if err == nil {
				err = tables.CheckRecord(r, tables.MaxBulkColumns)
			}
			if !yield(r, err) || err != nil {
				return
			}
		}
	}
}
