// Package bulkimport implements the commands that import records into tables: table:import, and
// the import:* and bulk_import:* commands, whose sessions collect parts, check them in a
// job and commit them to the table.
package bulkimport

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/td-cli/td/cmd/internal/argv"
	"github.com/td-cli/td/internal/cli"
	"github.com/td-cli/td/internal/config"
	"github.com/td-cli/td/internal/partupload"
)

// States of a bulk import session.
const (
	uploading  = "uploading"
	performing = "performing"
	ready      = "ready"
	committing = "committing"
	committed  = "committed"
)

// Commands returns the import:* and bulk_import:* commands, and table:import.
func Commands() []argv.Command {
	commands := []argv.Command{
		{Name: "table:import", New: NewTable},
		{Name: "import:prepare", New: NewPrepare, ReadOnly: true},
		{Name: "import:upload", New: NewUpload},
		{Name: "import:auto", New: NewAuto},
		{Name: "import:config", New: NewConfig, ReadOnly: true},
		{Name: "import:jar_version", Aliases: []string{"import:java_version"}, New: NewJarVersion, ReadOnly: true},
		{Name: "import:jar_update", New: NewJarUpdate, ReadOnly: true},
		{Name: "bulk_import:prepare_parts", New: NewPrepareParts, ReadOnly: true},
		{Name: "bulk_import:upload_parts", New: NewUploadParts},
		{Name: "bulk_import:upload_part", New: NewUploadPart},
		{Name: "bulk_import:delete_part", New: NewDeletePart},
		{Name: "bulk_import:delete_parts", New: NewDeleteParts},
	}
	commands = append(commands, sharedCommands("import")...)
	return append(commands, sharedCommands(bulkNoun)...)
}

// sharedCommands returns the commands that exist for both nouns, import and bulk_import.
func sharedCommands(noun string) []argv.Command {
	of := func(create func(*cli.Env, string) *cobra.Command) func(*cli.Env) *cobra.Command {
		return func(env *cli.Env) *cobra.Command { return create(env, noun) }
	}
	return []argv.Command{
		{Name: noun + ":list", Aliases: []string{noun + "s"}, New: of(newList), ReadOnly: true},
		{Name: noun + ":show", Aliases: []string{noun}, New: of(newShow), ReadOnly: true},
		{Name: noun + ":create", New: of(newCreate)},
		{Name: noun + ":delete", New: of(newDelete)},
		{Name: noun + ":freeze", New: of(newFreeze)},
		{Name: noun + ":unfreeze", New: of(newUnfreeze)},
		{Name: noun + ":perform", New: of(newPerform)},
		{Name: noun + ":commit", New: of(newCommit)},
		{Name: noun + ":error_records", New: of(newErrorRecords), ReadOnly: true},
	}
}

// withName adds the session's name to a not-found error.
func withName(name string, err error) error {
	return cli.NotFound("bulk import session", name, "bulk_import:list", err)
}

// wrongState returns the error for a session whose status does not allow an operation.
func wrongState(name, status, hint string) error {
	return cli.WithHint(cli.StateError{Err: fmt.Errorf("bulk import session '%s' is %s", name, status)}, "%s", hint)
}

// journal opens the journal of earlier uploads to a session.
func journal(env *cli.Env, session string) (*partupload.Journal, error) {
	c, err := env.Config()
	if err != nil {
		return nil, err
	}
	return partupload.OpenJournal(journalDir(env), c.Endpoint, session)
}

// homeDir returns the user's home directory.
func homeDir(env *cli.Env) string { return config.HomeDir(env.Getenv) }
