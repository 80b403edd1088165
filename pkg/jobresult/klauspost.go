package jobresult

import (
	"bufio"
	"errors"
	"io"

	"github.com/klauspost/compress/gzip"
)

// members reads the members of a gzip stream, one after the other, with klauspost's inflate.
type members struct {
	in       *bufio.Reader
	zip      gzip.Reader
	open     bool // within a member
	some     bool // a member was read
	trailing bool
}

func newMembers(src io.Reader) *members {
	return &members{in: bufio.NewReaderSize(src, 256<<10)}
}

// Trailing says that the last member was followed by bytes that are not another.
func (m *members) Trailing() bool { return m.trailing }

func (m *members) Read(p []byte) (int, error) {
	for {
		if !m.open {
			if err := m.member(); err != nil {
				return 0, err
			}
		}
		n, err := m.zip.Read(p)
		if err == io.EOF { // an error of src that wraps io.EOF is not the end
			m.open, err = false, nil
		}
		if n > 0 || err != nil {
			return n, err
		}
	}
}

// member begins the next member. It returns io.EOF when there is none.
func (m *members) member() error {
	head, err := m.in.Peek(2)
	switch {
	case len(head) == 0:
		return err
	case m.some && (head[0] != 0x1f || len(head) == 2 && head[1] != 0x8b):
		m.trailing = true
		return io.EOF
	}
	if err := m.zip.Reset(m.in); err != nil {
		if errors.Is(err, io.EOF) {
			err = io.ErrUnexpectedEOF
		}
		return err
	}
	m.zip.Multistream(false)
	m.open, m.some = true, true
	return nil
}
