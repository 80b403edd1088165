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
	if c.Endpoint == config.Sandbox && c.WorkflowEndpoint == "" {
		return nil, Usagef("the sandbox runs no workflows")
	}
	if c.APIKey, err = e.APIKey(); err != nil {
		return nil, err
	}
	endpoint, err := config.WorkflowEndpoint(c.Endpoint, c.WorkflowEndpoint)
	if err != nil {
		return nil, UsageError{err}
	}
	o := e.apiOptions(c)
	o.Endpoint, o.ImportEndpoint = endpoint, ""
	return api.NewWorkflows(o)
}
