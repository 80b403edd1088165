package recording

import (
	"cmp"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/td-cli/td/internal/atomicfile"
)

// A run is a recorded run of a command.
type run struct {
	number    int
	name      string             // name of the command, as in the name of the directory
	dir       string             // its path
	exchanges []recordedExchange // nil until load
}

// A recordedExchange is an exchange that was read from a recording.
type recordedExchange struct {
	exchange
	key    string // key of the request
	dir    string // directory of the run
	played bool   // its response was used
}

// infoFile is the name of the file with the runInfo of a run.
const infoFile = "run.json"

// A runInfo describes a run.
type runInfo struct {
	Time time.Time `json:"time"` // at which it started
}

func writeRunInfo(dir string, info runInfo) error {
	b, err := json.Marshal(info)
	if err != nil {
		return err
	}
	return atomicfile.WriteFile(filepath.Join(dir, infoFile), append(b, '\n'), atomicfile.Options{Mode: 0o600})
}

// time returns the time at which the run started, or the zero time if the recording does not contain it.
func (r *run) time() time.Time {
	var info runInfo
	b, err := os.ReadFile(filepath.Join(r.dir, infoFile))
	if err != nil || json.Unmarshal(b, &info) != nil {
		return time.Time{}
	}
	return info.Time.Local()
}

// readRuns returns the runs of a recording in their order, without their exchanges.
func readRuns(dir string) ([]*run, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	var runs []*run
	for _, e := range entries {
		digits, name, ok := strings.Cut(e.Name(), "-")
		number, err := strconv.Atoi(digits)
		if ok && err == nil && e.IsDir() {
			runs = append(runs, &run{number: number, name: name, dir: filepath.Join(dir, e.Name())})
		}
	}
	slices.SortFunc(runs, func(a, b *run) int { return cmp.Compare(a.number, b.number) })
	return runs, nil
}

// files returns the paths of the exchanges in the order of their requests.
func (r *run) files() ([]string, error) {
	files, err := filepath.Glob(filepath.Join(r.dir, "[0-9]*.json"))
	slices.SortFunc(files, func(a, b string) int { return cmp.Or(cmp.Compare(len(a), len(b)), cmp.Compare(a, b)) })
	return files, err
}

// isEmpty reports whether the run has no exchange, because the command was killed.
func (r *run) isEmpty() bool {
	files, err := r.files()
	return err == nil && len(files) == 0
}

// load reads the exchanges of the run in the order of their requests.
func (r *run) load() error {
	files, err := r.files()
	if err != nil {
		return err
	}
	r.exchanges = make([]recordedExchange, 0, len(files))
	for _, file := range files {
		b, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		x := recordedExchange{dir: r.dir}
		if err := json.Unmarshal(b, &x.exchange); err != nil {
			return fmt.Errorf("%s: %w", file, err)
		}
		if x.Response.Status < 100 || strings.ContainsAny(x.Response.Body, `/\`) {
			return fmt.Errorf("%s is not a recorded exchange", file)
		}
		x.key = x.Request.key()
		r.exchanges = append(r.exchanges, x)
	}
	return nil
}

// find returns the first exchange for a request that was not played, or else the last one that was, or nil.
func (r *run) find(key string) *recordedExchange { return find(r.exchanges, key) }

func find(exchanges []recordedExchange, key string) *recordedExchange {
	var last *recordedExchange
	for i := range exchanges {
		if x := &exchanges[i]; x.key == key {
			if !x.played {
				return x
			}
			last = x
		}
	}
	return last
}
