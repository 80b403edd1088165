package download

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"hash/crc32"
	"io"
	"io/fs"
	"os"
)

// What a large download leaves when it is interrupted, killed even, so that the next one
// goes on: FILE.part.gz has the pieces of the compressed result that arrived, each in its
// place, and FILE.part.journal tells in JSON Lines of which result they are and which are
// complete, with their checksums. Nothing in them is trusted: a line that makes no sense and
// a piece that does not match its checksum count as missing.

// A version is one state of a job's result, cut into pieces.
type version struct {
	Job   string `json:"job"`
	ETag  string `json:"etag"`
	Total int64  `json:"total"` // bytes
	Piece int64  `json:"piece"` // bytes of each piece but the last
}

// maxTotal is more than any result has, 16 TiB, and few enough pieces to be counted.
const maxTotal = 1 << 44

func (v version) pieces() int { return int((v.Total + v.Piece - 1) / v.Piece) }

// size returns the length of piece i.
func (v version) size(i int) int64 { return min(v.Piece, v.Total-int64(i)*v.Piece) }

// A pieceLine is the journal's line for a piece that is complete.
type pieceLine struct {
	Piece *int   `json:"piece"`
	CRC   uint32 `json:"crc32c"`
}

func newSum() hash.Hash32 { return crc32.New(crc32.MakeTable(crc32.Castagnoli)) }

// store is a spool's two files.
type store struct {
	data, journal *os.File
}

func dataName(part string) string    { return part + ".gz" }
func journalName(part string) string { return part + ".journal" }

// removeStore removes what a download to part left.
func removeStore(part string) {
	_ = os.Remove(journalName(part))
	_ = os.Remove(dataName(part))
}

// createStore makes empty files for a result.
func createStore(part string, v version, mode fs.FileMode) (*store, error) {
	removeStore(part)
	s, err := openFiles(part, os.O_CREATE|os.O_EXCL, mode)
	if err != nil {
		return nil, err
	}
	if err := s.log(v); err != nil {
		s.close()
		return nil, err
	}
	return s, nil
}

func openFiles(part string, flag int, mode fs.FileMode) (*store, error) {
	data, err := os.OpenFile(dataName(part), os.O_RDWR|flag, mode)
	if err != nil {
		return nil, err
	}
	journal, err := os.OpenFile(journalName(part), os.O_RDWR|os.O_APPEND|flag, mode)
	if err != nil {
		_ = data.Close()
		return nil, err
	}
	return &store{data, journal}, nil
}

// openStore opens what an earlier download of the job left, and tells which pieces are
// there. It returns nil when that is nothing of use; only the end of ctx is an error.
func openStore(ctx context.Context, part, job string, piece int64) (*store, version, []bool, error) {
	var v version
	for _, name := range []string{dataName(part), journalName(part)} {
		if fi, err := os.Lstat(name); err != nil || !fi.Mode().IsRegular() {
			return nil, v, nil, nil
		}
	}
	s, err := openFiles(part, 0, 0)
	if err != nil {
		return nil, v, nil, nil
	}
	lines := bufio.NewScanner(s.journal)
	if !lines.Scan() || json.Unmarshal(lines.Bytes(), &v) != nil || v.Job != job || strong(v.ETag) == "" || v.Piece != piece || v.Total <= 0 || v.Total > maxTotal {
		s.close()
		return nil, v, nil, nil
	}
	if fi, err := s.data.Stat(); err != nil || fi.Size() > v.Total {
		s.close()
		return nil, v, nil, nil
	}
	done := make([]bool, v.pieces())
	buf := make([]byte, blockSize)
	for lines.Scan() && ctx.Err() == nil {
		var l pieceLine
		if json.Unmarshal(lines.Bytes(), &l) != nil || l.Piece == nil || *l.Piece < 0 || *l.Piece >= len(done) {
			continue
		}
		sum := newSum()
		n, err := io.CopyBuffer(sum, io.NewSectionReader(s.data, int64(*l.Piece)*v.Piece, v.size(*l.Piece)), buf)
		done[*l.Piece] = err == nil && n == v.size(*l.Piece) && sum.Sum32() == l.CRC
	}
	// A line that was cut off must not swallow the next one.
	if _, err := s.journal.WriteString("\n"); err != nil || ctx.Err() != nil {
		s.close()
		return nil, v, nil, ctx.Err()
	}
	return s, v, done, nil
}

// log appends a line to the journal.
func (s *store) log(line any) error {
	b, err := json.Marshal(line)
	if err != nil {
		return err
	}
	_, err = s.journal.Write(append(b, '\n'))
	return err
}

// write puts piece i, which it reads from r, into its place. What is read from r is returned
// as it fails; the files' own errors are a diskError.
func (s *store) write(v version, i int, r io.Reader, buf []byte) error {
	sum := newSum()
	at := int64(i) * v.Piece
	for left := v.size(i); left > 0; {
		n, err := r.Read(buf[:min(left, int64(len(buf)))])
		if n > 0 {
			sum.Write(buf[:n])
			if _, err := s.data.WriteAt(buf[:n], at); err != nil {
				return &diskError{err}
			}
			at += int64(n)
			left -= int64(n)
		}
		if errors.Is(err, io.EOF) && left > 0 {
			return fmt.Errorf("piece %d: %w", i, io.ErrUnexpectedEOF)
		}
		if err != nil && left > 0 {
			return err
		}
	}
	if err := s.log(pieceLine{&i, sum.Sum32()}); err != nil {
		return &diskError{err}
	}
	return nil
}

// A diskError is an error of the store's files.
type diskError struct{ err error }

func (e *diskError) Error() string { return e.err.Error() }
func (e *diskError) Unwrap() error { return e.err }

func (s *store) close() {
	_ = s.data.Close()
	_ = s.journal.Close()
}
