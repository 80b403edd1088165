package jobcmd

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/td-cli/td/internal/api"
	"github.com/td-cli/td/internal/cli"
	"github.com/td-cli/td/internal/history"
)

// record adds jobs to the history of the fixture: an ID and optionally a name each.
func (f *fixture) record(t *testing.T, jobs ...string) {
	t.Helper()
	for _, job := range jobs {
		id, name, _ := strings.Cut(job, " ")
		f.env.RecordJob(t.Context(), history.Job{ID: id, Name: name, Command: "query"}, "SELECT "+id)
	}
}

// recordForeign adds jobs of another account to the history of the fixture.
func (f *fixture) recordForeign(t *testing.T, jobs ...string) {
	t.Helper()
	l := history.Open(history.Dir("", f.env.Getenv("HOME")), "jp", "http://other", "1/other")
	for _, job := range jobs {
		id, name, _ := strings.Cut(job, " ")
		if err := l.Add(t.Context(), history.Job{ID: id, Name: name}, ""); err != nil {
			t.Fatal(err)
		}
	}
}

func TestResolveIDs(t *testing.T) {
	f := newFixture(t, nil)
	f.recordForeign(t, "1 daily")
	f.record(t, "10 daily", "11 daily", "12", "13 日次")
	f.recordForeign(t, "99")
	for ref, want := range map[string]string{
		"last": "13", "@last": "13", "@-1": "13", "@-2": "12", "@-4": "10", "@daily": "11", "@日次": "13", "123": "123", "0": "0",
	} {
		if got, err := ResolveID(f.env, ref); err != nil || got != want {
			t.Errorf("%s: %q, %v; want %q", ref, got, err, want)
		}
	}
	got, err := ResolveIDs(f.env, "last", "5", "@-2")
	if diff := cmp.Diff([]string{"13", "5", "12"}, got); diff != "" || err != nil {
		t.Error(diff, err)
	}
	for ref, want := range map[string]string{
		"@":                      `invalid job "@": it must be an ID, last, @last, @-N or @NAME`,
		"@5":                     `invalid job "@5": it must be an ID, last, @last, @-N or @NAME`,
		"@a b":                   `invalid job "@a b": it must be an ID, last, @last, @-N or @NAME`,
		"@-0":                    `invalid job "@-0": @-1 is the last job, @-2 the one before`,
		"@-":                     `invalid job "@-": @-1 is the last job, @-2 the one before`,
		"@-+2":                   `invalid job "@-+2": @-1 is the last job, @-2 the one before`,
		"@-99999999999999999999": `invalid job "@-99999999999999999999": @-1 is the last job, @-2 the one before`,
		"Last":                   `invalid job ID "Last": it must be a number`,
		"-2":                     `invalid job ID "-2": it must be a number`,
		"":                       `invalid job ID "": it must be a number`,
	} {
		_, err := ResolveID(f.env, ref)
		checkUsage(t, ref, err, want)
	}
}

func TestUnknownReferences(t *testing.T) {
	const text = "there is no job '%s' in the history of this account"
	for _, tt := range []struct {
		name         string
		own, foreign []string
		ref          string
		want, hint   string
	}{
		{"empty", nil, nil, "@last", ": it is empty", "'td job:list' lists the jobs of the account"},
		{"other account", nil, []string{"8", "9"}, "last", ": job 9 was submitted with profile jp to http://other", "'td history --all' lists the recorded jobs"},
		{"name in another account", []string{"7"}, []string{"8 daily", "9 other"}, "@daily", ": job 8 was submitted with profile jp to http://other", "'td history --all' lists the recorded jobs"},
		{"ID in another account", []string{"7"}, []string{"8", "9"}, "8", ": job 8 was submitted with profile jp to http://other", "'td history --all' lists the recorded jobs"},
		{"name", []string{"7 daily"}, []string{"8"}, "@weekly", "", "'td history --all' lists the recorded jobs"},
		{"position", []string{"6", "7"}, []string{"8"}, "@-3", ": it has 2 jobs", "'td history --all' lists the recorded jobs"},
		{"position of one", []string{"6"}, nil, "@-3", ": it has 1 job", "'td history --all' lists the recorded jobs"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			f := newFixture(t, nil)
			f.record(t, tt.own...)
			f.recordForeign(t, tt.foreign...)
			_, err := FindJob(f.env, tt.ref)
			if !errors.Is(err, api.ErrNotFound) || err.Error() != strings.Replace(text, "%s", tt.ref, 1)+tt.want {
				t.Errorf("%v, want …%s", err, tt.want)
			}
			if hint := cli.Hint(err); hint != tt.hint {
				t.Errorf("hint %q, want %q", hint, tt.hint)
			}
		})
	}
}

func TestCheckName(t *testing.T) {
	for name, valid := range map[string]bool{
		"daily": true, "_x": true, "a.b-c_2": true, "日次": true, strings.Repeat("x", 64): true,
		"": false, "last": false, "-a": false, "2a": false, "a b": false, "a@b": false, "a\n": false, strings.Repeat("x", 65): false,
	} {
		_, isUsage := errors.AsType[cli.UsageError](CheckName(name))
		if isUsage == valid {
			t.Errorf("CheckName(%q) = %v", name, CheckName(name))
		}
	}
}

// TestHistoryFails checks that a job is reported as usual, with one warning, if it cannot be recorded.
func TestHistoryFails(t *testing.T) {
	f := newFixture(t, map[string]string{"GET /v3/job/show/7": successJob})
	dir := history.Dir("", f.env.Getenv("HOME"))
	if err := os.MkdirAll(filepath.Dir(dir), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(dir, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	PrintID(false).ReportQueued(t.Context(), f.env, history.Job{ID: "7"}, f.env.Say, "Job %s is queued.")
	if _, err := FetchJob(t.Context(), f.env, f.client, "7"); err != nil {
		t.Error(err)
	}
	if n := strings.Count(f.stderr.String(), "warning: the job history cannot be used:"); n != 1 {
		t.Errorf("%d warnings: %s", n, f.stderr.String())
	}
	if _, err := FindJob(f.env, "last"); err == nil {
		t.Error("a job was found")
	}
}

// TestRecordEnd checks what is recorded of an ended job.
func TestRecordEnd(t *testing.T) {
	running := `{"job_id":"8","status":"running"}`
	f := newFixture(t, map[string]string{"GET /v3/job/show/7": successJob, "GET /v3/job/show/8": running})
	f.record(t, "7", "8")
	for _, id := range []string{"7", "8"} {
		if _, err := FetchJob(t.Context(), f.env, f.client, id); err != nil {
			t.Fatal(err)
		}
	}
	seconds, rows := int64(90061), int64(2)
	for ref, want := range map[string]*history.Outcome{"@-2": {Status: "success", Duration: &seconds, Rows: &rows}, "@-1": nil} {
		job, err := FindJob(f.env, ref)
		if diff := cmp.Diff(want, job.Outcome); diff != "" || err != nil {
			t.Error(diff, err)
		}
	}
}
