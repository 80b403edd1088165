package ingest

import (
	"bytes"
	"errors"
	"math"
	"strings"
	"testing"

	"github.com/vmihailenco/msgpack/v5"
)

// TestAppend compares encoded values with those of vmihailenco/msgpack, and checks that
// skipValue finds their ends.
func TestAppend(t *testing.T) {
	check := func(name string, got []byte, encode func(*msgpack.Encoder) error) {
		t.Helper()
		var want bytes.Buffer
		e := msgpack.NewEncoder(&want)
		e.UseCompactInts(true)
		if err := encode(e); err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(got, want.Bytes()) {
			t.Errorf("%s: % .20x, want % .20x", name, got, want.Bytes())
		}
		if n, err := skipValue(append(got, 0)); err != nil || n != len(got) {
			t.Errorf("%s: skipped %d of %d bytes, %v", name, n, len(got), err)
		}
		if _, err := skipValue(got[:len(got)-1]); !errors.Is(err, errShort) {
			t.Errorf("%s without its last byte: %v", name, err)
		}
	}
	for bit := range 64 {
		for _, n := range []int64{1<<bit - 1, 1 << bit, -1 << bit, -1<<bit - 1} {
			check("integer", appendInt(nil, n), func(e *msgpack.Encoder) error { return e.EncodeInt(n) })
		}
		n := uint64(1)<<bit + 1
		check("unsigned", appendUint(nil, n), func(e *msgpack.Encoder) error { return e.EncodeUint(n) })
	}
	for _, f := range []float64{0, -1.5, math.MaxFloat64, math.Inf(-1)} {
		check("float", appendFloat(nil, f), func(e *msgpack.Encoder) error { return e.EncodeFloat64(f) })
	}
	for _, n := range []int{0, 1, 31, 32, math.MaxUint8, math.MaxUint8 + 1, math.MaxUint16, math.MaxUint16 + 1} {
		s := strings.Repeat("x", n)
		check("string", appendString(nil, s), func(e *msgpack.Encoder) error { return e.EncodeString(s) })
		check("bytes", appendBytes(nil, []byte(s)), func(e *msgpack.Encoder) error { return e.EncodeBytes([]byte(s)) })
		entries := bytes.Repeat([]byte{1}, 2*n)
		check("map", append(appendMapHead(nil, n), entries...), func(e *msgpack.Encoder) error {
			if err := e.EncodeMapLen(n); err != nil {
				return err
			}
			for range entries {
				if err := e.EncodeInt(1); err != nil {
					return err
				}
			}
			return nil
		})
	}
}

// TestAppendKey checks the text of a key of a Parquet map.
func TestAppendKey(t *testing.T) {
	for _, tt := range []struct {
		value []byte
		want  string
	}{
		{appendString(nil, "a"), "a"},
		{appendInt(nil, -5), "-5"},
		{appendUint(nil, math.MaxUint64), "18446744073709551615"},
		{appendFloat(nil, 0.5), "0.5"},
		{[]byte{msgpackTrue}, "true"},
		{[]byte{msgpackFalse}, "false"},
		{appendBytes(nil, []byte{0xff}), "/w=="},
	} {
		got, err := appendKey(nil, tt.value)
		if want := appendString(nil, tt.want); err != nil || !bytes.Equal(got, want) {
			t.Errorf("% x: %q, %v; want %q", tt.value, got, err, want)
		}
	}
	if _, err := appendKey(nil, []byte{arrayHead}); err == nil {
		t.Error("a list is accepted as a key")
	}
}
