// Package config implements the config command, which shows the effective settings.
package config

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/td-cli/td/cmd/internal/argv"
	"github.com/td-cli/td/internal/account"
	"github.com/td-cli/td/internal/api"
	"github.com/td-cli/td/internal/cli"
	"github.com/td-cli/td/internal/config"
	"github.com/td-cli/td/internal/grid"
)

// Commands returns the command config.
func Commands() []argv.Command {
	return []argv.Command{
		{Name: "config", New: New, ReadOnly: true},
	}
}

// New returns the command config.
func New(env *cli.Env) *cobra.Command {
	format := cli.TableList()
	format.KeepText = true
	cmd := &cobra.Command{
		Use:   "config",
		Short: "Show each setting, its value and where it came from",
		Long: `Show each setting, its value and its origin: a flag, an environment variable, a line of
td.conf, or the default. At most the last four characters of an API key are shown; a key
command is not run and the OS keyring is not read. Nothing is sent.`,
		Example: "  td config\n  td --profile japan config\n  td config -f json",
		Args:    cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			return show(env, format)
		},
	}
	cmd.Flags().VarP(&format, "format", "f", cli.ListFormatUsage)
	return cmd
}

func show(env *cli.Env, format cli.ListFormat) error {
	c, err := env.Config()
	if err != nil {
		return err
	}
	profiles, err := config.Profiles(c.Path)
	if err != nil {
		return config.Error{Err: err}
	}
	l := grid.List{Columns: []string{"Setting", "Value", "Source"}}
	add := func(name, value, source string) {
		var cell any // nil for an empty value
		if value != "" {
			cell = value
		}
		l.Rows = append(l.Rows, grid.Row{Cells: []any{name, cell, source}, Raw: raw{name, cell, source}})
	}
	for _, name := range []string{"config", "profile"} {
		s := c.Setting(name)
		add(name, s.Value, origin(s))
	}
	add("profiles", strings.Join(profiles, ", "), c.Path)
	add("apikey", maskedKey(c), keySource(c))
	for _, name := range []string{"endpoint", "import_endpoint"} {
		s := c.Setting(name)
		add(name, s.Value, origin(s))
	}
	value, source := workflows(c)
	add("workflow_endpoint", value, source)
	for _, name := range []string{"user", "database", "type", "history", "heartbeat_hosts", "swap_guard", "lint", "max_time", "max_rows", "max_result_size"} {
		s := c.Setting(name)
		add(name, s.Value, origin(s))
	}
	value, source = headers(c)
	add("headers", value, source)
	value, source = proxy(env, c)
	add("proxy", value, source)
	dir, err := cli.SandboxDir(env.Getenv)
	if err != nil {
		dir = ""
	}
	add("sandbox_dir", dir, sandboxSource(env, dir))
	return env.PrintList(l, format)
}

// raw returns a setting as format jsonl shows it.
type raw struct {
	Setting string `json:"setting"`
	Value   any    `json:"value"`
	Source  string `json:"source"`
}

const (
	notSet  = "not set"
	builtIn = "built-in"
)

// origin returns where a setting came from.
func origin(s config.Setting) string {
	switch s.Origin {
	case config.Unset:
		return notSet
	case config.BuiltIn:
		return cmp.Or(s.Where, builtIn)
	}
	return s.Where
}

func maskedKey(c config.Config) string {
	if c.APIKey == "" {
		return ""
	}
	return config.Mask(c.APIKey)
}

// keySource returns where the API key is stored.
func keySource(c config.Config) string {
	where := origin(c.Setting("apikey"))
	switch {
	case c.KeyCommand != "":
		return where + " (apikey_command)"
	case c.KeyringItem != "":
		return where + " (OS keyring)"
	}
	return where
}

func workflows(c config.Config) (value, source string) {
	s := c.Setting("workflow_endpoint")
	url, err := config.WorkflowEndpoint(c.Endpoint, c.WorkflowEndpoint)
	switch {
	case err != nil && s.Origin == config.Unset:
		return "", "not known for this endpoint"
	case err != nil:
		return "", s.Where + " (not a server)"
	case s.Origin == config.Unset:
		return url, "derived from the endpoint"
	}
	return url, s.Where
}

// headers returns the names of the extra headers. Their values may be secret.
func headers(c config.Config) (value, source string) {
	if len(c.Header) == 0 {
		return "", notSet
	}
	return strings.Join(slices.Sorted(maps.Keys(c.Header)), ", "), "TD_API_HEADERS"
}

// proxy returns the proxy used for the endpoint.
func proxy(env *cli.Env, c config.Config) (value, source string) {
	u, variable, err := account.Proxy(env.Getenv, c.Endpoint)
	switch {
	case err != nil:
		return "", variable + " (not a URL)"
	case u != nil:
		return api.MaskProxy(u), variable
	case variable != "":
		return "", variable + " (not for this endpoint)"
	}
	return "", notSet
}

func sandboxSource(env *cli.Env, dir string) string {
	switch {
	case env.Getenv("TD_SANDBOX_DIR") != "":
		return "TD_SANDBOX_DIR"
	case dir == "":
		return notSet
	}
	return builtIn
}
