package cmd

import "testing"

// TestFindValue checks that a file named like a flag is not taken for one: it would be
// overwritten by the status.
func TestFindValue(t *testing.T) {
	const flag = "--status-file"
	for _, tt := range []struct {
		args []string
		want string
	}{
		{nil, ""},
		{[]string{"job:show", "1", flag, "s.sh"}, "s.sh"},
		{[]string{flag + "=s.sh", "job:show"}, "s.sh"},
		{[]string{"job:show", flag}, ""},
		{[]string{"table:import", "db", "t", "--", flag, "rows.csv"}, ""},
		{[]string{flag, "s.sh", "--", flag, "rows.csv"}, "s.sh"},
	} {
		if got := findValue(tt.args, flag); got != tt.want {
			t.Errorf("%q: %q, want %q", tt.args, got, tt.want)
		}
	}
}
