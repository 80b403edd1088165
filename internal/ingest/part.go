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

// A packer compresses the records of one chunk after the other.
type packer struct {
	deflate *flate.Writer
	hash    hash.Hash
	crc     uint32
	raw     int64
}

// spillSize is how much of records is held back before they are compressed.
const spillSize = 128 << 10

// begin makes out the place for compressed records.
func (k *packer) begin(out *bytes.Buffer) error {
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

// pack compresses records. Writing to a buffer in memory cannot fail.
func (k *packer) pack(records []byte) error {
	k.crc = crc32.Update(k.crc, crc32.IEEETable, records)
	k.raw += int64(len(records))
	k.hash.Write(records)
	_, err := k.deflate.Write(records)
	return err
}

// spill compresses what out holds, if it is much.
func (e *encoder) spill() {
	if len(e.out) >= spillSize {
		e.flush()
	}
}

func (e *encoder) flush() {
	if err := e.pack(e.out); err != nil && e.err == nil {
		e.err = err
	}
	e.out = e.out[:0]
}

// convert turns the data of c into compressed records.
func (e *encoder) convert(c *chunk) error {
	e.before += e.records
	e.out, e.tally, e.bads, e.err = e.out[:0], tally{}, c.bads, nil
	c.packed.Reset()
	if err := e.begin(&c.packed); err != nil {
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
		e.err = e.deflate.Flush() // to a byte's end, so that another chunk can follow
	}
	e.hash.Sum(c.sum[:0])
	c.tally, c.bads, c.raw, c.crc = e.tally, e.bads, e.raw, e.crc
	return e.err
}

// An assembler joins chunks to parts.
type assembler struct {
	*plan
	name  string
	emit  func(Part) error
	part  Part     // that is being filled, but for its data
	data  [][]byte // its data; pieces, because one slice that grows would be copied again and again
	size  int64    // of data
	hash  hash.Hash
	crc   uint32
	stats Stats
	tally tally // of the part
}

// add appends c to the part, or to a new one if it would become too large.
func (a *assembler) add(c *chunk) error {
	for _, bad := range c.bads {
		bad.File = a.name
		a.stats.Bad++
		if a.OnBad != nil {
			a.OnBad(bad)
		}
		if a.Abort {
			return &bad
		}
	}
	if c.tally.records == 0 {
		a.part.LastLine = c.line + c.lines - 1
		return nil
	}
	if a.part.Records > 0 && a.size+int64(c.packed.Len()+len(gzipEnd)+8) > a.SplitSize {
		if err := a.flush(); err != nil {
			return err
		}
	}
	if a.part.Records == 0 {
		a.begin(c.line)
	}
	a.append(bytes.Clone(c.packed.Bytes()))
	a.part.Records += c.tally.records
	a.part.Raw += c.raw
	a.part.LastLine = c.line + c.lines - 1
	a.crc = joinCRC(a.crc, c.crc, c.raw)
	a.hash.Write(c.sum[:])
	a.tally.bigIntegers += c.tally.bigIntegers
	a.tally.repaired += c.tally.repaired
	return nil
}

const (
	gzipStart = "\x1f\x8b\x08\x00\x00\x00\x00\x00\x04\xff"
	gzipEnd   = "\x03\x00" // a last block with nothing in it
)

func (a *assembler) append(data []byte) {
	a.data = append(a.data, data)
	a.size += int64(len(data))
}

func (a *assembler) begin(line int64) {
	a.append([]byte(gzipStart))
	a.part.FirstLine = line
	a.hash = sha256.New()
	fmt.Fprintf(a.hash, "%q %d %d\n", a.name, a.part.Index, line)
}

// flush emits the part, if there is anything in it.
func (a *assembler) flush() error {
	p := &a.part
	if p.Records == 0 {
		return nil
	}
	end := binary.LittleEndian.AppendUint32([]byte(gzipEnd), a.crc)
	a.append(binary.LittleEndian.AppendUint32(end, uint32(p.Raw)))
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
	a.stats.Packed += int64(len(p.Data))
	a.stats.BigIntegers += a.tally.bigIntegers
	a.stats.Repaired += a.tally.repaired
	a.part, a.crc, a.tally = Part{Index: p.Index + 1}, 0, tally{}
	return nil
}

// joinCRC returns the CRC-32 of two pieces from those of each and the length of the second: the first's, times x to the power of
// the number of bits that follow it, plus the second's, all modulo the polynomial, lowest power in the highest bit.
func joinCRC(first, second uint32, length int64) uint32 {
	power := uint32(1 << 31)       // x to the 0
	square := uint32(1 << 31 >> 8) // x to the 8, a byte
	for ; length > 0; length >>= 1 {
		if length&1 != 0 {
			power = timesCRC(power, square)
		}
		square = timesCRC(square, square)
	}
	return timesCRC(first, power) ^ second
}

// timesCRC multiplies two polynomials.
func timesCRC(a, b uint32) uint32 {
	var product uint32
	for ; a != 0; a <<= 1 {
		if a>>31 != 0 {
			product ^= b
		}
		b = b>>1 ^ crc32.IEEE&-(b&1)
	}
	return product
}
