package cli

import (
	"errors"
	"io"
	"net/url"
)

// Canceled says that the person took a question back. It is quiet; the exit status is 1.
func (e *Env) Canceled() error {
	e.Say("canceled.")
	return Quiet{errors.New("canceled")}
}

// Password asks for a secret, as the console does. The end of the input (Ctrl-D) cancels.
func (e *Env) Password(prompt string) (string, error) {
	word, err := e.Console.Password(prompt)
	if errors.Is(err, io.EOF) {
		err = e.Canceled()
	}
	return word, err
}

// OldPassword asks for a password that exists. An empty one cancels.
func (e *Env) OldPassword(prompt string) (string, error) {
	word, err := e.Password(prompt)
	if err == nil && word == "" {
		err = e.Canceled()
	}
	return word, err
}

// NewPassword asks for a new password twice, and starts again, three times in all, when
// the two differ. An empty one cancels.
func (e *Env) NewPassword(prompt, again string) (string, error) {
	for range 3 {
		word, err := e.OldPassword(prompt)
		if err != nil {
			return "", err
		}
		repeated, err := e.Password(again)
		if err != nil {
			return "", err
		}
		if word == repeated {
			return word, nil
		}
		e.Say("Doesn't match.")
	}
	return "", Usagef("the passwords differ; nothing was changed")
}

// CheckSecrecy refuses to send a password in the clear to another machine, unless
// --insecure asks for it.
func (e *Env) CheckSecrecy() error {
	c, err := e.Config()
	if err != nil || e.Flags.Insecure {
		return err
	}
	u, err := url.Parse(c.Endpoint)
	if err != nil || u.Scheme != "http" {
		return err
	}
	switch u.Hostname() {
	case "localhost", "127.0.0.1", "::1":
		return nil
	}
	return WithHint(Usagef("a password would go to %s in the clear", u.Host), "use https; --insecure sends it all the same")
}

// ResultURL puts a user's name, and a password that it asks for, into a result URL.
func (e *Env) ResultURL(text, user string, password bool) (string, error) {
	if user == "" && !password {
		return text, nil
	}
	u, err := url.Parse(text)
	if err != nil || u.Scheme == "" || u.Host == "" {
		return "", Usagef("-u/--user and -p/--password need a result URL, as mysql://host/database/table")
	}
	if user == "" && u.User != nil {
		user = u.User.Username()
	}
	u.User = url.User(user)
	if password {
		word, err := e.Password("Password (typing will be hidden): ")
		if err != nil {
			return "", err
		}
		u.User = url.UserPassword(user, word)
	}
	return u.String(), nil
}
