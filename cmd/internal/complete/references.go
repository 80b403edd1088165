package complete

import (
	"fmt"
	"slices"
	"strings"

	"github.com/td-cli/td/internal/cli"
	"github.com/td-cli/td/internal/config"
	"github.com/td-cli/td/internal/history"
)

// maxPositions is the number of references such as @-2 that are offered.
const maxPositions = 10

// findReferences lists references to the jobs of the history that are suitable, the newest first. Those with @ are only
// listed if the word starts with it or all is set.
func (l *line) findReferences(e *cli.Env, all bool, suitable func(history.Job) bool) (found []candidate) {
	c, err := e.Config()
	if err != nil || c.APIKey == "" && c.Endpoint != config.Sandbox { // the key is not read for completion
		return nil
	}
	ledger, err := e.History()
	if err != nil {
		return nil
	}
	var names []candidate
	seen := map[string]bool{}
	n := 0
	for job, err := range ledger.Jobs() {
		if err != nil {
			return nil
		}
		if !ledger.Owns(job) {
			continue
		}
		n++
		about := describeRecorded(job)
		named := job.Name != "" && !seen[job.Name]
		seen[job.Name] = true // only the newest is found by its name
		if !suitable(job) {
			continue
		}
		if n == 1 {
			found = append(found, candidate{"last", about}, candidate{"@last", about})
		}
		if n <= maxPositions {
			found = append(found, candidate{fmt.Sprintf("@-%d", n), about})
		}
		if named {
			names = append(names, candidate{"@" + job.Name, about})
		}
	}
	found = sanitize(append(found, names...))
	if all || strings.HasPrefix(l.word, "@") {
		return found
	}
	return slices.DeleteFunc(found, func(c candidate) bool { return c.text != "last" })
}

// describeRecorded returns the ID, the status and the SQL of a job.
func describeRecorded(j history.Job) string {
	status := ""
	if j.Outcome != nil {
		status = j.Outcome.Status + " "
	}
	if j.SQL == "" {
		return j.ID + " " + status + j.Command
	}
	return j.ID + " " + status + j.SQL
}
