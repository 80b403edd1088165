package download

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"hash"
	"hash/crc32"
	"io"
	"io/fs"
	"os"
)

// An interrupted download to FILE leaves two files, so that the next one can resume
// it: FILE.part.gz contains the pieces of the compressed result that have arrived,
// each at its offset. FILE.part.journal identifies the result and lists the complete
// pieces with their checksums, in JSON Lines. Both are validated when they are
// opened: an invalid line, or a piece that does not match its checksum, counts as
// missing.
//
// The journal is created first and removed last. A download that cannot be resumed has a
// journal without pieces, which marks FILE.part. Files of these names without a valid
// first line of a journal belong to the user and are never touched.

// A resultVersion identifies a state of a job's result. It is the first line of the
// journal.
type resultVersion struct {
	Job   string `json:"job"`
	ETag  string `json:"etag"`
	Total int64  `json:"total"` // bytes
	Piece int64  `json:"piece"` // bytes of each piece but the last one; 0 if there are none
}

// maxTotal limits the size in a journal, 1 TiB, and thereby the number of pieces.
const maxTotal = 1 << 40

// pieces returns the number of pieces.
func (v resultVersion) pieces() int { return int((v.Total + v.Piece - 1) / v.Piece) }

// pieceSize returns the size of piece i.
func (v resultVersion) pieceSize(i int) int64 { return min(v.Piece, v.Total-int64(i)*v.Piece) }

// A pieceEntry is a line of the journal for a complete piece.
type pieceEntry struct {
	Piece *int   `json:"piece"`
	CRC   uint32 `json:"crc32c"`
}

func newChecksum() hash.Hash32 { return crc32.New(crc32.MakeTable(crc32.Castagnoli)) }

// resumeFiles are the two files of an interrupted or running download.
type resumeFiles struct {
	data, journal *os.File
}

func dataName(part string) string    { return part + ".gz" }
func journalName(part string) string { return part + ".journal" }

// removeResumeFiles removes the files of an earlier download to part, if any.
func removeResumeFiles(part string) {
	v := readVersion(part)
	if v == nil {
		return
	}
	if v.Piece > 0 {
		_ = os.Remove(dataName(part))
	}
	_ = os.Remove(journalName(part))
}

// readVersion returns the first line of the journal of an earlier download to part, or nil if
// there is none.
func readVersion(part string) *resultVersion {
	name := journalName(part)
	if fi, err := os.Lstat(name); err != nil || !fi.Mode().IsRegular() {
		return nil
	}
	f, err := os.Open(name)
	if err != nil {
		return nil
	}
	defer func() { _ = f.Close() }()
	lines := bufio.NewScanner(f)
	var v resultVersion
	if !lines.Scan() || json.Unmarshal(lines.Bytes(), &v) != nil {
		return nil
	}
	isMark := v.Job != "" && v == resultVersion{Job: v.Job}
	if !isMark && !v.valid(v.Job, v.Piece) {
		return nil
	}
	return &v
}

// isLeftover reports whether the file part was left by an interrupted download.
func isLeftover(part string, info fs.FileInfo) bool {
	return info.Size() == 0 || readVersion(part) != nil
}

// markPart marks the file part as one of a download that cannot be resumed. It reports
// whether it created the journal. Without one a later download does not replace the file.
func markPart(part, job string, mode fs.FileMode) bool {
	removeResumeFiles(part)
	journal, err := os.OpenFile(journalName(part), os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode)
	if err != nil {
		return false
	}
	f := &resumeFiles{journal: journal}
	err = errors.Join(f.appendEntry(resultVersion{Job: job}), journal.Close())
	if err != nil {
		_ = os.Remove(journal.Name())
	}
	return err == nil
}

// createResumeFiles creates the files for a new download.
func createResumeFiles(part string, v resultVersion, mode fs.FileMode) (*resumeFiles, error) {
	removeResumeFiles(part)
	const flag = os.O_RDWR | os.O_CREATE | os.O_EXCL
	journal, err := os.OpenFile(journalName(part), flag|os.O_APPEND, mode)
	if err != nil {
		return nil, err
	}
	f := &resumeFiles{journal: journal}
	if err = f.appendEntry(v); err == nil {
		f.data, err = os.OpenFile(dataName(part), flag, mode)
	}
	if err != nil {
		_ = journal.Close()
		_ = os.Remove(journal.Name())
		return nil, err
	}
	return f, nil
}

