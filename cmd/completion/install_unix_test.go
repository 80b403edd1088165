//go:build linux || darwin

package completion

import (
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/td-cli/td/internal/cli"
	"github.com/td-cli/td/internal/console"
)

// A disk that is full leaves the shell's own file as it was: a part of a line would be an
// error in every new shell.
func TestAppendLineOnAFullDisk(t *testing.T) {
	const room = 5
	rc := filepath.Join(t.TempDir(), ".bashrc")
	old := strings.Repeat("# remarks\n", 50)
	if err := os.WriteFile(rc, []byte(old), 0o600); err != nil {
		t.Fatal(err)
	}
	var limit syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_FSIZE, &limit); err != nil {
		t.Skip(err)
	}
	signal.Ignore(syscall.SIGXFSZ)
	defer signal.Reset(syscall.SIGXFSZ)
	small := limit
	small.Cur = uint64(len(old)) + room
	if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &small); err != nil {
		t.Skip(err)
	}
	e := &cli.Env{Console: &console.Console{Err: io.Discard}}
	err := appendLine(e, place{rc: rc, line: ". '/a/long/path'"}, false)
	if rerr := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &limit); rerr != nil {
		t.Fatal(rerr)
	}
	got, rerr := os.ReadFile(rc)
	if err == nil || rerr != nil || string(got) != old {
		t.Errorf("%v, %v: %q is left", err, rerr, got)
	}
}
