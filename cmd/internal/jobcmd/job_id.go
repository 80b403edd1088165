package jobcmd

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/td-cli/td/internal/api"
	"github.com/td-cli/td/internal/cli"
)

// CheckIDs returns a usage error if one of the IDs cannot identify a job. The service answers such an ID with
// status 500, which looks like a temporary failure.
func CheckIDs(ids ...string) error {
	for _, id := range ids {
		if id == "" || strings.Trim(id, "0123456789") != "" {
			return cli.Usagef("invalid job ID %q: it must be a number", id)
		}
		if _, err := strconv.ParseInt(id, 10, 64); err != nil {
			return cli.Usagef("invalid job ID %q: the number is too large", id)
		}
	}
	return nil
}

// NotFound names the job in err if err is an [api.ErrNotFound], and returns err unchanged otherwise.
func NotFound(id string, err error) error { return cli.NotFound("job", id, "job:list", err) }

// DescribeKill returns the message for a kill request that was accepted, given the status of the job before it.
func DescribeKill(id, formerStatus string) string {
	switch {
	case (api.Job{Status: formerStatus}).Finished():
		return fmt.Sprintf("Job %s is already finished (%s)", id, formerStatus)
	case formerStatus == "running":
		return fmt.Sprintf("Job %s is killed.", id)
	}
	return fmt.Sprintf("Job %s is canceled.", id)
}
