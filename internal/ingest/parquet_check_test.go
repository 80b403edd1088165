package ingest

import (
	"bytes"
	"encoding/binary"
	"math"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/encoding/thrift"
	"github.com/parquet-go/parquet-go/format"
)

// craftParquet returns a file with a column and a row whose footer and page header are changed.
func craftParquet(t testing.TB, change func(*format.FileMetaData, *format.PageHeader)) []byte {
	t.Helper()
	file := parquetFile(t, parquet.Compression(&parquet.Uncompressed))
	f, err := parquet.OpenFile(bytes.NewReader(file), int64(len(file)))
	if err != nil {
		t.Fatal(err)
	}
	metadata := f.Metadata()
	metadata.RowGroups = metadata.RowGroups[:1]
	column := &metadata.RowGroups[0].Columns[0].MetaData
	start, end := column.DataPageOffset, column.DataPageOffset+column.TotalCompressedSize
	rest, err := skipThrift(file[start:end], thriftStruct, 0)
	if err != nil {
		t.Fatal(err)
	}
	var protocol thrift.CompactProtocol
	var header format.PageHeader
	if err := thrift.Unmarshal(&protocol, file[start:end-int64(len(rest))], &header); err != nil {
		t.Fatal(err)
	}
	column.DataPageOffset = int64(len(file)) // the changed page is appended
	change(metadata, &header)
	head, err := thrift.Marshal(&protocol, &header)
	if err != nil {
		t.Fatal(err)
	}
	if column.TotalCompressedSize == end-start {
		column.TotalCompressedSize = int64(len(head) + len(rest))
	}
	footer, err := thrift.Marshal(&protocol, metadata)
	if err != nil {
		t.Fatal(err)
	}
	return endParquet(slices.Concat(file, head, rest), footer)
}

// endParquet appends a footer.
func endParquet(file, footer []byte) []byte {
	file = append(slices.Clone(file), footer...)
	file = binary.LittleEndian.AppendUint32(file, uint32(len(footer)))
	return append(file, "PAR1"...)
}

// hostileParquet returns files that declare sizes that they do not have, by the text of their errors.
func hostileParquet(t testing.TB) map[string][]byte {
	t.Helper()
	page := func(change func(*format.PageHeader)) []byte {
		return craftParquet(t, func(_ *format.FileMetaData, h *format.PageHeader) { change(h) })
	}
	chunk := func(change func(*format.ColumnMetaData)) []byte {
		return craftParquet(t, func(m *format.FileMetaData, _ *format.PageHeader) { change(&m.RowGroups[0].Columns[0].MetaData) })
	}
	huge := "\xff\xff\xff\xff\x07" // 2^31 - 1
	const damaged = "declares sizes that it does not have"
	return map[string][]byte{
		"compressed page/" + damaged:               page(func(h *format.PageHeader) { h.CompressedPageSize = math.MaxInt32 }),
		"negative page/" + damaged:                 page(func(h *format.PageHeader) { h.CompressedPageSize = -5 }),
		"uncompressed page/2147483647 bytes, more": page(func(h *format.PageHeader) { h.UncompressedPageSize = math.MaxInt32 }),
		"values of a page/2147483647 values, more": page(func(h *format.PageHeader) {
			h.DataPageHeader.V.NumValues, h.DataPageHeaderV2.V.NumValues = math.MaxInt32, math.MaxInt32
		}),
		"chunk/" + damaged:          chunk(func(c *format.ColumnMetaData) { c.TotalCompressedSize = math.MaxInt64 }),
		"negative chunk/" + damaged: chunk(func(c *format.ColumnMetaData) { c.TotalCompressedSize = -1 }),
		"offset/" + damaged:         chunk(func(c *format.ColumnMetaData) { c.DataPageOffset = math.MaxInt64 }),
		"row groups/" + damaged:     endParquet([]byte("PAR1"), []byte("\x15\x02\x39\xfc"+huge+"\x00")),
		"empty structs/" + damaged:  endParquet([]byte("PAR1"), []byte("\x15\x02\x39\xfc\x40"+strings.Repeat("\x00", 0x40)+"\x00")),
		"text/" + damaged:           endParquet([]byte("PAR1"), []byte("\x15\x02\x48"+huge+"\x00")),
		"nesting/" + damaged:        endParquet([]byte("PAR1"), bytes.Repeat([]byte("\x1c"), 1000)),
		"footer/has no footer":      slices.Concat([]byte("PAR1"), make([]byte, 64), []byte("\xff\xff\xff\x7fPAR1")),
		"encrypted/encrypted":       slices.Concat([]byte("PAR1"), make([]byte, 64), []byte("\x05\x00\x00\x00PARE")),
		"signed/encrypted":          endParquet([]byte("PAR1"), slices.Concat([]byte("\x15\x02\x00"), make([]byte, 28))),
		"codec/LZO": craftParquet(t, func(m *format.FileMetaData, h *format.PageHeader) {
			m.RowGroups[0].Columns[0].MetaData.Codec = format.LZO
			h.DataPageHeaderV2.V.IsCompressed = thrift.New(true)
		}),
		"short/has no footer": []byte("PAR1PAR1"),
	}
}

// TestHostileParquet checks that declared sizes are not allocated.
func TestHostileParquet(t *testing.T) {
	valid := craftParquet(t, func(*format.FileMetaData, *format.PageHeader) {})
	if got, err := readParquet(t, valid, Options{}); err != nil || !strings.Contains(got, `"text":"some text"`) {
		t.Errorf("valid file: %s, %v", got, err)
	}
	for name, file := range hostileParquet(t) {
		_, want, _ := strings.Cut(name, "/")
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		_, err := readParquet(t, file, Options{MaxBad: -1})
		runtime.ReadMemStats(&after)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", name, err)
		}
		if grown := after.TotalAlloc - before.TotalAlloc; grown > 32<<20 {
			t.Errorf("%s: %d MB allocated", name, grown>>20)
		}
	}
}

// TestParquetLargePageHeader checks a page header that is longer than the first read.
func TestParquetLargePageHeader(t *testing.T) {
	file := craftParquet(t, func(_ *format.FileMetaData, h *format.PageHeader) {
		h.DataPageHeaderV2.V.Statistics.MinValue = bytes.Repeat([]byte("x"), 9000)
		h.DataPageHeader.V.Statistics.MinValue = h.DataPageHeaderV2.V.Statistics.MinValue
	})
	if _, err := readParquet(t, file, Options{}); err != nil {
		t.Error(err)
	}
}

// FuzzParquet reads anything as Parquet: it is read or rejected, and allocates a bounded multiple of its size.
func FuzzParquet(f *testing.F) {
	for _, codec := range []parquet.WriterOption{parquet.Compression(&parquet.Uncompressed), parquet.Compression(&parquet.Snappy)} {
		f.Add(parquetFile(f, codec))
	}
	for _, file := range hostileParquet(f) {
		f.Add(file)
	}
	f.Fuzz(func(t *testing.T, file []byte) {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		_, _ = readParquet(t, file, Options{MaxBad: -1})
		runtime.ReadMemStats(&after)
		const pages = 1 << 30 // a few pages of the largest size
		if grown := after.TotalAlloc - before.TotalAlloc; grown > pages+1000*uint64(len(file)) {
			t.Errorf("%d MB allocated for a file of %d bytes", grown>>20, len(file))
		}
	})
}
