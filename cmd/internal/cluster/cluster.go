// Package cluster is shared by the commands that connect to a Trino cluster.
package cluster

import (
	"context"
	"fmt"
	"os"
	"time"

	"github.com/td-cli/td/internal/cli"
	"github.com/td-cli/td/internal/sandbox/engine/trino"
)

// Options returns the options for the cluster at a URL. The credentials are read from the environment, because other
// users can read command lines.
func Options(env *cli.Env, url string) (o trino.Options, err error) {
	o = trino.Options{
		URL: url, Password: env.Getenv("TD_TRINO_PASSWORD"), Token: env.Getenv("TD_TRINO_TOKEN"),
		Warn: func(message string) { env.Warn("%s", message) },
	}
	if o.Password != "" && o.Token != "" {
		return o, cli.Usagef("TD_TRINO_PASSWORD and TD_TRINO_TOKEN cannot be used together")
	}
	if o.CA, err = certificates(env); err != nil {
		return o, err
	}
	if err := trino.CheckOptions(o); err != nil {
		return o, cli.UsageError{Err: err}
	}
	return o, nil
}

// certificates returns the PEM text of the file that TD_TRINO_CA names, or nil.
func certificates(env *cli.Env) ([]byte, error) {
	path := env.Getenv("TD_TRINO_CA")
	if path == "" {
		return nil, nil
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("cannot read the certificates in TD_TRINO_CA: %w", err)
	}
	return text, nil
}

// Describe returns the version of the cluster that stores the tables of a data directory, in words, and a warning if it is
// too old.
func Describe(ctx context.Context, env *cli.Env, address string) (description, warning string, err error) {
	const patience = 5 * time.Second
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	ca, err := certificates(env)
	if err != nil {
		return "", "", err
	}
	version, err := trino.Probe(ctx, address, ca)
	if err != nil {
		return "", "", err
	}
	return "Trino " + version + " at " + address, trino.VersionWarning(version), nil
}
