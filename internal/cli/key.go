package cli

import (
	"context"
	"errors"
	"fmt"

	"github.com/td-cli/td/internal/account"
	"github.com/td-cli/td/internal/config"
)

// APIKey returns the API key, once it is needed: from the settings, or from the command
// or the OS keyring that they name, which is asked once. Without one it is
// config.ErrNoAPIKey.
func (e *Env) APIKey() (string, error) { return e.key() }

func (e *Env) loadKey(ctx context.Context) (string, error) {
	c, err := e.Config()
	if err != nil {
		return "", err
	}
	ctx, cancel := context.WithTimeout(ctx, e.KeyPatience)
	defer cancel()
	key := c.APIKey
	switch {
	case key != "":
	case c.KeyCommand != "" && c.Writable:
		return "", ConfigError{fmt.Errorf("the apikey_command in %s is not run: others can change that file; 'chmod 600 %s' mends that", c.Path, c.Path)}
	case c.KeyCommand != "" && c.Foreign:
		return "", ConfigError{fmt.Errorf("the apikey_command in %s is not run: the file belongs to somebody else", c.Path)}
	case c.KeyCommand != "":
		key, err = account.FromCommand(ctx, c.KeyCommand, e.Err)
	case c.KeyringItem != "":
		key, err = account.Find(ctx, e.Getenv, c.KeyringItem)
	default:
		return "", e.noKey(c)
	}
	if err == nil {
		return key, nil
	}
	err = ConfigError{fmt.Errorf("%s: %w", c.Setting("apikey").Where, err)}
	if errors.Is(err, account.ErrNotFound) {
		err = WithHint(err, "'td %sapikey:set -f --keyring' puts one there", e.ProfileFlag())
	}
	return "", err
}

// noKey is config.ErrNoAPIKey and where a key could come from.
func (e *Env) noKey(c config.Config) error {
	if c.Profile == config.DefaultProfile && e.Flags.Profile == "" {
		return WithHint(config.ErrNoAPIKey, "'td apikey:set' saves one, TD_API_KEY gives one; 'td -e sandbox …' needs none")
	}
	err := fmt.Errorf("%w for profile %q", config.ErrNoAPIKey, c.Profile)
	if e.Flags.Profile == "" {
		return WithHint(err, "'td --profile %s apikey:set' saves one, TD_API_KEY gives one", c.Profile)
	}
	return WithHint(err, "'td --profile %s apikey:set' saves one; TD_API_KEY does not count beside --profile", c.Profile)
}
