// Package export is the commands that take records and results out of the service.
package export

import (
	"cmp"
	"context"
	"crypto/rand"
	"slices"

	"github.com/spf13/cobra"

	"github.com/td-cli/td/cmd/internal/complete"
	"github.com/td-cli/td/cmd/internal/jobcmd"
	"github.com/td-cli/td/cmd/internal/tablecmd"
	"github.com/td-cli/td/internal/api"
	"github.com/td-cli/td/internal/cli"
)

type tableOptions struct {
	jobcmd.SubmitFlags
	from, to               string
	bucket, prefix, format string
	keyID, secret, role    string
	poolName, encryption   string
}

// NewTable returns the command export:table.
func NewTable(env *cli.Env) *cobra.Command {
	var o tableOptions
	cmd := &cobra.Command{
		Use:     "export:table DB TABLE",
		Aliases: []string{"table:export"},
		Short:   "Export the records of a table to S3",
		Long: `Export the records of a table to S3. The AWS keys may come from AWS_ACCESS_KEY_ID and
AWS_SECRET_ACCESS_KEY in the environment, where no list of processes shows them.
` + cli.TimeUsage,
		Example:     "  td export:table web access -b backup -p 2026/ -F jsonl.gz -w\n  td export:table web access -b backup -f 2026-01-01 -t 2026-02-01",
		Args:        cobra.ExactArgs(2),
		Annotations: complete.Args(complete.Database, complete.Table),
		RunE: func(cmd *cobra.Command, args []string) error {
			return exportTable(cmd.Context(), env, o, args[0], args[1])
		},
	}
	fs := cmd.Flags()
	fs.StringVarP(&o.bucket, "s3-bucket", "b", "", "`BUCKET` of S3 to write to")
	fs.StringVarP(&o.prefix, "prefix", "p", "", "begin the files' names with `PREFIX`")
	fs.StringVarP(&o.keyID, "aws-key-id", "k", "", "AWS access key `ID`")
	fs.StringVarP(&o.secret, "aws-secret-key", "s", "", "AWS secret access `KEY`")
	fs.StringVarP(&o.role, "assume-role", "a", "", "`ARN` of the role to assume, instead of the keys")
	fs.StringVarP(&o.format, "file-format", "F", "json.gz", "`FORMAT` of the files: jsonl.gz, tsv.gz, json.gz or line-json.gz")
	fs.StringVarP(&o.from, "from", "f", "", "export records from `TIME` on")
	fs.StringVarP(&o.to, "to", "t", "", "export records before `TIME`")
	fs.StringVarP(&o.encryption, "encryption", "e", "", "`METHOD` of encryption on the server: s3")
	fs.StringVarP(&o.poolName, "pool-name", "O", "", "run in the resource pool `NAME`")
	complete.Flags(fs, complete.Any, "s3-bucket", "prefix", "aws-key-id", "aws-secret-key", "assume-role", "from", "to", "pool-name")
	complete.Flags(fs, complete.OneOf("jsonl.gz", "tsv.gz", "json.gz", "line-json.gz"), "file-format")
	complete.Flags(fs, complete.OneOf("s3"), "encryption")
	o.SubmitFlags.Add(fs)
	return cmd
}

// exportTable submits under a domain key, so that a submit that is sent twice runs once.
func exportTable(ctx context.Context, env *cli.Env, o tableOptions, database, table string) error {
	r, err := o.request(env)
	if err != nil {
		return err
	}
	client, err := env.Client()
	if err != nil {
		return err
	}
	id, err := client.ExportTable(ctx, database, table, r)
	if err != nil {
		return tablecmd.ExplainNotFound(ctx, client, database, table, err)
	}
	o.PrintID.Queued(env, id, env.Say, "Export job %s is queued.")
	return jobcmd.Finish(ctx, env, client, id, "Status", o.SubmitFlags)
}

// request is the export that the flags ask for.
func (o tableOptions) request(env *cli.Env) (api.ExportRequest, error) {
	r := api.ExportRequest{
		StorageType: "s3", Bucket: o.bucket, FilePrefix: o.prefix, FileFormat: o.format, Encryption: o.encryption,
		AccessKeyID:     cmp.Or(o.keyID, env.Getenv("AWS_ACCESS_KEY_ID")),
		SecretAccessKey: cmp.Or(o.secret, env.Getenv("AWS_SECRET_ACCESS_KEY")),
		AssumeRole:      o.role, PoolName: o.poolName, DomainKey: "td-" + rand.Text(),
	}
	var err error
	if r.From, err = seconds(o.from); err != nil {
		return r, err
	}
	if r.To, err = seconds(o.to); err != nil {
		return r, err
	}
	switch {
	case r.Bucket == "":
		return r, cli.Usagef("no bucket; name one with -b/--s3-bucket BUCKET")
	case r.AssumeRole == "" && (r.AccessKeyID == "" || r.SecretAccessKey == ""):
		return r, cli.Usagef("no AWS keys; give them with -k and -s, in AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or name a role with -a")
	case !slices.Contains([]string{"json.gz", "line-json.gz", "tsv.gz", "jsonl.gz"}, r.FileFormat):
		return r, cli.Usagef("unknown format %q; it is one of jsonl.gz, tsv.gz, json.gz, line-json.gz", r.FileFormat)
	case r.Encryption != "" && r.Encryption != "s3":
		return r, cli.Usagef("-e/--encryption is s3, not %q", r.Encryption)
	case r.From != nil && r.To != nil && *r.From >= *r.To:
		return r, cli.Usagef("nothing is between --from %s and --to %s", o.from, o.to)
	}
	if o.role != "" && o.keyID == "" && o.secret == "" {
		r.AccessKeyID, r.SecretAccessKey = "", "" // the role is to do
	}
	return r, o.WaitFlags.Check()
}

// seconds is a time of the command line in seconds since 1970; nil when none is given.
func seconds(text string) (*int64, error) {
	if text == "" {
		return nil, nil
	}
	t, err := cli.ParseTime(text)
	if err != nil {
		return nil, err
	}
	s := t.Unix()
	return &s, nil
}
