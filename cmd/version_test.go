package cmd

import (
	"runtime/debug"
	"testing"
)

func TestVCSRevision(t *testing.T) {
	revision := debug.BuildSetting{Key: "vcs.revision", Value: "0123456789abcdef0123456789abcdef01234567"}
	clean := debug.BuildSetting{Key: "vcs.modified", Value: "false"}
	dirty := debug.BuildSetting{Key: "vcs.modified", Value: "true"}
	for _, tt := range []struct {
		settings []debug.BuildSetting
		want     string
	}{
		{nil, ""},
		{[]debug.BuildSetting{revision, clean}, "0123456"},
		{[]debug.BuildSetting{dirty, revision}, "0123456-dirty"},
		{[]debug.BuildSetting{{Key: "vcs.revision", Value: "0123"}}, "0123"},
		{[]debug.BuildSetting{dirty}, ""},
	} {
		if got := vcsRevision(tt.settings); got != tt.want {
			t.Errorf("%v: got %q, want %q", tt.settings, got, tt.want)
		}
	}
}
