// Package arrow writes columns in the IPC formats of Apache Arrow
// (https://arrow.apache.org/docs/format/Columnar.html#serialization-and-interprocess-communication-ipc):
// the stream format, and the file format with an index of the batches. The structures of the messages
// are those of https://github.com/apache/arrow/tree/main/format.
package arrow

import (
	"encoding/binary"

	"github.com/klauspost/compress/zstd"

	"github.com/td-cli/td/pkg/columnar"
)

// Numbers of the message formats.
const (
	version5 = 4 // MetadataVersion.V5

	headerSchema      = 1 // union MessageHeader
	headerRecordBatch = 3

	codecZstd = 1 // enum CompressionType

	magic     = "ARROW1"
	alignment = 8
)

// A Writer encodes the batches of a stream or a file.
type Writer struct {
	columns []*columnar.Column // only their names and types
	file    bool
	zip     *zstd.Encoder // nil without compression
	blocks  []int64       // position, size of the metadata and size of the body of each batch
	written int64
}

// NewWriter returns a Writer for batches with the names and types of the given columns, in the file
// or the stream format.
func NewWriter(columns []*columnar.Column, file, compress bool) (*Writer, error) {
	w := &Writer{columns: columns, file: file}
	if compress {
		var err error
		if w.zip, err = zstd.NewWriter(nil, zstd.WithEncoderConcurrency(1), zstd.WithEncoderLevel(zstd.SpeedFastest)); err != nil {
			return nil, err
		}
	}
	return w, nil
}

// AppendStart appends what precedes the batches.
func (w *Writer) AppendStart(out []byte) []byte {
	mark := len(out)
	if w.file {
		out = append(out, magic+"\x00\x00"...)
	}
	var b flatbuffer
	out = appendMessage(out, &b, headerSchema, schema(&b, w.columns), 0)
	w.written += int64(len(out) - mark)
	return out
}

// AppendBatch appends the values of the columns, which all have a number of rows.
func (w *Writer) AppendBatch(out []byte, columns []*columnar.Column, rows int) []byte {
	body := body{zip: w.zip}
	for _, c := range columns {
		body.addColumn(c)
	}
	mark := len(out)
	var b flatbuffer
	var compression slot
	if w.zip != nil {
		compression = reference(b.table(number(1, codecZstd)))
	}
	buffers := reference(b.structs(body.buffers, 2))
	nodes := reference(b.structs(body.nodes, 2))
	batch := b.table(number(8, int64(rows)), nodes, buffers, compression)
	out = appendMessage(out, &b, headerRecordBatch, batch, len(body.data))
	w.blocks = append(w.blocks, w.written, int64(len(out)-mark), int64(len(body.data)))
	out = append(out, body.data...)
	w.written += int64(len(out) - mark)
	return out
}

// AppendEnd appends what follows the batches.
func (w *Writer) AppendEnd(out []byte) []byte {
	out = append(out, 0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0)
	if !w.file {
		return out
	}
	var b flatbuffer
	blocks := b.structs(w.blocks, 3)
	dictionaries := b.structs(nil, 3)
	fields := schema(&b, w.columns)
	footer := b.finish(b.table(number(2, version5), reference(fields), reference(dictionaries), reference(blocks)))
	out = append(out, footer...)
	out = appendUint32(out, len(footer))
	return append(out, magic...)
}

// AppendBreak appends the start of a message to an incomplete stream, so that readers report an
// unexpected end. The end of a stream need not be marked.
func (w *Writer) AppendBreak(out []byte) []byte {
	return append(out, 0xff, 0xff, 0xff, 0xff, 8, 0, 0, 0)
}

// appendMessage appends the metadata of a message whose body has a given size.
func appendMessage(out []byte, b *flatbuffer, kind int64, header, bodySize int) []byte {
	message := b.finish(b.table(number(2, version5), number(1, kind), reference(header), number(8, int64(bodySize))))
	out = append(out, 0xff, 0xff, 0xff, 0xff)
	out = appendUint32(out, len(message)) // a multiple of 8, see finish
	return append(out, message...)
}

// A body collects the buffers of a batch.
type body struct {
	zip     *zstd.Encoder
	data    []byte
	nodes   []int64 // length and number of nulls of each column
	buffers []int64 // position and size of each buffer
}

func (b *body) addColumn(c *columnar.Column) {
	b.nodes = append(b.nodes, int64(c.Len), int64(c.Nulls))
	if c.Nulls > 0 {
		b.addBuffer(c.Valid)
	} else {
		b.addBuffer(nil)
	}
	switch c.Type.Kind {
	case columnar.Struct:
		for _, child := range c.Children {
			b.addColumn(child)
		}
	case columnar.List:
		b.addOffsets(c)
		b.addColumn(c.Children[0])
	case columnar.Map:
		b.addOffsets(c)
		entries := c.Children[0].Len
		b.nodes = append(b.nodes, int64(entries), 0)
		b.addBuffer(nil)
		b.addColumn(c.Children[0])
		b.addColumn(c.Children[1])
	case columnar.String, columnar.Binary:
		b.addOffsets(c)
		b.addBuffer(c.Data)
	default:
		b.addBuffer(c.Data)
	}
}

func (b *body) addOffsets(c *columnar.Column) {
	raw := make([]byte, 0, 4*len(c.Offsets))
	for _, offset := range c.Offsets {
		raw = appendUint32(raw, int(offset))
	}
	b.addBuffer(raw)
}

// addBuffer adds a buffer. A compressed one starts with its size, or with -1 if it is stored
// uncompressed because that is smaller.
func (b *body) addBuffer(raw []byte) {
	start := len(b.data)
	switch {
	case len(raw) == 0:
	case b.zip == nil:
		b.data = append(b.data, raw...)
	default:
		b.data = binary.LittleEndian.AppendUint64(b.data, uint64(len(raw)))
		b.data = b.zip.EncodeAll(raw, b.data)
		if len(b.data)-start-8 >= len(raw) {
			b.data = binary.LittleEndian.AppendUint64(b.data[:start], ^uint64(0))
			b.data = append(b.data, raw...)
		}
	}
	b.buffers = append(b.buffers, int64(start), int64(len(b.data)-start))
	for len(b.data)%alignment != 0 {
		b.data = append(b.data, 0)
	}
}
