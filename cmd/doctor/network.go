package doctor

import (
	"cmp"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/td-cli/td/internal/account"
	"github.com/td-cli/td/internal/api"
	"github.com/td-cli/td/internal/cli"
	"github.com/td-cli/td/internal/config"
)

// An answer is the response of a server to a probe.
type answer struct {
	api.Probe
	at  time.Time // time of arrival
	err error
}

// network checks the connections to the servers and whether the endpoint accepts the key.
func network(ctx context.Context, env *cli.Env, c config.Config, err error, limit time.Duration) []finding {
	if err != nil {
		return skip("the settings are invalid", "proxy", "server", "TLS", "clock", "access", "import server")
	}
	if _, _, err := account.Proxy(env.Getenv, c.Endpoint); err != nil {
		return append([]finding{failure("proxy", config.Error{Err: err})}, skip("the proxy is invalid", "server", "TLS", "clock", "access", "import server")...)
	}
	anonymous, err := env.Anonymous(ctx, "")
	if err != nil {
		return append([]finding{failure("server", err)}, skip("no server is configured", "TLS", "clock", "access", "import server")...)
	}
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	var (
		way             finding
		server, imports answer
		entry           finding
		wait            sync.WaitGroup
	)
	wait.Go(func() { way = proxy(ctx, env, c) })
	wait.Go(func() { server = ask(ctx, anonymous, false, limit) })
	wait.Go(func() { imports = ask(ctx, anonymous, true, limit) })
	wait.Go(func() { entry = access(ctx, env, c, limit) })
	wait.Wait()
	if server.err != nil {
		entry = skip("the server does not answer", "access")[0]
	}
	return []finding{way, reached("server", server), encrypted(c, server), clock(server), entry, importServer(c, imports)}
}

func skip(why string, checks ...string) []finding {
	var found []finding
	for _, check := range checks {
		found = append(found, finding{check, skipped, why, nil})
	}
	return found
}

func ask(ctx context.Context, client *api.Client, imports bool, limit time.Duration) answer {
	p, err := client.Probe(ctx, imports)
	if errors.Is(err, context.DeadlineExceeded) {
		err = &api.NetworkError{Host: client.Host(), Err: fmt.Errorf("no response within %s", limit)}
	}
	return answer{p, time.Now(), err}
}

// proxy checks the proxy variables and that the proxy accepts connections.
func proxy(ctx context.Context, env *cli.Env, c config.Config) finding {
	const check = "proxy"
	u, variable, err := account.Proxy(env.Getenv, c.Endpoint)
	switch {
	case err != nil:
		return failure(check, config.Error{Err: err})
	case u == nil && variable != "":
		return finding{check, ok, "none for this endpoint, though " + variable + " is set", nil}
	case u == nil:
		return finding{check, ok, "none", nil}
	}
	shown := api.MaskProxy(u)
	conn, err := new(net.Dialer).DialContext(ctx, "tcp", net.JoinHostPort(u.Hostname(), cmp.Or(u.Port(), proxyPort(u))))
	if err != nil {
		return failure(check, cli.WithHint(&api.NetworkError{Host: shown, Err: err}, "see %s", variable))
	}
	_ = conn.Close()
	return finding{check, ok, fmt.Sprintf("%s answers (%s)", shown, variable), nil}
}

func proxyPort(u *url.URL) string {
	switch u.Scheme {
	case "https":
		return "443"
	case "socks5", "socks5h":
		return "1080"
	}
	return "80"
}

// reached checks that the endpoint is an API server.
func reached(check string, a answer) finding {
	switch {
	case a.err != nil:
		return failure(check, a.err)
	case a.Status >= 500:
		return failure(check, fmt.Errorf("%s answers %d: %w", a.Host, a.Status, api.ErrServer))
	case !a.API:
		return failure(check, fmt.Errorf("%s responds with status %d, but not like the API; check the endpoint: %w", a.Host, a.Status, api.ErrAnswer))
	}
	return finding{check, ok, fmt.Sprintf("%s answers within %s", a.Host, max(a.Took.Round(time.Millisecond), time.Millisecond)), nil}
}

