package tables

import (
	"cmp"
	"crypto/md5"
	"encoding/hex"
	"errors"
	"io"
	"iter"
	"net/http"
	"os"

	"github.com/td-cli/td/internal/sandbox/engine"
	"github.com/td-cli/td/internal/sandbox/httpapi"
	"github.com/td-cli/td/internal/sandbox/msgpackfile"
)

// Maximum numbers of columns of a record.
const (
	MaxImportColumns = 512  // import and import_with_id
	MaxBulkColumns   = 1990 // bulk imports, connectors and results; the service allows 4096, SQLite 2000 columns
)

// A RecordError is returned for a record that cannot be stored in a table.
type RecordError struct{ err error }

// Error returns the reason.
func (e *RecordError) Error() string { return e.err.Error() }

// CheckRecord returns a [RecordError] if a record cannot be stored in a table.
func CheckRecord(r engine.Record, maxColumns int) error {
	if err := msgpackfile.Check(r, maxColumns); err != nil {
		return &RecordError{err}
	}
	return nil
}

// ImportError converts a [RecordError] to the API's error for an invalid request.
func ImportError(err error) error {
	if e, ok := errors.AsType[*RecordError](err); ok {
		return httpapi.Invalidf("%v", e)
	}
	return err
}

// Uploads is a directory for request bodies while they are received.
type Uploads struct {
	dir       string
	maxRecord int
}

// NewUploads returns the uploads in a directory, which is created when needed.
// The size of a record is limited to maxRecord bytes; 0 means the default.
func NewUploads(dir string, maxRecord int) *Uploads {
	return &Uploads{dir, cmp.Or(maxRecord, msgpackfile.DefaultMaxRecord)}
}

// MaxRecord returns the size limit of a record in bytes.
func (u *Uploads) MaxRecord() int { return u.maxRecord }

// An Upload is a file with a complete request body.
type Upload struct {
	MD5       string // hexadecimal
	file      *os.File
	maxRecord int
}

// Receive reads a request body into a file. The caller must call Keep or Remove.
func (u *Uploads) Receive(body io.Reader) (*Upload, error) {
	if err := os.MkdirAll(u.dir, 0o700); err != nil {
		return nil, err
	}
	file, err := os.CreateTemp(u.dir, "tmp-*")
	if err != nil {
		return nil, err
	}
	upload := &Upload{file: file, maxRecord: u.maxRecord}
	sum := md5.New()
	if _, err = io.Copy(io.MultiWriter(file, sum), body); err != nil {
		upload.Remove()
		if _, tooLarge := errors.AsType[*http.MaxBytesError](err); tooLarge || errors.Is(err, os.ErrDeadlineExceeded) {
			return nil, err
		}
		return nil, httpapi.Errorf(http.StatusBadRequest, "The body could not be read: %v", err)
	}
	upload.MD5 = hex.EncodeToString(sum.Sum(nil))
	return upload, nil
}

// Records returns the records of the upload and checks each of them. The iterator
// can be used repeatedly.
func (u *Upload) Records(maxColumns int) iter.Seq2[engine.Record, error] {
	return func(yield func(engine.Record, error) bool) {
		if _, err := u.file.Seek(0, io.SeekStart); err != nil {
			yield(nil, err)
			return
		}
		for r, err := range msgpackfile.Records(u.file, u.maxRecord) {
			if err == nil {
				err = CheckRecord(r, maxColumns)
			}
			if !yield(r, err) || err != nil {
				return
			}
		}
	}
}

// Keep moves the upload to a path.
func (u *Upload) Keep(path string) error {
	if err := u.file.Sync(); err != nil {
		return err
	}
	if err := u.file.Close(); err != nil {
		return err
	}
	return os.Rename(u.file.Name(), path)
}

// Remove deletes the upload. It has no effect after Keep.
func (u *Upload) Remove() {
	_ = u.file.Close()
	_ = os.Remove(u.file.Name())
}
