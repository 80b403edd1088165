package ingest

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"

	"github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/encoding/thrift"
	"github.com/parquet-go/parquet-go/format"
)

// The library allocates the sizes that a Parquet file declares before it reads the data. The functions
// in this file reject sizes that are larger than the data or than these limits.
const (
	maxParquetFooter = 32 << 20  // bytes
	maxParquetHeader = 1 << 20   // bytes of a page header
	maxParquetPage   = 256 << 20 // bytes; pages usually have 1 MB
	maxParquetValues = 64 << 20  // values of a page
)

var (
	errParquetTail   = errors.New("not a Parquet file, or damaged: it has no footer")
	errParquetSecret = errors.New("the Parquet file is encrypted, which is not supported")
	errParquetSizes  = errors.New("the Parquet file is damaged: it declares sizes that it does not have")
)

// checkParquetFooter checks the footer of a file of a size
// (https://parquet.apache.org/docs/file-format/).
func checkParquetFooter(r io.ReaderAt, size int64) error {
	var tail [8]byte
	if size < 12 {
		return errParquetTail
	}
	if _, err := r.ReadAt(tail[:], size-8); err != nil {
		return err
	}
	n := int64(binary.LittleEndian.Uint32(tail[:]))
	switch magic := string(tail[4:]); {
	case magic == "PARE":
		return errParquetSecret
	case magic != "PAR1", n > size-12:
		return errParquetTail
	case n > maxParquetFooter:
		return fmt.Errorf("the footer of the Parquet file has %d bytes, more than %d", n, maxParquetFooter)
	}
	footer := make([]byte, n)
	if _, err := r.ReadAt(footer, size-8-n); err != nil {
		return err
	}
	const signature = 28 // bytes that follow the footer of a file with encrypted columns
	rest, err := skipThrift(footer, thriftStruct, 0)
	if err == nil && len(rest) == signature {
		return errParquetSecret
	}
	return err
}

// checkParquetPages checks the headers of all pages.
func checkParquetPages(r io.ReaderAt, f *parquet.File) error {
	for _, group := range f.Metadata().RowGroups {
		for _, c := range group.Columns {
			if c.CryptoMetadata.Value != nil {
				return errParquetSecret
			}
			start := c.MetaData.DataPageOffset
			if d := c.MetaData.DictionaryPageOffset; d > 0 {
				start = min(start, d)
			}
			if start < 0 || c.MetaData.TotalCompressedSize < 0 || start > f.Size()-c.MetaData.TotalCompressedSize {
				return errParquetSizes
			}
			if err := checkParquetChunk(r, start, start+c.MetaData.TotalCompressedSize); err != nil {
				return err
			}
		}
	}
	return nil
}

// checkParquetChunk checks the headers of the pages between two offsets.
func checkParquetChunk(r io.ReaderAt, start, end int64) error {
	const usual = 256 // bytes that most headers have at most
	buf := make([]byte, usual)
	for start < end {
		n, err := r.ReadAt(buf[:min(int64(len(buf)), end-start)], start)
		if err != nil && err != io.EOF {
			return err
		}
		rest, err := skipThrift(buf[:n], thriftStruct, 0)
		if err != nil {
			if n < len(buf) || len(buf) >= maxParquetHeader {
				return err
			}
			buf = make([]byte, 16*len(buf))
			continue
		}
		used := n - len(rest)
		var header format.PageHeader
		if err := thrift.Unmarshal(&thrift.CompactProtocol{}, buf[:used], &header); err != nil {
			return err
		}
		start += int64(used) + int64(header.CompressedPageSize)
		values := max(header.DataPageHeader.V.NumValues, header.DataPageHeaderV2.V.NumValues, header.DictionaryPageHeader.V.NumValues)
		switch {
		case header.CompressedPageSize < 0, start > end:
			return errParquetSizes
		case header.UncompressedPageSize > maxParquetPage:
			return fmt.Errorf("a page of the Parquet file has %d bytes, more than %d", header.UncompressedPageSize, maxParquetPage)
		case values > maxParquetValues:
			return fmt.Errorf("a page of the Parquet file has %d values, more than %d", values, maxParquetValues)
		}
	}
	return nil
}

// Types of the compact protocol
// (https://github.com/apache/thrift/blob/master/doc/specs/thrift-compact-protocol.md).
const (
	thriftTrue   = 1
	thriftFalse  = 2
	thriftByte   = 3
	thriftInt64  = 6 // the last of three types of integers
	thriftDouble = 7
	thriftBinary = 8
	thriftList   = 9
	thriftSet    = 10
	thriftStruct = 12
)

// skipThrift returns the bytes after the value of a type at the start of b.
func skipThrift(b []byte, kind byte, depth int) (rest []byte, err error) {
	const maxDepth = 32
	switch {
	case depth > maxDepth:
		return nil, errParquetSizes
	case kind == thriftStruct:
		return skipThriftStruct(b, depth)
	case kind == thriftList, kind == thriftSet:
		return skipThriftList(b, depth)
	case kind == thriftTrue, kind == thriftFalse, kind == thriftByte:
		return skipBytes(b, 1)
	case kind == thriftDouble:
		return skipBytes(b, 8)
	case kind > thriftByte && kind <= thriftInt64:
		_, b, err = cutUvarint(b)
		return b, err
	case kind == thriftBinary:
		n, b, err := cutUvarint(b)
		if err != nil {
			return nil, err
		}
		return skipBytes(b, n)
	}
	return nil, errParquetSizes // Parquet has no maps
}

func skipThriftStruct(b []byte, depth int) (rest []byte, err error) {
	for {
		if len(b) == 0 {
			return nil, errParquetSizes
		}
		head := b[0]
		b = b[1:]
		if head == 0 {
			return b, nil
		}
		if head>>4 == 0 { // the number of the field follows
			if _, b, err = cutUvarint(b); err != nil {
				return nil, err
			}
		}
		if kind := head & 0xf; kind != thriftTrue && kind != thriftFalse { // the type is the value
			if b, err = skipThrift(b, kind, depth+1); err != nil {
				return nil, err
			}
		}
	}
}

func skipThriftList(b []byte, depth int) (rest []byte, err error) {
	if len(b) == 0 {
		return nil, errParquetSizes
	}
	size, kind := uint64(b[0]>>4), b[0]&0xf
	b = b[1:]
	if size == 0xf {
		if size, b, err = cutUvarint(b); err != nil {
			return nil, err
		}
	}
	least := uint64(1) // bytes of an element
	if kind == thriftStruct {
		least = 3 // all of Parquet have a required field
	}
	if size > uint64(len(b))/least {
		return nil, errParquetSizes
	}
	for range size {
		if b, err = skipThrift(b, kind, depth+1); err != nil {
			return nil, err
		}
	}
	return b, nil
}

func cutUvarint(b []byte) (v uint64, rest []byte, err error) {
	v, n := binary.Uvarint(b)
	if n <= 0 {
		return 0, nil, errParquetSizes
	}
	return v, b[n:], nil
}

func skipBytes(b []byte, n uint64) (rest []byte, err error) {
	if n > uint64(len(b)) {
		return nil, errParquetSizes
	}
	return b[n:], nil
}
