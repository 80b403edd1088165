package sandbox

import (
	"bufio"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"net/url"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"

	"github.com/td-cli/td/internal/atomicfile"
	"github.com/td-cli/td/internal/sandbox/engine"
	"github.com/td-cli/td/internal/sandbox/msgpackfile"
	"github.com/td-cli/td/internal/sandbox/state"
)

// exportRows sends a job's rows to a result URL: file:///PATH.csv (.tsv, .jsonl,
// .msgpack, each also with .gz) or td://@/DATABASE/TABLE?mode=append|replace.
func (s *Server) exportRows(ctx context.Context, target string, j *state.Job, columns string, log joblog) error {
	u, err := url.Parse(target)
	if err != nil || u.Scheme == "" {
		return failJob("the result URL %q cannot be read", maskSecrets(target))
	}
	switch u.Scheme {
	case "file":
		t, err := fileOf(u)
		if err != nil {
			return err
		}
		if err := s.writeFile(t, j.ID, columns); err != nil {
			return failJob("cannot write the result to %q: %v", t.path, err)
		}
		log.cmdout("result written to %s", t.path)
		return nil
	case "td":
		return s.writeTable(ctx, u, j, columns, log)
	default:
		return failJob("the sandbox cannot write to %q: use file:///PATH or td://@/DATABASE/TABLE", u.Scheme)
	}
}

// A fileTarget is a local file that rows go to.
type fileTarget struct {
	path    string
	format  string // csv, tsv, json, jsonl, msgpack
	gzip    bool
	objects bool // json: an array of objects, not a line for each row
}

func fileOf(u *url.URL) (fileTarget, error) {
	t := fileTarget{path: localPath(u.Path)}
	if u.Host != "" && u.Host != "localhost" || u.Opaque != "" || !filepath.IsAbs(t.path) {
		return t, failJob("the result URL %q does not name an absolute path: file:///PATH", u)
	}
	name := t.path
	if plain, ok := strings.CutSuffix(name, ".gz"); ok {
		name, t.gzip = plain, true
	}
	t.format = strings.TrimPrefix(filepath.Ext(name), ".")
	if format := u.Query().Get("format"); format != "" {
		t.format = format
	}
	switch t.format {
	case "csv", "tsv", "json", "jsonl", "msgpack":
		return t, nil
	default:
		return t, failJob("the result URL %q does not end in .csv, .tsv, .json, .jsonl or .msgpack", u)
	}
}

var drivePath = regexp.MustCompile(`^/[A-Za-z]:`)

// localPath is the path of a file URL as this system writes it.
func localPath(path string) string {
	if runtime.GOOS == "windows" && drivePath.MatchString(path) {
		path = path[1:]
	}
	return filepath.FromSlash(path)
}

// writeFile writes the spooled rows of a job to a file, whole or not at all.
func (s *Server) writeFile(t fileTarget, job int64, columns string) error {
	source, err := s.spool.Open(job)
	if err != nil {
		return err
	}
	defer source.Close() //nolint:errcheck // it was only read
	f, err := atomicfile.Create(t.path, atomicfile.Options{DirMode: 0o755, Sync: true})
	if err != nil {
		return err
	}
	defer f.Discard()
	if err := writeRows(f, t, source, columns); err != nil {
		return err
	}
	return f.Commit()
}

func writeRows(file io.Writer, t fileTarget, source io.Reader, columns string) error {
	out := bufio.NewWriter(file)
	var w io.Writer = out
	finish := out.Flush
	if t.gzip {
		z := gzip.NewWriter(out)
		w, finish = z, func() error { return errors.Join(z.Close(), out.Flush()) }
	}
	names := columnNames(columns)
	var err error
	switch {
	case t.format == "msgpack":
		err = msgpackfile.Gunzip(w, source)
	case t.format == "json" && t.objects:
		err = msgpackfile.WriteDocument(w, names, msgpackfile.Rows(source))
	default:
		err = msgpackfile.WriteText(w, msgpackfile.Format(t.format), msgpackfile.TextOptions{Header: names}, msgpackfile.Rows(source))
	}
	if err != nil {
		return err
	}
	return finish()
}

// writeTable appends rows to a table, which is made when it is missing, or puts them in its place.
func (s *Server) writeTable(ctx context.Context, u *url.URL, j *state.Job, columns string, log joblog) error {
	path := strings.Split(strings.Trim(u.Path, "/"), "/")
	if len(path) != 2 || u.Host != "" {
		return failJob("the result URL %q does not name a table of this sandbox: td://@/DATABASE/TABLE", maskSecrets(u.String()))
	}
	database, table := path[0], path[1]
	if err := checkName(table); err != nil {
		return failJob("%v", err)
	}
	source, err := s.spool.Open(j.ID)
	if err != nil {
		return err
	}
	defer source.Close() //nolint:errcheck // it was only read
	records := asRecords(columnNames(columns), msgpackfile.Rows(source))
	added, err := s.load(ctx, database, table, u.Query().Get("mode"), fmt.Sprintf("job-%d", log.id), records)
	if err != nil {
		return err
	}
	log.cmdout("%s rows written to %s.%s", commas(added), database, table)
	return nil
}

// asRecords names the values of rows. Records of a table without a time get the time of writing.
func asRecords(names []string, rows iter.Seq2[[]any, error]) iter.Seq2[engine.Record, error] {
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
				err = wrapRecordError(msgpackfile.Check(r, maxBulkColumns))
			}
			if !yield(r, err) || err != nil {
				return
			}
		}
	}
}

// load adds records to a table as a mode says: append, or replace, which fills a new
// table and puts it in the old one's place, so that nobody sees it half full.
func (s *Server) load(ctx context.Context, database, table, mode, id string, records iter.Seq2[engine.Record, error]) (int64, error) {
	target := table
	switch mode {
	case "", "append":
	case "replace", "truncate":
		target = fmt.Sprintf("%.200s_tmp_%s", table, strings.ReplaceAll(id, "-", "_"))
		err := s.engine.DropTable(ctx, database, target)
		if err != nil && !errors.Is(err, engine.ErrNotFound) {
			return 0, err
		}
	default:
		return 0, failJob("mode %q is not available here: use append or replace", mode)
	}
	if err := s.engine.CreateTable(ctx, database, target, engine.TableOptions{}); err != nil && !errors.Is(err, engine.ErrExists) {
		return 0, failJob("cannot write to %s.%s: %v", database, table, err)
	}
	added, err := s.engine.Append(ctx, database, target, id, records)
	if err == nil && target != table {
		err = s.engine.RenameTable(ctx, database, target, table, true)
	}
	if err != nil && target != table {
		err = errors.Join(err, s.engine.DropTable(context.WithoutCancel(ctx), database, target))
	}
	if e, ok := errors.AsType[*recordError](err); ok {
		return 0, failJob("%v", e)
	}
	return added, err
}
