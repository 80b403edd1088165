package partupload

import (
	"context"
	"sync"
)

// Each calls do for every item, several at a time, until one fails. It returns the first
// error, after all calls have ended.
func Each[T any](ctx context.Context, parallel int, items []T, do func(context.Context, T) error) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	var workers sync.WaitGroup
	queue := make(chan T)
	for range max(1, min(parallel, len(items))) {
		workers.Go(func() {
			for item := range queue {
				if ctx.Err() != nil {
					continue // what is left is not wanted
				}
				if err := do(ctx, item); err != nil {
					cancel(err)
				}
			}
		})
	}
feed:
	for _, item := range items {
		select {
		case queue <- item:
		case <-ctx.Done():
			break feed
		}
	}
	close(queue)
	workers.Wait()
	return context.Cause(ctx)
}
