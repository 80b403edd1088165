package shell

import (
	"context"
	"errors"
	"testing"
)

// TestEarlierInterrupt checks that Ctrl-C is not lost if it is pressed between two steps of a statement.
func TestEarlierInterrupt(t *testing.T) {
	interrupts := make(chan struct{}, 1)
	s := &session{catch: interrupts}
	interrupts <- struct{}{}
	ctx, release := s.cancelOnInterrupt(t.Context())
	<-ctx.Done()
	release()
	if err := context.Cause(ctx); !errors.Is(err, errInterrupted) {
		t.Errorf("the step ends with %v", err)
	}
	interrupts <- struct{}{}
	s.request.Database, s.lastSQL = "db", "select 1" // as \watch repeats it
	if _, err := s.submit(t.Context(), "select 1", false); !errors.Is(err, errInterrupted) {
		t.Errorf("a statement is submitted: %v", err)
	}
	if s.takeInterrupt() {
		t.Error("an interrupt is handled twice")
	}
}
