package config

import (
	"fmt"
	"strings"
)

// WorkflowEndpoint returns the workflow server of the account at an endpoint, which
// the setting override replaces. It returns an error for hosts that it cannot map.
func WorkflowEndpoint(endpoint, override string) (string, error) {
	if override != "" {
		return ResolveEndpoint(override, false)
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
	return "", fmt.Errorf("cannot determine the workflow server of %s; set TREASURE_DATA_WORKFLOW_ENDPOINT", endpoint)
}
