// Package export implements the export:* commands.
package export

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/td-cli/td/cmd/internal/argv"
	"github.com/td-cli/td/cmd/internal/complete"
	"github.com/td-cli/td/cmd/internal/jobcmd"
	"github.com/td-cli/td/cmd/internal/tablecmd"
	"github.com/td-cli/td/internal/api"
	"github.com/td-cli/td/internal/cli"
	"github.com/td-cli/td/internal/history"
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
		Use:   "export:table DB TABLE",
		Short: "Export the records of a table to S3",
		Long: `Export the records of a table to S3. Pass the AWS keys in the environment variables
AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY to keep them out of the process list.
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
	fs.StringVarP(&o.prefix, "prefix", "p", "", "`PREFIX` of the file names")
	fs.StringVarP(&o.keyID, "aws-key-id", "k", "", "AWS access key `ID`")
	fs.StringVarP(&o.secret, "aws-secret-key", "s", "", "AWS secret access `KEY`")
	fs.StringVarP(&o.role, "assume-role", "a", "", "`ARN` of the role to assume, instead of the keys")
	fs.StringVarP(&o.format, "file-format", "F", "json.gz", "`FORMAT` of the files: jsonl.gz, tsv.gz, json.gz or line-json.gz")
	fs.StringVarP(&o.from, "from", "f", "", "export records since `TIME`")
	fs.StringVarP(&o.to, "to", "t", "", "export records before `TIME`")
	fs.StringVarP(&o.encryption, "encryption", "e", "", "`METHOD` of encryption on the server: s3")
	fs.StringVarP(&o.poolName, "pool-name", "O", "", "run in the resource pool `NAME`")
	argv.AllowEmpty(fs, "prefix")
	complete.Flags(fs, complete.Any, "s3-bucket", "prefix", "aws-key-id", "aws-secret-key", "assume-role", "from", "to", "pool-name")
	complete.Flags(fs, complete.OneOf("jsonl.gz", "tsv.gz", "json.gz", "line-json.gz"), "file-format")
	complete.Flags(fs, complete.OneOf("s3"), "encryption")
	o.SubmitFlags.Add(fs)
	return cmd
}

// exportTable submits with a domain key: a request that is sent twice creates one job.
func exportTable(ctx context.Context, env *cli.Env, o tableOptions, database, table string) error {
	r, err := o.request(env)
	if err != nil {
		return err
	}
	client, err := env.Client()
	if err != nil {
		return err
	}
	submitted := history.Job{Command: "export:table", Type: "export", Database: database}
	if r.DomainKey, err = jobcmd.DomainKey(ctx, env, client, submitted, strings.Join([]string{table, o.from, o.to, o.bucket, o.prefix, o.format}, "\n")); err != nil {
		return err
	}
	id, err := client.ExportTable(ctx, database, table, r)
	if err != nil {
		return tablecmd.ExplainNotFound(ctx, client, database, table, err)
	}
	submitted.ID, submitted.DomainKey = id, r.DomainKey
	o.PrintID.ReportQueued(ctx, env, submitted, env.Say, "Export job %s is queued.")
	return jobcmd.WaitSubmitted(ctx, env, client, id, "Status", o.SubmitFlags)
}

// request returns the export request for the flags.
func (o tableOptions) request(env *cli.Env) (api.ExportRequest, error) {
	r := api.ExportRequest{
		StorageType: "s3", Bucket: o.bucket, FilePrefix: o.prefix, FileFormat: o.format, Encryption: o.encryption,
		AccessKeyID:     cmp.Or(o.keyID, env.Getenv("AWS_ACCESS_KEY_ID")),
		SecretAccessKey: cmp.Or(o.secret, env.Getenv("AWS_SECRET_ACCESS_KEY")),
		AssumeRole:      o.role, PoolName: o.poolName,
	}
	var err error
	if r.From, err = parseSeconds(o.from); err != nil {
		return r, err
	}
	if r.To, err = parseSeconds(o.to); err != nil {
		return r, err
	}
	switch {
	case r.Bucket == "":
		return r, cli.Usagef("-b/--s3-bucket is required")
	case r.AssumeRole == "" && (r.AccessKeyID == "" || r.SecretAccessKey == ""):
		return r, cli.Usagef("AWS credentials are required: use -k and -s, AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or a role with -a")
	case !slices.Contains([]string{"json.gz", "line-json.gz", "tsv.gz", "jsonl.gz"}, r.FileFormat):
		return r, cli.Usagef("unknown format %q: -F/--file-format must be jsonl.gz, tsv.gz, json.gz or line-json.gz", r.FileFormat)
	case r.Encryption != "" && r.Encryption != "s3":
		return r, cli.Usagef("unknown encryption %q: -e/--encryption must be s3", r.Encryption)
	case r.From != nil && r.To != nil && *r.From >= *r.To:
		return r, cli.Usagef("--from %s must be before --to %s", o.from, o.to)
	}
	if o.role != "" && o.keyID == "" && o.secret == "" {
		r.AccessKeyID, r.SecretAccessKey = "", "" // credentials in the environment do not replace the role
	}
	return r, o.WaitFlags.Check()
}

// parseSeconds parses a time of the command line to seconds since 1970. It returns nil for
// an empty text.
func parseSeconds(text string) (*int64, error) {
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
