package api

import "context"

// ServerStatus returns the server's status, usually "ok". It is sent once and without an API key.
//
// API: GET /v3/system/server_status
func (c *Client) ServerStatus(ctx context.Context) (string, error) {
	var answer struct{ Status looseString }
	err := c.fetch(ctx, &call{
		method: "GET", route: "/v3/system/server_status", anonymous: true, noRetry: true,
	}, decodeInto(&answer))
	return string(answer.Status), err
}
