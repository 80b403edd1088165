// Package cluster is shared by the commands that connect to a Trino cluster.
package cluster

import (
	"fmt"
	"os"

	"github.com/td-cli/td/internal/cli"
	"github.com/td-cli/td/internal/sandbox/engine/trino"
)

// Options returns the options for the cluster at a URL. The credentials are read from the environment, because other
// users can read command lines.
func Options(env *cli.Env, url string) (o trino.Options, err error) {
	o = trino.Options{URL: url, Password: env.Getenv("TD_TRINO_PASSWORD"), Token: env.Getenv("TD_TRINO_TOKEN")}
	if o.Password != "" && o.Token != "" {
		return o, cli.Usagef("TD_TRINO_PASSWORD and TD_TRINO_TOKEN cannot be used together")
	}
	if path := env.Getenv("TD_TRINO_CA"); path != "" {
		if o.CA, err = os.ReadFile(path); err != nil {
			return o, fmt.Errorf("cannot read the certificates in TD_TRINO_CA: %w", err)
		}
	}
	if err := trino.CheckOptions(o); err != nil {
		return o, cli.UsageError{Err: err}
	}
	return o, nil
}
