// Package bulkimport is the commands that bring records into tables: table:import, and the
// two families import: and bulk_import:, whose sessions collect parts of a table, have
// them checked, and add them to the table at once.
package bulkimport

import (
	"cmp"
	"fmt"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/td-cli/td/internal/cli"
	"github.com/td-cli/td/internal/partupload"
)

// The states of a session that commands ask for.
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
	commands = append(commands, Family(env, "import")...)
	return append(commands, Family(env, "bulk_import")...)
}

// Family returns the commands that import: and bulk_import:, the noun, have in common.
func Family(env *cli.Env, noun string) []*cobra.Command {
	return []*cobra.Command{
		newList(env, noun), newShow(env, noun), newCreate(env, noun), newDelete(env, noun), newFreeze(env, noun), newUnfreeze(env, noun),
		newPerform(env, noun), newCommit(env, noun), newErrorRecords(env, noun),
	}
}

// explain names the session that an error is about; nil stays nil.
func explain(name string, err error) error {
	return cli.NotFound("bulk import session", name, "bulk_import:list", err)
}

// refusedState is the error for a session whose state forbids what was asked.
func refusedState(name, status, hint string) error {
	return cli.WithHint(cli.StateError{Err: fmt.Errorf("bulk import session '%s' is %s", name, status)}, "%s", hint)
}

// journal returns what is remembered of earlier uploads to a session.
func journal(env *cli.Env, session string) (*partupload.Journal, error) {
	c, err := env.Config()
	if err != nil {
		return nil, err
	}
	home := cmp.Or(env.Getenv("HOME"), env.Getenv("USERPROFILE"))
	return partupload.OpenJournal(filepath.Join(home, ".td", "uploads"), c.Endpoint, session)
}
