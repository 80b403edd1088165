package msgpackfile

import (
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/td-cli/td/internal/atomicfile"
)

// ErrTooLarge is returned if a result exceeds the size limit.
var ErrTooLarge = errors.New("the result is too large")

// tempPrefix is the prefix of the names of incomplete files.
const tempPrefix = "tmp-"

// A Spool is a directory with the results of finished jobs. A result is stored as gzipped MessagePack in
// JOB.msgpack.gz. Other formats are created from it on first use and stored in JOB.FORMAT.
type Spool struct {
	dir   string
	limit int64 // maximum compressed size of a result in bytes
}

// OpenSpool opens a directory, which is created if it does not exist. Incomplete files older than a day
// are removed.
func OpenSpool(dir string, limit int64) (*Spool, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	for _, e := range entries {
		info, err := e.Info()
		if err == nil && strings.HasPrefix(e.Name(), tempPrefix) && time.Since(info.ModTime()) > 24*time.Hour {
			_ = os.Remove(filepath.Join(dir, e.Name()))
		}
	}
	return &Spool{dir: dir, limit: limit}, nil
}

// Figures describe a stored result.
type Figures struct {
	Records int64
	Size    int64  // compressed size in bytes
	RawSize int64  // uncompressed size in bytes
	ETag    string // hash of the file, without quotes
}

// createFile starts writing a file that appears under its name when it is committed.
func (s *Spool) createFile(job int64, form string) (*atomicfile.File, error) {
	return atomicfile.Create(s.path(job, form), atomicfile.Options{
		Private: true, Sync: form == resultForm, TempPrefix: tempPrefix + strconv.FormatInt(job, 10) + "-",
	})
}

// resultForm is the format in which results are written.
const resultForm = "msgpack.gz"

// Open opens the gzipped result of a job. It returns fs.ErrNotExist if there is none.
func (s *Spool) Open(job int64) (*os.File, error) { return os.Open(s.path(job, resultForm)) }

// Render opens the result of a job in another format. On first use it calls write to convert the
// gzipped result, and stores the output.
func (s *Spool) Render(job int64, form string, write func(w io.Writer, r io.Reader) error) (*os.File, error) {
	path := s.path(job, form)
	if file, err := os.Open(path); err == nil || !errors.Is(err, fs.ErrNotExist) {
		return file, err
	}
	source, err := s.Open(job)
	if err != nil {
		return nil, err
	}
	defer func() { _ = source.Close() }()
	file, err := s.createFile(job, form)
	if err != nil {
		return nil, err
	}
	if err := write(file, source); err != nil {
		file.Discard()
		return nil, err
	}
	if err := file.Commit(); err != nil {
		return nil, err
	}
	return os.Open(path)
}

// Gunzip decompresses r into w.
func Gunzip(w io.Writer, r io.Reader) error {
	z, err := gzip.NewReader(r)
	if err != nil {
		return err
	}
	_, err = io.Copy(w, z)
	return err
}

// Remove removes the result of a job in all formats.
func (s *Spool) Remove(job int64) error {
	entries, err := os.ReadDir(s.dir)
	if err != nil {
		return err
	}
	prefix := strconv.FormatInt(job, 10) + "."
	for _, e := range entries {
		if !strings.HasPrefix(e.Name(), prefix) {
			continue
		}
		if err := os.Remove(filepath.Join(s.dir, e.Name())); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return nil
}

// Shrink removes the oldest results until the total size is at most limit bytes.
func (s *Spool) Shrink(limit int64) error {
	entries, err := os.ReadDir(s.dir)
	if err != nil {
		return err
	}
	sizes := map[int64]int64{}
	var total int64
	for _, e := range entries {
		number, _, _ := strings.Cut(e.Name(), ".")
		job, err := strconv.ParseInt(number, 10, 64)
		if err != nil {
			continue
		}
		info, err := e.Info()
		if err != nil {
			continue // removed by another process
		}
		sizes[job] += info.Size()
		total += info.Size()
	}
	jobs := make([]int64, 0, len(sizes))
	for job := range sizes {
		jobs = append(jobs, job)
	}
	slices.Sort(jobs)
	for _, job := range jobs {
		if total <= limit {
			return nil
		}
		if err := s.Remove(job); err != nil {
			return err
		}
		total -= sizes[job]
	}
	return nil
}

func (s *Spool) path(job int64, form string) string {
	return filepath.Join(s.dir, fmt.Sprintf("%d.%s", job, form))
}
