package api

import (
	"net/url"
	"testing"
)

func TestNextPage(t *testing.T) {
	for _, tt := range []struct{ name, query, body, want string }{
		{"first page of 20", "", `{"from":null,"to":null,"count":3,"jobs":[{},{},{}]}`, "from=3&to=5"},
		{"with filters", "from=0&to=1&status=error", `{"from":0,"to":1,"jobs":[{},{}]}`, "from=2&status=error&to=3"},
		{"short page", "from=4&to=7", `{"from":4,"to":7,"jobs":[{}]}`, "from=5&to=8"},
		{"end without the object at to", "from=0&to=2", `{"from":0,"to":2,"history":[{},{}]}`, "from=2&to=4"},
		{"only from", "from=10", `{"from":10,"to":29,"jobs":[{},{}]}`, "from=12&to=13"},
		{"empty page", "from=8&to=9", `{"from":8,"to":9,"jobs":[]}`, ""},
		{"no list", "", `{"from":0}`, ""},
		{"no pages", "", `{"databases":[{},{}]}`, ""},
		{"array", "", `[1,2]`, ""},
		{"not JSON", "", `from`, ""},
		{"invalid from", "from=x", `{"from":0,"jobs":[{}]}`, ""},
		{"to before from", "from=5&to=1", `{"from":5,"to":1,"jobs":[{}]}`, "from=6&to=6"},
	} {
		query, err := url.ParseQuery(tt.query)
		if err != nil {
			t.Fatal(err)
		}
		if got := nextPage(query, []byte(tt.body)).Encode(); got != tt.want {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.want)
		}
		if query.Encode() != sorted(t, tt.query) {
			t.Errorf("%s: the query of the page was changed to %q", tt.name, query.Encode())
		}
	}
}

// sorted returns a query with its parameters in alphabetical order.
func sorted(t *testing.T, query string) string {
	t.Helper()
	values, err := url.ParseQuery(query)
	if err != nil {
		t.Fatal(err)
	}
	return values.Encode()
}
