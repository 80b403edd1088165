package sandbox_test

import (
	"context"
	"errors"
	"os"
	"testing"

	"github.com/td-cli/td/internal/sandbox"
	"github.com/td-cli/td/internal/sandbox/engine"
	"github.com/td-cli/td/internal/sandbox/engine/trino"
	"github.com/td-cli/td/internal/sandbox/sample"
)

// TestRealCluster runs tests of the API with tables on a real Trino cluster, which .ci/oracle starts. It drops the
// database sample_datasets.
func TestRealCluster(t *testing.T) {
	url := os.Getenv("TD_TEST_TRINO")
	if url == "" {
		t.Skip("TD_TEST_TRINO is not set: make oracle runs this test")
	}
	for _, test := range []struct {
		name  string
		check func(*testing.T, *service)
	}{
		{"shapes", checkShapes},
		{"times", checkTimes},
		{"schemas", checkSchemas},
		{"import", checkImport},
		{"bulk import", checkBulkImport},
		{"killed perform", checkKilledPerform},
		{"commit to no table", checkCommitToNoTable},
		{"schedules", checkSchedules},
	} {
		t.Run(test.name, func(t *testing.T) {
			o := trino.Options{URL: url}
			dropDatabases(t, o, sample.Database, "shapes", "other")
			s := start(t, sandbox.Options{Dir: t.TempDir(), Workers: 1, HiveAsTrino: true, Engine: sandbox.EngineOptions{
				Address: url, Open: func(ctx context.Context, dir string) (engine.Engine, error) { return trino.Open(ctx, dir, o) },
			}})
			s.loadSamples()
			test.check(t, s)
		})
	}
}

// dropDatabases drops databases of the cluster now and when the test ends.
func dropDatabases(t *testing.T, o trino.Options, names ...string) {
	t.Helper()
	e, err := trino.Open(t.Context(), t.TempDir(), o)
	if err != nil {
		t.Fatal(err)
	}
	drop := func() {
		for _, name := range names {
			if err := e.DropDatabase(context.WithoutCancel(t.Context()), name); err != nil && !errors.Is(err, engine.ErrNotFound) {
				t.Error(err)
			}
		}
	}
	drop()
	t.Cleanup(func() {
		drop()
		if err := e.Close(); err != nil {
			t.Error(err)
		}
	})
}

// loadSamples imports the sample tables.
func (s *service) loadSamples() {
	s.Helper()
	s.must(s.post("/v3/database/create/" + sample.Database))
	for _, table := range sample.Tables() {
		path := sample.Database + "/" + table.Name
		s.must(s.post("/v3/table/create/" + path + "/log"))
		var list []map[string]any
		for r, err := range table.Records {
			if err != nil {
				s.Fatal(err)
			}
			values := map[string]any{}
			for _, f := range r {
				values[f.Key] = f.Value
			}
			list = append(list, values)
		}
		s.must(s.send("PUT", "/v3/table/import/"+path+"/msgpack.gz", records(s.T, list...)))
	}
}
