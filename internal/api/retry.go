package api

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/td-cli/td/internal/sleep"
)

// Retries:
//   - No response, a truncated one, 429 and 5xx: for GET, for other idempotent calls, and for all calls with RetryPosts.
//   - No connection: for every call, because nothing was sent.
//   - Any other status, an invalid certificate and an invalid proxy: never.

// maxUnknownHost is the number of retries if a host name does not exist. A machine that wakes up needs a few
// seconds to resolve names; a misspelt host is not worth more.
const maxUnknownHost = 3

// retry calls attempt until it succeeds or must not be repeated, with exponential pauses. It returns the context's
// error if ctx is done.
func (c *Client) retry(ctx context.Context, cl *call, attempt func() error) error {
	var first time.Time // the time of the first failure
	var skipped time.Duration
	for try := 1; ; try++ {
		err := attempt()
		if c.unsure != nil && cl.isUnsure(err) {
			c.unsure(cl.method + " " + cl.path())
		}
		if ctx.Err() != nil && err != nil {
			return ctx.Err()
		}
		if err == nil || cl.deletion && cl.repeated && errors.Is(err, ErrNotFound) {
			return nil
		}
		if try == 1 {
			first = time.Now()
		}
		pause := retryPause(try)
		if e, ok := errors.AsType[*Error](err); ok {
			pause = max(pause, e.retryAfter)
		}
		if !c.canRetry(cl, err, try) || time.Since(first)+skipped+pause > c.maxRetryTime {
			return err
		}
		cl.repeated = cl.repeated || !isUnsent(err)
		c.notifyRetry(fmt.Sprintf("%v; trying again in %s", err, pause.Round(100*time.Millisecond)))
		if c.noPauses {
			skipped += pause
			continue
		}
		if err := sleep.For(ctx, pause); err != nil {
			return err
		}
	}
}

// retryPause returns the pause after the given attempt, counted from 1: 1, 2, 4, … and at most 30 seconds, varied by
// up to a half in both directions so that clients do not repeat in step.
func retryPause(try int) time.Duration {
	pause := min(time.Second<<min(try-1, 5), 30*time.Second)
	return pause/2 + rand.N(pause)
}

// notifyRetry reports a retry to Options.Notify and to the trace.
func (c *Client) notifyRetry(line string) {
	if c.notify != nil {
		c.notify(line)
	}
	if c.trace != nil {
		c.trace.write("* " + line + "\n")
	}
}

// canRetry reports whether a call that failed with err may be repeated.
func (c *Client) canRetry(cl *call, err error, try int) bool {
	network, isNetwork := errors.AsType[*NetworkError](err)
	switch {
	case cl.noRetry, !isNetwork && !errors.Is(err, ErrServer):
		return false
	case isNetwork && (network.permanent || network.unknownHost && try > maxUnknownHost):
		return false
	case isNetwork && network.unsent:
		return true
	}
	return cl.method == http.MethodGet || cl.idempotent || c.retryPosts && !cl.neverRepeat
}

// isUnsent reports whether a request failed before a connection was established.
func isUnsent(err error) bool {
	network, ok := errors.AsType[*NetworkError](err)
	return ok && network.unsent
}

// isUnsure reports whether the server may have carried out a call that failed with err, and would carry it out again.
func (cl *call) isUnsure(err error) bool {
	if err == nil || isUnsent(err) || cl.method == http.MethodGet || cl.idempotent || cl.deletion {
		return false
	}
	refusal, refused := errors.AsType[*Error](err)
	return !refused || refusal.Status >= http.StatusInternalServerError
}

// parseRetryAfter parses a Retry-After header, which is in seconds or a date.
func parseRetryAfter(s string) time.Duration {
	s = strings.TrimSpace(s)
	if n, err := strconv.ParseUint(s, 10, 31); err == nil {
		return time.Duration(n) * time.Second
	}
	if t, err := http.ParseTime(s); err == nil {
		return max(0, time.Until(t))
	}
	return 0
}