// openFiles opens the files of an earlier download.
func openFiles(part string) (*resumeFiles, error) {
	data, err := os.OpenFile(dataName(part), os.O_RDWR, 0)
	if err != nil {
		return nil, err
	}
	journal, err := os.OpenFile(journalName(part), os.O_RDWR|os.O_APPEND, 0)
	if err != nil {
		_ = data.Close()
		return nil, err
	}
	return &resumeFiles{data, journal}, nil
}

// openResumeFiles opens the files of an earlier download of the job and returns which
// pieces are complete. It returns nil if there are none that can be used. The only
// error is the error of ctx.
func openResumeFiles(ctx context.Context, part, job string, piece int64) (*resumeFiles, resultVersion, []bool, error) {
	var v resultVersion
	for _, name := range []string{dataName(part), journalName(part)} {
		if fi, err := os.Lstat(name); err != nil || !fi.Mode().IsRegular() {
			return nil, v, nil, nil
		}
	}
	f, err := openFiles(part)
	if err != nil {
		return nil, v, nil, nil
	}
	lines := bufio.NewScanner(f.journal)
	if !lines.Scan() || json.Unmarshal(lines.Bytes(), &v) != nil || !v.valid(job, piece) {
		f.close()
		return nil, v, nil, nil
	}
	if fi, err := f.data.Stat(); err != nil || fi.Size() > v.Total {
		f.close()
		return nil, v, nil, nil
	}
	complete := make([]bool, v.pieces())
	buf := make([]byte, blockSize)
	for lines.Scan() && ctx.Err() == nil {
		var e pieceEntry
		if json.Unmarshal(lines.Bytes(), &e) != nil || e.Piece == nil || *e.Piece < 0 || *e.Piece >= len(complete) {
			continue
		}
		sum := newChecksum()
		n, err := io.CopyBuffer(sum, io.NewSectionReader(f.data, int64(*e.Piece)*v.Piece, v.pieceSize(*e.Piece)), buf)
		complete[*e.Piece] = err == nil && n == v.pieceSize(*e.Piece) && sum.Sum32() == e.CRC
	}
	// End an incomplete last line, so that the next one is readable.
	if _, err := f.journal.WriteString("\n"); err != nil || ctx.Err() != nil {
		f.close()
		return nil, v, nil, ctx.Err()
	}
	return f, v, complete, nil
}

// valid reports whether v describes a result of the job that can be resumed.
func (v resultVersion) valid(job string, piece int64) bool {
	return v.Job == job && job != "" && strongETag(v.ETag) != "" && v.Piece == piece && piece > 0 && v.Total > 0 && v.Total <= maxTotal
}

// appendEntry appends a line to the journal.
func (f *resumeFiles) appendEntry(entry any) error {
	b, err := json.Marshal(entry)
	if err != nil {
		return err
	}
	_, err = f.journal.Write(append(b, '\n'))
	return err
}

// copyPiece copies piece i from r to its place. It returns the errors of r unchanged;
// those of the files are a diskError.
func (f *resumeFiles) copyPiece(v resultVersion, i int, r io.Reader, buf []byte) error {
	sum := newChecksum()
	offset := int64(i) * v.Piece
	for left := v.pieceSize(i); left > 0; {
		n, err := r.Read(buf[:min(left, int64(len(buf)))])
		if n > 0 {
			sum.Write(buf[:n])
			if _, err := f.data.WriteAt(buf[:n], offset); err != nil {
				return &diskError{err}
			}
			offset += int64(n)
			left -= int64(n)
		}
		if errors.Is(err, io.EOF) && left > 0 {
			return &mismatchError{"the result is shorter than the server reported"}
		}
		if err != nil && left > 0 {
			return err
		}
	}
	if err := f.appendEntry(pieceEntry{&i, sum.Sum32()}); err != nil {
		return &diskError{err}
	}
	return nil
}

// A diskError is an error of the resume files.
type diskError struct{ err error }

func (e *diskError) Error() string { return e.err.Error() }
func (e *diskError) Unwrap() error { return e.err }

func (f *resumeFiles) close() {
	_ = f.data.Close()
	_ = f.journal.Close()
}
