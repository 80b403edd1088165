package sqlite

import (
	"testing"

	"github.com/td-cli/td/internal/sandbox/engine"
	"github.com/td-cli/td/internal/sandbox/engine/enginetest"
)

func TestEngine(t *testing.T) {
	enginetest.Run(t, enginetest.Options{Open: func(t *testing.T) engine.Engine {
		e, err := Open(t.TempDir(), Options{})
		must(t, err)
		t.Cleanup(func() { must(t, e.Close()) })
		return e
	}})
}
