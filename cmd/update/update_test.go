package update

import (
	"strings"
	"testing"
)

func TestInstalled(t *testing.T) {
	bins := []string{"/home/me/go/bin"}
	if how, _ := installed("/opt/tools/td", true, bins, func(string) bool { return false }); how != "by go install" {
		t.Errorf("a downloaded module: got %q", how)
	}
	for _, tt := range []struct{ path, there, how, next string }{
		{"/usr/bin/td", "/usr/share/doc/td/changelog.Debian.gz", "from a deb package", "dpkg"},
		{"/usr/bin/td", "", "from a package", "rpm"},
		{"/opt/homebrew/Cellar/td/1.0/bin/td", "", "by Homebrew", "brew upgrade"},
		{"/opt/homebrew/Caskroom/td/1.0/td", "", "by Homebrew", "brew upgrade"},
		{"C:/Users/me/scoop/apps/td/1.0/td.exe", "", "by Scoop", "scoop update"},
		{"/td", "", "in the container image", "ghcr.io/td-cli/td"},
		{"/home/me/go/bin/td", "", "by go install", "go install"},
		{"/home/me/td/td", "/home/me/td/go.mod", "in a checkout, by make", "make"},
		{"/usr/local/bin/td", "", "from an archive", "releases"},
		{"C:/Tools/td.exe", "", "from an archive", "releases"},
	} {
		how, next := installed(tt.path, false, bins, func(path string) bool { return path == tt.there })
		if how != tt.how || !strings.Contains(next, tt.next) {
			t.Errorf("%s: got %q, %q, want %q and a word of %q", tt.path, how, next, tt.how, tt.next)
		}
	}
}
