package trino

import (
	"strings"

	"github.com/td-cli/td/internal/sandbox/sql/types"
)

// normalType returns a type of the cluster as the service displays it: without the length of a varchar and the precision
// of a time.
func normalType(typ string) string {
	t, err := types.Parse(typ)
	if err != nil { // such as HyperLogLog
		return strings.ToLower(typ)
	}
	return t.String()
}

// clusterType returns a type of a column as the connector stores it.
func (c *cluster) clusterType(typ string) string {
	if typ == "timestamp" && c.connector == iceberg { // https://trino.io/docs/current/connector/iceberg.html#type-mapping
		return "timestamp(6)"
	}
	return typ
}
