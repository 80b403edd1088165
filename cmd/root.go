package cmd

import (
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/td-cli/td/cmd/account"
	"github.com/td-cli/td/cmd/apikey"
	"github.com/td-cli/td/cmd/bulkimport"
	"github.com/td-cli/td/cmd/completion"
	"github.com/td-cli/td/cmd/config"
	"github.com/td-cli/td/cmd/connector"
	"github.com/td-cli/td/cmd/db"
	"github.com/td-cli/td/cmd/doctor"
	"github.com/td-cli/td/cmd/export"
	"github.com/td-cli/td/cmd/internal/argv"
	"github.com/td-cli/td/cmd/internal/complete"
	"github.com/td-cli/td/cmd/job"
	"github.com/td-cli/td/cmd/query"
	"github.com/td-cli/td/cmd/result"
	"github.com/td-cli/td/cmd/sample"
	"github.com/td-cli/td/cmd/sandbox"
	"github.com/td-cli/td/cmd/sched"
	"github.com/td-cli/td/cmd/schema"
	"github.com/td-cli/td/cmd/server"
	"github.com/td-cli/td/cmd/status"
	"github.com/td-cli/td/cmd/table"
	"github.com/td-cli/td/cmd/update"
	"github.com/td-cli/td/cmd/user"
	"github.com/td-cli/td/cmd/workflow"
	"github.com/td-cli/td/internal/cli"
)

// A group is a noun and what is said of it in the help of td.
type group struct {
	name, title string
	of          string // the group that has the same commands under newer names, if any
}

func groups() []group {
	return []group{
		{name: "db", title: "Databases"},
		{name: "schema", title: "Schemas"},
		{name: "table", title: "Tables"},
		{name: "query", title: "Queries"},
		{name: "job", title: "Jobs"},
		{name: "sched", title: "Schedules"},
		{name: "result", title: "Result URLs"},
		{name: "export", title: "Exports"},
		{name: "import", title: "Imports"},
		{name: "bulk_import", title: "Bulk imports", of: "import"},
		{name: "sample", title: "Sample data"},
		{name: "connector", title: "Connectors"},
		{name: "workflow", title: "Workflows"},
		{name: "account", title: "Account"},
		{name: "password", title: "Password"},
		{name: "user", title: "Users"},
		{name: "apikey", title: "API key"},
		{name: "server", title: "Server"},
		{name: "sandbox", title: "Sandbox"},
		{name: "td", title: "td itself"},
	}
}

// isGroup reports whether a bare word asks for a group's help: the names that are
// also short for a command which needs an argument.
func isGroup(word string) bool {
	switch word {
	case "db", "table", "schema", "job", "sched", "result", "export", "import", "bulk_import", "connector", "user", "password", "sandbox", "sample":
		return true
	}
	return false
}

// nouns returns the function of each noun that returns its commands.
func nouns() []func(*cli.Env) []*cobra.Command {
	return []func(*cli.Env) []*cobra.Command{
		account.Commands, apikey.Commands, bulkimport.Commands, completion.Commands, config.Commands, connector.Commands,
		db.Commands, doctor.Commands, export.Commands, job.Commands, query.Commands, result.Commands,
		sample.Commands, sandbox.Commands, sched.Commands, schema.Commands, server.Commands, status.Commands,
		table.Commands, update.Commands, user.Commands, workflow.Commands,
	}
}

func newRoot(e *cli.Env) *cobra.Command {
	root := &cobra.Command{
		Use:              "td COMMAND",
		Short:            "The Treasure Data toolbelt",
		SilenceErrors:    true, // report prints them
		SilenceUsage:     true,
		TraverseChildren: true, // global flags are parsed before the command's own
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 {
				return nil
			}
			return unknownCommand(cmd, args[0])
		},
		RunE: func(cmd *cobra.Command, _ []string) error {
			if asked, err := cmd.Flags().GetBool("version"); err != nil || !asked {
				return cmd.Help()
			}
			e.Print("%s", versionLine())
			return nil
		},
	}
	root.CompletionOptions.DisableDefaultCmd = true
	root.SetIn(e.In)
	root.SetOut(e.Out)
	root.SetErr(e.Err)
	terminal := &terminalFlags{}
	root.SetHelpFunc(func(c *cobra.Command, _ []string) {
		_ = terminal.set(e) // a help text is shown however it is coloured
		defer e.Page()()
		help(c, e.OutWidth())
	})
	root.SetFlagErrorFunc(func(_ *cobra.Command, err error) error { return flagError(err) })
	globalFlags(root.Flags(), e)
	terminal.add(root.Flags())
	root.PersistentPreRunE = func(*cobra.Command, []string) error {
		if err := checkErrorFormat(e.Flags.ErrorFormat); err != nil {
			return err
		}
		if err := beginStatus(e, e.Flags.StatusFile); err != nil {
			return err
		}
		return terminal.set(e)
	}

	for _, commands := range nouns() {
		root.AddCommand(commands(e)...)
	}
	root.AddCommand(paged(e, newWorkflow(root)), paged(e, newHelp(root)), paged(e, newHelpAll(root)))
	root.SetHelpCommand(find(root, "help"))
	for _, g := range groups() {
		root.AddGroup(&cobra.Group{ID: g.name, Title: g.title})
	}
	for _, c := range root.Commands() {
		adopt(root, c)
	}
	// A flag of our own: cobra's needs text/template, which makes the linker keep every method.
	root.Flags().Bool("version", false, "print the version")
	return root
}

