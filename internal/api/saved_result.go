package api

import (
	"context"
	"encoding/json"
	"net/url"
)

// A SavedResult is a result URL with a name.
type SavedResult struct {
	Name string
	URL  string // secrets masked by the service; see RedactURL
}

// UnmarshalJSON reads a saved result as the service writes it.
func (r *SavedResult) UnmarshalJSON(b []byte) error {
	var w struct{ Name, URL text }
	if err := json.Unmarshal(b, &w); err != nil {
		return err
	}
	*r = SavedResult{Name: string(w.Name), URL: string(w.URL)}
	return nil
}

// SavedResults lists the saved results: GET /v3/result/list.
func (c *Client) SavedResults(ctx context.Context) ([]SavedResult, error) {
	return fetchList[SavedResult](ctx, c, &call{method: "GET", route: "/v3/result/list"}, "results")
}

// CreateSavedResult saves a result URL: POST /v3/result/create/:name.
func (c *Client) CreateSavedResult(ctx context.Context, name, resultURL string) error {
	return c.send(ctx, &call{
		method: "POST", route: "/v3/result/create/:name", names: []string{name}, form: url.Values{"url": {resultURL}},
	})
}

// DeleteSavedResult removes a saved result: POST /v3/result/delete/:name.
func (c *Client) DeleteSavedResult(ctx context.Context, name string) error {
	return c.send(ctx, &call{method: "POST", route: "/v3/result/delete/:name", names: []string{name}, gone: true})
}
