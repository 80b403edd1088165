package cli

import (
	"context"
	"errors"

	"github.com/td-cli/td/internal/api"
)

// EnsureTable creates a table that does not exist, and its database, and says so. That
// somebody else creates them at the same time is no error.
func (e *Env) EnsureTable(ctx context.Context, client *api.Client, database, name string) error {
	_, err := FindTable(ctx, client, database, name)
	if errors.Is(err, api.ErrNotFound) {
		switch err := client.CreateDatabase(ctx, database); {
		case err == nil:
			e.Say("Database '%s' is created.", database)
		case !errors.Is(err, api.ErrConflict):
			return err
		}
		err = ErrMissing
	}
	if !errors.Is(err, ErrMissing) {
		return err
	}
	switch err := client.CreateTable(ctx, database, name, api.TableOptions{}); {
	case err == nil:
		e.Say("Table '%s.%s' is created.", database, name)
	case !errors.Is(err, api.ErrConflict):
		return err
	}
	return nil
}
