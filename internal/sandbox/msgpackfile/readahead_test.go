package msgpackfile

import (
	"errors"
	"iter"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// counted yields 0 to n-1, and then an error if there is one. It tells whether it ended.
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

// What is drawn ahead comes in order and whole, the error last, and nothing runs on behind
// one who has stopped.
func TestAhead(t *testing.T) {
	broken := errors.New("broken")
	for _, n := range []int{0, 1, run - 1, run, run + 1, 10*run + 3} {
		for _, err := range []error{nil, broken} {
			for _, stop := range []int{-1, 0, run, 5 * run} {
				var got, want []int
				var failed error
				ended := false
				for v, err := range ahead(counted(n, err, &ended)) {
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
