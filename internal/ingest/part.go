package ingest

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"hash"
	"hash/crc32"

	"github.com/klauspost/compress/flate"
)

// A compressor compresses the records of a chunk.
type compressor struct {
	deflate *flate.Writer
	hash    hash.Hash
	crc     uint32
	raw     int64
}

// flushSize is the amount of encoded records that is compressed at a time.
const flushSize = 128 << 10

// start prepares for a new chunk that is compressed into out.
func (k *compressor) start(out *bytes.Buffer) error {
	k.crc, k.raw = 0, 0
	if k.deflate == nil {
		var err error
		k.hash = sha256.New()
		k.deflate, err = flate.NewWriter(out, flate.BestSpeed)
		return err
	}
	k.hash.Reset()
	k.deflate.Reset(out)
	return nil
}

// compress compresses records. Writing to memory cannot fail.
func (k *compressor) compress(records []byte) error {
	k.crc = crc32.Update(k.crc, crc32.IEEETable, records)
	k.raw += int64(len(records))
	k.hash.Write(records)
	_, err := k.deflate.Write(records)
	return err
}

// flushIfLarge compresses e.out if it is large enough.
func (e *encoder) flushIfLarge() {
	if len(e.out) >= flushSize {
		e.flush()
	}
}

func (e *encoder) flush() {
	if err := e.compress(e.out); err != nil && e.err == nil {
		e.err = err
	}
	e.out = e.out[:0]
}

// convert encodes and compresses the data of c.
func (e *encoder) convert(c *chunk) error {
	e.before += e.records
	e.out, e.counts, e.badRecords, e.err = e.out[:0], counts{}, c.badRecords, nil
	c.packed.Reset()
	if err := e.start(&c.packed); err != nil {
		return err
	}
	switch e.Format {
	case JSON:
		if c.docs {
			e.documentsChunk(c)
		} else {
			e.linesChunk(c, e.jsonLine)
		}
	case MsgPack:
		e.msgpackChunk(c)
	case CSV, TSV:
		e.rowsChunk(c)
	case Apache:
		e.linesChunk(c, e.apacheLine)
	case Syslog:
		e.linesChunk(c, e.syslogLine)
	case Regexp:
		e.linesChunk(c, e.patternLine)
	}
	e.flush()
	if e.err == nil {
		e.err = e.deflate.Flush() // ends at a byte boundary, so that chunks can be concatenated
	}
	e.hash.Sum(c.sum[:0])
	c.counts, c.badRecords, c.raw, c.crc = e.counts, e.badRecords, e.raw, e.crc
	return e.err
}

// A partBuilder concatenates chunks to parts.
type partBuilder struct {
	*config
	name   string
	emit   func(Part) error
	part   Part     // the part being filled, without its data
	data   [][]byte // several pieces, because a growing slice would be copied repeatedly
	size   int64    // total size of data
	hash   hash.Hash
	crc    uint32
	stats  Stats
	counts counts // counts of the part
	valid  int64  // records in all chunks so far
	first  *BadRecord
}

// add appends c to the current part, or to a new one if it would become too large.
func (a *partBuilder) add(c *chunk) error {
	a.valid += c.counts.records
	for _, bad := range c.badRecords {
		bad.File = a.name
		if a.stats.Bad++; a.first == nil {
			a.first = &bad
		}
		if a.OnBad != nil {
			a.OnBad(bad)
		}
		if a.Abort {
			return &bad
		}
		if a.valid == 0 && a.MaxBad > 0 && a.stats.Bad >= int64(a.MaxBad) {
			return a.noRecords()
		}
	}
	if c.counts.records == 0 {
		a.part.LastLine = c.line + c.lines - 1
		return nil
	}
	if a.part.Records > 0 && a.size+int64(c.packed.Len()+len(gzipEnd)+8) > a.SplitSize {
		if err := a.flush(); err != nil {
			return err
		}
	}
	if a.part.Records == 0 {
		a.startPart(c.line)
	}
	a.appendData(bytes.Clone(c.packed.Bytes()))
	a.part.Records += c.counts.records
	a.part.Raw += c.raw
	a.part.LastLine = c.line + c.lines - 1
	a.crc = combineCRC(a.crc, c.crc, c.raw)
	a.hash.Write(c.sum[:])
	a.counts.bigIntegers += c.counts.bigIntegers
	a.counts.repaired += c.counts.repaired
	a.counts.short += c.counts.short
	a.counts.long += c.counts.long
	return nil
}

const (
	gzipStart = "\x1f\x8b\x08\x00\x00\x00\x00\x00\x04\xff"
	gzipEnd   = "\x03\x00" // empty final block
)

func (a *partBuilder) appendData(data []byte) {
	a.data = append(a.data, data)
	a.size += int64(len(data))
}

func (a *partBuilder) startPart(line int64) {
	a.appendData([]byte(gzipStart))
	a.part.FirstLine = line
	a.hash = sha256.New()
	fmt.Fprintf(a.hash, "%q %d %d\n", a.name, a.part.Index, line)
}

// flush emits the current part unless it is empty.
func (a *partBuilder) flush() error {
	p := &a.part
	if p.Records == 0 {
		return nil
	}
	end := binary.LittleEndian.AppendUint32([]byte(gzipEnd), a.crc)
	a.appendData(binary.LittleEndian.AppendUint32(end, uint32(p.Raw)))
	p.Data = bytes.Join(a.data, nil)
	clear(a.data)
	a.data, a.size = a.data[:0], 0
	p.ID = hex.EncodeToString(a.hash.Sum(nil)[:16])
	if err := a.emit(*p); err != nil {
		return err
	}
	a.stats.Parts++
	a.stats.Records += p.Records
	a.stats.Raw += p.Raw
	a.stats.Compressed += int64(len(p.Data))
	a.stats.BigIntegers += a.counts.bigIntegers
	a.stats.Repaired += a.counts.repaired
	a.stats.Short += a.counts.short
	a.stats.Long += a.counts.long
	a.part, a.crc, a.counts = Part{Index: p.Index + 1}, 0, counts{}
	return nil
}

// combineCRC returns the CRC-32 of two concatenated pieces from their CRCs and the length of the
// second one: first * x^(8*length) + second modulo the polynomial, where the highest bit is the
// lowest power.
func combineCRC(first, second uint32, length int64) uint32 {
	power := uint32(1 << 31)       // x^0
	square := uint32(1 << 31 >> 8) // x^8, one byte
	for ; length > 0; length >>= 1 {
		if length&1 != 0 {
			power = multiplyCRC(power, square)
		}
		square = multiplyCRC(square, square)
	}
	return multiplyCRC(first, power) ^ second
}

// multiplyCRC multiplies two polynomials modulo the CRC polynomial.
func multiplyCRC(a, b uint32) uint32 {
	var product uint32
	for ; a != 0; a <<= 1 {
		if a>>31 != 0 {
			product ^= b
		}
		b = b>>1 ^ crc32.IEEE&-(b&1)
	}
	return product
}
