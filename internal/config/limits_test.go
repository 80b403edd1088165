package config

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestLimits(t *testing.T) {
	const file = "[account]\nmax_time = 1h30m\nmax_rows = 1000000\nmax_result_size = 2GB\nlint = Error\n[profile jp]\nmax_rows = 0\n"
	for _, tt := range []struct {
		name, file, profile string
		want                Limits
		lint                string
		failure             string
	}{
		{name: "no file"},
		{name: "account", file: file, want: Limits{90 * time.Minute, 1e6, 2 << 30}, lint: LintError},
		{name: "a profile does not inherit", file: file, profile: "jp"},
		{name: "time", file: "[account]\nmax_time = soon\n", failure: `td.conf:2: max_time must be a duration such as 30m or 1h30m, or 0 for no limit, not "soon"`},
		{name: "negative time", file: "[account]\nmax_time = -1m\n", failure: `max_time must be a duration`},
		{name: "rows", file: "[account]\nmax_rows = 1e6\n", failure: `td.conf:2: max_rows must be a number of rows such as 1000000, or 0 for no limit, not "1e6"`},
		{name: "negative rows", file: "[account]\nmax_rows = -1\n", failure: `max_rows must be`},
		{name: "size", file: "[account]\nmax_result_size = big\n", failure: `td.conf:2: max_result_size must be a number of bytes such as 500MB or 2GB, or 0 for no limit, not "big"`},
		{name: "lint", file: "[account]\nlint = on\n", failure: `td.conf:2: lint must be off, warn or error, not "on"`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			home, _ := write(t, tt.file)
			c, err := Load(Flags{Profile: tt.profile}, env(map[string]string{"HOME": home}))
			if tt.failure == "" && err != nil || tt.failure != "" && (err == nil || !strings.Contains(err.Error(), tt.failure)) {
				t.Errorf("error %v, want %q", err, tt.failure)
			}
			if diff := cmp.Diff(tt.want, c.Limits); diff != "" || c.Lint != tt.lint {
				t.Errorf("lint %q, want %q; limits: %s", c.Lint, tt.lint, diff)
			}
		})
	}
}
