package jobcmd

import (
	"encoding/json"
	"strings"

	"github.com/td-cli/td/internal/api"
	"github.com/td-cli/td/internal/connectorconfig"
	"github.com/td-cli/td/internal/redact"
)

// SafeQuery returns the query of a job without secrets, as text and as a JSON value. The query of a bulk load is its
// configuration; if it came as an object, the text is empty.
func SafeQuery(j api.Job) (text string, value any) {
	if len(j.QueryObject) > 0 {
		return "", connectorconfig.HideJSON(j.QueryObject)
	}
	if j.Type != "bulkload" || !strings.HasPrefix(strings.TrimSpace(j.Query), "{") {
		safe := redact.Text(j.Query)
		return safe, safe
	}
	safe := string(connectorconfig.HideJSON(json.RawMessage(j.Query)))
	return safe, safe
}
