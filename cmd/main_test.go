package cmd_test

import (
	"os"
	"testing"

	"github.com/td-cli/td/cmd/internal/scripttest"
)

func TestMain(m *testing.M) { os.Exit(scripttest.RunWithBinary(m)) }

func TestScripts(t *testing.T) { scripttest.Run(t, "testdata/script") }
