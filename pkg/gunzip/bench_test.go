package gunzip

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"math/rand/v2"
	"testing"

	kgzip "github.com/klauspost/compress/gzip"
)

// BenchmarkReader compares Reader with compress/gzip and klauspost/compress for data
// like that of a result.
func BenchmarkReader(b *testing.B) {
	random := rand.New(rand.NewPCG(1, 2))
	var text bytes.Buffer
	for text.Len() < 32<<20 {
		fmt.Fprintf(&text, "%d\t%d\t/products/%d?ref=mail\t%x\tMozilla/5.0 (X11; Linux x86_64)\t%.2f\n",
			1760000000+random.IntN(86400), random.Uint64()>>24, random.IntN(5000), random.Uint64(), float64(random.IntN(100000))/100)
	}
	packed := zip(b, text.Bytes(), 6)
	for _, lib := range []struct {
		name string
		open func(io.Reader) (io.Reader, error)
	}{
		{"std", func(r io.Reader) (io.Reader, error) { return gzip.NewReader(r) }},
		{"klauspost", func(r io.Reader) (io.Reader, error) { return kgzip.NewReader(r) }},
		{"own", func(r io.Reader) (io.Reader, error) { return NewReader(r), nil }},
	} {
		b.Run(lib.name, func(b *testing.B) {
			b.SetBytes(int64(text.Len()))
			b.ReportAllocs()
			for b.Loop() {
				z, err := lib.open(bytes.NewReader(packed))
				if err != nil {
					b.Fatal(err)
				}
				if n, err := io.Copy(io.Discard, z); err != nil || n != int64(text.Len()) {
					b.Fatal(n, err)
				}
			}
		})
	}
}
