package completion

import "testing"

func TestQuoted(t *testing.T) {
	for path, want := range map[string]string{
		"/home/a/.local/share": "/home/a/.local/share",
		"/home/a b/it's":       `'/home/a b/it'\''s'`,
	} {
		if got := quoted(path); got != want {
			t.Errorf("%s: %s, want %s", path, got, want)
		}
	}
}
