// Package result is the commands on saved result URLs.
package result

import (
	"cmp"
	"errors"

	"github.com/spf13/cobra"

	"github.com/td-cli/td/internal/api"
	"github.com/td-cli/td/internal/cli"
)

// Commands returns the result:* commands.
func Commands(env *cli.Env) []*cobra.Command {
	return []*cobra.Command{NewList(env), NewShow(env), NewCreate(env), NewDelete(env)}
}

// missing is the error for a result URL that the server does not have; err is what it
// said of it, or nil.
func missing(name string, err error) error {
	return cli.NotFound("result URL", name, "result:list", cmp.Or(err, api.ErrNotFound))
}

// rawResult is a saved result as jsonl shows it: the API's names and types, and no
// password.
type rawResult struct {
	Name string `json:"name"`
	URL  string `json:"url"`
}

func raw(r api.SavedResult) rawResult { return rawResult{r.Name, api.RedactURL(r.URL)} }

func explain(name string, err error) error {
	switch {
	case errors.Is(err, api.ErrNotFound):
		return missing(name, err)
	case errors.Is(err, api.ErrConflict):
		return cli.AlreadyExists("result URL", name, err)
	}
	return err
}
