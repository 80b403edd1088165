package doctor_test

import (
	"testing"

	"github.com/td-cli/td/cmd/internal/scripttest"
)

func TestScripts(t *testing.T) { scripttest.Run(t, "testdata") }

// Scripts in testdata/alone start their own sandbox.
func TestScriptsAlone(t *testing.T) { scripttest.RunAlone(t, "testdata/alone") }
