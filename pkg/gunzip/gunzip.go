// Package gunzip reads gzip streams (RFC 1952, RFC 1951) about two and a half times as fast as compress/gzip, in plain Go. It accepts and
// refuses what compress/gzip does, with one difference: bytes behind the last member which do not begin another are no error, but are
// reported by Trailing. It does not write gzip, and it may read further than the stream's end.
package gunzip

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
)

// What a CorruptError may say.
var (
	ErrHeader   = errors.New("invalid gzip header")
	ErrChecksum = errors.New("invalid gzip checksum")
	ErrData     = errors.New("invalid compressed data")
)

// A CorruptError reports a stream that is not gzip or was damaged. A stream that is cut off ends with io.ErrUnexpectedEOF instead.
type CorruptError struct {
	Offset int64 // where it was noticed, in bytes of the compressed stream
	Err    error // ErrHeader, ErrChecksum or ErrData
}

// Error says what and where.
func (e *CorruptError) Error() string { return fmt.Sprintf("%v at byte %d", e.Err, e.Offset) }

// Unwrap returns Err.
func (e *CorruptError) Unwrap() error { return e.Err }

const (
	inSize  = 128 << 10
	outSize = 256 << 10 // decoded at once, behind the window
	window  = 32 << 10  // how far back a match may reach
	slack   = 320       // how far one turn of the fast loop may write behind outSize: literals, the longest match, and 8 bytes
)

// state is what comes next in the stream.
type state uint8

const (
	inHeader  state = iota
	inBlocks        // the head of a block, or the trailer
	inStored        // bytes of a stored block
	inSymbols       // symbols of a Huffman-coded block
)

// A Reader reads the uncompressed bytes of a gzip stream of any number of members.
type Reader struct {
	src    io.Reader
	srcErr error // what src ended with
	eof    bool  // that is io.EOF
	in     []byte
	ip, il int   // in[ip:il] is not used yet
	base   int64 // where in begins in the stream

	bits  uint64 // taken from in, the next bit lowest
	count uint   // how many are valid; above them there may be copies of what comes next in in

	out     []byte
	op      int // out[:op] is decoded,
	summed  int // out[:summed] is in the checksum,
	rp      int // out[:rp] was handed out,
	low     int // out[low:] belongs to this member
	sum     uint32
	size    uint32
	state   state
	final   bool // the block in hand is the member's last
	stored  int  // bytes that a stored block still has
	members int  // that were read whole

	trailing bool
	err      error

	lit  [litSize]entry
	dist [distSize]entry
	lens [maxLit + maxDist]uint8
}

// NewReader returns a Reader of the gzip stream in src. Nothing is read until the first Read. An empty src is an empty stream.
func NewReader(src io.Reader) *Reader {
	return &Reader{src: src, in: make([]byte, inSize), out: make([]byte, window+outSize+slack)}
}

// Reset makes z what NewReader returns for src, and keeps its memory.
func (z *Reader) Reset(src io.Reader) {
	*z = Reader{src: src, in: z.in, out: z.out}
}

// Trailing says that the last member was followed by bytes which do not begin another, such as the zeros that pad a tape. It is known when Read
// has returned io.EOF.
func (z *Reader) Trailing() bool { return z.trailing }

// Read reads uncompressed bytes. Errors are those of src, a *CorruptError, or io.ErrUnexpectedEOF; the bytes before the fault come first.
func (z *Reader) Read(p []byte) (int, error) {
	if len(p) == 0 {
		return 0, nil
	}
	b, err := z.next()
	n := copy(p, b)
	z.rp += n
	return n, err
}

// WriteTo writes all that is left to w.
func (z *Reader) WriteTo(w io.Writer) (int64, error) {
	total := int64(0)
	for {
		b, err := z.next()
		if err == io.EOF { // an error of src that wraps io.EOF is not the end
			return total, nil
		}
		if err != nil {
			return total, err
		}
		n, err := w.Write(b)
		z.rp += n
		total += int64(n)
		if err == nil && n < len(b) {
			err = io.ErrShortWrite
		}
		if err != nil {
			return total, err
		}
	}
}

