package bulkimport

import (
	"encoding/json"
	"net/url"
	"strings"

	"github.com/spf13/cobra"

	"github.com/td-cli/td/cmd/internal/argv"
	"github.com/td-cli/td/cmd/internal/complete"
	"github.com/td-cli/td/internal/cli"
	"github.com/td-cli/td/internal/connectorconfig"
)

type configOptions struct {
	out, format, url, user, password string
}

// NewConfig returns the command import:config.
func NewConfig(env *cli.Env) *cobra.Command {
	var o configOptions
	cmd := &cobra.Command{
		Use:   "import:config SOURCE",
		Short: "Write a seed configuration for a connector",
		Long: `Write a seed configuration for connector:guess or embulk to a file. SOURCE is the prefix of
the file names, s3://KEY_ID:SECRET@/BUCKET/PREFIX, or with -f mysql a table. For local files
the seed contains your API key, which embulk needs; the file is only readable by you.`,
		Example:     "  td import:config logs/access -o seed.yml\n  td import:config orders -f mysql --db-url jdbc:mysql://db.example.com/shop --db-user me --db-password secret",
		Args:        cobra.ExactArgs(1),
		Annotations: complete.Args(complete.File),
		RunE: func(cmd *cobra.Command, args []string) error {
			for _, name := range []string{"columns", "column-header", "time-column", "time-format"} {
				if cmd.Flags().Changed(name) {
					env.Warn("--%s is ignored: edit the configuration after connector:guess", name)
				}
			}
			return writeConfig(env, o, args[0])
		},
	}
	fs := cmd.Flags()
	fs.StringVarP(&o.out, "out", "o", "td-bulkload.yml", "write to `FILE`")
	fs.StringVarP(&o.format, "format", "f", "csv", "`FORMAT` of the source: csv, tsv or mysql")
	fs.StringVar(&o.url, "db-url", "", "`URL` of the database, such as jdbc:mysql://host:3306/db")
	fs.StringVar(&o.user, "db-user", "", "`NAME` of the database user")
	fs.StringVar(&o.password, "db-password", "", "`PASSWORD` of the database user")
	fs.StringSlice("columns", nil, "")
	fs.Bool("column-header", false, "")
	fs.String("time-column", "", "")
	fs.String("time-format", "", "")
	argv.AllowEmpty(fs, "db-password")
	complete.Flags(fs, complete.File, "out")
	complete.Flags(fs, complete.OneOf("csv", "tsv", "mysql"), "format")
	complete.Flags(fs, complete.Any, "db-url", "db-user", "db-password", "columns", "time-column", "time-format")
	for _, name := range []string{"columns", "column-header", "time-column", "time-format"} {
		_ = fs.MarkHidden(name)
	}
	return cmd
}

// A seed is a minimal configuration.
type seed struct {
	In  any `json:"in"`
	Out any `json:"out"`
}

// A decoder decompresses files.
type decoder struct {
	Type string `json:"type"`
}

// appendMode is an output that appends records to the table.
type appendMode struct {
	Mode string `json:"mode"`
}

func writeConfig(env *cli.Env, o configOptions, source string) error {
	var s seed
	var err error
	switch {
	case o.format == "mysql":
		s, err = mysqlSeed(o, source)
	case o.format != "csv" && o.format != "tsv":
		err = cli.Usagef("unknown format %q: it must be csv, tsv or mysql", o.format)
	case strings.HasPrefix(source, "s3://"):
		s, err = s3Seed(source)
	default:
		s, err = fileSeed(env, source)
	}
	if err != nil {
		return err
	}
	raw, err := json.Marshal(s)
	if err != nil {
		return err
	}
	c, err := connectorconfig.FromJSON(raw)
	if err != nil {
		return err
	}
	text, err := c.Text(o.out)
	if err != nil {
		return err
	}
	kept, err := connectorconfig.WriteFile(o.out, text)
	if err != nil {
		return err
	}
	if kept != "" {
		env.Say("The previous %s was renamed to %s.", o.out, kept)
	}
	env.Say("Created %s file.", o.out)
	if o.format != "mysql" && !strings.HasPrefix(source, "s3://") {
		env.Say("Use 'embulk guess %s -o load.yml' to complete it, or import the files with 'td import:auto'.", o.out)
		return nil
	}
	env.Say("Use 'td connector:guess %s' to complete it.", o.out)
	return nil
}

// fileSeed returns a configuration for embulk, which uploads local files.
func fileSeed(env *cli.Env, prefix string) (seed, error) {
	c, err := env.Config()
	if err != nil {
		return seed{}, err
	}
	key, err := env.Account.Key()
	if err != nil {
		return seed{}, err
	}
	var decoders []decoder
	if strings.HasSuffix(prefix, ".gz") {
		decoders = []decoder{{"gzip"}}
	}
	return seed{
		In: struct {
			Type       string    `json:"type"`
			PathPrefix string    `json:"path_prefix"`
			Decoders   []decoder `json:"decoders,omitempty"`
		}{"file", prefix, decoders},
		Out: struct {
			Type     string `json:"type"`
			APIKey   string `json:"apikey"`
			Endpoint string `json:"endpoint"`
			Mode     string `json:"mode"`
			Database string `json:"database"`
			Table    string `json:"table"`
		}{"td", key, c.Endpoint, "append", "", ""},
	}, nil
}

func s3Seed(source string) (seed, error) {
	u, err := url.Parse(source)
	if err != nil {
		return seed{}, cli.Usagef("the source must be s3://KEY_ID:SECRET@/BUCKET/PREFIX")
	}
	path := strings.TrimPrefix(u.Path, "/")
	if u.Host != "" {
		path = u.Host + "/" + path
	}
	bucket, prefix, _ := strings.Cut(path, "/")
	if bucket == "" {
		return seed{}, cli.Usagef("the source has no bucket: it must be s3://KEY_ID:SECRET@/BUCKET/PREFIX")
	}
	secret, _ := u.User.Password()
	return seed{
		In: struct {
			Type       string `json:"type"`
			KeyID      string `json:"access_key_id"`
			Secret     string `json:"secret_access_key"`
			Bucket     string `json:"bucket"`
			PathPrefix string `json:"path_prefix"`
		}{"s3", u.User.Username(), secret, bucket, prefix},
		Out: appendMode{"append"},
	}, nil
}

func mysqlSeed(o configOptions, table string) (seed, error) {
	u, err := url.Parse(strings.TrimPrefix(o.url, "jdbc:"))
	if err != nil || u.Scheme != "mysql" || u.Hostname() == "" || strings.Trim(u.Path, "/") == "" {
		return seed{}, cli.Usagef("--db-url must be jdbc:mysql://HOST:PORT/DB")
	}
	port := u.Port()
	if port == "" {
		port = "3306"
	}
	return seed{
		In: struct {
			Type     string      `json:"type"`
			Host     string      `json:"host"`
			Port     json.Number `json:"port"`
			Database string      `json:"database"`
			User     string      `json:"user"`
			Password string      `json:"password"`
			Table    string      `json:"table"`
			Select   string      `json:"select"`
		}{"mysql", u.Hostname(), json.Number(port), strings.Trim(u.Path, "/"), o.user, o.password, table, "*"},
		Out: appendMode{"append"},
	}, nil
}
