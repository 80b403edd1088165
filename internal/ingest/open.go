package ingest

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"strings"

	"github.com/klauspost/compress/gzip"
	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/htmlindex"
	"golang.org/x/text/encoding/unicode"
)

// open returns a reader of the decompressed content of r. Text is converted to UTF-8 without a
// byte order mark.
func (p *config) open(r io.Reader) (io.Reader, error) {
	b := bufio.NewReaderSize(r, 64<<10)
	if magic, _ := b.Peek(2); bytes.Equal(magic, []byte{0x1f, 0x8b}) {
		z, err := gzip.NewReader(b)
		if err != nil {
			return nil, unexpectedEOF(err)
		}
		b = bufio.NewReaderSize(z, 64<<10)
	}
	if p.parquet {
		return newParquetReader(b, p.TextDecimals)
	}
	if p.Format == MsgPack {
		return b, nil
	}
	e, err := findEncoding(p.Encoding)
	if err != nil {
		return nil, err
	}
	mark, _ := b.Peek(3)
	switch {
	case bytes.HasPrefix(mark, []byte("\xef\xbb\xbf")):
		if _, err := b.Discard(3); err != nil {
			return nil, err
		}
		e = nil
	case e == nil && (bytes.HasPrefix(mark, []byte("\xff\xfe")) || bytes.HasPrefix(mark, []byte("\xfe\xff"))):
		e = unicode.UTF16(unicode.LittleEndian, unicode.ExpectBOM)
	}
	if e != nil {
		b = bufio.NewReaderSize(e.NewDecoder().Reader(b), 64<<10)
	}
	return convertLineEnds(b), nil
}

// convertLineEnds returns a reader of b. If the lines end in CR alone, as in files of
// some spreadsheet programs, CR is replaced with LF.
func convertLineEnds(b *bufio.Reader) io.Reader {
	start, _ := b.Peek(b.Size())
	if bytes.IndexByte(start, '\n') >= 0 || bytes.IndexByte(start, '\r') < 0 {
		return b
	}
	return crReader{b}
}

// A crReader replaces CR with LF.
type crReader struct{ r io.Reader }

func (c crReader) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	for i, b := range p[:n] {
		if b == '\r' {
			p[i] = '\n'
		}
	}
	return n, err
}

// findEncoding returns the encoding with the given name, or nil for UTF-8.
func findEncoding(name string) (encoding.Encoding, error) {
	switch n := strings.ReplaceAll(strings.ToLower(strings.TrimSpace(name)), "_", "-"); n {
	case "", "utf-8", "utf8", "utf-8-bom":
		return nil, nil
	case "utf-16":
		return unicode.UTF16(unicode.BigEndian, unicode.UseBOM), nil
	case "utf-16le":
		return unicode.UTF16(unicode.LittleEndian, unicode.UseBOM), nil
	case "utf-16be":
		return unicode.UTF16(unicode.BigEndian, unicode.UseBOM), nil
	case "cp932", "ms932":
		return htmlindex.Get("shift_jis")
	default:
		for _, try := range []string{n, strings.ReplaceAll(n, "-", "_"), strings.ReplaceAll(n, "-", "")} {
			if e, err := htmlindex.Get(try); err == nil {
				return e, nil
			}
		}
		return nil, &OptionError{"encoding", fmt.Sprintf("unknown encoding %q", name)}
	}
}

// unexpectedEOF converts io.EOF to io.ErrUnexpectedEOF.
func unexpectedEOF(err error) error {
	if err == io.EOF {
		return io.ErrUnexpectedEOF
	}
	return err
}
