package gunzip

import (
	"bytes"
	"errors"
	"io"
	"math/bits"
	"math/rand/v2"
	"testing"
)

// TestEntries checks the base values and extra bits of all length and distance
// codes with the tables in https://www.rfc-editor.org/rfc/rfc1951#page-12.
func TestEntries(t *testing.T) {
	lengths := []struct{ base, extra int }{
		{3, 0},
		{4, 0},
		{5, 0},
		{6, 0},
		{7, 0},
		{8, 0},
		{9, 0},
		{10, 0},
		{11, 1},
		{13, 1},
		{15, 1},
		{17, 1},
		{19, 2},
		{23, 2},
		{27, 2},
		{31, 2},
		{35, 3},
		{43, 3},
		{51, 3},
		{59, 3},
		{67, 4},
		{83, 4},
		{99, 4},
		{115, 4},
		{131, 5},
		{163, 5},
		{195, 5},
		{227, 5},
		{258, 0},
	}
	for i, want := range lengths {
		if e := litEntry(257 + i); e.value() != want.base || int(e.used()) != want.extra || e&special != 0 {
			t.Errorf("length code %d: base %d, %d extra bits, want %d, %d", 257+i, e.value(), e.used(), want.base, want.extra)
		}
	}
	base := 1
	for i := range 30 {
		extra := max(0, i/2-1)
		if e := distEntry(i); e.value() != base || int(e.used()) != extra || e&special != 0 {
			t.Errorf("distance code %d: base %d, %d extra bits, want %d, %d", i, e.value(), e.used(), base, extra)
		}
		base += 1 << extra
	}
	if base != Window+1 {
		t.Errorf("the largest distance is %d, want %d", base-1, Window)
	}
	for _, e := range []entry{litEntry(286), litEntry(287), distEntry(30), distEntry(31)} {
		if e&special == 0 || e&end != 0 {
			t.Errorf("entry %x of a reserved code is valid", e)
		}
	}
	if e := litEntry(256); e&end == 0 {
		t.Errorf("entry %x of the end of a block", e)
	}
}

// randomLengths returns the code lengths of a random complete code for n symbols.
func randomLengths(r *rand.Rand, n int) []uint8 {
	lens := []uint8{1, 1}
	for len(lens) < n {
		if i := r.IntN(len(lens)); lens[i] < maxCode {
			lens[i]++
			lens = append(lens, lens[i])
		}
	}
	r.Shuffle(n, func(i, j int) { lens[i], lens[j] = lens[j], lens[i] })
	return lens
}

// TestBuild looks up all codes of random complete codes.
func TestBuild(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	symbols := make([]entry, maxLit)
	for i := range symbols {
		symbols[i] = preEntry(i)
	}
	for _, tt := range []struct {
		symbols, size int
		indexBits     uint
	}{{2, litSize, litBits}, {30, distSize, distBits}, {maxLit, litSize, litBits}, {19, 1 << preBits, preBits}} {
		for range 200 {
			lens := randomLengths(r, tt.symbols)
			table := make([]entry, tt.size)
			if tt.indexBits == preBits { // codes of code lengths have at most 7 bits
				if short := bytes.ContainsFunc(lens, func(n rune) bool { return n > preBits }); short {
					continue
				}
			}
			if !new(builder).build(lens, symbols, table, tt.indexBits) {
				t.Fatalf("rejected %v", lens)
			}
			code := 0
			for n := uint8(1); n <= maxCode; n++ {
				for symbol, length := range lens {
					if length != n {
						continue
					}
					b, count := uint64(bits.Reverse16(uint16(code))>>(16-n)), uint(n)
					e, ok := lookUp(table, tt.indexBits, &b, &count)
					if !ok || e.value() != symbol || e&special != 0 || count != e.used() {
						t.Fatalf("code %0*b of %v: symbol %d, %v, want %d", n, code, lens, e.value(), ok, symbol)
					}
					code++
				}
				code <<= 1
			}
		}
	}
}

func TestBuildRejects(t *testing.T) {
	for name, tt := range map[string]struct {
		lens []uint8
		ok   bool
	}{
		"no symbol":           {[]uint8{0, 0, 0}, true},
		"one symbol":          {[]uint8{0, 1, 0}, true},
		"complete":            {[]uint8{2, 1, 2}, true},
		"one long symbol":     {[]uint8{0, 2, 0}, false},
		"incomplete":          {[]uint8{2, 2, 2}, false},
		"too many codes":      {[]uint8{1, 1, 1}, false},
		"too many long codes": {[]uint8{1, 2, 3, 3, 3}, false},
	} {
		var table [litSize]entry
		if got := new(builder).build(tt.lens, newSymbolEntries().lit[:], table[:], litBits); got != tt.ok {
			t.Errorf("%s: %v, want %v", name, got, tt.ok)
		}
	}
}

// shortWriter writes at most n bytes per call.
type shortWriter struct{ n int }

func (w shortWriter) Write(p []byte) (int, error) { return min(w.n, len(p)), nil }

func TestWriteToShortWrite(t *testing.T) {
	packed := zip(t, []byte("hello, hello"), 6)
	n, err := NewReader(bytes.NewReader(packed)).WriteTo(shortWriter{3})
	if n != 3 || !errors.Is(err, io.ErrShortWrite) {
		t.Errorf("%d, %v", n, err)
	}
	broken := errors.New("disk full")
	r, w := io.Pipe()
	r.CloseWithError(broken)
	if n, err := NewReader(bytes.NewReader(packed)).WriteTo(w); n != 0 || !errors.Is(err, broken) {
		t.Errorf("%d, %v", n, err)
	}
}

// TestReset checks that no state of a stream affects the next one, wherever the
// first one is abandoned.
func TestReset(t *testing.T) {
	text := bytes.Repeat([]byte("0123456789abcdef, "), 20_000)
	packed := zip(t, text, 6)
	z := NewReader(nil)
	for _, n := range []int{0, 1, 5, 100, 70_000, len(text)} {
		for _, src := range [][]byte{packed, packed[:len(packed)/2], append(bytes.Clone(packed), make([]byte, 9)...)} {
			z.Reset(bytes.NewReader(src))
			_, _ = io.ReadFull(z, make([]byte, n))
			z.Reset(bytes.NewReader(packed))
			if got, err := io.ReadAll(z); err != nil || !bytes.Equal(got, text) || z.Trailing() {
				t.Fatalf("after %d of %d bytes: %d bytes, %v, trailing %v", n, len(src), len(got), err, z.Trailing())
			}
		}
	}
}
