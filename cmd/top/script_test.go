package top_test

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/td-cli/td/cmd/internal/scripttest"
)

// TestMain puts td first in PATH: tests run it as a process.
func TestMain(m *testing.M) {
	td, err := scripttest.Binary()
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	if err := os.Setenv("PATH", filepath.Dir(td)+string(os.PathListSeparator)+os.Getenv("PATH")); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Exit(m.Run())
}

func TestScripts(t *testing.T) { scripttest.Run(t, "testdata") }
