package sandbox_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/td-cli/td/internal/sandbox"
	"github.com/td-cli/td/internal/sandbox/engine"
	"github.com/td-cli/td/internal/sandbox/engine/sqlite"
)

// TestOtherEngine opens a directory whose tables belong to another engine.
func TestOtherEngine(t *testing.T) {
	dir := t.TempDir()
	opened := 0
	other := sandbox.EngineOptions{Address: "http://trino/cat", Open: func(_ context.Context, dir string) (engine.Engine, error) {
		opened++
		return sqlite.Open(dir, sqlite.Options{})
	}}
	open := func(o sandbox.EngineOptions, dir string) error {
		s, err := sandbox.Open(t.Context(), sandbox.Options{Dir: dir, Engine: o, Passive: true})
		if err != nil {
			return err
		}
		return s.Close()
	}
	for range 2 {
		if err := open(other, dir); err != nil {
			t.Fatal(err)
		}
	}
	if opened != 2 {
		t.Errorf("the engine was opened %d times", opened)
	}
	e, err := sqlite.Open(dir+"/tables", sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if list, err := e.Databases(t.Context()); len(list) != 0 || err != nil {
		t.Errorf("databases %v, %v; want no sample tables", list, err)
	}
	info, err := sandbox.Describe(t.Context(), dir)
	if err != nil || info.Engine != other.Address || !info.Exists || info.Databases != nil {
		t.Errorf("Describe = %+v, %v", info, err)
	}
	local := t.TempDir()
	if err := open(sandbox.EngineOptions{}, local); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		o    sandbox.EngineOptions
		dir  string
		want string
	}{
		{sandbox.EngineOptions{}, dir, "its tables are stored by http://trino/cat"},
		{sandbox.EngineOptions{Address: "http://trino/dog", Open: other.Open}, dir, "its tables are stored by http://trino/cat"},
		{other, local, "its tables are stored in the directory itself"},
	} {
		if err := open(tt.o, tt.dir); !errors.Is(err, sandbox.ErrOtherEngine) || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("engine %q: %v, want %s", tt.o.Address, err, tt.want)
		}
	}
}
