package complete

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/td-cli/td/internal/api"
	"github.com/td-cli/td/internal/redact"
)

// serve serves bodies by path and returns options for a client.
func serve(t *testing.T, bodies map[string]string) api.Options {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, ok := bodies[r.URL.Path]
		if !ok {
			http.NotFound(w, r)
			return
		}
		fmt.Fprint(w, body)
	}))
	t.Cleanup(server.Close)
	return api.Options{Endpoint: server.URL, APIKey: "1/test"}
}

func TestWorkflows(t *testing.T) {
	w, err := api.NewWorkflows(serve(t, map[string]string{
		"/api/projects":             `{"projects":[{"id":"7","name":"sales","revision":"abc"}]}`,
		"/api/projects/7/workflows": `{"workflows":[{"id":"1","name":"daily","timezone":"Asia/Tokyo"}]}`,
		"/api/attempts": `{"attempts":[
			{"id":"4","done":false,"cancelRequested":true,"project":{"name":"sales"},"workflow":{"name":"daily"}},
			{"id":"3","done":false,"project":{"name":"sales"},"workflow":{"name":"daily"}},
			{"id":"2","done":true,"success":true,"project":{"name":"sales"},"workflow":{"name":"daily"}},
			{"id":"1","done":true,"success":false,"project":{"name":"sales"},"workflow":{"name":"daily"}}]}`,
	}))
	if err != nil {
		t.Fatal(err)
	}
	ctx := context.Background()
	for _, tt := range []struct {
		list func() ([]candidate, error)
		want []candidate
	}{
		{func() ([]candidate, error) { return listProjects(ctx, w) }, []candidate{{"sales", "revision abc"}}},
		{func() ([]candidate, error) { return listWorkflows(ctx, w, "sales") }, []candidate{{"daily", "Asia/Tokyo"}}},
		{func() ([]candidate, error) { return listAttempts(ctx, w) }, []candidate{
			{"4", "canceling sales daily"}, {"3", "running sales daily"}, {"2", "success sales daily"}, {"1", "error sales daily"},
		}},
	} {
		got, err := tt.list()
		if diff := diff(tt.want, got); diff != "" || err != nil {
			t.Errorf("%v\n%s", err, diff)
		}
	}
}

func TestDeletedTables(t *testing.T) {
	c, err := api.New(serve(t, map[string]string{"/v3/table/deleted": `{"tables":[
		{"id":7,"name":"a","count":5,"database_name":"web"},{"id":8,"name":"b","count":1,"database_name":"other"}]}`}))
	if err != nil {
		t.Fatal(err)
	}
	names, err := listDeletedTables(t.Context(), c, "web")
	if diff := diff([]candidate{{"a", "5 records"}}, names); diff != "" || err != nil {
		t.Errorf("%v\n%s", err, diff)
	}
	ids, err := listDeletedTableIDs(t.Context(), c)
	if diff := diff([]candidate{{"7", "web.a 5 records"}, {"8", "other.b 1 record"}}, ids); diff != "" || err != nil {
		t.Errorf("%v\n%s", err, diff)
	}
}

// TestSecrets checks that descriptions contain no passwords.
func TestSecrets(t *testing.T) {
	c, err := api.New(serve(t, map[string]string{
		"/v3/result/list": `{"results":[{"name":"crm","url":"mysql://me:hunter2@example.com/db/t"}]}`,
		"/v3/job/list": `{"jobs":[{"job_id":"2","status":"success","query":"SELECT 'mysql://me:hunter2@example.com'"},
			{"job_id":"1","status":"running","type":"bulkload","query":{"in":{"password":"hunter2"}}},
			{"job_id":"0","status":"running","type":"bulkload","query":"{\"in\":{\"password\":\"hunter2\"}}"}]}`,
	}))
	if err != nil {
		t.Fatal(err)
	}
	results, err := listResults(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	jobs, err := listJobs(t.Context(), c)
	want := []candidate{
		{"crm", redact.Text("mysql://me:hunter2@example.com/db/t")},
		{"2", "success SELECT '" + redact.Text("mysql://me:hunter2@example.com") + "'"},
		{"1", "running bulkload"},
		{"0", "running bulkload"},
	}
	if diff := diff(want, append(results, jobs...)); diff != "" || err != nil {
		t.Errorf("%v\n%s", err, diff)
	}
	if _, err := listParts(t.Context(), c, "absent"); err == nil {
		t.Error("listing the parts of a missing session succeeded")
	}
}
