// Package sleep provides a pause that a context can end.
package sleep

import (
	"context"
	"time"
)

// For pauses for the duration d, or until ctx is done; then it returns the context's cause.
func For(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-t.C:
		return nil
	}
}
