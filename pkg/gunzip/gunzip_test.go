package gunzip

import (
	"bufio"
	"bytes"
	"cmp"
	"compress/flate"
	"compress/gzip"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"math/rand/v2"
	"strings"
	"testing"
	"testing/iotest"
)

// texts returns the data that the tests compress.
func texts() map[string][]byte {
	random := rand.New(rand.NewPCG(1, 2))
	noise := make([]byte, 40_000)
	for i := range noise {
		noise[i] = byte(random.Uint32())
	}
	var words, skewed bytes.Buffer
	for words.Len() < 400_000 {
		fmt.Fprintf(&words, "%d,user-%d,%x\n", words.Len(), random.IntN(1000), random.Uint64())
	}
	for skewed.Len() < 300_000 { // code lengths of all sizes
		skewed.WriteByte(byte(random.ExpFloat64() * 12))
	}
	return map[string][]byte{
		"empty": nil, "byte": {'a'}, "text": []byte("hello, hello, hello world\n"), "noise": noise, "words": words.Bytes(), "skewed": skewed.Bytes(),
		"zeros": make([]byte, 400_000), "pairs": bytes.Repeat([]byte("ab"), 99_999), "triples": bytes.Repeat([]byte("abc"), 99_999),
		"periods": periods(), "far": append(append(bytes.Clone(noise[:32768]), noise[:300]...), noise[:32768]...),
	}
}

// periods returns data with matches of all short distances.
func periods() []byte {
	var b []byte
	for n := 1; n < 40; n++ {
		b = append(b, bytes.Repeat([]byte("0123456789abcdefghijklmnopqrstuvwxyzABCD")[:n], 300/n+2)...)
	}
	return b
}

// zip compresses b to a single member.
func zip(t testing.TB, b []byte, level int) []byte {
	t.Helper()
	var buf bytes.Buffer
	w, err := gzip.NewWriterLevel(&buf, level)
	if err != nil {
		t.Fatal(err)
	}
	w.Write(b)
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return buf.Bytes()
}

// member returns a member with deflated data, whose content is b.
func member(deflated, b []byte) []byte {
	m := append([]byte("\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff"), deflated...)
	m = binary.LittleEndian.AppendUint32(m, crc32.ChecksumIEEE(b))
	return binary.LittleEndian.AppendUint32(m, uint32(len(b)))
}

// reference decompresses with compress/gzip.
func reference(b []byte) (out []byte, trailing bool, err error) {
	in := bufio.NewReader(bytes.NewReader(b))
	var z gzip.Reader
	for members := 0; ; members++ {
		head, _ := in.Peek(2)
		switch {
		case len(head) == 0:
			return out, false, nil
		case members > 0 && head[0] == 0:
			rest, _ := io.ReadAll(in)
			if len(bytes.Trim(rest, "\x00")) > 0 {
				return out, false, gzip.ErrHeader
			}
			return out, true, nil
		}
		if err := z.Reset(in); err != nil {
			if errors.Is(err, io.EOF) {
				err = io.ErrUnexpectedEOF
			}
			return out, false, err
		}
		z.Multistream(false)
		more, err := io.ReadAll(&z)
		if out = append(out, more...); err != nil {
			return out, false, err
		}
	}
}

// compare checks that Reader and compress/gzip return the same for b.
func compare(t *testing.T, b []byte) {
	t.Helper()
	want, wantTrailing, wantErr := reference(b)
	z := NewReader(bytes.NewReader(b))
	got, err := io.ReadAll(z)
	if (err == nil) != (wantErr == nil) {
		t.Fatalf("%v; compress/gzip: %v", err, wantErr)
	}
	if err == nil && (!bytes.Equal(got, want) || z.Trailing() != wantTrailing) {
		t.Fatalf("%d bytes, trailing %v; compress/gzip: %d, %v", len(got), z.Trailing(), len(want), wantTrailing)
	}
	if err != nil && !bytes.HasPrefix(got, want) && !bytes.HasPrefix(want, got) {
		t.Fatalf("before %v: %d bytes that are not compress/gzip's %d", err, len(got), len(want))
	}
	if _, ok := errors.AsType[*CorruptError](err); err != nil && !ok && !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Fatalf("%v", err)
	}
	if _, err2 := z.Read(make([]byte, 1)); !errors.Is(err2, cmp.Or(err, io.EOF)) {
		t.Fatalf("after %v: %v", err, err2)
	}
	z.Reset(bytes.NewReader(b))
	filled, fillErr := fillAll(z)
	if !bytes.Equal(filled, got) || fmt.Sprint(fillErr) != fmt.Sprint(cmp.Or(err, io.EOF)) {
		t.Fatalf("Fill: %d bytes, %v; Read: %d, %v", len(filled), fillErr, len(got), err)
	}
}

