package api

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/cenkalti/backoff/v5"

	"github.com/td-cli/td/internal/sleep"
)

// Which failures are worth another attempt:
//
//   - no answer, or only a part of one, 429 and 5xx: for a GET, for a call that a second
//     one does not worsen, and for all others when the options say so;
//   - no connection: for every call, since nothing was sent;
//   - any other status, a bad certificate and a bad proxy: never, they will not change.

// maxUnknownHost is how often a host is looked up again that the network says does not
// exist: a machine that wakes up needs some seconds, a misspelt host needs none.
const maxUnknownHost = 3

// retry runs attempt until it succeeds or another try is of no use, with growing
// pauses in between. Cancellation of ctx ends it with the context's error.
func (c *Client) retry(ctx context.Context, cl *call, attempt func() error) error {
	pauses := &backoff.ExponentialBackOff{
		InitialInterval: time.Second, RandomizationFactor: 0.5, Multiplier: 2, MaxInterval: 30 * time.Second,
	}
	var deadline time.Time
	for try := 1; ; try++ {
		err := attempt()
		if ctx.Err() != nil && err != nil {
			return ctx.Err()
		}
		if err == nil || cl.gone && cl.repeated && errors.Is(err, ErrNotFound) {
			return nil
		}
		if try == 1 {
			deadline = time.Now().Add(c.maxRetryTime)
		}
		pause := pauses.NextBackOff()
		if e, ok := errors.AsType[*Error](err); ok {
			pause = max(pause, e.retryAfter)
		}
		if !c.again(cl, err, try) || time.Now().Add(pause).After(deadline) {
			return err
		}
		cl.repeated = cl.repeated || !unsent(err)
		c.tell(fmt.Sprintf("%v; trying again in %s", err, pause.Round(100*time.Millisecond)))
		if err := sleep.For(ctx, pause); err != nil {
			return err
		}
	}
}

// tell passes on the news of a retry.
func (c *Client) tell(line string) {
	if c.notify != nil {
		c.notify(line)
	}
	if c.trace != nil {
		c.trace.write("* " + line + "\n")
	}
}

// again reports whether the call that met err may be sent once more.
func (c *Client) again(cl *call, err error, try int) bool {
	network, isNetwork := errors.AsType[*NetworkError](err)
	switch {
	case cl.noRetry, !isNetwork && !errors.Is(err, ErrServer):
		return false
	case isNetwork && (network.lasting || network.unknown && try > maxUnknownHost):
		return false
	case isNetwork && network.unsent:
		return true
	}
	return cl.method == http.MethodGet || cl.harmless || c.retryPosts && !cl.onlyOnce
}

// unsent reports whether the request that met err never left, for want of a connection.
func unsent(err error) bool {
	network, ok := errors.AsType[*NetworkError](err)
	return ok && network.unsent
}

// retryAfter reads the header of that name: seconds, or a date.
func retryAfter(s string) time.Duration {
	s = strings.TrimSpace(s)
	if n, err := strconv.ParseUint(s, 10, 31); err == nil {
		return time.Duration(n) * time.Second
	}
	if t, err := http.ParseTime(s); err == nil {
		return max(0, time.Until(t))
	}
	return 0
}
