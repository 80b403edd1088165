package msgpackfile

import (
	"iter"
	"sync"
)

// A run is how many values are handed over at a time, and runsAhead how many of those
// wait: enough that neither side waits for the other, and few even if each value is large.
const (
	run       = 32
	runsAhead = 4
)

// ahead yields what seq does, which runs in a goroutine of its own and some values ahead,
// so that drawing the values and using them take the time of one of both. The goroutine
// has ended when ahead's loop has.
func ahead[T any](seq iter.Seq2[T, error]) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		var (
			drawn   sync.WaitGroup
			stopped = make(chan struct{})
			runs    = make(chan []T, runsAhead)
			failed  error
		)
		drawn.Go(func() {
			defer close(runs)
			failed = draw(seq, runs, stopped)
		})
		defer drawn.Wait()
		defer close(stopped)
		for values := range runs {
			for _, v := range values {
				if !yield(v, nil) {
					return
				}
			}
		}
		if failed != nil {
			var none T
			yield(none, failed)
		}
	}
}

// draw hands over the values of seq in runs, until its first error or until nobody wants them.
func draw[T any](seq iter.Seq2[T, error], runs chan<- []T, stopped <-chan struct{}) error {
	values := make([]T, 0, run)
	hand := func() bool {
		select {
		case runs <- values:
			values = make([]T, 0, run)
			return true
		case <-stopped:
			return false
		}
	}
	for v, err := range seq {
		if err != nil {
			hand()
			return err
		}
		if values = append(values, v); len(values) == run && !hand() {
			return nil
		}
	}
	hand()
	return nil
}
