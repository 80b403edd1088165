// Package account selects the API key, the endpoint and the proxy that a command uses, and saves keys. A key can
// be in the settings, in the OS keyring, or be printed by a command. No error message contains a key.
package account

import (
	"context"
	"io"
	"sync"
	"time"

	"github.com/td-cli/td/internal/config"
)

// Options configure an Account.
type Options struct {
	Flags  *config.Flags // complete when Settings is called, not before
	Getenv func(string) string
	Stderr io.Writer                     // standard error of the apikey_command
	Warn   func(format string, a ...any) // reports a problem that does not prevent the operation
}

// An Account is the account that the settings select.
type Account struct {
	// KeyTimeout limits how long a command or the OS keyring may take to return the API key.
	KeyTimeout time.Duration

	options  Options
	settings func() (config.Config, error)
	key      func() (string, error)
}

// New returns an Account without reading any file. The context limits the requests to the keyring and the
// apikey_command.
func New(ctx context.Context, o Options) *Account {
	a := &Account{KeyTimeout: time.Minute, options: o}
	a.settings = sync.OnceValues(func() (config.Config, error) { return load(*o.Flags, o.Getenv) })
	a.key = sync.OnceValues(func() (string, error) { return a.loadKey(ctx) })
	return a
}

// Settings returns the settings, which it reads once. Every error is a [config.Error].
func (a *Account) Settings() (config.Config, error) { return a.settings() }

// Key returns the API key: from the settings, or from the command or the OS keyring that they name. It is read
// once. Without a key the error is [config.ErrNoAPIKey].
func (a *Account) Key() (string, error) { return a.key() }

func load(f config.Flags, getenv func(string) string) (config.Config, error) {
	c, err := config.Load(f, getenv)
	if err != nil {
		return c, config.Error{Err: err}
	}
	return c, nil
}
