package trino

import (
	"strings"

	"github.com/td-cli/td/internal/lazyregexp"
)

var (
	varcharLength = lazyregexp.New(`\bvarchar\([0-9]+\)`)
	precision     = lazyregexp.New(`\b(time|timestamp)\([0-9]+\)`)
)

// normalType returns a type of the cluster in the spelling of the sandbox: without the length of a varchar and the
// precision of a time.
func normalType(typ string) string {
	if strings.Contains(typ, `"`) { // the name of a field
		return typ
	}
	typ = strings.ToLower(strings.ReplaceAll(typ, ", ", ","))
	return precision().ReplaceAllString(varcharLength().ReplaceAllString(typ, "varchar"), "$1")
}

// clusterType returns a type of a column as the connector stores it.
func (c *cluster) clusterType(typ string) string {
	if typ == "timestamp" && c.connector == iceberg { // https://trino.io/docs/current/connector/iceberg.html#type-mapping
		return "timestamp(6)"
	}
	return typ
}
