package account

import (
	"context"
	"errors"
	"fmt"

	"github.com/td-cli/td/internal/config"
)

func (a *Account) loadKey(ctx context.Context) (string, error) {
	c, err := a.Settings()
	if err != nil {
		return "", err
	}
	ctx, cancel := context.WithTimeout(ctx, a.KeyTimeout)
	defer cancel()
	key := c.APIKey
	switch {
	case key != "":
	case c.KeyCommand != "" && c.Writable:
		return "", config.Error{Err: fmt.Errorf(
			"the apikey_command in %s was not run: other users can change that file; fix it with 'chmod 600 %s'", c.Path, c.Path)}
	case c.KeyCommand != "" && c.Foreign:
		return "", config.Error{Err: fmt.Errorf("the apikey_command in %s was not run: the file belongs to another user", c.Path)}
	case c.KeyCommand != "":
		key, err = runKeyCommand(ctx, c.KeyCommand, a.options.Stderr)
	case c.KeyringItem != "":
		key, err = readKeyring(ctx, a.options.Getenv, c.KeyringItem)
	default:
		return "", a.noKeyError(c)
	}
	if err == nil {
		return key, nil
	}
	failure := config.Error{Err: fmt.Errorf("%s: %w", c.Setting("apikey").Where, err)}
	if errors.Is(err, errNoItem) {
		failure.Advice = "'td apikey:set -f --keyring' stores one there"
	}
	return "", failure
}

// noKeyError wraps config.ErrNoAPIKey with a hint on how to provide a key.
func (a *Account) noKeyError(c config.Config) error {
	named := a.options.Flags.Profile != ""
	if c.Profile == config.DefaultProfile && !named {
		return config.Error{Err: config.ErrNoAPIKey, Advice: "save one with 'td apikey:set' or set TD_API_KEY; 'td -e sandbox …' needs none"}
	}
	failure := config.Error{
		Err:    fmt.Errorf("%w for profile %q", config.ErrNoAPIKey, c.Profile),
		Advice: fmt.Sprintf("save one with 'td --profile %s apikey:set' or set TD_API_KEY", c.Profile),
	}
	if named {
		failure.Advice = "save one with 'td apikey:set'; TD_API_KEY is not used with --profile"
	}
	return failure
}
