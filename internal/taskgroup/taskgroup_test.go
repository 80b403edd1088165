package taskgroup

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"
)

// TestGroup checks the limit, and that the first error cancels the other functions.
func TestGroup(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		broken := errors.New("broken")
		group, ctx := New(t.Context(), 2)
		started := 0
		group.Go(func() error {
			<-ctx.Done()
			return context.Cause(ctx)
		})
		group.Go(func() error {
			time.Sleep(time.Second)
			started++
			return nil
		})
		before := time.Now()
		group.Go(func() error { return broken })
		if waited := time.Since(before); waited != time.Second || started != 1 {
			t.Errorf("the third function started after %v and %d others", waited, started)
		}
		if err := group.Wait(); err != broken {
			t.Errorf("Wait returned %v", err)
		}
	})
}

// TestGroupSucceeds checks that the context ends with the group.
func TestGroupSucceeds(t *testing.T) {
	group, ctx := New(t.Context(), 1)
	group.Go(func() error { return ctx.Err() })
	if err := group.Wait(); err != nil || ctx.Err() == nil {
		t.Errorf("Wait returned %v, the context %v", err, ctx.Err())
	}
}