// fillAll decompresses with Fill into buffers of several sizes, and sometimes with Read.
func fillAll(z *Reader) ([]byte, error) {
	var all []byte
	for i := 0; ; i++ {
		buf := make([]byte, FillMargin+[]int{1, 700, 32 << 10, 100_000}[i%4])
		n, err := z.Fill(buf)
		all = append(all, buf[Window:Window+n]...)
		clear(buf)
		if err == nil && i%5 == 4 {
			n, err = z.Read(buf[:500])
			all = append(all, buf[:n]...)
		}
		if err != nil {
			return all, err
		}
	}
}

func TestReader(t *testing.T) {
	z := NewReader(nil)
	for name, text := range texts() {
		for _, level := range []int{gzip.HuffmanOnly, gzip.NoCompression, 1, 6, 9} {
			packed := zip(t, text, level)
			for how, src := range map[string]io.Reader{
				"whole": bytes.NewReader(packed), "bytes": iotest.OneByteReader(bytes.NewReader(packed)), "halves": iotest.HalfReader(bytes.NewReader(packed)),
				"data with EOF": iotest.DataErrReader(bytes.NewReader(packed)),
			} {
				if how == "bytes" && len(packed) > 50_000 {
					continue // slow
				}
				z.Reset(src)
				got, err := io.ReadAll(z)
				if err != nil || !bytes.Equal(got, text) {
					t.Errorf("%s, level %d, %s: %d bytes of %d, %v", name, level, how, len(got), len(text), err)
				}
			}
			var out bytes.Buffer
			if n, err := NewReader(bytes.NewReader(packed)).WriteTo(&out); err != nil || n != int64(len(text)) || !bytes.Equal(out.Bytes(), text) {
				t.Errorf("%s, level %d: WriteTo %d of %d, %v", name, level, n, len(text), err)
			}
			z.Reset(bytes.NewReader(packed))
			if got, err := fillAll(z); err != io.EOF || !bytes.Equal(got, text) {
				t.Errorf("%s, level %d: Fill: %d bytes of %d, %v", name, level, len(got), len(text), err)
			}
		}
	}
}

// TestReaderTruncated checks that a stream truncated at any position returns a prefix of
// its content and io.ErrUnexpectedEOF.
func TestReaderTruncated(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	var text []byte
	for len(text) < 1500 {
		text = fmt.Appendf(text, "%d %s;", random.IntN(100), strings.Repeat("xy", random.IntN(4)))
	}
	z := NewReader(nil)
	for _, level := range []int{gzip.HuffmanOnly, gzip.NoCompression, 1, 9} {
		packed := append(zip(t, text, level), zip(t, text[:20], level)...)
		double := append(bytes.Clone(text), text[:20]...)
		boundary := len(zip(t, text, level))
		for n := range packed {
			for _, src := range []io.Reader{bytes.NewReader(packed[:n]), iotest.OneByteReader(bytes.NewReader(packed[:n]))} {
				z.Reset(src)
				got, err := io.ReadAll(z)
				if !errors.Is(err, io.ErrUnexpectedEOF) && n != 0 && n != boundary {
					t.Fatalf("level %d, %d bytes: %v", level, n, err)
				}
				if !bytes.HasPrefix(double, got) {
					t.Fatalf("level %d, %d bytes: %q", level, n, got)
				}
			}
		}
	}
}

