package sandbox_test

import (
	"os"
	"testing"
)

// TestMain runs the tests, or stands in for another process that uses a sandbox.
func TestMain(m *testing.M) {
	if dir := os.Getenv(victimDir); dir != "" {
		victim(dir)
		os.Exit(1)
	}
	code := m.Run()
	if dir, err := prepared(); err == nil {
		os.RemoveAll(dir)
	}
	os.Exit(code)
}
