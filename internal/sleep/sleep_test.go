package sleep_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/td-cli/td/internal/sleep"
)

func TestFor(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		if err := sleep.For(t.Context(), time.Hour); err != nil || time.Since(start) != time.Hour {
			t.Errorf("For = %v after %v; want nil after 1h", err, time.Since(start))
		}
	})
}

func TestForCanceled(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		cause := errors.New("stop")
		ctx, cancel := context.WithCancelCause(t.Context())
		time.AfterFunc(time.Minute, func() { cancel(cause) })
		start := time.Now()
		if err := sleep.For(ctx, time.Hour); err != cause || time.Since(start) != time.Minute {
			t.Errorf("For = %v after %v; want the cause after 1m", err, time.Since(start))
		}
		if err := sleep.For(ctx, 0); err != nil && err != cause {
			t.Errorf("For(0) = %v", err)
		}
	})
}
