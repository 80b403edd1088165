package cli

import (
	"context"
	"errors"
	"fmt"

	"github.com/td-cli/td/internal/account"
	"github.com/td-cli/td/internal/config"
)

// ToSave returns, for a command that saves something, the settings in force and what the file alone says of the
// chosen profile, which need not exist yet. Nothing may have asked for the settings before.
func (e *Env) ToSave() (settings, saved config.Config, err error) {
	e.Flags.Saving = true
	if settings, err = e.Config(); err != nil {
		return settings, saved, err
	}
	f := config.Flags{Path: settings.Path, Profile: settings.Profile, Saving: true}
	if saved, err = config.Load(f, func(string) string { return "" }); err != nil {
		err = ConfigError{err}
	}
	return settings, saved, err
}

// A NewKey is an API key to save.
type NewKey struct {
	User     string // whose it is, or empty for unknown
	Key      string
	Keyring  bool // keep it in the OS keyring
	Endpoint bool // save the endpoint in force too
}

// SaveKey saves a key for the chosen profile in place of the saved one, wherever that is
// kept.
func (e *Env) SaveKey(ctx context.Context, c, saved config.Config, k NewKey) error {
	values := map[string]string{"user": k.User, "apikey": k.Key, "apikey_command": "", "apikey_keyring": ""}
	if k.Endpoint {
		values["endpoint"] = c.Endpoint
	}
	if k.Keyring {
		item, err := e.keep(ctx, c, k.Key)
		if err != nil {
			return err
		}
		values["apikey"], values["apikey_keyring"] = "", item
	}
	err := config.Set(c.Path, c.Profile, values)
	old := saved.KeyringItem
	switch item := values["apikey_keyring"]; {
	case err != nil && item != old:
		return errors.Join(err, e.forget(ctx, item))
	case err == nil && item != old:
		if ferr := e.forget(ctx, old); ferr != nil {
			e.Warn("the old API key stays in the OS keyring as %q: %v", old, ferr)
		}
	}
	return err
}

func (e *Env) keep(ctx context.Context, c config.Config, key string) (item string, err error) {
	ctx, cancel := context.WithTimeout(ctx, e.KeyPatience)
	defer cancel()
	if item, err = account.Item(c.Path, c.Profile); err != nil {
		return "", err
	}
	if err := account.Keep(ctx, e.Getenv, item, key); err != nil {
		return "", ConfigError{fmt.Errorf("nothing was saved: %w", err)}
	}
	return item, nil
}

func (e *Env) forget(ctx context.Context, item string) error {
	if item == "" {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, e.KeyPatience)
	defer cancel()
	return account.Forget(ctx, e.Getenv, item)
}

// ProfileFlag is what a suggested command needs to mean the same profile: "--profile
// NAME " or "".
func (e *Env) ProfileFlag() string {
	if e.Flags.Profile == "" {
		return ""
	}
	return "--profile " + e.Flags.Profile + " "
}
