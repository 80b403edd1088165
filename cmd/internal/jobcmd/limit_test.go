package jobcmd

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/spf13/pflag"

	"github.com/td-cli/td/internal/api"
	"github.com/td-cli/td/internal/cli"
)

// TestDeliverLimits checks the limits of results that the job describes, and of those whose size it does not report.
func TestDeliverLimits(t *testing.T) {
	for _, tt := range []struct {
		name     string
		args     []string
		settings string
		reported bool   // the job reports its rows and size
		want     string // start of the error
		hint     string
	}{
		{name: "none", reported: true},
		{name: "enough rows", args: []string{"--max-rows", "2"}, reported: true},
		{name: "too many rows", args: []string{"--max-rows", "1"}, reported: true, want: "the result of job 7 has 2 rows, more than the 1 of --max-rows", hint: "'td job:result 7 --max-rows 0' downloads it without this limit"},
		{name: "the first rows", args: []string{"--max-rows", "1", "-l", "1"}, reported: true},
		{name: "too large", args: []string{"--max-result-size", "1"}, reported: true, want: "the result of job 7 has ", hint: "'td job:result 7 --max-result-size 0' downloads it without this limit"},
		{name: "large enough", args: []string{"--max-result-size", "1kB"}, reported: true},
		{name: "setting", settings: "max_rows = 1", reported: true, want: "the result of job 7 has 2 rows, more than the 1 of max_rows ("},
		{name: "the flag overrides the setting", settings: "max_rows = 1", args: []string{"--max-rows", "0"}, reported: true},
		{name: "size of the settings", settings: "max_result_size = 9", reported: true, want: "the result of job 7 has "},
		{name: "too many rows, not reported", args: []string{"--max-rows", "1"}, want: "the result of job 7 has 2 rows, more than the 1 of --max-rows"},
		{name: "too large, not reported", args: []string{"--max-result-size", "1"}, want: "the result of job 7 has "},
		{name: "enough rows, not reported", args: []string{"--max-rows", "2"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			f := newFixture(t, nil)
			f.result = pack(t, twoRows)
			job := api.Job{ID: "7", Schema: `[["a","bigint"],["b","varchar"]]`, Status: "success"}
			if tt.reported {
				job.NumRecords, job.ResultSize = api.Int{Value: 2, Valid: true}, api.Int{Value: int64(len(f.result)), Valid: true}
			}
			writeSettings(t, f, tt.settings)
			flags := NewRowFlags()
			fs := pflag.NewFlagSet("", pflag.ContinueOnError)
			flags.Add(fs)
			path := filepath.Join(t.TempDir(), "rows.csv")
			if !strings.Contains(strings.Join(tt.args, " "), "-l") {
				tt.args = append(tt.args, "-o", path)
			}
			if err := fs.Parse(tt.args); err != nil {
				t.Fatal(err)
			}
			plan, err := flags.Plan(f.env, RowDefaults{Stdout: "csv", File: "csv"})
			if err != nil {
				t.Fatal(err)
			}
			err = DeliverRows(t.Context(), f.env, f.client, job, plan)
			switch tooLarge, ok := errors.AsType[cli.TooLargeError](err); {
			case ok != (tt.want != "") || err != nil && !strings.HasPrefix(err.Error(), tt.want):
				t.Errorf("error %v, want %q", err, tt.want)
			case tt.hint != "" && tooLarge.Hint() != tt.hint:
				t.Errorf("hint %q, want %q", tooLarge.Hint(), tt.hint)
			}
			if _, serr := os.Stat(path); err != nil && serr == nil {
				t.Error("there is a file")
			}
			if requested := len(f.requests) > 0; err != nil && requested == tt.reported {
				t.Errorf("requests: %v", f.requests)
			}
		})
	}
}

// writeSettings adds lines to the section account of td.conf.
func writeSettings(t *testing.T, f *fixture, lines string) {
	t.Helper()
	dir := filepath.Join(f.env.Getenv("HOME"), ".td")
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "td.conf"), []byte("[account]\n"+lines+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestLimitFlags(t *testing.T) {
	for _, args := range []string{"--max-rows -1", "--max-rows 1e6", "--max-rows many", "--max-result-size -1", "--max-result-size 1X"} {
		flags := NewRowFlags()
		fs := pflag.NewFlagSet("", pflag.ContinueOnError)
		flags.Add(fs)
		if err := fs.Parse(strings.Fields(args)); err == nil || !strings.Contains(err.Error(), "or 0 for no limit") {
			t.Errorf("%s: %v", args, err)
		}
	}
}

func TestMaxTime(t *testing.T) {
	for _, tt := range []struct {
		args, settings string
		wait           bool
		want, failure  string
	}{
		{},
		{args: "--max-time 30m", wait: true, want: "the 30m of --max-time"},
		{args: "--max-time 30m", failure: "--max-time requires -w/--wait, because td kills the job"},
		{args: "--max-time 0"},
		{settings: "max_time = 1h", want: "the 1h of max_time ("},
		{args: "--max-time 0", settings: "max_time = 1h"},
		{args: "--max-time 90s", settings: "max_time = 1h", wait: true, want: "the 1m30s of --max-time"},
	} {
		f := newFixture(t, nil)
		writeSettings(t, f, tt.settings)
		var m MaxTime
		fs := pflag.NewFlagSet("", pflag.ContinueOnError)
		m.Add(fs)
		if err := fs.Parse(strings.Fields(tt.args)); err != nil {
			t.Fatal(err)
		}
		if err := m.CheckWait(WaitFlags{Wait: Wait{On: tt.wait}}); tt.failure != "" {
			checkUsage(t, tt.args, err, tt.failure)
			continue
		} else if err != nil {
			t.Error(err)
		}
		d, err := m.Start(f.env)
		switch {
		case err != nil:
			t.Error(err)
		case tt.want == "" && d != Deadline{}, tt.want != "" && !strings.HasPrefix(d.describe(), tt.want):
			t.Errorf("%+v: %s", tt, d.describe())
		}
	}
}
