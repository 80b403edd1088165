package tables

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"

	"github.com/td-cli/td/internal/sandbox/engine"
	"github.com/td-cli/td/internal/sandbox/httpapi"
	"github.com/td-cli/td/internal/sandbox/jobqueue"
)

// fakeEngine records the calls of a load.
type fakeEngine struct {
	engine.Engine
	calls     []string
	createErr error
	appendErr error
}

func (f *fakeEngine) DropTable(_ context.Context, database, table string) error {
	f.calls = append(f.calls, "drop "+database+"."+table)
	return engine.ErrNotFound
}

func (f *fakeEngine) CreateTable(_ context.Context, database, table string, _ engine.TableOptions) error {
	f.calls = append(f.calls, "create "+database+"."+table)
	return f.createErr
}

func (f *fakeEngine) Append(_ context.Context, database, table, id string, records iter.Seq2[engine.Record, error]) (n int64, err error) {
	f.calls = append(f.calls, "append "+database+"."+table+" "+id)
	for _, err := range records {
		if err != nil {
			return 0, err
		}
		n++
	}
	return n, f.appendErr
}

func (f *fakeEngine) RenameTable(_ context.Context, database, from, to string, overwrite bool) error {
	f.calls = append(f.calls, fmt.Sprintf("rename %s.%s %s %v", database, from, to, overwrite))
	return nil
}

func TestLoad(t *testing.T) {
	diskFull := errors.New("disk full")
	tests := []struct {
		name, mode string
		engine     fakeEngine
		recordErr  error
		calls      []string
		failure    string // message of a Failure
		err        error
	}{
		{name: "append", mode: "append", calls: []string{"create db.t", "append db.t job-1"}},
		{name: "default", calls: []string{"create db.t", "append db.t job-1"}},
		{name: "existing table", engine: fakeEngine{createErr: engine.ErrExists}, calls: []string{"create db.t", "append db.t job-1"}},
		{name: "replace", mode: "replace", calls: []string{"drop db.t_tmp_job_1", "create db.t_tmp_job_1", "append db.t_tmp_job_1 job-1", "rename db.t_tmp_job_1 t true"}},
		{name: "no database", engine: fakeEngine{createErr: engine.ErrNotFound}, calls: []string{"create db.t"}, failure: "cannot write to db.t: not found"},
		{name: "mode", mode: "merge", failure: `mode "merge" is not available in the sandbox: use append or replace`},
		{name: "invalid record", recordErr: &RecordError{errors.New("bad time")}, calls: []string{"create db.t", "append db.t job-1"}, failure: "bad time"},
		{
			name: "failed replace", mode: "truncate", engine: fakeEngine{appendErr: diskFull}, err: diskFull,
			calls: []string{"drop db.t_tmp_job_1", "create db.t_tmp_job_1", "append db.t_tmp_job_1 job-1", "drop db.t_tmp_job_1"},
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			records := func(yield func(engine.Record, error) bool) {
				_ = yield(engine.Record{}, nil) && yield(engine.Record{}, test.recordErr)
			}
			n, err := Load{Database: "db", Table: "t", Mode: test.mode, ID: "job-1"}.Run(t.Context(), &test.engine, records)
			if diff := cmp.Diff(test.calls, test.engine.calls); diff != "" {
				t.Errorf("calls (-want +got):\n%s", diff)
			}
			failure, isFailure := errors.AsType[*jobqueue.Failure](err)
			switch {
			case test.failure != "":
				if !isFailure || failure.Message != test.failure {
					t.Errorf("error %v; want the failure %q", err, test.failure)
				}
			case !errors.Is(err, test.err):
				t.Errorf("error %v; want %v", err, test.err)
			case err == nil && n != 2:
				t.Errorf("%d records; want 2", n)
			}
		})
	}
}

func TestReceive(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "uploads")
	uploads := NewUploads(dir, 0)
	u, err := uploads.Receive(strings.NewReader("\x81\xa4time\x01\x81\xa4time\xa4noon"))
	if err != nil {
		t.Fatal(err)
	}
	if want := "89dfed9c6ca289e7fc9dc960f165d282"; u.MD5 != want {
		t.Errorf("MD5 %s; want %s", u.MD5, want)
	}
	for range 2 { // the records can be read repeatedly
		var n int
		var failure error
		for _, err := range u.Records(MaxImportColumns) {
			if err != nil {
				failure = err
				break
			}
			n++
		}
		if _, ok := errors.AsType[*RecordError](failure); n != 1 || !ok {
			t.Errorf("%d records, then %v; want 1 and a RecordError", n, failure)
		}
		if e := httpapi.AsError(ImportError(failure)); e.Status != http.StatusUnprocessableEntity {
			t.Errorf("ImportError has the status %d; want 422", e.Status)
		}
	}
	kept := filepath.Join(t.TempDir(), "kept")
	if err := u.Keep(kept); err != nil {
		t.Fatal(err)
	}
	u.Remove()
	if data, err := os.ReadFile(kept); err != nil || !bytes.HasPrefix(data, []byte("\x81\xa4time\x01")) {
		t.Errorf("kept upload: %q, %v", data, err)
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) != 0 {
		t.Errorf("left: %v, %v", left, err)
	}
}

func TestReceiveErrors(t *testing.T) {
	dir := t.TempDir()
	uploads := NewUploads(dir, 0)
	tests := []struct {
		name   string
		body   io.Reader
		status int
	}{
		{"interrupted", io.MultiReader(strings.NewReader("abc"), iotest.ErrReader(io.ErrUnexpectedEOF)), 400},
		{"too large", iotest.ErrReader(&http.MaxBytesError{Limit: 1}), 413},
	}
	for _, test := range tests {
		_, err := uploads.Receive(test.body)
		if err == nil || httpapi.AsError(err).Status != test.status {
			t.Errorf("%s: %v; want status %d", test.name, err, test.status)
		}
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) != 0 {
		t.Errorf("left: %v, %v", left, err)
	}
}
