package cli

import (
	"fmt"
	"net/url"
	"strings"

	"github.com/td-cli/td/internal/api"
	"github.com/td-cli/td/internal/config"
)

// Proxy returns the proxy that requests to an endpoint go through, nil for none, and
// the variable that names it, or "" when none does. What is no URL, a request would
// pass over in silence; here it is an error, which does not show it.
func (e *Env) Proxy(endpoint string) (proxy *url.URL, variable string, err error) {
	if endpoint == config.Sandbox {
		return nil, "", nil
	}
	names := []string{"HTTP_PROXY", "http_proxy"}
	if strings.HasPrefix(endpoint, "https://") {
		names = append([]string{"HTTPS_PROXY", "https_proxy"}, names...)
	}
	for _, name := range names {
		if variable == "" && e.Getenv(name) != "" {
			variable = name
		}
	}
	if value := e.Getenv(variable); value != "" && !isProxy(value) && !isProxy("http://"+value) {
		return nil, variable, fmt.Errorf("%s is not the URL of a proxy", variable)
	}
	proxy, err = api.Proxy(endpoint)
	return proxy, variable, err
}

func isProxy(text string) bool {
	u, err := url.Parse(text)
	if err != nil || u.Hostname() == "" {
		return false
	}
	switch u.Scheme {
	case "http", "https", "socks5", "socks5h":
		return true
	}
	return false
}
