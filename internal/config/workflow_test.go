package config

import "testing"

func TestWorkflowEndpoint(t *testing.T) {
	for endpoint, want := range map[string]string{
		"https://api.treasuredata.com":                       "https://api-workflow.treasuredata.com",
		"https://api.treasuredata.co.jp":                     "https://api-workflow.treasuredata.co.jp",
		"https://api.eu01.treasuredata.com":                  "https://api-workflow.eu01.treasuredata.com",
		"https://api.ap03.treasuredata.com":                  "https://api-workflow.ap03.treasuredata.com",
		"https://api-staging.treasuredata.com":               "https://api-staging-workflow.treasuredata.com",
		"https://api-development.treasuredata.com":           "https://api-staging-workflow.treasuredata.com",
		"https://api-acme.connect.treasuredata.com":          "https://api-workflow-acme.connect.treasuredata.com",
		"https://api-acme.connect.treasuredata.co.jp":        "https://api-workflow-acme.connect.treasuredata.co.jp",
		"https://api.treasure-data.com":                      "https://api-workflow.treasuredata.com",
		"http://127.0.0.1:8899":                              "",
		"https://api.example.com":                            "",
		"https://api.ybi.idcfcloud.net":                      "",
		"https://api-workflow.treasuredata.com.evil.example": "",
		Sandbox: "",
	} {
		got, err := WorkflowEndpoint(endpoint, "")
		if got != want || (err != nil) != (want == "") {
			t.Errorf("%s: got %q, %v, want %q", endpoint, got, err, want)
		}
	}
	got, err := WorkflowEndpoint("http://127.0.0.1:8899", "http://localhost:65432/")
	if err != nil || got != "http://localhost:65432" {
		t.Errorf("as it was said: got %q, %v", got, err)
	}
}
