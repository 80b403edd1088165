package cli

import (
	"errors"
	"io"
	"net/url"
)

// Canceled reports that the user declined, and returns a silent error with exit status 1.
func (e *Env) Canceled() error {
	e.Say("canceled.")
	return SilentError{errors.New("canceled")}
}

// Password prompts for a secret. End of input (Ctrl-D) cancels the command.
func (e *Env) Password(prompt string) (string, error) {
	word, err := e.Console.Password(prompt)
	if errors.Is(err, io.EOF) {
		err = e.Canceled()
	}
	return word, err
}

// OldPassword prompts for an existing password. An empty answer cancels the command.
func (e *Env) OldPassword(prompt string) (string, error) {
	word, err := e.Password(prompt)
	if err == nil && word == "" {
		err = e.Canceled()
	}
	return word, err
}

// NewPassword prompts for a new password and its repetition, up to three times until they match.
// An empty answer cancels the command.
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

// CheckSecrecy returns an error if a password would be sent unencrypted to another host, unless --insecure is set.
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
	return WithHint(Usagef("the password would be sent to %s unencrypted", u.Host), "use https, or --insecure to send it anyway")
}
