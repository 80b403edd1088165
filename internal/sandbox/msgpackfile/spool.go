package msgpackfile

import (
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/vmihailenco/msgpack/v5"

	"github.com/td-cli/td/internal/atomicfile"
)

// ErrTooLarge says that a result outgrew the limit.
var ErrTooLarge = errors.New("the result is too large")

// tempPrefix is the prefix of the names of incomplete files.
const tempPrefix = "tmp-"

// A Spool is a directory of finished results, each a file of gzipped MessagePack
// rows named after its job, beside the text forms that were asked for.
type Spool struct {
	dir   string
	limit int64 // of one result's compressed bytes
}

// OpenSpool opens the directory, or makes it, and clears what a crash left in it.
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
			os.Remove(filepath.Join(dir, e.Name())) //nolint:errcheck // it may be gone already
		}
	}
	return &Spool{dir: dir, limit: limit}, nil
}

// Figures describe a finished result.
type Figures struct {
	Records int64
	Size    int64 // compressed
	RawSize int64
	ETag    string // without quotes; changes whenever a byte does
}

// A Writer takes the rows of one result.
type Writer struct {
	file    *atomicfile.File
	limit   int64
	hash    hash.Hash
	size    counter
	raw     counter
	gzip    *gzip.Writer
	encoder *msgpack.Encoder
	records int64
}

// A counter counts the bytes that pass.
type counter struct {
	w io.Writer
	n int64
}

func (c *counter) Write(p []byte) (int, error) {
	n, err := c.w.Write(p)
	c.n += int64(n)
	return n, err
}

// Create begins the result of a job. Exactly one of Commit and Abort ends it.
func (s *Spool) Create(job int64) (*Writer, error) {
	file, err := s.create(job, "msgpack.gz", true)
	if err != nil {
		return nil, err
	}
	w := &Writer{file: file, limit: s.limit, hash: sha256.New()}
	w.size.w = io.MultiWriter(file, w.hash)
	if w.gzip, err = gzip.NewWriterLevel(&w.size, gzip.BestSpeed); err != nil {
		return nil, err
	}
	w.raw.w = w.gzip
	w.encoder = encoder(&w.raw)
	return w, nil
}

// Row adds a row.
func (w *Writer) Row(values []any) error {
	if w.size.n > w.limit {
		return ErrTooLarge
	}
	w.records++
	return encode(w.encoder, values)
}

// Commit makes the result visible, whole, and returns its figures.
func (w *Writer) Commit() (Figures, error) {
	defer w.file.Discard()
	if err := w.gzip.Close(); err != nil {
		return Figures{}, err
	}
	if err := w.file.Commit(); err != nil {
		return Figures{}, err
	}
	etag := hex.EncodeToString(w.hash.Sum(nil)[:16])
	return Figures{Records: w.records, Size: w.size.n, RawSize: w.raw.n, ETag: etag}, nil
}

// Abort throws the rows away.
func (w *Writer) Abort() { w.file.Discard() }

// create creates a file of the spool that appears under its name when it is complete.
// Its temporary name starts with tempPrefix.
func (s *Spool) create(job int64, form string, sync bool) (*atomicfile.File, error) {
	return atomicfile.Create(s.path(job, form), atomicfile.Options{Private: true, Sync: sync, TempPrefix: tempPrefix})
}

// Open opens the gzipped result of a job; fs.ErrNotExist when there is none.
func (s *Spool) Open(job int64) (*os.File, error) { return os.Open(s.path(job, "msgpack.gz")) }

// Render opens the result of a job in another form, which write makes from the
// gzipped one on first use. The form is kept under the name given.
func (s *Spool) Render(job int64, form string, write func(w io.Writer, r io.Reader) error) (*os.File, error) {
	path := s.path(job, form)
	if file, err := os.Open(path); err == nil || !errors.Is(err, fs.ErrNotExist) {
		return file, err
	}
	source, err := s.Open(job)
	if err != nil {
		return nil, err
	}
	defer source.Close() //nolint:errcheck // it was only read
	f, err := s.create(job, form, false)
	if err != nil {
		return nil, err
	}
	defer f.Discard()
	if err := write(f, source); err != nil {
		return nil, err
	}
	if err := f.Commit(); err != nil {
		return nil, err
	}
	return os.Open(path)
}

// Gunzip writes the plain form of a gzipped one.
func Gunzip(w io.Writer, r io.Reader) error {
	z, err := gzip.NewReader(r)
	if err != nil {
		return err
	}
	_, err = io.Copy(w, z)
	return err
}

// Remove removes the result of a job in all its forms.
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

// Shrink removes the oldest results until all files together are at most limit bytes.
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
			continue // removed meanwhile
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
