package sandbox_test

import (
	"os"
	"testing"
)

// TestMain runs the tests, or the child process of a test.
func TestMain(m *testing.M) {
	if dir := os.Getenv(childDir); dir != "" {
		runChild(dir)
		os.Exit(1)
	}
	code := m.Run()
	if dir, err := prepared(); err == nil {
		os.RemoveAll(dir)
	}
	os.Exit(code)
}
