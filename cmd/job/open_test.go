package job

import (
	"strings"
	"testing"
)

func TestFindOpener(t *testing.T) {
	for _, tt := range []struct{ system, set, want string }{
		{"linux", "", ""},
		{"linux", "DISPLAY", "xdg-open"},
		{"freebsd", "WAYLAND_DISPLAY", "xdg-open"},
		{"darwin", "", "open"},
		{"darwin", "SSH_CONNECTION", ""},
		{"darwin", "SSH_TTY", ""},
		{"windows", "", "rundll32 url.dll,FileProtocolHandler"},
	} {
		getenv := func(name string) string {
			if name == tt.set {
				return "x"
			}
			return ""
		}
		if got := strings.Join(findOpener(tt.system, getenv), " "); got != tt.want {
			t.Errorf("%s with %q: %q, want %q", tt.system, tt.set, got, tt.want)
		}
	}
}
