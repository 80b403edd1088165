// Package result implements the result:* commands, which manage saved result URLs.
package result

import (
	"cmp"
	"errors"

	"github.com/td-cli/td/cmd/internal/argv"
	"github.com/td-cli/td/internal/api"
	"github.com/td-cli/td/internal/cli"
)

// Commands returns the result:* commands.
func Commands() []argv.Command {
	return []argv.Command{
		{Name: "result:list", Aliases: []string{"results"}, New: NewList, ReadOnly: true},
		{Name: "result:show", Aliases: []string{"result"}, New: NewShow, ReadOnly: true},
		{Name: "result:create", New: NewCreate},
		{Name: "result:delete", New: NewDelete},
	}
}

// notFound returns the error for a result URL that does not exist. The server's error err
// may be nil.
func notFound(name string, err error) error {
	return cli.NotFound("result URL", name, "result:list", cmp.Or(err, api.ErrNotFound))
}

// withName adds the name of the result URL to a not-found or conflict error.
func withName(name string, err error) error {
	switch {
	case errors.Is(err, api.ErrNotFound):
		return notFound(name, err)
	case errors.Is(err, api.ErrConflict):
		return cli.AlreadyExists("result URL", name, err)
	}
	return err
}
