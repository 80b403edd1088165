package jobcmd

import (
	"slices"
	"strings"

	"github.com/td-cli/td/internal/cli"
)

// queryTypes returns the types of jobs that run SQL and have rows. The service no longer accepts new pig and
// impala jobs, but still lists old ones.
func queryTypes() []string { return []string{"hive", "trino", "presto", "pig", "impala"} }

// QueryCommand is the command of queries in the history. They can be run again.
const QueryCommand = "query"

// IsQuery reports whether jobs of a type have rows.
func IsQuery(jobType string) bool { return slices.Contains(queryTypes(), jobType) }

// IsBulkImport reports whether jobs of a type are bulk imports.
func IsBulkImport(jobType string) bool { return strings.HasPrefix(jobType, "bulk_import") }

// CheckQueryType returns a usage error unless queries of the type can be submitted.
func CheckQueryType(jobType string) error {
	if !IsQuery(jobType) {
		return cli.Usagef("unknown type %q; it must be hive, trino or presto", jobType)
	}
	return nil
}