func TestReaderFaults(t *testing.T) {
	text := []byte("hello, hello, hello world\n")
	packed := zip(t, text, 6)
	at := func(i int, b byte) []byte {
		c := bytes.Clone(packed)
		c[(i+len(c))%len(c)] ^= b
		return c
	}
	bitstream := func(s string) []byte { // bits in the order of the stream, grouped by fields
		var b []byte
		n := 0
		for _, c := range s {
			if c != '0' && c != '1' {
				continue
			}
			if n%8 == 0 {
				b = append(b, 0)
			}
			b[n/8] |= byte(c-'0') << (n % 8)
			n++
		}
		return append(b, make([]byte, 20)...)
	}
	for _, test := range []struct {
		name     string
		in       []byte
		err      error
		trailing bool
	}{
		{name: "nothing"},
		{name: "not gzip", in: []byte("PK\x03\x04 and more than ten bytes"), err: ErrHeader},
		{name: "method", in: at(2, 1), err: ErrHeader},
		{name: "checksum", in: at(-5, 1), err: ErrChecksum},
		{name: "size", in: at(-1, 1), err: ErrChecksum},
		{name: "zeros behind", in: append(bytes.Clone(packed), make([]byte, 512)...), trailing: true},
		{name: "a zero behind", in: append(bytes.Clone(packed), 0), trailing: true},
		{name: "text behind", in: append(bytes.Clone(packed), "\x1f is not \x8b"...), err: ErrHeader},
		{name: "other text behind", in: append(bytes.Clone(packed), "text"...), err: ErrHeader},
		{name: "zeros and text behind", in: append(append(bytes.Clone(packed), make([]byte, 512)...), "text"...), err: ErrHeader},
		{name: "half a magic behind", in: append(bytes.Clone(packed), 0x1f), err: io.ErrUnexpectedEOF},
		{name: "a magic behind", in: append(bytes.Clone(packed), 0x1f, 0x8b), err: io.ErrUnexpectedEOF},
		{name: "a bad member behind", in: append(bytes.Clone(packed), 0x1f, 0x8b, 7), err: ErrHeader},
		{name: "block type 3", in: member(bitstream("1 11"), nil), err: ErrData},
		{name: "stored length", in: member([]byte{1, 1, 0, 1, 0, 'a'}, []byte("a")), err: ErrData},
		{name: "distance at the start", in: member(bitstream("1 10 0000001 00000 0000000"), nil), err: ErrData},
		{name: "distance into the member before", in: append(bytes.Clone(packed), member(bitstream("1 10 0000001 00000 0000000"), nil)...), err: ErrData},
		{name: "distance too far by one", in: member(bitstream("1 10 10010001 0000001 00001 0000000"), nil), err: ErrData},
		{name: "length symbol 286", in: member(bitstream("1 10 11000110"), nil), err: ErrData},
		{name: "distance symbol 30", in: member(bitstream("1 10 10010001 0000001 11110"), nil), err: ErrData},
		{name: "287 literals", in: member(bitstream("1 01 01111 00000 0000"), nil), err: ErrData},
		{name: "31 distances", in: member(bitstream("1 01 00000 01111 0000"), nil), err: ErrData},
		{name: "no code lengths", in: member(bitstream("1 01 00000 00000 0000"+strings.Repeat("000", 4)), nil), err: ErrData},
		{name: "too many code lengths", in: member(bitstream("1 01 00000 00000 0000"+strings.Repeat("100", 4)), nil), err: ErrData},
		{name: "repeat of nothing", in: member(bitstream("1 01 00000 00000 0000 100 100 000 000 0"), nil), err: ErrData},
	} {
		t.Run(test.name, func(t *testing.T) {
			z := NewReader(bytes.NewReader(test.in))
			_, err := io.ReadAll(z)
			if test.err == nil && err != nil || !errors.Is(err, test.err) || z.Trailing() != test.trailing {
				t.Errorf("%v, trailing %v; want %v", err, z.Trailing(), test.err)
			}
			compare(t, test.in)
		})
	}
}

func TestReaderHeader(t *testing.T) {
	var buf bytes.Buffer
	w := gzip.NewWriter(&buf)
	w.Name, w.Comment, w.Extra = "a name", "a comment", bytes.Repeat([]byte("x"), 700)
	w.Write([]byte("text"))
	w.Close()
	compare(t, buf.Bytes())
	for n := range buf.Len() {
		compare(t, buf.Bytes()[:n])
	}
	withSum := append([]byte("\x1f\x8b\x08\x02\x00\x00\x00\x00\x00\xff"), 0, 0)
	binary.LittleEndian.PutUint16(withSum[10:], uint16(crc32.ChecksumIEEE(withSum[:10])))
	tail := member([]byte{3, 0}, nil)[10:]
	compare(t, append(bytes.Clone(withSum), tail...))
	withSum[10] ^= 1
	compare(t, append(withSum, tail...))
	if _, err := io.ReadAll(NewReader(bytes.NewReader(append(withSum, tail...)))); !errors.Is(err, ErrHeader) {
		t.Errorf("wrong checksum of the header: %v", err)
	}
}

