package sandbox_test

import (
	"os"
	"testing"
)

// TestMain runs the tests, or stands in for another process that uses a sandbox.
func TestMain(m *testing.M) {
	if dir := os.Getenv(victimDir); dir != "" {
		os.Exit(victim(dir))
	}
	code := m.Run()
	if dir, err := prepared(); err == nil {
		os.RemoveAll(dir) //nolint:errcheck // it is in the temporary directory
	}
	os.Exit(code)
}
