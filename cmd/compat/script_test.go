package compat_test

import (
	"testing"

	"github.com/td-cli/td/cmd/internal/scripttest"
)

func TestScripts(t *testing.T) { scripttest.Run(t, "testdata") }
