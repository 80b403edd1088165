//go:build conformance

package conformance

import (
	"fmt"
	"testing"
)

// wantKeys checks values of an object.
func wantKeys(t *testing.T, o, want map[string]any) {
	t.Helper()
	for key, value := range want {
		if o[key] != value {
			t.Errorf("%s is %v, want %v", key, o[key], value)
		}
	}
}

// checkOtherCalls sends the calls that no client in a registry sends.
func checkOtherCalls(t *testing.T, s *server) {
	t.Run("account/show", func(t *testing.T) {
		account, _ := s.object(t, "GET", "account/show")["account"].(map[string]any)
		wantKeys(t, account, map[string]any{"id": 1.0, "plan": 0.0, "presto_plan": 0.0, "guaranteed_cores": 1.0, "maximum_cores": 4.0})
	})
	t.Run("connections/lookup", func(t *testing.T) {
		s.object(t, "POST", "result/create/store", "url=mysql://user:secret@host/db/t")
		o := s.object(t, "GET", "connections/lookup?name=store")
		wantKeys(t, o, map[string]any{"name": "store"})
		if _, ok := o["id"].(float64); !ok {
			t.Errorf("id is %v", o["id"])
		}
		s.object(t, "POST", "result/delete/store")
		if status, body := s.curl(t, "GET", "connections/lookup?name=store"); status != "404" {
			t.Errorf("after the deletion: %s %s", status, body)
		}
	})
	t.Run("job/statistics", func(t *testing.T) {
		id := s.issue(t, "SELECT * FROM nasdaq LIMIT 3")
		s.wait(t, id, "queued", "running")
		wantKeys(t, s.object(t, "GET", "job/statistics/"+id), map[string]any{"records_inserted": "3"})
		if status, body := s.curl(t, "GET", "job/statistics/xxxxxx"); status != "404" {
			t.Errorf("an invalid ID: %s %s", status, body)
		}
	})
	t.Run("table/create without a type", func(t *testing.T) {
		got := s.object(t, "POST", "table/create/sample_datasets/plain")
		wantKeys(t, got, map[string]any{"database": "sample_datasets", "table": "plain", "type": "log"})
		if status, _ := s.curl(t, "POST", "table/create/sample_datasets/plain"); status != "409" {
			t.Errorf("again: %s", status)
		}
	})
	t.Run("table/deleted and table/recover", func(t *testing.T) {
		s.object(t, "POST", "table/delete/sample_datasets/plain")
		tables, _ := s.object(t, "GET", "table/deleted?page_size=1")["tables"].([]any)
		if len(tables) != 1 {
			t.Fatalf("got %v", tables)
		}
		table, _ := tables[0].(map[string]any)
		wantKeys(t, table, map[string]any{"name": "plain", "database_name": "sample_datasets"})
		recovered := s.object(t, "POST", fmt.Sprintf("table/recover/%.0f", table["id"]), "table_name=recovered")
		wantKeys(t, recovered, map[string]any{"name": "recovered", "id": table["id"], "count": 0.0})
		s.object(t, "POST", "table/delete/sample_datasets/recovered")
	})
	t.Run("table/tail with POST", func(t *testing.T) {
		if status, body := s.curl(t, "POST", "table/tail/sample_datasets/nasdaq", "count=1", "format=json"); status != "200" || body[0] != '[' {
			t.Errorf("status %s: %s", status, body)
		}
	})
	t.Run("user", func(t *testing.T) {
		s.object(t, "POST", "user/add/curl", "email=curl@example.com", "password=first-password")
		wantKeys(t, s.object(t, "POST", "user/email/change/curl", "email=other@example.com"), map[string]any{"user": "curl"})
		wantKeys(t, s.object(t, "POST", "user/password/change/curl", "password=second-password"), map[string]any{"user": "curl"})
		if key := s.object(t, "POST", "user/authenticate", "user=other@example.com", "password=second-password")["apikey"]; key == nil {
			t.Error("the user has no key")
		}
		if status, body := s.curl(t, "POST", "user/authenticate", "user=other@example.com", "password=first-password"); status != "400" {
			t.Errorf("the old password: %s %s", status, body)
		}
		wantKeys(t, s.object(t, "POST", "user/remove/curl"), map[string]any{"user": "curl"})
	})
	t.Run("user/password/change", func(t *testing.T) {
		if status, body := s.curl(t, "POST", "user/password/change", "old_password=wrong", "password=third-password"); status != "422" && status != "400" && status != "401" {
			t.Errorf("a wrong password: %s %s", status, body)
		}
		s.object(t, "POST", "user/password/change", "old_password="+apiKey, "password=third-password")
	})
}
