package cmd

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/td-cli/td/internal/cli"
)

// TestNullCells checks that what the API gives as null is null in JSON and an empty
// cell in csv.
func TestNullCells(t *testing.T) {
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		bodies := map[string]string{
			"/v3/database/list":    `{"databases":[{"name":"d"}]}`,
			"/v3/table/list/d":     `{"tables":[{"name":"t","type":"log","count":1,"counter_updated_at":null,"last_log_timestamp":null,"schema":"[]"}]}`,
			"/v3/schedule/list":    `{"schedules":[{"name":"s","cron":null,"delay":null,"timezone":"UTC","next_time":null,"query":"SELECT 1","database":"d"}]}`,
			"/v3/job/list":         `{"jobs":[{"job_id":"7","status":"queued","type":"hive","query":"SELECT 1","start_at":null,"end_at":null,"duration":null,"cpu_time":null,"result_size":null,"database":"d"}]}`,
			"/v3/bulk_import/list": `{"bulk_imports":[{"name":"b","status":"uploading","job_id":null,"database":"d","table":"t","valid_parts":null}]}`,
		}
		body, ok := bodies[r.URL.Path]
		if !ok {
			http.NotFound(w, r)
			return
		}
		_, _ = io.WriteString(w, body)
	}))
	defer srv.Close()
	for command, want := range map[string]struct{ json, csv string }{
		"table:list d":     {`"Last import":null,"Last log timestamp":null`, "d,t,log,1,0.0 GB,,,"},
		"sched:list":       {`"Cron":null,"Timezone":"UTC","Delay":null`, "s,,UTC,,,"},
		"job:list":         {`"Start":null,"Elapsed":null,"CPUTime":null,"ResultSize":null`, "7,queued,,,,,"},
		"bulk_import:list": {`"JobID":null,"Valid Parts":null`, "b,d.t,Uploading,\"\",,,,,\n"},
	} {
		for format, want := range map[string]string{"json": want.json, "csv": want.csv} {
			args := append([]string{"-k", "1/test", "-e", srv.URL}, strings.Fields(command+" -f "+format)...)
			status, stdout, stderr := runLine(args...)
			if status != cli.ExitOK || !strings.Contains(stdout, want) {
				t.Errorf("%s -f %s: status %d, want %q in\n%s%s", command, format, status, want, stdout, stderr)
			}
		}
	}
}