// TestReaderFlush checks that flushed data can be read before more data arrives.
func TestReaderFlush(t *testing.T) {
	r, w := io.Pipe()
	out := NewReader(r)
	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	for i := range 5 {
		text := strings.Repeat("some text", i*40+1)
		io.WriteString(z, text)
		z.Flush()
		go w.Write(bytes.Clone(packed.Next(packed.Len())))
		got := make([]byte, len(text))
		if _, err := io.ReadFull(out, got); err != nil || string(got) != text {
			t.Fatalf("%q, %v", got, err)
		}
	}
	z.Close()
	go func() {
		w.Write(packed.Bytes())
		w.Close()
	}()
	if rest, err := io.ReadAll(out); err != nil || len(rest) > 0 {
		t.Errorf("%q, %v", rest, err)
	}
}

func TestReaderSourceError(t *testing.T) {
	broken := errors.New("connection reset")
	packed := zip(t, []byte("hello, hello, hello world\n"), 6)
	for n := range len(packed) + 1 {
		_, err := io.ReadAll(NewReader(io.MultiReader(bytes.NewReader(packed[:n]), iotest.ErrReader(broken))))
		if !errors.Is(err, broken) {
			t.Errorf("after %d bytes: %v", n, err)
		}
	}
	wraps := fmt.Errorf("connection lost: %w", io.EOF)                                                                           // like net/http
	if _, err := NewReader(io.MultiReader(bytes.NewReader(packed), iotest.ErrReader(wraps))).WriteTo(io.Discard); err != wraps { // must be the same error
		t.Errorf("an error that wraps io.EOF: %v", err)
	}
	if _, err := NewReader(stuck{}).Read(make([]byte, 1)); !errors.Is(err, io.ErrNoProgress) {
		t.Errorf("a source that gives nothing: %v", err)
	}
}

// stuck is a reader that never returns data.
type stuck struct{}

func (stuck) Read([]byte) (int, error) { return 0, nil }

// FuzzReader compares Reader with compress/gzip for any bytes.
func FuzzReader(f *testing.F) {
	for _, text := range texts() {
		for _, level := range []int{gzip.HuffmanOnly, gzip.NoCompression, 1, 9} {
			f.Add(zip(f, text[:min(len(text), 2000)], level))
		}
	}
	f.Add(append(zip(f, []byte("one"), 9), zip(f, []byte("two"), 0)...))
	f.Add(append(zip(f, []byte("one"), 9), 0, 0))
	f.Fuzz(func(t *testing.T, b []byte) {
		if len(b) > 10 && b[3]&(flagName|flagComment) != 0 {
			t.Skip() // compress/gzip rejects names of 512 bytes and more
		}
		compare(t, b)
	})
}

// FuzzDeflate puts the bytes between a valid header and an invalid trailer, so that
// they reach the decoder.
func FuzzDeflate(f *testing.F) {
	for _, text := range texts() {
		var buf bytes.Buffer
		w, _ := flate.NewWriter(&buf, 9)
		w.Write(text[:min(len(text), 3000)])
		w.Close()
		f.Add(buf.Bytes(), text[:min(len(text), 100)])
	}
	f.Fuzz(func(t *testing.T, b, content []byte) {
		compare(t, member(b, content))
		out, err := io.ReadAll(flate.NewReader(bytes.NewReader(b)))
		if err == nil {
			compare(t, member(b, out)) // and with a valid trailer, unless bytes remain
		}
	})
}

// FuzzRoundTrip compresses, damages and decompresses data.
func FuzzRoundTrip(f *testing.F) {
	f.Add([]byte("hello, hello"), 6, uint16(100), uint32(0), byte(0))
	f.Add(periods(), 9, uint16(20), uint32(60), byte(3))
	f.Fuzz(func(t *testing.T, text []byte, level int, repeat uint16, where uint32, flip byte) {
		text = bytes.Repeat(text, min(int(repeat), 1+400_000/(len(text)+1)))
		packed := zip(t, text, (level%12+12)%12-2)
		got, err := io.ReadAll(NewReader(bytes.NewReader(packed)))
		if err != nil || !bytes.Equal(got, text) {
			t.Fatalf("%d bytes of %d, %v", len(got), len(text), err)
		}
		i := int(where) % len(packed)
		got, err = io.ReadAll(NewReader(bytes.NewReader(packed[:i])))
		if !bytes.HasPrefix(text, got) || !errors.Is(err, io.ErrUnexpectedEOF) && i > 0 {
			t.Fatalf("cut at %d: %d bytes, %v", i, len(got), err)
		}
		packed[i] ^= flip
		if packed[3]&(flagName|flagComment) == 0 {
			compare(t, packed)
		}
	})
}
