package download

import (
	"io"
	"os"
	"runtime"
)

// A Copy keeps the last result that Fetch has received completely, so that another Fetch of the same job does not
// request it again. It is a temporary file that only this user can read and that does not outlive the process. It is not
// safe for concurrent use. A nil Copy keeps nothing.
type Copy struct {
	limit int64
	file  *os.File // nil before the first result
	named bool     // the file still has a name
	jobID string   // "" while the result is incomplete
	size  int64
	full  bool // the result does not fit, or the file cannot be written
}

// NewCopy returns a Copy that keeps results of at most limit bytes, compressed.
func NewCopy(limit int64) *Copy { return &Copy{limit: limit} }

// Has reports whether the copy is the result of a job.
func (c *Copy) Has(jobID string) bool { return c != nil && jobID != "" && c.jobID == jobID }

// Close removes the copy.
func (c *Copy) Close() error {
	if c == nil || c.file == nil {
		return nil
	}
	err := c.file.Close()
	if c.named {
		if rerr := os.Remove(c.file.Name()); err == nil {
			err = rerr
		}
	}
	*c = Copy{limit: c.limit}
	return err
}

// tee returns a reader that also writes the result of a job to the copy, and a function that must be called after the last
// read: it keeps the result if it is complete. They do nothing if the copy has it already.
func (c *Copy) tee(r io.Reader, jobID string) (tee io.Reader, keep func(complete bool)) {
	if c == nil || c.Has(jobID) {
		return r, func(bool) {}
	}
	c.jobID, c.size, c.full = "", 0, c.create() != nil
	return io.TeeReader(r, c), func(complete bool) {
		if complete && !c.full {
			c.jobID = jobID
		} else if c.file != nil {
			_ = c.file.Truncate(0) // only saves space
		}
	}
}

// create creates the file, or removes its content.
func (c *Copy) create() error {
	if c.file != nil {
		return c.file.Truncate(0)
	}
	f, err := os.CreateTemp("", "td-result-*")
	if err != nil {
		return err
	}
	// Without a name it disappears also if the process is killed. Windows cannot remove an open file.
	c.file, c.named = f, runtime.GOOS == "windows" || os.Remove(f.Name()) != nil
	return nil
}

// Write implements io.Writer. It never fails: a result that cannot be kept is requested again.
func (c *Copy) Write(p []byte) (int, error) {
	if c.full = c.full || c.size+int64(len(p)) > c.limit; c.full {
		return len(p), nil
	}
	n, err := c.file.WriteAt(p, c.size)
	c.size += int64(n)
	c.full = err != nil
	return len(p), nil
}

// A copySource is the source of a result that a Copy has.
type copySource struct{ io.Reader }

func (c *Copy) open() source { return copySource{io.NewSectionReader(c.file, 0, c.size)} }

// Close implements source.
func (copySource) Close() {}
