package api

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// dryClient returns a client that does not send changes, and a function that returns the requests that it did not send
// since the last call.
func dryClient(t *testing.T, answers ...answer) (c *Client, planned func() string) {
	t.Helper()
	var requests strings.Builder
	c, s := client(t, Options{DryRun: func(request string) { requests.WriteString(request) }, Changed: func() { t.Error("changed") }}, answers...)
	t.Cleanup(func() {
		if len(s.answers) > 0 {
			t.Errorf("%d answers are left", len(s.answers))
		}
	})
	return c, func() string {
		defer requests.Reset()
		return requests.String()
	}
}

func TestDryRun(t *testing.T) {
	const secret = "5ecre7"
	c, planned := dryClient(t)
	workflows := &Workflows{c}
	upload := Upload{Open: func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader("abc")), nil }, Size: 3}
	name := "mine"
	ctx := t.Context()
	for _, tt := range []struct {
		send func() error
		want string
	}{
		{func() error { return c.DeleteDatabase(ctx, "web") }, "POST /v3/database/delete/web\n"},
		{func() error { _, err := c.DeleteTable(ctx, "web", "a.b"); return err }, "POST /v3/table/delete/web/a%2Eb\n"},
		{
			func() error {
				_, _, err := c.IssueJob(ctx, IssueRequest{
					Type: "hive", Database: "web", Query: "SELECT\n'" + testKey + "'", DomainKey: UnknownID, ResultURL: "mysql://me:" + secret + "@h/d",
				})
				return err
			},
			"POST /v3/job/issue/hive/web\n  domain_key={id}\n  query=SELECT\\n'***'\n  result=mysql://me:***@h/d\n",
		},
		{
			func() error { return c.CreateUser(ctx, "eve", "eve@example.com", secret) },
			"POST /v3/user/add/eve\n  email=eve@example.com\n  password=***\n",
		},
		{
			func() error { return c.ChangePassword(ctx, secret, secret) },
			"POST /v3/user/password/change\n  old_password=***\n  password=***\n",
		},
		{func() error { return c.RemoveAPIKey(ctx, "eve", secret) }, "POST /v3/user/apikey/remove/eve\n  apikey=***\n"},
		{
			func() error {
				_, err := c.ExportTable(ctx, "web", "a", ExportRequest{StorageType: "s3", AccessKeyID: secret, SecretAccessKey: secret})
				return err
			},
			"POST /v3/export/run/web/a\n  access_key_id=***\n  secret_access_key=***\n  storage_type=s3\n",
		},
		{
			func() error { _, err := c.ImportTable(ctx, "web", "a", UnknownID, "msgpack.gz", upload); return err },
			"PUT /v3/table/import_with_id/web/a/{id}/msgpack.gz\n  (3 bytes)\n",
		},
		{
			func() error {
				_, err := c.CreateBulkLoad(ctx, BulkLoadSettings{Name: &name, Config: json.RawMessage(`{"in":{"user":"<me>","password":"` + secret + `"}}`)})
				return err
			},
			"POST /v3/bulk_loads\n  {\"name\":\"mine\",\"config\":{\"in\":{\"user\":\"<me>\",\"password\":\"***\"}}}\n",
		},
		{func() error { _, err := c.DeleteBulkLoad(ctx, "mine"); return err }, "DELETE /v3/bulk_loads/mine\n"},
		{func() error { return workflows.SetSecret(ctx, "7", "mysql", secret) }, "PUT /api/projects/7/secrets/mysql\n  ***\n"},
		{
			func() error { _, err := workflows.PutProject(ctx, "sales", "v 1", "", upload); return err },
			"PUT /api/projects?project=sales&revision=v+1\n  (3 bytes)\n",
		},
		{
			func() error {
				resp, err := c.Raw(ctx, RawRequest{Method: "POST", Path: "/v3/table/swap/web/a/b", Query: url.Values{"token": {secret}}})
				if err == nil {
					resp.Body.Close()
				}
				return err
			},
			"POST /v3/table/swap/web/a/b?token=***\n",
		},
	} {
		if err := tt.send(); !errors.Is(err, ErrDryRun) || IgnoreDryRun(err) != nil {
			t.Errorf("%q: %v", tt.want, err)
		}
		if diff := cmp.Diff(tt.want, planned()); diff != "" {
			t.Error(diff)
		}
	}
}

// TestDryRunSends checks that requests that change nothing are sent, whatever their method is.
func TestDryRunSends(t *testing.T) {
	c, planned := dryClient(t, answer{body: `{"databases":[]}`}, answer{body: `{"config":{}}`}, answer{body: `{"schema":[],"records":[]}`}, answer{body: `{"apikey":"1/a"}`})
	_, errList := c.Databases(t.Context())
	_, errGuess := c.GuessBulkLoad(t.Context(), json.RawMessage(`{}`))
	_, errPreview := c.PreviewBulkLoad(t.Context(), json.RawMessage(`{}`))
	_, errLogin := c.Authenticate(t.Context(), "me@example.com", "secret")
	if err := errors.Join(errList, errGuess, errPreview, errLogin); err != nil || planned() != "" {
		t.Errorf("%v, %q", err, planned())
	}
	for method, want := range map[string]bool{
		http.MethodGet: false, http.MethodHead: false, http.MethodOptions: false,
		http.MethodPost: true, http.MethodPut: true, http.MethodDelete: true, http.MethodPatch: true, "MERGE": true,
	} {
		if got := (&call{method: method}).changes(); got != want {
			t.Errorf("%s changes something: %t", method, got)
		}
	}
}
