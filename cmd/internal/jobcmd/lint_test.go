package jobcmd

import (
	"errors"
	"testing"

	"github.com/spf13/pflag"

	"github.com/td-cli/td/cmd/internal/complete"
	"github.com/td-cli/td/internal/api"
	"github.com/td-cli/td/internal/cli"
)

func TestLint(t *testing.T) {
	const (
		scan = "line 1:22: no condition on time limits the scan of web.events, which has 2,000,000 rows; " +
			"add one such as TD_INTERVAL(time, '-1d') to WHERE (no-time-range)\n"
		hint = "hint: a comment '-- td:ignore RULE' in the SQL, or --lint off, suppresses findings; \"td help lint\" lists the rules\n"
	)
	for _, tt := range []struct {
		name, flag, setting string
		sql                 string
		terminal, quiet     bool
		stderr              string
		findings            int // of the error
	}{
		{name: "off by default"},
		{name: "warn on a terminal", terminal: true, stderr: "td: warning: " + scan + hint},
		{name: "off on a terminal", terminal: true, flag: "off"},
		{name: "warn", flag: "WARN", stderr: "td: warning: " + scan + hint},
		{name: "warn, quiet", flag: "warn", quiet: true},
		{name: "error", flag: "error", stderr: "td: " + scan, findings: 1},
		{name: "error, quiet", flag: "error", quiet: true, stderr: "td: " + scan, findings: 1},
		{name: "setting", setting: "lint = error", stderr: "td: " + scan, findings: 1},
		{name: "setting on a terminal", setting: "lint = off", terminal: true},
		{name: "the flag overrides the setting", setting: "lint = error", flag: "off"},
		{name: "nothing to report", flag: "error", sql: "SELECT 1"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			f := newFixture(t, nil)
			writeSettings(t, f, tt.setting)
			f.env.ErrTTY, f.env.Quiet = tt.terminal, tt.quiet
			complete.RememberSizes(f.env, "web", []api.Table{{Name: "events", Count: 2_000_000}})
			var l Lint
			fs := pflag.NewFlagSet("", pflag.ContinueOnError)
			l.Add(fs)
			if tt.flag != "" {
				if err := fs.Parse([]string{"--lint", tt.flag}); err != nil {
					t.Fatal(err)
				}
			}
			if tt.sql == "" {
				tt.sql = "SELECT count(*) FROM events"
			}
			err := CheckLint(f.env, []LintText{
				{Mode: l, SQL: tt.sql, Type: "trino", Database: "web"},
				{Mode: l, SQL: "SELECT * FROM `x`", Type: "pig", Database: "web"},
				{Mode: Lint{"off"}, SQL: "SELECT * FROM `x`", Type: "trino", Database: "web"},
			})
			failure, _ := errors.AsType[cli.LintError](err)
			if failure.Findings != tt.findings || err != nil && tt.findings == 0 {
				t.Errorf("error %v", err)
			}
			if got := f.stderr.String(); got != tt.stderr {
				t.Errorf("stderr %q, want %q", got, tt.stderr)
			}
			if len(f.requests) > 0 {
				t.Errorf("requests: %q", f.requests)
			}
		})
	}
}

func TestLintFlag(t *testing.T) {
	var l Lint
	fs := pflag.NewFlagSet("", pflag.ContinueOnError)
	l.Add(fs)
	if err := fs.Parse([]string{"--lint", "on"}); err == nil {
		t.Error("an unknown mode is accepted")
	}
}
