package argv_test

import "testing"

func TestArgumentError(t *testing.T) {
	for _, tt := range []struct {
		args []string
		want string
	}{
		{[]string{"db:show"}, "td: db:show: an argument is missing\nhint: usage: td db:show DB\n"},
		{[]string{"db:show", "a", "b"}, "td: db:show: too many arguments\nhint: usage: td db:show DB\n"},
		{[]string{"connector:create", "a"}, "td: connector:create: an argument is missing\nhint: usage: td connector:create NAME CRON DB TABLE CONFIG\n"},
		{[]string{"query", "-w", "60", "SELECT 1"}, "td: query: too many arguments\nhint: attach the value to the flag: --wait=60\n"},
		{[]string{"query", "60", "SELECT 1"}, "td: query: too many arguments\nhint: usage: td query [SQL | -]\n"},
		{[]string{"query", "-w", "a", "SELECT 1"}, "td: query: too many arguments\nhint: usage: td query [SQL | -]\n"},
	} {
		status, stdout, stderr := run(tt.args...)
		if status != 2 || stdout != "" || stderr != tt.want {
			t.Errorf("%q: status %d, stdout %q, stderr %q, want %q", tt.args, status, stdout, stderr, tt.want)
		}
	}
}
