// Package statusfile writes a file from which scripts read the status of a command.
package statusfile

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"strconv"
	"strings"
	"time"

	"github.com/td-cli/td/internal/atomicfile"
)

// A File holds the status of a command. The file is replaced at each change. It
// consists of KEY='value' lines that a shell can source, or of a JSON object if its
// name ends in .json. All methods of a nil *File do nothing.
//
// The variable status is read-only in zsh, where assigning to it ends a script.
// The line is therefore skipped in zsh; job_status has the same value in all shells.
type File struct {
	path  string
	start time.Time
	state state
	err   error // result of the last write
}

// state is the content of the file. Unknown strings are empty, unknown numbers nil.
type state struct {
	JobID      string `json:"job_id"`
	Status     string `json:"status"`
	ExitStatus *int   `json:"exit_status"`
	Error      string `json:"error"`
	Elapsed    int64  `json:"elapsed"` // seconds
	NumRecords *int64 `json:"num_records"`
	ResultSize *int64 `json:"result_size"`
	Output     string `json:"output"`
	Parts      int64  `json:"parts,omitempty"`
}

// Create writes an empty status to the file at path. Symbolic links are followed, and
// an existing file keeps its mode. It returns a [*fs.PathError] if path is not
// a regular file or cannot be written.
func Create(path string) (*File, error) {
	f := &File{path: path, start: time.Now()}
	f.save()
	return f, f.err
}

// SetJob records the current job and its status as reported by job/show. The other
// values are reset if the job differs from the previous one.
func (f *File) SetJob(id, status string) {
	if f == nil || f.state.JobID == id && f.state.Status == status {
		return
	}
	if f.state.JobID != id {
		f.state = state{}
	}
	f.state.JobID, f.state.Status = id, status
	f.save()
}

// SetRecords records the number of rows in the job's result.
func (f *File) SetRecords(n int64) {
	if f != nil {
		f.state.NumRecords = &n
		f.save()
	}
}

// SetSize records the size in bytes of the job's result on the server.
func (f *File) SetSize(n int64) {
	if f != nil {
		f.state.ResultSize = &n
		f.save()
	}
}

// SetOutput records the file to which the rows were written. The path is a pattern with a verb for
// the number of the file if parts, the number of files, is not 0.
func (f *File) SetOutput(path string, parts int64) {
	if f != nil {
		f.state.Output, f.state.Parts = path, parts
		f.save()
	}
}

// Finish records the exit status and the error of the command, if any. It returns
// the error of this last write. Earlier errors no longer matter if it succeeds.
func (f *File) Finish(exitStatus int, err error) error {
	if f == nil {
		return nil
	}
	f.state.ExitStatus = &exitStatus
	if err != nil {
		f.state.Error = err.Error()
	}
	f.save()
	return f.err
}

// save writes the file and sets f.err.
func (f *File) save() {
	f.state.Elapsed = int64(time.Since(f.start) / time.Second)
	f.err = atomicfile.WriteFile(f.path, f.format(), atomicfile.Options{})
	if e, ok := errors.AsType[*fs.PathError](f.err); ok {
		e.Op = "status file"
	}
}

// skipInZsh makes zsh skip the following line.
const skipInZsh = "[ \"${ZSH_VERSION-}\" ] ||\n"

// format returns the content of the file.
func (f *File) format() []byte {
	if strings.HasSuffix(strings.ToLower(f.path), ".json") {
		b, _ := json.Marshal(f.state) // strings and numbers cannot fail
		return append(b, '\n')
	}
	s := f.state
	var b []byte
	values := []struct{ key, value string }{
		{"job_id", s.JobID},
		{"job_status", s.Status},
		{"status", s.Status},
		{"exit_status", formatNumber(s.ExitStatus)},
		{"error", s.Error},
		{"elapsed", strconv.FormatInt(s.Elapsed, 10)},
		{"num_records", formatNumber(s.NumRecords)},
		{"result_size", formatNumber(s.ResultSize)},
		{"output", s.Output},
	}
	if s.Parts > 0 {
		values = append(values, struct{ key, value string }{"parts", formatNumber(&s.Parts)})
	}
	for _, v := range values {
		if v.key == "status" {
			b = append(b, skipInZsh...)
		}
		b = append(b, v.key...)
		b = append(b, "='"...)
		b = append(b, strings.ReplaceAll(strings.ReplaceAll(v.value, "\x00", ""), "'", `'\''`)...)
		b = append(b, "'\n"...)
	}
	return b
}

func formatNumber[T int | int64](n *T) string {
	if n == nil {
		return ""
	}
	return fmt.Sprint(*n)
}