// adopt gives a command the long forms of the global flags, and a better word for
// arguments that are too few or too many.
func adopt(root, c *cobra.Command) {
	noun, _, _ := strings.Cut(c.Name(), ":")
	c.GroupID = "td"
	if root.ContainsGroup(noun) {
		c.GroupID = noun
	}
	root.Flags().VisitAll(func(f *pflag.Flag) {
		if c.Flags().Lookup(f.Name) == nil {
			long := *f
			long.Shorthand, long.Hidden = "", true
			c.Flags().AddFlag(&long)
		}
	})
	listFlags(c.Flags())
	check := c.Args
	c.Args = func(cmd *cobra.Command, args []string) error {
		if check(cmd, args) == nil {
			return nil
		}
		return argumentError(cmd, check, args)
	}
}

// listFlags adds what every list can do to a command that prints one.
func listFlags(fs *pflag.FlagSet) {
	format := fs.Lookup("format")
	if format == nil {
		return
	}
	f, ok := format.Value.(*cli.ListFormat)
	if !ok {
		return
	}
	fs.StringSliceVar(&f.Columns, "columns", nil, "print these columns alone, in this order: `NAMES` with commas")
	fs.Func("jq", "print what the jq program `EXPR` makes of each object (jsonl) or of all (json)", f.SetJQ)
	argv.MarkNew(fs, "columns", "jq")
	complete.Flags(fs, complete.Any, "columns", "jq")
}

// globalFlags defines the flags that stand before the command.
func globalFlags(fs *pflag.FlagSet, e *cli.Env) {
	fs.StringVarP(&e.Flags.Path, "config", "c", "", "read the settings from `FILE` (default ~/.td/td.conf)")
	fs.StringVar(&e.Flags.Profile, "profile", "", "use the account in the section [profile `NAME`] of the settings")
	fs.StringVarP(&e.Flags.APIKey, "apikey", "k", "", "use this API `KEY`")
	fs.StringVarP(&e.Flags.Endpoint, "endpoint", "e", "", "use this API server: a `URL`, a host, a site (us01, jp01, eu01, ap02, ap03) or sandbox")
	fs.StringVar(&e.Flags.ImportEndpoint, "import-endpoint", "", "use the import server at this `URL`")
	fs.BoolVar(&e.Flags.Insecure, "insecure", false, "use plain http where the endpoint names no scheme")
	fs.BoolVarP(&e.Flags.Verbose, "verbose", "v", false, "say more: the log of a job that is waited for")
	fs.BoolVar(&e.Quiet, "quiet", false, "say nothing but errors on standard error")
	fs.BoolVarP(&e.Flags.RetryPosts, "retry-post-requests", "r", false, "retry POST requests too, which may run a job twice")
	fs.DurationVar(&e.Flags.RetryMaxTime, "retry-max-time", -1, "retry for at most this `TIME`, as 30s or 5m (default 60s on a terminal, else 10m)")
	fs.Lookup("retry-max-time").DefValue = "0s"
	fs.BoolVar(&e.Flags.Debug, "debug", false, "trace the HTTP requests on standard error, without secrets")
	argv.NonEmptyString(fs, &e.Flags.StatusFile, "status-file", "", "keep the state of the command and of its job in `FILE`, for scripts")
	fs.StringVar(&e.Flags.ErrorFormat, "error-format", errorText, "how an error is written on standard error: `FORMAT` text or json")
	complete.Flags(fs, complete.File, "config", "status-file")
	complete.Flags(fs, complete.Profile, "profile")
	complete.Flags(fs, complete.Endpoint, "endpoint")
	complete.Flags(fs, complete.Any, "apikey", "import-endpoint")
	complete.Flags(fs, complete.OneOf(errorText, errorJSON), "error-format")
}

func unknownCommand(root *cobra.Command, name string) error {
	err := cli.Usagef("unknown command %q", name)
	if now := today(name); now != "" {
		return cli.WithHint(err, "it is called %s now", now)
	}
	words := commandWords(root, false)
	if len(similar(name, words)) == 0 {
		words = commandWords(root, true) // an alias is better than nothing
	}
	return didYouMean(err, name, words, "'td help' lists the commands")
}
