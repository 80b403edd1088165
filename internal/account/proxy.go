package account

import (
	"fmt"
	"net/url"
	"strings"

	"github.com/td-cli/td/internal/api"
	"github.com/td-cli/td/internal/config"
)

// Proxy returns the proxy for requests to an endpoint, or nil if no proxy is used, and the environment variable that sets it.
// An invalid value is an error that does not contain the value.
func Proxy(getenv func(string) string, endpoint string) (proxy *url.URL, variable string, err error) {
	if endpoint == config.Sandbox {
		return nil, "", nil
	}
	names := []string{"HTTP_PROXY", "http_proxy"}
	if strings.HasPrefix(endpoint, "https://") {
		names = append([]string{"HTTPS_PROXY", "https_proxy"}, names...)
	}
	for _, name := range names {
		if variable == "" && getenv(name) != "" {
			variable = name
		}
	}
	for _, name := range names { // net/http ignores an invalid one, and would connect directly
		if value := getenv(name); value != "" && !isProxy(value) && !isProxy("http://"+value) {
			return nil, name, fmt.Errorf("%s is not the URL of a proxy: percent-encode special characters in the user name and the password", name)
		}
	}
	proxy, err = api.Proxy(endpoint)
	if err != nil && getenv("REQUEST_METHOD") != "" {
		err = fmt.Errorf("%s is not used because REQUEST_METHOD is set, as for a CGI program: unset it or set HTTPS_PROXY", variable)
	}
	return proxy, variable, err
}

func isProxy(text string) bool {
	u, err := url.Parse(text)
	if err != nil || u.Hostname() == "" || strings.Trim(u.Path, "/") != "" || u.RawQuery != "" || u.Fragment != "" {
		return false
	}
	switch u.Scheme {
	case "http", "https", "socks5", "socks5h":
		return true
	}
	return false
}
