package config

import (
	"fmt"
	"strings"
)

// WorkflowEndpoint returns where the account at an endpoint has its workflows. What was
// said of it wins, for hosts that no rule knows.
func WorkflowEndpoint(endpoint, said string) (string, error) {
	if said != "" {
		return ResolveEndpoint(said, false)
	}
	scheme, host, _ := strings.Cut(endpoint, "://")
	name, rest, _ := strings.Cut(host, ".")
	site := strings.HasPrefix(rest, "treasuredata.") || strings.Contains(rest, ".treasuredata.")
	switch {
	case host == "api.treasure-data.com":
		return "https://api-workflow.treasuredata.com", nil
	case !site:
	case name == "api":
		return scheme + "://api-workflow." + rest, nil
	case name == "api-staging" || name == "api-development":
		return scheme + "://api-staging-workflow." + rest, nil
	case strings.HasPrefix(name, "api-") && strings.HasPrefix(rest, "connect."):
		return scheme + "://api-workflow-" + strings.TrimPrefix(name, "api-") + "." + rest, nil
	}
	return "", fmt.Errorf("where %s has its workflows is not known; TREASURE_DATA_WORKFLOW_ENDPOINT names the place", endpoint)
}
