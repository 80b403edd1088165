package jobcmd

import (
	"encoding/json"
	"strings"

	"github.com/td-cli/td/internal/api"
	"github.com/td-cli/td/internal/connectorconfig"
)

// Query is what a job was asked to do as it may be shown, as text and as a JSON value: of
// a load the configuration without its secrets, which is no text when it came as an object.
func Query(j api.Job) (text string, value any) {
	if len(j.QueryObject) > 0 {
		return "", connectorconfig.HideJSON(j.QueryObject)
	}
	if j.Type != "bulkload" || !strings.HasPrefix(strings.TrimSpace(j.Query), "{") {
		return j.Query, j.Query
	}
	safe := string(connectorconfig.HideJSON(json.RawMessage(j.Query)))
	return safe, safe
}
