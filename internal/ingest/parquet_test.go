package ingest

import (
	"bytes"
	"context"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/klauspost/compress/gzip"
	"github.com/parquet-go/parquet-go"
)

type parquetPoint struct {
	X *int32  `parquet:"x,optional"`
	Y float32 `parquet:"y"`
}

type parquetRecord struct {
	Time   int64             `parquet:"time"`
	Text   *string           `parquet:"text,optional,dict"`
	Delta  int64             `parquet:"delta,delta"`
	Price  int64             `parquet:"price,decimal(2:10)"`
	Large  int64             `parquet:"large,decimal(2:18)"`
	Count  uint32            `parquet:"count"`
	At     time.Time         `parquet:"at,timestamp(microsecond)"`
	Day    int32             `parquet:"day,date"`
	List   []int64           `parquet:"list,list"`
	Points []parquetPoint    `parquet:"points"`
	Map    map[string]string `parquet:"map"`
}

// parquetFile returns a Parquet file with two row groups of a record each.
func parquetFile(t testing.TB, codec parquet.WriterOption) []byte {
	t.Helper()
	var file bytes.Buffer
	w := parquet.NewGenericWriter[parquetRecord](&file, codec)
	text, x := "some text", int32(-1)
	for _, r := range []parquetRecord{
		{
			Time: 1700000000, Text: &text, Delta: 5, Price: 150, Large: -123456789012345678, Count: 1 << 31, At: time.UnixMicro(1500000), Day: 19782,
			List: []int64{1, 2}, Points: []parquetPoint{{&x, 0.1}, {nil, 2}}, Map: map[string]string{"k": "v"},
		},
		{Time: 1700000001, At: time.UnixMicro(0)},
	} {
		if _, err := w.Write([]parquetRecord{r}); err != nil {
			t.Fatal(err)
		}
		if err := w.Flush(); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return file.Bytes()
}

// readParquet returns the records of a file as JSON without separators.
func readParquet(t testing.TB, file []byte, o Options) (string, error) {
	t.Helper()
	o.Format, o.Workers = Parquet, 1
	var text bytes.Buffer
	_, err := Read(context.Background(), "file", bytes.NewReader(file), o, func(p Part) error {
		z, err := gzip.NewReader(bytes.NewReader(p.Data))
		if err != nil {
			return err
		}
		var raw bytes.Buffer
		if _, err := raw.ReadFrom(z); err != nil {
			return err
		}
		for b := raw.Bytes(); len(b) > 0; {
			b = writeJSON(&text, b)
		}
		return nil
	})
	return text.String(), err
}

// writeJSON writes the MessagePack value at the start of b as JSON and returns the rest of b.
func writeJSON(w *bytes.Buffer, b []byte) (rest []byte) {
	t := readToken(b)
	value, rest := b[:t.size], b[t.size:]
	elements, brackets := t.bits, "[]"
	switch t.kind {
	case kindNil:
		w.WriteString("null")
		return rest
	case kindBool:
		fmt.Fprint(w, value[0] == msgpackTrue)
		return rest
	case kindInt:
		fmt.Fprint(w, int64(t.bits))
		return rest
	case kindFloat:
		fmt.Fprint(w, math.Float64frombits(t.bits))
		return rest
	case kindMap:
		elements, brackets = 2*t.bits, "{}"
	case kindArray:
	default:
		fmt.Fprintf(w, "%q", value[t.head:])
		return rest
	}
	w.WriteByte(brackets[0])
	for i := range elements {
		switch {
		case i > 0 && t.kind == kindMap && i%2 == 1:
			w.WriteByte(':')
		case i > 0:
			w.WriteByte(',')
		}
		rest = writeJSON(w, rest)
	}
	w.WriteByte(brackets[1])
	return rest
}

// TestParquet checks the types of records, and all methods of compression.
func TestParquet(t *testing.T) {
	want := `{"time":1700000000,"text":"some text","delta":5,"price":1.5,"large":"-1234567890123456.78","count":2147483648,` +
		`"at":"1970-01-01T00:00:01.5Z","day":"2024-02-29","list":[1,2],"points":[{"x":-1,"y":0.1},{"x":null,"y":2}],"map":{"k":"v"}}` +
		`{"time":1700000001,"text":null,"delta":0,"price":0,"large":"0.00","count":0,` +
		`"at":"1970-01-01T00:00:00Z","day":"1970-01-01","list":[],"points":[],"map":{}}`
	for _, codec := range []parquet.WriterOption{
		parquet.Compression(&parquet.Uncompressed), parquet.Compression(&parquet.Snappy), parquet.Compression(&parquet.Gzip),
		parquet.Compression(&parquet.Brotli), parquet.Compression(&parquet.Zstd), parquet.Compression(&parquet.Lz4Raw),
	} {
		got, err := readParquet(t, parquetFile(t, codec), Options{Abort: true})
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatalf("(-want +got):\n%s", diff)
		}
	}
	got, err := readParquet(t, parquetFile(t, parquet.Compression(&parquet.Zstd)), Options{TextDecimals: true, Only: []string{"price"}})
	if diff := cmp.Diff(`{"time":1700000000,"price":"1.50"}{"time":1700000001,"price":"0.00"}`, got); err != nil || diff != "" {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}
}

// TestParquetDamaged checks that a damaged file is an error, or has the same records.
func TestParquetDamaged(t *testing.T) {
	file := parquetFile(t, parquet.Compression(&parquet.Snappy))
	failed := 0
	const step = 11
	for i := 0; i < len(file); i += step {
		for _, damaged := range [][]byte{file[:i], slices.Concat(file[:i], []byte{file[i] ^ 0x10}, file[i+1:])} {
			if _, err := readParquet(t, damaged, Options{MaxBad: -1}); err != nil {
				failed++
			}
		}
	}
	if failed < len(file)/step {
		t.Errorf("only %d of %d damaged files are rejected", failed, 2*len(file)/step)
	}
	_, err := readParquet(t, []byte("a,b\n1,2\n"), Options{})
	if err == nil || !strings.Contains(err.Error(), "file: not a Parquet file, or damaged") {
		t.Errorf("csv: %v", err)
	}
}
