package cmd

import (
	"context"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/td-cli/td/cmd/account"
	"github.com/td-cli/td/cmd/api"
	"github.com/td-cli/td/cmd/apikey"
	"github.com/td-cli/td/cmd/bulkimport"
	"github.com/td-cli/td/cmd/compat"
	"github.com/td-cli/td/cmd/completion"
	"github.com/td-cli/td/cmd/config"
	"github.com/td-cli/td/cmd/connector"
	"github.com/td-cli/td/cmd/cron"
	"github.com/td-cli/td/cmd/db"
	"github.com/td-cli/td/cmd/doctor"
	"github.com/td-cli/td/cmd/export"
	"github.com/td-cli/td/cmd/history"
	"github.com/td-cli/td/cmd/internal/argv"
	"github.com/td-cli/td/cmd/internal/complete"
	"github.com/td-cli/td/cmd/internal/help"
	"github.com/td-cli/td/cmd/job"
	"github.com/td-cli/td/cmd/query"
	"github.com/td-cli/td/cmd/result"
	"github.com/td-cli/td/cmd/sample"
	"github.com/td-cli/td/cmd/sandbox"
	"github.com/td-cli/td/cmd/sched"
	"github.com/td-cli/td/cmd/schema"
	"github.com/td-cli/td/cmd/server"
	"github.com/td-cli/td/cmd/shell"
	"github.com/td-cli/td/cmd/status"
	"github.com/td-cli/td/cmd/table"
	"github.com/td-cli/td/cmd/top"
	"github.com/td-cli/td/cmd/update"
	"github.com/td-cli/td/cmd/user"
	"github.com/td-cli/td/cmd/workflow"
	"github.com/td-cli/td/internal/cli"
	"github.com/td-cli/td/internal/console"
	"github.com/td-cli/td/internal/text"
	"github.com/td-cli/td/pkg/jobresult"
)

// groups returns the nouns in the order of the help, with their titles.
func groups() []*cobra.Group {
	return []*cobra.Group{
		{ID: "db", Title: "Databases"},
		{ID: "schema", Title: "Schemas"},
		{ID: "table", Title: "Tables"},
		{ID: "query", Title: "Queries"},
		{ID: "job", Title: "Jobs"},
		{ID: "sched", Title: "Schedules"},
		{ID: "result", Title: "Result URLs"},
		{ID: "export", Title: "Exports"},
		{ID: "import", Title: "Imports"},
		{ID: "bulk_import", Title: "Bulk imports"},
		{ID: "sample", Title: "Sample data"},
		{ID: "connector", Title: "Connectors"},
		{ID: "workflow", Title: "Workflows"},
		{ID: "account", Title: "Account"},
		{ID: "user", Title: "Users"},
		{ID: "password", Title: "Password"},
		{ID: "apikey", Title: "API key"},
		{ID: "server", Title: "Server"},
		{ID: "sandbox", Title: "Sandbox"},
		{ID: "td", Title: "td itself"},
	}
}

