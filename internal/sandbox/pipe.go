package sandbox

import (
	"context"
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"sync"
)

// A pipe serves HTTP within this process, without a port.
type pipe struct {
	server *http.Server
	conns  chan net.Conn
	closed chan struct{}
	start  sync.Once
	stop   sync.Once
	wg     sync.WaitGroup
}

func newPipe(h http.Handler) *pipe {
	p := &pipe{conns: make(chan net.Conn), closed: make(chan struct{})}
	counted := func(w http.ResponseWriter, r *http.Request) {
		p.wg.Add(1)
		defer p.wg.Done()
		h.ServeHTTP(w, r)
	}
	p.server = &http.Server{Handler: http.HandlerFunc(counted), ErrorLog: log.New(io.Discard, "", 0)} //nolint:forbidigo // the only way to keep http.Server silent
	return p
}

// Dial connects to the server within this process and ignores the address. It can be
// used as http.Transport.DialContext.
func (s *Server) Dial(ctx context.Context, _, _ string) (net.Conn, error) { return s.pipe.dial(ctx) }

// Transport returns a new transport that sends all requests to the server within
// this process, with any host. Its connections are reused.
func (s *Server) Transport() http.RoundTripper {
	return &http.Transport{DialContext: s.Dial, MaxIdleConnsPerHost: 8}
}

func (p *pipe) dial(ctx context.Context) (net.Conn, error) {
	p.start.Do(func() {
		p.wg.Go(func() { _ = p.server.Serve(p) }) // it always returns the error of the closed listener
	})
	client, server := net.Pipe()
	select {
	case p.conns <- server:
		return client, nil
	case <-p.closed:
		return nil, net.ErrClosed
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// Accept implements net.Listener.
func (p *pipe) Accept() (net.Conn, error) {
	select {
	case c := <-p.conns:
		return c, nil
	case <-p.closed:
		return nil, net.ErrClosed
	}
}

// Close implements net.Listener.
func (p *pipe) Close() error {
	p.stop.Do(func() { close(p.closed) })
	return nil
}

// Addr implements net.Listener.
func (p *pipe) Addr() net.Addr { return address{} }

type address struct{}

func (address) Network() string { return "pipe" }
func (address) String() string  { return "sandbox" }

// close closes the listener and its connections, and waits for requests in progress.
func (p *pipe) close() error {
	err := errors.Join(p.Close(), p.server.Close())
	p.wg.Wait()
	return err
}
