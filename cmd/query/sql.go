package query

import (
	"net/url"

	"github.com/td-cli/td/internal/cli"
)

// resultURL puts user and password into the result URL.
func resultURL(e *cli.Env, o options) (string, error) {
	if o.user == "" && !o.password {
		return o.resultURL, nil
	}
	u, err := url.Parse(o.resultURL)
	if err != nil || u.Scheme == "" || u.Host == "" {
		return "", cli.Usagef("-u/--user and -p/--password need a URL in -r/--result")
	}
	name := o.user
	if name == "" && u.User != nil {
		name = u.User.Username()
	}
	u.User = url.User(name)
	if o.password {
		word, err := e.Password("Password (typing will be hidden): ")
		if err != nil {
			return "", err
		}
		u.User = url.UserPassword(name, word)
	}
	return u.String(), nil
}
