package cli

import (
	"github.com/td-cli/td/internal/api"
	"github.com/td-cli/td/internal/config"
)

// Workflows returns the client of the workflow service for the account that the settings
// name. The sandbox has none, which is a UsageError.
func (e *Env) Workflows() (*api.Workflows, error) {
	c, err := e.Config()
	if err != nil {
		return nil, err
	}
	if c.Endpoint == config.Sandbox && e.Getenv("TREASURE_DATA_WORKFLOW_ENDPOINT") == "" {
		return nil, Usagef("the sandbox runs no workflows")
	}
	if c.APIKey == "" {
		return nil, WithHint(config.ErrNoAPIKey, "'td apikey:set' saves one, TD_API_KEY gives one")
	}
	endpoint, err := config.WorkflowEndpoint(c.Endpoint, e.Getenv)
	if err != nil {
		return nil, UsageError{err}
	}
	o := e.apiOptions(c)
	o.Endpoint, o.ImportEndpoint = endpoint, ""
	return api.NewWorkflows(o)
}