// next returns decoded bytes that were not handed out yet, or an error.
func (z *Reader) next() ([]byte, error) {
	for z.rp == z.op {
		if z.err != nil {
			return nil, z.err
		}
		if z.op >= window+outSize {
			z.slide()
		}
		z.err = z.decode()
		z.checksum()
	}
	return z.out[z.rp:z.op], nil
}

// slide makes room in out.
func (z *Reader) slide() {
	by := z.op - window
	copy(z.out, z.out[by:z.op])
	z.op, z.rp, z.summed = window, window, window
	z.low = max(0, z.low-by)
}

func (z *Reader) checksum() {
	b := z.out[z.summed:z.op]
	z.sum = crc32.Update(z.sum, crc32.IEEETable, b)
	z.size += uint32(len(b))
	z.summed = z.op
}

// errPause ends decode where it would have to wait for input while there are bytes to hand out.
var errPause = errors.New("pause")

// decode decodes until out is full, or there is something to hand out and nothing more to decode it from.
func (z *Reader) decode() error {
	for z.op < window+outSize {
		err := z.decodeSome()
		if errors.Is(err, errPause) {
			return nil
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// plenty is more than any head or trailer takes, except for a header with a name.
const plenty = 512

func (z *Reader) decodeSome() error {
	if z.state < inStored && z.op > z.rp && z.il-z.ip < plenty {
		return errPause
	}
	switch z.state {
	case inHeader:
		return z.header()
	case inStored:
		return z.copyStored()
	case inSymbols:
		return z.symbols()
	}
	if z.final {
		return z.trailer()
	}
	return z.block()
}

// fill reads more input, behind what is not used yet.
func (z *Reader) fill() error {
	if z.srcErr != nil {
		return z.ended()
	}
	start := z.ip - int(z.count>>3) // what is in the bit buffer may be unread
	z.base += int64(start)
	z.il = copy(z.in, z.in[start:z.il])
	z.ip -= start
	for range 100 {
		n, err := z.src.Read(z.in[z.il:])
		z.il += n
		z.srcErr, z.eof = err, err == io.EOF // an error that wraps io.EOF is not the end
		if n > 0 {
			return nil
		}
		if err != nil {
			return z.ended()
		}
	}
	z.srcErr = io.ErrNoProgress
	return z.srcErr
}

// ended returns what the end of src means within a member.
func (z *Reader) ended() error {
	if z.eof {
		return io.ErrUnexpectedEOF
	}
	return z.srcErr
}

func (z *Reader) corrupt(err error) error {
	return &CorruptError{Offset: z.base + int64(z.ip) - int64(z.count>>3), Err: err}
}

// nextByte takes a byte that lies at a byte's boundary. There must be no bits taken.
func (z *Reader) nextByte() (byte, error) {
	if z.ip == z.il {
		if err := z.fill(); err != nil {
			return 0, err
		}
	}
	c := z.in[z.ip]
	z.ip++
	return c, nil
}

// header reads the header of a member, or finds that there is none.
func (z *Reader) header() error {
	c, err := z.nextByte()
	switch {
	case err != nil && z.eof:
		return io.EOF
	case err != nil:
		return err
	case z.members > 0 && c != 0x1f:
		z.trailing = true
		return io.EOF
	}
	h := header{z: z, sum: crc32.Update(0, crc32.IEEETable, []byte{c})}
	second := h.next()
	if z.members > 0 && h.err == nil && second != 0x8b {
		z.trailing = true
		return io.EOF
	}
	good := c == 0x1f && second == 0x8b && h.next() == 8
	if h.err == nil && !good {
		return z.corrupt(ErrHeader)
	}
	if !h.rest() && h.err == nil {
		return z.corrupt(ErrHeader)
	}
	if h.err != nil {
		return h.err
	}
	z.sum, z.size, z.final = 0, 0, false
	z.low, z.state = z.op, inBlocks
	return nil
}

// trailer compares the checksum and the length.
func (z *Reader) trailer() error {
	z.checksum()
	z.bits >>= z.count & 7
	z.count &^= 7
	z.unread()
	var b [8]byte
	for i := range b {
		var err error
		if b[i], err = z.nextByte(); err != nil {
			return err
		}
	}
	if binary.LittleEndian.Uint32(b[:4]) != z.sum || binary.LittleEndian.Uint32(b[4:]) != z.size {
		return z.corrupt(ErrChecksum)
	}
	z.members++
	z.state = inHeader
	return nil
}
