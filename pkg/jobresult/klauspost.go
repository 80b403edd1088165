package jobresult

import (
	"bufio"
	"errors"
	"io"

	"github.com/klauspost/compress/gzip"
)

// A memberReader decompresses the members of a gzip stream one after the other with
// github.com/klauspost/compress.
type memberReader struct {
	in       *bufio.Reader
	zip      gzip.Reader
	inside   bool // a member has been opened and not read completely
	found    bool // at least one member has been opened
	trailing bool
}

func newMemberReader(src io.Reader) *memberReader {
	return &memberReader{in: bufio.NewReaderSize(src, 256<<10)}
}

// Trailing reports whether the last member is followed by zeros.
func (m *memberReader) Trailing() bool { return m.trailing }

func (m *memberReader) Read(p []byte) (int, error) {
	for {
		if !m.inside {
			if err := m.open(); err != nil {
				return 0, err
			}
		}
		n, err := m.zip.Read(p)
		if err == io.EOF { // compared directly: an error of src may wrap io.EOF
			m.inside, err = false, nil
		}
		if n > 0 || err != nil {
			return n, err
		}
	}
}

// open opens the next member. It returns io.EOF if there is none.
func (m *memberReader) open() error {
	head, err := m.in.Peek(2)
	switch {
	case len(head) == 0:
		return err
	case m.found && head[0] == 0:
		return m.skipPadding()
	}
	if err := m.zip.Reset(m.in); err != nil {
		if errors.Is(err, io.EOF) {
			err = io.ErrUnexpectedEOF
		}
		return err
	}
	m.zip.Multistream(false)
	m.inside, m.found = true, true
	return nil
}

// skipPadding skips zeros up to the end of the stream and returns io.EOF.
func (m *memberReader) skipPadding() error {
	for {
		c, err := m.in.ReadByte()
		switch {
		case err == io.EOF:
			m.trailing = true
			return io.EOF
		case err != nil:
			return err
		case c != 0:
			return gzip.ErrHeader
		}
	}
}
