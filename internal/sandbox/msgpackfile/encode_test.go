package msgpackfile

import (
	"bytes"
	"math"
	"strings"
	"testing"

	"github.com/vmihailenco/msgpack/v5"

	"github.com/td-cli/td/internal/sandbox/engine"
)

// TestAppendValue compares encoded values with those of vmihailenco/msgpack.
func TestAppendValue(t *testing.T) {
	check := func(v any, encode func(*msgpack.Encoder) error) {
		t.Helper()
		var want bytes.Buffer
		e := msgpack.NewEncoder(&want)
		if err := encode(e); err != nil {
			t.Fatal(err)
		}
		if got, err := appendValue(nil, v); err != nil || !bytes.Equal(got, want.Bytes()) {
			t.Errorf("%.20v: % .20x, %v; want % .20x", v, got, err, want.Bytes())
		}
	}
	check(nil, (*msgpack.Encoder).EncodeNil)
	for _, v := range []bool{true, false} {
		check(v, func(e *msgpack.Encoder) error { return e.EncodeBool(v) })
	}
	for bit := range 64 {
		for _, n := range []int64{1<<bit - 1, 1 << bit, -1 << bit, -1<<bit - 1} {
			check(n, func(e *msgpack.Encoder) error { return e.EncodeInt(n) })
		}
	}
	for _, f := range []float64{0, -1.5, math.MaxFloat64, math.Inf(-1)} {
		check(f, func(e *msgpack.Encoder) error { return e.EncodeFloat64(f) })
	}
	for _, n := range []int{0, 1, 15, 16, 31, 32, math.MaxUint8, math.MaxUint8 + 1, math.MaxUint16, math.MaxUint16 + 1} {
		s := strings.Repeat("x", n)
		check(s, func(e *msgpack.Encoder) error { return e.EncodeString(s) })
		check([]byte(s), func(e *msgpack.Encoder) error { return e.EncodeBytes([]byte(s)) })
		fill := func(e *msgpack.Encoder, err error, n int) error {
			for range n {
				if err == nil {
					err = e.EncodeNil()
				}
			}
			return err
		}
		check(make([]any, n), func(e *msgpack.Encoder) error { return fill(e, e.EncodeArrayLen(n), n) })
		check(make(engine.Map, n), func(e *msgpack.Encoder) error { return fill(e, e.EncodeMapLen(n), 2*n) })
	}
	for _, v := range []any{1, []any{1}, engine.Map{{Key: 1}}, engine.Map{{Value: 1}}} {
		if _, err := appendValue(nil, v); err == nil {
			t.Errorf("%#v is accepted", v)
		}
	}
}
