package jobcmd

import (
	"strconv"
	"strings"
	"time"

	"github.com/td-cli/td/cmd/internal/listcmd"
	"github.com/td-cli/td/internal/api"
	"github.com/td-cli/td/internal/cli"
	"github.com/td-cli/td/internal/grid"
	"github.com/td-cli/td/internal/redact"
	"github.com/td-cli/td/internal/text"
	"github.com/td-cli/td/pkg/jobresult"
)

// JobColumns returns the columns of the list, in the form of the Ruby toolbelt.
func JobColumns() []listcmd.Column[api.Job] {
	return []listcmd.Column[api.Job]{
		{Title: "JobID", Cell: func(j api.Job) any { return j.ID }},
		{Title: "Status", Cell: func(j api.Job) any { return j.Status }},
		listcmd.LocalTime("Start", func(j api.Job) time.Time { return j.StartAt.Time }),
		{Title: "Elapsed", Cell: func(j api.Job) any { return padded(formatElapsed(j), 11) }},
		{Title: "CPUTime", Cell: func(j api.Job) any { return padded(formatCPUTime(j), 17) }},
		{Title: "ResultSize", Cell: func(j api.Job) any {
			if !j.ResultSize.Valid {
				return nil
			}
			return text.FileSize(j.ResultSize.Value)
		}},
		{Title: "Priority", Cell: func(j api.Job) any { return cli.PriorityName(j.Priority) }},
		{Title: "Result", Cell: func(j api.Job) any { return redact.Text(j.ResultURL) }},
		{Title: "Type", Cell: func(j api.Job) any { return j.Type }},
		{Title: "Database", Cell: func(j api.Job) any { return j.Database }},
		{Title: "Query", Cell: func(j api.Job) any {
			query, _ := SafeQuery(j)
			return grid.Shown{Table: shorten(query, 50), Plain: query}
		}},
		{Title: "Duration", Cell: func(j api.Job) any { return formatDuration(j.Duration) }},
	}
}

// JobKeys returns the titles of the columns in the order of a JSON object.
func JobKeys() []string {
	return []string{
		"JobID", "Database", "Status", "Type", "Query", "Start", "Elapsed", "CPUTime", "ResultSize", "Priority", "Result", "Duration",
	}
}

// formatElapsed returns the time that a job has run.
func formatElapsed(j api.Job) string {
	switch {
	case j.StartAt.IsZero():
		return ""
	case j.EndAt.IsZero():
		return text.Elapsed(max(0, time.Since(j.StartAt.Time)), false)
	}
	return text.Elapsed(max(0, j.EndAt.Sub(j.StartAt.Time)), false)
}

func formatCPUTime(j api.Job) string {
	if !j.CPUTime.Valid {
		return ""
	}
	return text.Elapsed(time.Duration(j.CPUTime.Value)*time.Millisecond, true)
}

// formatDuration formats seconds as HH:MM:SS; HH may exceed 23. It returns nil for an unknown duration.
func formatDuration(seconds api.Int) any {
	if !seconds.Valid {
		return nil
	}
	d := seconds.Value
	clock := time.Unix(d%86400, 0).UTC().Format("15:04:05")
	if d >= 86400 {
		clock = strconv.FormatInt(d/3600, 10) + clock[2:]
	}
	return clock
}

// padded returns a cell that is right-aligned in tables only.
func padded(s string, width int) grid.Shown {
	return grid.Shown{Table: strings.Repeat(" ", max(0, width-len(s))) + s, Plain: listcmd.OrNil(s)}
}

// shorten cuts a query for tables. Like the Ruby toolbelt, it always appends dots.
func shorten(s string, limit int) string {
	if r := []rune(s); len(r) > limit {
		s = string(r[:limit])
	}
	return s + " ..."
}

// RawJob returns the jsonl object of a job, with the names and types of the API.
func RawJob(j api.Job) any {
	_, query := SafeQuery(j)
	return struct {
		JobID      string   `json:"job_id"`
		Type       string   `json:"type"`
		Status     string   `json:"status"`
		Database   string   `json:"database"`
		Query      any      `json:"query"`
		UserName   string   `json:"user_name"`
		Priority   int      `json:"priority"`
		RetryLimit int      `json:"retry_limit"`
		Result     string   `json:"result"`
		URL        string   `json:"url"`
		CreatedAt  api.Time `json:"created_at"`
		UpdatedAt  api.Time `json:"updated_at"`
		StartAt    api.Time `json:"start_at"`
		EndAt      api.Time `json:"end_at"`
		Duration   api.Int  `json:"duration"`
		CPUTime    api.Int  `json:"cpu_time"`
		ResultSize api.Int  `json:"result_size"`
		NumRecords api.Int  `json:"num_records"`
		Schema     any      `json:"hive_result_schema"`
		Linked     string   `json:"linked_result_export_job_id,omitempty"`
		Target     string   `json:"result_export_target_job_id,omitempty"`
	}{
		j.ID, j.Type, j.Status, j.Database, query, j.UserName, j.Priority, j.RetryLimit, redact.Text(j.ResultURL), j.URL,
		j.CreatedAt, j.UpdatedAt, j.StartAt, j.EndAt, j.Duration, j.CPUTime, j.ResultSize, j.NumRecords,
		rawSchema(j), j.LinkedResultExportJobID, j.ResultExportTargetJobID,
	}
}

// rawSchema returns the schema of the result as an array of names and types, or nil if there is none.
func rawSchema(j api.Job) any {
	columns, err := jobresult.ParseSchema(j.Schema)
	if err != nil || len(columns) == 0 {
		return nil
	}
	pairs := make([][2]string, len(columns))
	for i, c := range columns {
		pairs[i] = [2]string{c.Name, c.Type}
	}
	return pairs
}
