package cmd_test

import (
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"syscall"
	"testing"
	"time"
)

// mountSmallDisk mounts a small file system in a new namespace, see
// https://man7.org/linux/man-pages/man7/user_namespaces.7.html. It returns its path as seen from outside.
// wrap adds the namespace to a command.
func mountSmallDisk(t *testing.T, dir string) (path string, wrap func(args ...string) []string) {
	t.Helper()
	const script = `mount -t tmpfs -o size=48m tmpfs "$1" && echo mounted && exec cat`
	holder := exec.Command("unshare", "--user", "--map-root-user", "--mount", "sh", "-c", script, "sh", dir)
	in, err := holder.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := holder.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := holder.Start(); err != nil {
		t.Skipf("a small file system cannot be mounted without root: %v", err)
	}
	t.Cleanup(func() {
		in.Close()
		holder.Wait()
	})
	if _, err := io.ReadFull(out, make([]byte, len("mounted\n"))); err != nil {
		t.Skip("a small file system cannot be mounted without root: user namespaces are not available")
	}
	pid := fmt.Sprint(holder.Process.Pid)
	return filepath.Join("/proc", pid, "root", dir), func(args ...string) []string {
		return append([]string{"nsenter", "--preserve-credentials", "--user", "--mount", "--target", pid}, args...)
	}
}

// fill writes a file until the disk is full. empty removes it.
func fill(t *testing.T, path string) (empty func()) {
	t.Helper()
	f, err := os.Create(path)
	if err != nil && !errors.Is(err, syscall.ENOSPC) {
		t.Fatal(err)
	}
	if err == nil {
		defer f.Close()
		for size := 1 << 20; size > 0; {
			if _, err := f.Write(make([]byte, size)); err != nil {
				size /= 2
			}
		}
	}
	return func() {
		if err := os.Remove(path); err != nil && !errors.Is(err, os.ErrNotExist) {
			t.Error(err)
		}
	}
}

// TestFullDisk fills the disk at random moments of jobs and imports. All jobs end, and the server continues, as
// soon as the disk has room again; what succeeded is stored once. TD_TEST_FULL_DISKS sets the number of times.
func TestFullDisk(t *testing.T) {
	alone(t)
	dir := t.TempDir()
	disk, wrap := mountSmallDisk(t, dir)
	s := serveCommand(t, dir, wrap("td", "sandbox:serve", "--listen", "127.0.0.1:0", "--dir", dir)...)
	createKept(s)
	random := rand.New(rand.NewPCG(8, 0))
	var rows, refused int
	outcomes := map[string]int{}
	points := testCount(t, "TD_TEST_FULL_DISKS", 3)
	for point := range points {
		var mu sync.Mutex
		var jobs sync.WaitGroup
		for i, query := range []string{
			"INSERT INTO kept SELECT 1 AS n", "INSERT INTO kept SELECT 1 AS n", "SELECT * FROM www_access LIMIT 2000",
			fmt.Sprintf("CREATE TABLE made_%d AS SELECT * FROM www_access LIMIT 500", point), fmt.Sprintf("CREATE TABLE small_%d (n bigint)", point),
			fmt.Sprintf("DROP TABLE small_%d", point-1), fmt.Sprintf("DROP TABLE made_%d", point-1), "import", "create",
		} {
			pause := time.Duration(random.IntN(40)) * time.Millisecond
			jobs.Go(func() {
				time.Sleep(pause)
				status := "success"
				var err error
				switch query {
				case "import":
					err = s.put("/v3/table/import/sample_datasets/kept/msgpack", batch(t, point, 1))
				case "create":
					_, err = s.ask(http.MethodPost, fmt.Sprintf("/v3/database/create/new_%d", point))
				default:
					var job string
					if job, err = s.issue(query); err == nil {
						if status, err = s.await(job); err != nil {
							t.Errorf("point %d: %s: %v", point, query, err)
						}
					}
				}
				mu.Lock()
				defer mu.Unlock()
				switch {
				case err != nil:
					refused++ // the request could not be stored
				case status != "success" && status != "error":
					t.Errorf("point %d: %s is %s", point, query, status)
				case status == "success" && (i < 2 || query == "import"):
					rows++
				}
				outcomes[status]++
			})
		}
		time.Sleep(time.Duration(random.IntN(60)) * time.Millisecond) // a random moment
		empty := fill(t, filepath.Join(disk, "filler"))
		time.Sleep(time.Duration(random.IntN(300)) * time.Millisecond)
		empty()
		jobs.Wait() // an await fails after two minutes
		s.nothingRuns()
		if t.Failed() {
			return
		}
		if n := s.count("kept"); n != rows {
			t.Fatalf("point %d: %d rows; want %d", point, n, rows)
		}
		for _, database := range []string{"sample_datasets", fmt.Sprintf("new_%d", point)} {
			if status, data, err := s.send("GET", "/v3/table/list/"+database, "", nil); err != nil || status >= 500 {
				t.Errorf("point %d: tables of %s: status %d, %v: %s", point, database, status, err, data)
			}
		}
		_, _ = s.ask(http.MethodPost, fmt.Sprintf("/v3/database/delete/new_%d", point)) // it may not exist
	}
	if err := s.put("/v3/table/import/sample_datasets/kept/msgpack", batch(t, 0, 1)); err != nil {
		t.Errorf("after the last time: %v", err)
	}
	t.Logf("%d times: %d rows, ends of jobs %v, %d requests refused", points, rows, outcomes, refused)
}
