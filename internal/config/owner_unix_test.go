//go:build unix

package config

import (
	"os"
	"testing"
)

// TestForeign checks that a file of another user is detected: its owner can change
// it whatever its mode.
func TestForeign(t *testing.T) {
	home, path := write(t, "[account]\n  apikey_command = echo 1/abc\n")
	load := func(want bool) {
		t.Helper()
		c, err := Load(Flags{}, env(map[string]string{"HOME": home}))
		if err != nil || c.Foreign != want {
			t.Errorf("foreign: %v, %v", c.Foreign, err)
		}
	}
	load(false)
	if err := os.Chown(path, os.Geteuid()+12345, -1); err != nil {
		t.Skip("only root can give a file away")
	}
	load(true)
}
