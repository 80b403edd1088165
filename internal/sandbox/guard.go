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

// IsLoopback reports whether a host, with or without a port, is this machine under a name that no other site can have.
func IsLoopback(host string) bool {
	host = hostName(host)
	addr, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && addr.IsLoopback()
}

// hostName returns a host in lower case without its port and brackets.
func hostName(host string) string {
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	return strings.ToLower(strings.Trim(host, "[]"))
}

// checkHost returns an error if a request has a Host that is not allowed.
func (s *Server) checkHost(r *http.Request) error {
	if !s.options.CheckHost {
		return nil
	}
	if IsLoopback(r.Host) {
		return nil
	}
	host := hostName(r.Host)
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
