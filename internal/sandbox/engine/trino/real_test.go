package trino

import (
	"os"
	"strings"
	"testing"

	"github.com/td-cli/td/internal/sandbox/engine"
	"github.com/td-cli/td/internal/sandbox/engine/enginetest"
)

// realURL returns the address of a real cluster with an Iceberg catalog, which .ci/oracle starts.
func realURL(t *testing.T) string {
	t.Helper()
	url := os.Getenv("TD_TEST_TRINO")
	if url == "" {
		t.Skip("TD_TEST_TRINO is not set: make oracle runs this test")
	}
	return url
}

// openReal opens an engine on the real cluster.
func openReal(t *testing.T, dir string) *Engine {
	t.Helper()
	e, err := Open(t.Context(), dir, Options{URL: realURL(t)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := e.Close(); err != nil {
			t.Error(err)
		}
	})
	return e
}

// schemaPrefix returns the start of the names of a test's schemas.
func schemaPrefix(t *testing.T) string {
	return "cl_" + strings.ToLower(strings.Map(func(r rune) rune {
		if r == '/' {
			return '_'
		}
		return r
	}, t.Name())) + "_"
}

func TestRealEngine(t *testing.T) {
	realURL(t)
	enginetest.Run(t, enginetest.Options{
		Prefix: schemaPrefix(t),
		Open:   func(t *testing.T) engine.Engine { return openReal(t, t.TempDir()) },
	})
}
