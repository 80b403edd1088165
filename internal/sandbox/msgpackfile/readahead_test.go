package msgpackfile

import (
	"errors"
	"iter"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// counted yields 0 to n-1, then err unless it is nil. It sets ended when it returns.
func counted(n int, err error, ended *bool) iter.Seq2[int, error] {
	return func(yield func(int, error) bool) {
		defer func() { *ended = true }()
		for i := range n {
			if !yield(i, nil) {
				return
			}
		}
		if err != nil {
			yield(0, err)
		}
	}
}

// Values arrive in order, followed by the error, and the goroutine has ended when the
// iteration stops.
func TestReadAhead(t *testing.T) {
	broken := errors.New("broken")
	for _, n := range []int{0, 1, batchSize - 1, batchSize, batchSize + 1, 10*batchSize + 3} {
		for _, err := range []error{nil, broken} {
			for _, stop := range []int{-1, 0, batchSize, 5 * batchSize} {
				var got, want []int
				var failed error
				ended := false
				for v, err := range readAhead(counted(n, err, &ended)) {
					if failed = err; err != nil {
						break
					}
					got = append(got, v)
					if v == stop {
						break
					}
				}
				for i := 0; i < n && (stop < 0 || i <= stop); i++ {
					want = append(want, i)
				}
				wantErr := err
				if stop >= 0 && stop < n {
					wantErr = nil
				}
				if diff := cmp.Diff(want, got); diff != "" || !errors.Is(failed, wantErr) || !ended {
					t.Errorf("%d values, error %v, stopped at %d: error %v, ended %v, %s", n, err, stop, failed, ended, diff)
				}
			}
		}
	}
}
