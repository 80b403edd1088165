package api

import "context"

// ServerStatus returns what the server says of itself, mostly "ok", without asking
// twice: GET /v3/system/server_status. It needs no API key.
func (c *Client) ServerStatus(ctx context.Context) (string, error) {
	var answer struct{ Status text }
	err := c.fetch(ctx, &call{
		method: "GET", route: "/v3/system/server_status", anonymous: true, noRetry: true,
	}, into(&answer))
	return string(answer.Status), err
}
