// Package result is the commands on saved result URLs.
package result

import (
	"errors"
	"fmt"

	"github.com/td-cli/td/internal/api"
	"github.com/td-cli/td/internal/cli"
)

// missing is the error for a result URL that the server does not have; err is what it
// said of it, or nil.
func missing(name string, err error) error {
	what := fmt.Errorf("result URL '%s' %w", name, cli.ErrMissing)
	if err != nil {
		what = fmt.Errorf("%w: %w", what, err)
	}
	return cli.WithHint(what, "'td result:list' lists the result URLs")
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
		return fmt.Errorf("result URL '%s' already exists: %w", name, err)
	}
	return err
}
