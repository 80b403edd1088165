package api

import (
	"context"
	"encoding/json"
	"net/url"
)

// A SavedResult is a result URL that is saved under a name.
type SavedResult struct {
	Name string
	URL  string // secrets are masked by the service; see package redact
}

// UnmarshalJSON implements json.Unmarshaler.
func (r *SavedResult) UnmarshalJSON(b []byte) error {
	var w struct{ Name, URL looseString }
	if err := json.Unmarshal(b, &w); err != nil {
		return err
	}
	*r = SavedResult{Name: string(w.Name), URL: string(w.URL)}
	return nil
}

// SavedResults returns all saved results.
//
// API: GET /v3/result/list
func (c *Client) SavedResults(ctx context.Context) ([]SavedResult, error) {
	return fetchList[SavedResult](ctx, c, &call{method: "GET", route: "/v3/result/list"}, "results")
}

// CreateSavedResult saves a result URL.
//
// API: POST /v3/result/create/:name
func (c *Client) CreateSavedResult(ctx context.Context, name, resultURL string) error {
	return c.send(ctx, &call{
		method: "POST", route: "/v3/result/create/:name", names: []string{name}, form: url.Values{"url": {resultURL}},
	})
}

// DeleteSavedResult deletes a saved result.
//
// API: POST /v3/result/delete/:name
func (c *Client) DeleteSavedResult(ctx context.Context, name string) error {
	return c.send(ctx, &call{method: "POST", route: "/v3/result/delete/:name", names: []string{name}, deletion: true})
}
