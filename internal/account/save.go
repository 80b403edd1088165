package account

import (
	"context"
	"errors"
	"fmt"

	"github.com/td-cli/td/internal/config"
	"github.com/td-cli/td/internal/redact"
)

// Saved returns the settings that the file alone has for the profile of c. Every error is a [config.Error].
func Saved(c config.Config) (config.Config, error) {
	f := config.Flags{Path: c.Path, Profile: c.Profile, Saving: true}
	return load(f, func(string) string { return "" })
}

// A NewKey is an API key to save.
type NewKey struct {
	User     string // the owner's e-mail address; may be empty
	Key      string
	Keyring  bool // store the key in the OS keyring
	Endpoint bool // save the endpoint in force too
}

// SaveKey saves a key for the profile of settings and removes the saved one from wherever it was stored. It
// warns if the old key could not be removed from the keyring.
func (a *Account) SaveKey(ctx context.Context, settings, saved config.Config, k NewKey) error {
	if k.Key == redact.Mask {
		return errors.New("the API key is not saved: a recording does not contain it")
	}
	values := map[string]string{"user": k.User, "apikey": k.Key, "apikey_command": "", "apikey_keyring": ""}
	if k.Endpoint {
		values["endpoint"] = settings.Endpoint
	}
	if k.Keyring {
		item, err := a.storeKey(ctx, settings, k.Key)
		if err != nil {
			return err
		}
		values["apikey"], values["apikey_keyring"] = "", item
	}
	err := config.Set(settings.Path, settings.Profile, values)
	newItem, oldItem := values["apikey_keyring"], saved.KeyringItem
	switch {
	case newItem == oldItem:
		return err
	case err != nil:
		return errors.Join(err, a.deleteKey(ctx, newItem))
	}
	if err := a.deleteKey(ctx, oldItem); err != nil {
		a.options.Warn("the old API key is still in the OS keyring as %q: %v", oldItem, err)
	}
	return nil
}

// storeKey stores a key in the keyring and returns the name of the item.
func (a *Account) storeKey(ctx context.Context, c config.Config, key string) (item string, err error) {
	ctx, cancel := context.WithTimeout(ctx, a.KeyTimeout)
	defer cancel()
	if item, err = itemName(c.Path, c.Profile); err != nil {
		return "", err
	}
	if err := writeKeyring(ctx, a.options.Getenv, item, key); err != nil {
		return "", config.Error{Err: fmt.Errorf("nothing was saved: %w", err)}
	}
	return item, nil
}

// deleteKey removes an item from the keyring; "" is no item.
func (a *Account) deleteKey(ctx context.Context, item string) error {
	if item == "" {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, a.KeyTimeout)
	defer cancel()
	return deleteFromKeyring(ctx, a.options.Getenv, item)
}
