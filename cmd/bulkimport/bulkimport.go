// Package bulkimport implements the commands that import records into tables: table:import, and
// the import:* and bulk_import:* commands, whose sessions collect parts, check them in a
// job and commit them to the table.
package bulkimport

import (
	"fmt"

	"github.com/spf13/cobra"

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
func Commands(env *cli.Env) []*cobra.Command {
	commands := []*cobra.Command{
		NewTable(env), NewPrepare(env), NewUpload(env), NewAuto(env), NewConfig(env),
		NewJarVersion(env), NewJarUpdate(env), NewPrepareParts(env), NewUploadParts(env),
		NewUploadPart(env), NewDeletePart(env), NewDeleteParts(env),
	}
	commands = append(commands, sharedCommands(env, "import")...)
	return append(commands, sharedCommands(env, bulkNoun)...)
}

// sharedCommands returns the commands that exist for both nouns, import and bulk_import.
func sharedCommands(env *cli.Env, noun string) []*cobra.Command {
	return []*cobra.Command{
		newList(env, noun), newShow(env, noun), newCreate(env, noun), newDelete(env, noun), newFreeze(env, noun), newUnfreeze(env, noun),
		newPerform(env, noun), newCommit(env, noun), newErrorRecords(env, noun),
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