// NewTree returns the command td with all its commands.
func NewTree(env *cli.Env) *argv.Tree {
	root := &cobra.Command{
		Use:              "td COMMAND",
		Short:            "The Treasure Data toolbelt",
		SilenceErrors:    true, // Run reports them
		SilenceUsage:     true,
		TraverseChildren: true, // parse the global flags before those of the command
		RunE: func(cmd *cobra.Command, _ []string) error {
			if version, err := cmd.Flags().GetBool(versionFlag); err != nil || !version {
				return cmd.Help()
			}
			env.Print("%s", versionLine())
			return nil
		},
	}
	root.CompletionOptions.DisableDefaultCmd = true
	root.SetIn(env.In)
	root.SetOut(env.Out)
	root.SetErr(env.Err)
	root.SetFlagErrorFunc(argv.FlagError)
	root.AddGroup(groups()...)
	addGlobalFlags(root.Flags(), env)
	applyTerminalFlags := addTerminalFlags(root.Flags(), env)
	// cobra's own version flag needs text/template, because of which the linker keeps all methods.
	root.Flags().Bool(versionFlag, false, "print the version")
	root.PersistentPreRunE = func(c *cobra.Command, _ []string) error {
		env.Command = c.Name()
		if err := checkErrorFormat(env.Flags.ErrorFormat); err != nil {
			return err
		}
		if err := createStatusFile(env, env.Flags.StatusFile); err != nil {
			return err
		}
		return applyTerminalFlags()
	}
	common := commonFlags(root.Flags())
	tree := argv.NewTree(root, func(declared argv.Command) *cobra.Command {
		c := declared.New(env)
		c.Aliases = declared.Aliases
		if !declared.ReadOnly && c.Flags().Lookup("dry-run") == nil {
			argv.AddDryRun(c.Flags(), env, "", "print the requests that would change something, and send only the others")
			argv.MarkNew(c.Flags(), "dry-run")
		}
		addCommonParts(root, c, common)
		return c
	})
	tree.Declare(declareCommands(tree)...)
	root.Args = func(_ *cobra.Command, args []string) error {
		if len(args) == 0 {
			return nil
		}
		return argv.UnknownCommand(tree, args[0])
	}
	root.SetHelpFunc(func(c *cobra.Command, _ []string) {
		_ = applyTerminalFlags() // help does not depend on the colours
		defer env.Page()()
		help.Write(env.Out, tree, c, env.OutWidth())
	})
	return tree
}

// declareCommands returns the commands of all nouns. Some of them describe the others, which
// are in tree.
func declareCommands(tree *argv.Tree) []argv.Command {
	return slices.Concat(
		account.Commands(), api.Commands(), apikey.Commands(), bulkimport.Commands(), compat.Commands(newParserTree), completion.Commands(), config.Commands(),
		connector.Commands(), cron.Commands(tree), db.Commands(), doctor.Commands(), export.Commands(), help.Commands(tree), history.Commands(), job.Commands(),
		query.Commands(), result.Commands(), sample.Commands(), sandbox.Commands(), sched.Commands(),
		schema.Commands(), server.Commands(), shell.Commands(), status.Commands(), table.Commands(), top.Commands(), update.Commands(),
		user.Commands(), workflow.Commands(tree),
	)
}

// newParserTree returns the commands for parsing arguments without running them. They have no
// input, output and environment.
func newParserTree() *argv.Tree {
	c := &console.Console{In: strings.NewReader(""), Out: io.Discard, Err: io.Discard}
	return NewTree(cli.NewEnv(context.Background(), c, func(string) string { return "" }, Version()))
}

// versionFlag is the global flag that only exists before the command.
const versionFlag = "version"

// commonFlags returns the long global flags as all commands have them: hidden.
func commonFlags(global *pflag.FlagSet) (common []*pflag.Flag) {
	global.VisitAll(func(f *pflag.Flag) {
		if f.Name != versionFlag {
			long := *f
			long.Shorthand, long.Hidden = "", true
			common = append(common, &long)
		}
	})
	return common
}

// addCommonParts adds what all commands have: a group, the long global flags, and td's
// errors for a wrong number of arguments.
func addCommonParts(root, c *cobra.Command, common []*pflag.Flag) {
	c.GroupID = "td"
	if noun, _, _ := strings.Cut(c.Name(), ":"); root.ContainsGroup(noun) {
		c.GroupID = noun
	}
	for _, f := range common {
		if c.Flags().Lookup(f.Name) == nil {
			c.Flags().AddFlag(f)
		}
	}
	addListFlags(c.Flags())
	c.Args = argv.CheckArgs(c.Args)
	if c.Name() == "help" {
		root.SetHelpCommand(c) // instead of cobra's own
	}
}

