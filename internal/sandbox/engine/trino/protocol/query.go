package protocol

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/td-cli/td/internal/sandbox/engine"
)

// A Query is a statement that was submitted.
type Query struct {
	ID         string
	UpdateType string // such as INSERT or CREATE TABLE; empty for a query

	client  *Client
	next    string // empty when the query has ended
	columns []Column
	decode  []decoder
	copy    []copier
	row     []any
	failure *Error
	body    bytes.Buffer
}

// A Column is a column of a result.
type Column struct {
	Name string
	Type string // in Trino's spelling
}

// A Progress describes how far a query is.
type Progress struct {
	State   string
	Percent float64
	Rows    int64 // rows that were read
}

// A Receiver gets the result of a query. Its functions may be nil.
type Receiver struct {
	Columns  func([]Column) error // is called once, before any row; not for statements without a result
	Row      func([]any) error    // the slice is only valid during the call
	Writer   engine.RowWriter     // gets the rows instead of Row
	Progress func(Progress)
}

// An Error is the error of a failed query.
type Error struct {
	Query        string
	Name         string // such as SYNTAX_ERROR
	Type         string // USER_ERROR, INTERNAL_ERROR, INSUFFICIENT_RESOURCES or EXTERNAL
	Message      string
	Line, Column int // 0 if the position is unknown
}

// Error returns the message.
func (e *Error) Error() string { return e.Message }

// Is reports whether target is engine.ErrUnavailable and the cluster is starting, ending or too busy. See
// https://github.com/trinodb/trino/blob/master/core/trino-spi/src/main/java/io/trino/spi/StandardErrorCode.java.
func (e *Error) Is(target error) bool {
	switch e.Name {
	case "SERVER_STARTING_UP", "SERVER_SHUTTING_DOWN", "NO_NODES_AVAILABLE", "QUERY_QUEUE_FULL", "CLUSTER_OUT_OF_MEMORY", "REMOTE_HOST_GONE":
		return target == engine.ErrUnavailable
	}
	return false
}

// Fetch runs the query and passes its result to r. If ctx ends or r returns an error, the query is canceled.
func (q *Query) Fetch(ctx context.Context, r Receiver) (err error) {
	defer func() {
		if _, gone := errors.AsType[*GoneError](err); gone {
			q.next = ""
		}
		if _, down := errors.AsType[*UnreachableError](err); down {
			q.cancel(unreachableTimeout)
		} else if err != nil {
			q.Cancel()
		}
	}()
	loading, stop := context.WithCancel(ctx)
	var wg sync.WaitGroup
	defer wg.Wait()
	defer stop()
	pages, free := make(chan page, maxPages), make(chan *bytes.Buffer, maxPages)
	for range maxPages {
		free <- new(bytes.Buffer)
	}
	wg.Go(func() {
		defer close(pages)
		q.loadPages(loading, q.next, pages, free)
	})
	for p := range pages {
		if p.err != nil {
			return p.err
		}
		if err := q.parse(p.body.Bytes(), r); err != nil {
			return err
		}
		free <- p.body
	}
	if q.failure != nil {
		return q.failure
	}
	return ctx.Err()
}

// maxPages is the number of pages in memory. The server creates a page on request: the next ones are requested while one
// is parsed.
const maxPages = 3

// A page is a part of a result.
type page struct {
	body *bytes.Buffer
	err  error
}

// loadPages sends the pages from an address on to pages, until the last one or an error.
func (q *Query) loadPages(ctx context.Context, address string, pages chan<- page, free <-chan *bytes.Buffer) {
	for address != "" {
		p := page{}
		select {
		case p.body = <-free:
		case <-ctx.Done():
			return
		}
		if p.err = q.load(ctx, address, p.body); p.err == nil {
			address = readNext(p.body.Bytes())
		}
		pages <- p
		if p.err != nil || q.checkAddress(address) != nil { // parse returns the error
			return
		}
	}
}

// load reads a page. It can be requested repeatedly.
func (q *Query) load(ctx context.Context, address string, body *bytes.Buffer) error {
	err := q.client.repeat(ctx, func() error {
		r, err := q.client.newRequest(ctx, http.MethodGet, address, "")
		if err != nil {
			return err
		}
		body.Reset()
		if err := q.client.send(r, body); err != nil {
			return err
		}
		if !bytes.HasSuffix(bytes.TrimSpace(body.Bytes()), []byte("}")) { // a proxy may hide a broken connection
			return &incompleteError{errors.New("the JSON text is cut off")}
		}
		return nil
	})
	if e, ok := errors.AsType[*StatusError](err); ok && (e.Status == http.StatusNotFound || e.Status == http.StatusGone) {
		return &GoneError{q.ID}
	}
	return err
}

// A GoneError is returned if the coordinator does not know the query, because it was restarted or because the
// result was not read in time.
type GoneError struct{ Query string }

// Error names the query.
func (e *GoneError) Error() string {
	return fmt.Sprintf("the Trino cluster no longer has the query %s: it was restarted, or the result was not read in time", e.Query)
}

// Is reports whether target is engine.ErrUnavailable.
func (e *GoneError) Is(target error) bool { return target == engine.ErrUnavailable }

// Cancel ends the query. It does not depend on the context of the job, which may have ended.
func (q *Query) Cancel() { q.cancel(cancelTimeout) }

// unreachableTimeout is the time in which a query is canceled whose coordinator has not answered before.
const unreachableTimeout = time.Second

func (q *Query) cancel(timeout time.Duration) {
	if q.next == "" {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), timeout)
	defer cancel()
	_ = q.client.repeat(ctx, func() error {
		r, err := q.client.newRequest(ctx, http.MethodDelete, q.next, "")
		if err != nil {
			return err
		}
		var ignored bytes.Buffer
		return q.client.send(r, &ignored)
	})
	q.next = ""
}

// checkAddress returns an error if the address of a page is on another server, because requests contain the
// credentials.
func (q *Query) checkAddress(address string) error {
	if u, err := url.Parse(address); err != nil || !sameServer(u, q.client.o.URL) {
		return fmt.Errorf("the Trino cluster at %s refers to another server: %q", q.client.o.URL, address)
	}
	return nil
}

// sameServer reports whether two URLs have the same scheme, host and port.
func sameServer(a, b *url.URL) bool {
	port := func(u *url.URL) string {
		return cmp.Or(u.Port(), map[string]string{"http": "80", "https": "443"}[u.Scheme])
	}
	return a.Scheme == b.Scheme && strings.EqualFold(a.Hostname(), b.Hostname()) && port(a) == port(b)
}
