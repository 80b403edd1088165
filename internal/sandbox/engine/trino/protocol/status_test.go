package protocol_test

import (
	"errors"
	"testing"

	"github.com/td-cli/td/internal/sandbox/engine"
	"github.com/td-cli/td/internal/sandbox/engine/trino/protocol"
)

func TestStatusErrorIs(t *testing.T) {
	for _, tt := range []struct {
		status               int
		unavailable, refused bool
	}{
		{401, false, true},
		{403, false, true},
		{404, false, false},
		{429, true, false},
		{500, false, false},
		{503, true, false},
	} {
		err := &protocol.StatusError{Status: tt.status}
		if u, r := errors.Is(err, engine.ErrUnavailable), errors.Is(err, engine.ErrRefused); u != tt.unavailable || r != tt.refused {
			t.Errorf("%d: unavailable %v, refused %v", tt.status, u, r)
		}
	}
}
