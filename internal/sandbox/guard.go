package sandbox

import (
	"io"
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strings"
	"time"

	"github.com/td-cli/td/internal/sandbox/httpapi"
)

// maxBodyPause is the time after which a request fails if no byte of its body arrives.
const maxBodyPause = time.Minute

// checkHost returns an error if a request has a Host that is not allowed.
func (s *Server) checkHost(r *http.Request) error {
	if !s.options.CheckHost {
		return nil
	}
	host := r.Host
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	host = strings.ToLower(strings.Trim(host, "[]"))
	if addr, err := netip.ParseAddr(host); host == "localhost" || err == nil && addr.IsLoopback() {
		return nil
	}
	if slices.ContainsFunc(s.options.Hosts, func(name string) bool { return strings.EqualFold(name, host) }) {
		return nil
	}
	return httpapi.Errorf(http.StatusForbidden, "The host '%s' is not allowed: start the sandbox with --host %s", host, host)
}

// A pausingBody is a request body whose reads fail with os.ErrDeadlineExceeded if the
// client pauses for too long.
type pausingBody struct {
	io.ReadCloser
	conn *http.ResponseController
}

// Read implements io.Reader.
func (b *pausingBody) Read(p []byte) (int, error) {
	_ = b.conn.SetReadDeadline(time.Now().Add(maxBodyPause)) // not supported by test recorders
	n, err := b.ReadCloser.Read(p)
	if err != nil {
		_ = b.conn.SetReadDeadline(time.Time{})
	}
	return n, err
}

// Close implements io.Closer.
func (b *pausingBody) Close() error {
	_ = b.conn.SetReadDeadline(time.Time{})
	return b.ReadCloser.Close()
}
