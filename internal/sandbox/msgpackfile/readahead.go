package msgpackfile

import (
	"iter"
	"sync"
)

// Values are passed between goroutines in batches. The limits bound the number of values in
// memory, which may be large.
const (
	batchSize  = 32
	maxBatches = 4
)

// readAhead returns the values of seq, which runs in a separate goroutine, so that producing and
// consuming values overlap. The goroutine has ended when the iteration ends.
func readAhead[T any](seq iter.Seq2[T, error]) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		var (
			producer sync.WaitGroup
			stop     = make(chan struct{})
			batches  = make(chan []T, maxBatches)
			seqErr   error
		)
		producer.Go(func() {
			defer close(batches)
			seqErr = sendBatches(seq, batches, stop)
		})
		defer producer.Wait()
		defer close(stop)
		for batch := range batches {
			for _, v := range batch {
				if !yield(v, nil) {
					return
				}
			}
		}
		if seqErr != nil {
			var zero T
			yield(zero, seqErr)
		}
	}
}

// sendBatches sends the values of seq until an error occurs or stop is closed.
func sendBatches[T any](seq iter.Seq2[T, error], batches chan<- []T, stop <-chan struct{}) error {
	batch := make([]T, 0, batchSize)
	send := func() bool {
		select {
		case batches <- batch:
			batch = make([]T, 0, batchSize)
			return true
		case <-stop:
			return false
		}
	}
	for v, err := range seq {
		if err != nil {
			send()
			return err
		}
		if batch = append(batch, v); len(batch) == batchSize && !send() {
			return nil
		}
	}
	send()
	return nil
}
