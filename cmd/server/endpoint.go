package server

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/td-cli/td/cmd/internal/complete"
	"github.com/td-cli/td/internal/cli"
	"github.com/td-cli/td/internal/config"
)

// NewEndpoint returns the command server:endpoint.
func NewEndpoint(env *cli.Env) *cobra.Command {
	return &cobra.Command{
		Use:         "server:endpoint URL",
		Short:       "Save the API server to use",
		Long:        "Save the API server to use: a URL, a host, a site (us01, jp01, eu01, ap02, ap03), or sandbox.\nWith --profile it is saved for that profile, which is created if necessary.",
		Example:     "  td server:endpoint https://api.treasuredata.co.jp\n  td --profile europe server:endpoint eu01",
		Args:        cobra.ExactArgs(1),
		Annotations: complete.Args(complete.Endpoint),
		RunE: func(cmd *cobra.Command, args []string) error {
			return endpoint(cmd.Context(), env, args[0])
		},
	}
}

// endpoint checks that the server answers, then saves it.
func endpoint(ctx context.Context, env *cli.Env, name string) error {
	url, err := config.ResolveEndpoint(name, env.Flags.Insecure)
	if err != nil {
		return cli.UsageError{Err: err}
	}
	settings, saved, err := env.ConfigToSave()
	if err != nil {
		return err
	}
	if url != config.Sandbox {
		client, err := env.Anonymous(ctx, url)
		if err != nil {
			return err
		}
		if _, err := client.ServerStatus(ctx); err != nil {
			return fmt.Errorf("%s was not saved: %w", url, err)
		}
	}
	for _, name := range []string{"import_endpoint", "workflow_endpoint"} {
		if other := saved.Setting(name); other.Origin == config.File && !sameServer(other.Value, url) {
			env.Warn("%s: %s is unchanged; check that it belongs to %s", other.Where, name, url)
		}
	}
	if env.PlanLocal("write", settings.Path) {
		return nil
	}
	return config.Set(settings.Path, settings.Profile, map[string]string{"endpoint": url})
}

// sameServer reports whether an endpoint as written in the file resolves to url.
func sameServer(written, url string) bool {
	saved, err := config.ResolveEndpoint(written, false)
	return err == nil && saved == url
}
