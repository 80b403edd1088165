package jobcmd

import (
	"net/url"

	"github.com/td-cli/td/internal/cli"
)

// CompleteResultURL puts a user name, and a password for which it prompts, into a result URL.
func CompleteResultURL(env *cli.Env, text, user string, password bool) (string, error) {
	if user == "" && !password {
		return text, nil
	}
	u, err := url.Parse(text)
	if err != nil || u.Scheme == "" || u.Host == "" {
		return "", cli.Usagef("-u/--user and -p/--password require a result URL such as mysql://host/database/table")
	}
	if user == "" && u.User != nil {
		user = u.User.Username()
	}
	u.User = url.User(user)
	if password {
		word, err := env.Password("Password (typing will be hidden): ")
		if err != nil {
			return "", err
		}
		u.User = url.UserPassword(user, word)
	}
	return u.String(), nil
}