// addListFlags adds the flags of all commands that print lists.
func addListFlags(fs *pflag.FlagSet) {
	format := fs.Lookup("format")
	if format == nil {
		return
	}
	f, ok := format.Value.(*cli.ListFormat)
	if !ok {
		return
	}
	format.Usage += ": " + text.JoinOr(jobresult.TextFormats())
	fs.StringSliceVar(&f.Columns, "columns", nil, "print only these columns, in this order: `NAMES` with commas")
	fs.Func("jq", "print the output of the jq program `EXPR` for each object (jsonl) or for all (json)", f.SetJQ)
	fs.BoolVar(&f.BOM, "bom", false, "start csv and tsv with a byte order mark, which Excel requires")
	fs.BoolVar(&f.Wide, "wide", false, "print all columns and whole cells of a table, even if it does not fit on the terminal")
	argv.MarkNew(fs, "columns", "jq", "bom", "wide")
	complete.Flags(fs, complete.Any, "columns", "jq")
}

// addGlobalFlags defines the flags that may precede the command.
func addGlobalFlags(fs *pflag.FlagSet, env *cli.Env) {
	fs.StringVarP(&env.Flags.Path, "config", "c", "", "read the settings from `FILE` (default ~/.td/td.conf)")
	fs.StringVar(&env.Flags.Profile, "profile", "", "use the account in the section [profile `NAME`] of the settings")
	fs.StringVarP(&env.Flags.APIKey, "apikey", "k", "", "use this API `KEY`")
	fs.StringVarP(&env.Flags.Endpoint, "endpoint", "e", "", "use this API server: a `URL`, a host, a site (us01, jp01, eu01, ap02, ap03) or sandbox")
	fs.StringVar(&env.Flags.ImportEndpoint, "import-endpoint", "", "use the import server at this `URL`")
	fs.BoolVar(&env.Flags.Insecure, "insecure", false, "use plain http if the endpoint has no scheme")
	fs.BoolVarP(&env.Flags.Verbose, "verbose", "v", false, "print more: the log of a job while waiting for it")
	fs.BoolVar(&env.Quiet, "quiet", false, "print only errors on standard error")
	fs.BoolVarP(&env.Flags.RetryPosts, "retry-post-requests", "r", false, "retry POST requests too, which may run a job twice")
	fs.DurationVar(&env.Flags.RetryMaxTime, "retry-max-time", -1, "retry for at most this `TIME`, such as 30s or 5m (default 60s on a terminal, else 10m)")
	fs.Lookup("retry-max-time").DefValue = "0s"
	fs.BoolVar(&env.Flags.Debug, "debug", false, "trace the HTTP requests on standard error, without secrets")
	fs.StringVar(&env.Flags.StatusFile, "status-file", "", "keep the state of the command and its job in `FILE`, for scripts")
	fs.StringVar(&env.Flags.ErrorFormat, "error-format", errorText, "write errors on standard error in this `FORMAT`: text or json")
	complete.Flags(fs, complete.File, "config", "status-file")
	complete.Flags(fs, complete.Profile, "profile")
	complete.Flags(fs, complete.Endpoint, "endpoint")
	complete.Flags(fs, complete.Any, "apikey", "import-endpoint")
	complete.Flags(fs, complete.OneOf(errorText, errorJSON), "error-format")
}

// addTerminalFlags defines the global flags for terminals. It returns a function that
// passes their values to the console.
func addTerminalFlags(fs *pflag.FlagSet, env *cli.Env) (apply func() error) {
	color := fs.String("color", "auto", "color status words and errors: `auto`, always or never")
	noPager := fs.Bool("no-pager", false, "do not page long output on a terminal")
	complete.Flags(fs, complete.OneOf("auto", "always", "never"), "color")
	return func() error {
		env.SetTerminal(env.Getenv)
		env.SetPager(*noPager)
		if err := env.SetColor(*color, env.Getenv); err != nil {
			return cli.UsageError{Err: err}
		}
		return nil
	}
}