// encrypted checks the certificate, or whether one is needed.
func encrypted(c config.Config, a answer) finding {
	const check, soon, day = "TLS", 14 * 24 * time.Hour, 24 * time.Hour
	if _, bad := errors.AsType[*tls.CertificateVerificationError](a.err); bad {
		return failure(check, cli.WithHint(fmt.Errorf("the certificate is not trusted: %w", a.err),
			"if a proxy decrypts TLS, set SSL_CERT_FILE to its certificate; also check the clock"))
	}
	switch {
	case c.Endpoint == config.Sandbox:
		return finding{check, ok, "not needed: the sandbox is in this process", nil}
	case strings.HasPrefix(c.Endpoint, "http://") && loopback(c.Endpoint):
		return finding{check, ok, "not needed: the server is on this machine", nil}
	case strings.HasPrefix(c.Endpoint, "http://"):
		return finding{check, warning, "the endpoint uses http: the API key is sent unencrypted; use https", nil}
	case a.err != nil || a.TLS == nil || len(a.TLS.PeerCertificates) == 0:
		return skip("the server does not answer", check)[0]
	}
	until := a.TLS.PeerCertificates[0].NotAfter
	detail := fmt.Sprintf("%s, the certificate expires on %s", tls.VersionName(a.TLS.Version), until.UTC().Format(time.DateOnly))
	if left := until.Sub(a.at); left < soon {
		return finding{check, warning, fmt.Sprintf("%s, in %d days", detail, left/day), nil}
	}
	return finding{check, ok, detail, nil}
}

func loopback(endpoint string) bool {
	u, err := url.Parse(endpoint)
	if err != nil {
		return false
	}
	ip := net.ParseIP(u.Hostname())
	return u.Hostname() == "localhost" || ip != nil && ip.IsLoopback()
}

// clock compares the local clock with the server's, assuming that half of the round trip is
// the response's.
func clock(a answer) finding {
	const check, most = "clock", time.Minute
	switch {
	case a.err != nil:
		return skip("the server does not answer", check)[0]
	case a.Date.IsZero():
		return skip("the response has no Date header", check)[0]
	}
	ahead := a.at.Add(-a.Took / 2).Sub(a.Date).Round(time.Second)
	switch {
	case ahead > most:
		return finding{check, warning, fmt.Sprintf("%s ahead of the server's; correct it", ahead), nil}
	case ahead < -most:
		return finding{check, warning, fmt.Sprintf("%s slower than the server's; correct it", -ahead), nil}
	}
	return finding{check, ok, "matches the server's", nil}
}

// access sends a request that needs the key. A rejected key may belong to another site, but
// the key is only sent to the endpoint that the user chose.
func access(ctx context.Context, env *cli.Env, c config.Config, limit time.Duration) finding {
	const check = "access"
	client, err := env.Client()
	if err != nil {
		return skip("there is no API key", check)[0]
	}
	databases, err := client.Databases(ctx)
	switch {
	case errors.Is(err, api.ErrUnauthorized), errors.Is(err, api.ErrNotFound):
		return failure(check, fmt.Errorf("%w; a key only works at the site of its account%s", err, otherSites(c.Endpoint)))
	case errors.Is(err, api.ErrForbidden):
		return finding{check, warning, "the key is not allowed to list databases (it may be write-only)", nil}
	case errors.Is(err, context.DeadlineExceeded):
		return failure(check, &api.NetworkError{Host: client.Host(), Err: fmt.Errorf("no response within %s", limit)})
	case err != nil:
		return failure(check, err)
	}
	if c.Endpoint == config.Sandbox {
		return finding{check, ok, fmt.Sprintf("databases: %d", len(databases)), nil}
	}
	return finding{check, ok, fmt.Sprintf("the key works; databases: %d", len(databases)), nil}
}

// otherSites suggests the other sites where the account may be.
func otherSites(endpoint string) string {
	sites := slices.DeleteFunc(config.Sites(), func(site string) bool {
		url, err := config.ResolveEndpoint(site, false)
		return err != nil || url == endpoint
	})
	if len(sites) == len(config.Sites()) {
		return ""
	}
	return ": if yours is " + strings.Join(sites, ", ") + ", set it with 'td server:endpoint SITE'"
}

func importServer(c config.Config, a answer) finding {
	const check = "import server"
	switch {
	case c.ImportEndpoint == c.Endpoint:
		return finding{check, ok, "the same as the server", nil}
	case a.err != nil:
		return failure(check, a.err)
	case a.Status >= 500:
		return failure(check, fmt.Errorf("%s answers %d: %w", a.Host, a.Status, api.ErrServer))
	}
	return finding{check, ok, a.Host + " answers", nil}
}
