package jobresult

import (
	"math"
	"math/rand/v2"
	"strconv"
	"testing"
)

func TestAppendInt(t *testing.T) {
	values := []int64{0, math.MinInt64, math.MaxInt64}
	for n := int64(1); n < math.MaxInt64/10; n *= 10 {
		values = append(values, n-1, n, n+1, -n, 1-n, 9*n)
	}
	for n := range int64(20_000) {
		values = append(values, n)
	}
	random := rand.New(rand.NewPCG(1, 2))
	for range 20_000 {
		values = append(values, int64(random.Uint64()>>random.IntN(64)))
	}
	for _, n := range values {
		for _, room := range []int{0, 64} {
			buf := make([]byte, 1, 1+room)
			if got, want := string(appendInt(buf, n)), string(strconv.AppendInt(buf, n, 10)); got != want {
				t.Errorf("appendInt(%d) = %q", n, got)
			}
		}
	}
	if got := string(appendUint(nil, math.MaxUint64)); got != "18446744073709551615" {
		t.Errorf("appendUint(MaxUint64) = %q", got)
	}
}

func TestAppendThousandths(t *testing.T) {
	for _, whole := range []uint64{0, 9, 10, 99_999_999, 100_000_000, 99_999_999_999} {
		for part := range uint64(1000) {
			want := strconv.FormatFloat(float64(part)/1000, 'f', -1, 64)
			if part == 0 {
				want = "0.0"
			}
			want = strconv.FormatUint(whole, 10) + want[1:]
			if got := string(appendThousandths(nil, 1000*whole+part)); got != want {
				t.Errorf("appendThousandths(%d) = %q, want %q", 1000*whole+part, got, want)
			}
		}
	}
}
