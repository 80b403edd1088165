// Package statusfile keeps a file that tells a script how a command stands and how it ended. What
// the command does is not its business.
package statusfile

import (
	"cmp"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// A File is written whole at each change: lines of KEY='value' for a shell to read with ".",
// or a JSON object when its name ends in .json. A nil File is none and takes every call.
//
// In zsh nobody can set status, and a script that tries to ends. There the line is skipped;
// job_status says the same in every shell.
type File struct {
	path  string
	start time.Time
	mode  fs.FileMode
	state state
	err   error // of the last write
}

// state is what the file holds. A text is empty, and a number absent, as long as it is not known.
type state struct {
	JobID      string `json:"job_id"`
	Status     string `json:"status"`
	ExitStatus *int   `json:"exit_status"`
	Error      string `json:"error"`
	Elapsed    int64  `json:"elapsed"` // seconds
	NumRecords *int64 `json:"num_records"`
	ResultSize *int64 `json:"result_size"`
	Output     string `json:"output"`
}

// Begin writes the file for the first time, so that what an earlier command left there is gone. An
// error is the file's: it is no regular one, or cannot be written.
func Begin(path string) (*File, error) {
	mode := fs.FileMode(0o666)
	if fi, err := os.Stat(path); err == nil {
		if !fi.Mode().IsRegular() {
			return nil, &fs.PathError{Op: "status file", Path: path, Err: errors.New("it is not a regular file")}
		}
		mode = fi.Mode().Perm() // no more people can read it than before
	}
	f := &File{path: behind(path), start: time.Now(), mode: mode | 0o600}
	f.save()
	return f, f.err
}

// behind returns what a link stands for, also where that does not exist yet.
func behind(path string) string {
	for range 40 { // as many as Linux follows
		link, err := os.Readlink(path)
		if err != nil {
			break
		}
		if !filepath.IsAbs(link) {
			link = filepath.Dir(path) + string(filepath.Separator) + link // not Join, which takes the parent of a link for its target's
		}
		path = link
	}
	return path
}

// Job tells of the job that the command is busy with; a status as job/show has it.
func (f *File) Job(id, status string) {
	if f == nil || f.state.JobID == id && f.state.Status == status {
		return
	}
	if f.state.JobID != id {
		f.state = state{}
	}
	f.state.JobID, f.state.Status = id, status
	f.save()
}

// Records tells how many rows the job has.
func (f *File) Records(n int64) {
	if f != nil {
		f.state.NumRecords = &n
		f.save()
	}
}

// Size tells how many bytes the job's result has on the server.
func (f *File) Size(n int64) {
	if f != nil {
		f.state.ResultSize = &n
		f.save()
	}
}

// Output tells of the file that the rows were written to.
func (f *File) Output(path string) {
	if f != nil {
		f.state.Output = path
		f.save()
	}
}

// End tells how the command ended. It returns the error of the last write.
func (f *File) End(exitStatus int, err error) error {
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

// save writes the file. What a later write makes good is no failure.
func (f *File) save() {
	f.state.Elapsed = int64(time.Since(f.start) / time.Second)
	f.err = f.write()
}

// write writes the file under another name and renames it. The name cannot be foretold, and is
// not taken where something stands already: in a folder of everybody's that may be a link of
// somebody else's.
func (f *File) write() error {
	name := fmt.Sprintf("%s.%s.tmp", f.path, rand.Text())
	to, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, f.mode) // less the umask
	if err != nil {
		return f.named(err)
	}
	_, err = to.Write(f.text())
	if err = cmp.Or(err, to.Close()); err == nil {
		err = os.Rename(name, f.path)
	}
	if err != nil {
		_ = os.Remove(name) // a leftover harms nobody
		return f.named(err)
	}
	return nil
}

// named is an error of the file under the other name, which nobody has asked for, as one of the file's own.
func (f *File) named(err error) error {
	return &fs.PathError{Op: "status file", Path: f.path, Err: cause(err)}
}

// cause takes the name of the other file off an error; nobody has asked for that one.
func cause(err error) error {
	if p, ok := errors.AsType[*fs.PathError](err); ok {
		return p.Err
	}
	if l, ok := errors.AsType[*os.LinkError](err); ok {
		return l.Err
	}
	return err
}

// notInZsh has zsh skip the line behind it.
const notInZsh = "[ \"${ZSH_VERSION-}\" ] ||\n"

func (f *File) text() []byte {
	if strings.HasSuffix(strings.ToLower(f.path), ".json") {
		b, _ := json.Marshal(f.state) // texts and numbers always can be
		return append(b, '\n')
	}
	s := f.state
	var b []byte
	for _, v := range []struct{ key, value string }{
		{"job_id", s.JobID},
		{"job_status", s.Status},
		{"status", s.Status},
		{"exit_status", number(s.ExitStatus)},
		{"error", s.Error},
		{"elapsed", strconv.FormatInt(s.Elapsed, 10)},
		{"num_records", number(s.NumRecords)},
		{"result_size", number(s.ResultSize)},
		{"output", s.Output},
	} {
		if v.key == "status" {
			b = append(b, notInZsh...)
		}
		b = append(b, v.key...)
		b = append(b, "='"...)
		b = append(b, strings.ReplaceAll(strings.ReplaceAll(v.value, "\x00", ""), "'", `'\''`)...)
		b = append(b, "'\n"...)
	}
	return b
}

func number[T int | int64](n *T) string {
	if n == nil {
		return ""
	}
	return fmt.Sprint(*n)
}
