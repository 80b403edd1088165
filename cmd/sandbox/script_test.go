package sandbox_test

import (
	"testing"

	"github.com/td-cli/td/cmd/internal/scripttest"
)

// Scripts in testdata/alone start their own sandbox.
func TestScriptsAlone(t *testing.T) { scripttest.RunAlone(t, "testdata/alone") }
