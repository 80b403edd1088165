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

// An answer is what a server was found to be.
type answer struct {
	api.Probe
	at  time.Time // when it came
	err error
}

// network checks the way to the servers, and what the endpoint says to the key.
func network(ctx context.Context, env *cli.Env, c config.Config, err error) []finding {
	if err != nil {
		return skip("the settings cannot be used", "proxy", "server", "TLS", "clock", "access", "import server")
	}
	anonymous, err := env.Anonymous(ctx, "")
	if err != nil {
		return append([]finding{failure("server", err)}, skip("there is no server to ask", "TLS", "clock", "access", "import server")...)
	}
	ctx, cancel := context.WithTimeout(ctx, networkPatience)
	defer cancel()
	var (
		way             finding
		server, imports answer
		entry           finding
		wait            sync.WaitGroup
	)
	wait.Go(func() { way = proxy(ctx, env, c) })
	wait.Go(func() { server = ask(ctx, anonymous, false) })
	wait.Go(func() { imports = ask(ctx, anonymous, true) })
	wait.Go(func() { entry = access(ctx, env, c) })
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

func ask(ctx context.Context, client *api.Client, imports bool) answer {
	p, err := client.Probe(ctx, imports)
	if errors.Is(err, context.DeadlineExceeded) {
		err = &api.NetworkError{Host: client.Host(), Err: fmt.Errorf("not within %s", networkPatience)}
	}
	return answer{p, time.Now(), err}
}

// proxy checks the variables and that somebody listens where they point to.
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

// reached tells whether the API is where the endpoint says.
func reached(check string, a answer) finding {
	switch {
	case a.err != nil:
		return failure(check, a.err)
	case a.Status >= 500:
		return failure(check, fmt.Errorf("%s answers %d: %w", a.Host, a.Status, api.ErrServer))
	case !a.API:
		return failure(check, fmt.Errorf("%s answers %d, but not as the API does; is the endpoint right?: %w", a.Host, a.Status, api.ErrAnswer))
	}
	return finding{check, ok, fmt.Sprintf("%s answers within %s", a.Host, max(a.Took.Round(time.Millisecond), time.Millisecond)), nil}
}

// encrypted checks the certificate, or whether there has to be one.
func encrypted(c config.Config, a answer) finding {
	const check, soon, day = "TLS", 14 * 24 * time.Hour, 24 * time.Hour
	if _, bad := errors.AsType[*tls.CertificateVerificationError](a.err); bad {
		return failure(check, cli.WithHint(fmt.Errorf("the certificate is not trusted: %w", a.err),
			"behind a proxy that opens TLS, let SSL_CERT_FILE name its certificate; and see the clock"))
	}
	switch {
	case c.Endpoint == config.Sandbox:
		return finding{check, ok, "not needed: the sandbox is in this process", nil}
	case strings.HasPrefix(c.Endpoint, "http://") && loopback(c.Endpoint):
		return finding{check, ok, "not needed: the server is on this machine", nil}
	case strings.HasPrefix(c.Endpoint, "http://"):
		return finding{check, warning, "the endpoint is http: the API key crosses the network in the clear; use https", nil}
	case a.err != nil || a.TLS == nil || len(a.TLS.PeerCertificates) == 0:
		return skip("the server does not answer", check)[0]
	}
	until := a.TLS.PeerCertificates[0].NotAfter
	detail := fmt.Sprintf("%s, the certificate ends on %s", tls.VersionName(a.TLS.Version), until.UTC().Format(time.DateOnly))
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

// clock compares the two clocks. Half of the way's time is the answer's.
func clock(a answer) finding {
	const check, most = "clock", time.Minute
	switch {
	case a.err != nil:
		return skip("the server does not answer", check)[0]
	case a.Date.IsZero():
		return skip("the server does not tell its time", check)[0]
	}
	ahead := a.at.Add(-a.Took / 2).Sub(a.Date).Round(time.Second)
	switch {
	case ahead > most:
		return finding{check, warning, fmt.Sprintf("%s ahead of the server's; set it right", ahead), nil}
	case ahead < -most:
		return finding{check, warning, fmt.Sprintf("%s behind the server's; set it right", -ahead), nil}
	}
	return finding{check, ok, "agrees with the server's", nil}
}

// access asks for something that needs the key. A refused key may belong to another
// site, but none is asked: a key goes to the endpoint that the person chose for it.
func access(ctx context.Context, env *cli.Env, c config.Config) finding {
	const check = "access"
	client, err := env.Client()
	if err != nil {
		return skip("there is no API key", check)[0]
	}
	databases, err := client.Databases(ctx)
	switch {
	case errors.Is(err, api.ErrUnauthorized), errors.Is(err, api.ErrNotFound):
		return failure(check, fmt.Errorf("%w; a key works at the site of its account alone%s", err, otherSites(c.Endpoint)))
	case errors.Is(err, api.ErrForbidden):
		return finding{check, warning, "the key may not list databases; is it write-only?", nil}
	case errors.Is(err, context.DeadlineExceeded):
		return failure(check, &api.NetworkError{Host: client.Host(), Err: fmt.Errorf("not within %s", networkPatience)})
	case err != nil:
		return failure(check, err)
	}
	if c.Endpoint == config.Sandbox {
		return finding{check, ok, fmt.Sprintf("databases: %d", len(databases)), nil}
	}
	return finding{check, ok, fmt.Sprintf("the key works; databases: %d", len(databases)), nil}
}

// otherSites suggests where else an account may be.
func otherSites(endpoint string) string {
	sites := slices.DeleteFunc(config.Sites(), func(site string) bool {
		url, err := config.ResolveEndpoint(site, false)
		return err != nil || url == endpoint
	})
	if len(sites) == len(config.Sites()) {
		return ""
	}
	return ": if yours is at " + strings.Join(sites, ", ") + ", 'td server:endpoint SITE' says so"
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
