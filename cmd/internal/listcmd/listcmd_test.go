package listcmd

import (
	"context"
	"errors"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/spf13/cobra"

	"github.com/td-cli/td/internal/api"
	"github.com/td-cli/td/internal/cli"
	"github.com/td-cli/td/internal/console"
	"github.com/td-cli/td/internal/text"
)

type thing struct {
	name string
	made time.Time
	size api.Int
}

// runList runs a command that lists things and returns its output.
func runList(t *testing.T, things []thing, args ...string) (stdout, stderr string, fetched bool, err error) {
	t.Helper()
	var out, messages strings.Builder
	env := cli.NewEnv(t.Context(), &console.Console{Out: &out, Err: &messages}, func(string) string { return "" }, "1.0")
	cmd := New(env, Spec[thing]{
		Use: "thing:list", Short: "List things",
		Fetch: func(context.Context, []string) ([]thing, error) {
			fetched = true
			return things, nil
		},
		Columns: []Column[thing]{
			{Title: "Name", Cell: func(v thing) any { return v.name }},
			LocalTime("Made", func(v thing) time.Time { return v.made }),
			{Title: "Size", Cell: func(v thing) any { return IntOrNil(v.size) }},
			{Title: "Owner", Cell: func(thing) any { return OrNil("") }},
		},
		Keys:  []string{"Size", "Name", "Made", "Owner"},
		Raw:   func(v thing) any { return map[string]string{"name": v.name} },
		Name:  func(v thing) string { return v.name },
		Empty: func([]string) { env.Say("There are no things.") },
	})
	root := &cobra.Command{Use: "td", SilenceUsage: true, SilenceErrors: true}
	root.AddCommand(cmd)
	root.SetOut(io.Discard)
	root.SetArgs(append([]string{"thing:list"}, args...))
	err = root.ExecuteContext(t.Context())
	return out.String(), messages.String(), fetched, err
}

func TestList(t *testing.T) {
	setZone(t, "JST-9")
	things := []thing{
		{"one", time.Unix(1700000000, 0), api.Int{Value: 5, Valid: true}},
		{"two", time.Time{}, api.Int{}},
	}
	for _, tt := range []struct {
		args         []string
		things       []thing
		want, stderr string
	}{
		{[]string{"-f", "csv"}, things, "Name,Made,Size,Owner\none,2023-11-15 07:13:20 +0900,5,\ntwo,,,\n", ""},
		{[]string{"-f", "json"}, things, `[{"Size":5,"Name":"one","Made":"2023-11-15 07:13:20 +0900","Owner":null},` +
			`{"Size":null,"Name":"two","Made":null,"Owner":null}]` + "\n", ""},
		{[]string{"-f", "jsonl"}, things, `{"name":"one"}` + "\n" + `{"name":"two"}` + "\n", ""},
		{[]string{"--names"}, things, "one\ntwo\n", ""},
		{[]string{"--names"}, nil, "", "There are no things.\n"},
		{[]string{"-f", "csv"}, nil, "Name,Made,Size,Owner\n", "There are no things.\n"},
		{nil, nil, "0 rows in set\n", "There are no things.\n"},
	} {
		stdout, stderr, _, err := runList(t, tt.things, tt.args...)
		if diff := cmp.Diff(tt.want, stdout); diff != "" || err != nil || stderr != tt.stderr {
			t.Errorf("%q: %v, %q\n%s", tt.args, err, stderr, diff)
		}
	}
}

func TestListErrors(t *testing.T) {
	if _, _, fetched, err := runList(t, nil, "--names", "-f", "csv"); err == nil || fetched {
		t.Errorf("--names -f: %v, fetched %v", err, fetched)
	}
	if _, _, _, err := runList(t, nil, "-f", "parquet"); err == nil {
		t.Error("-f parquet: no error")
	}
}

// TestUnknownZone checks that a list with local times is not fetched if the local time zone
// is unknown.
func TestUnknownZone(t *testing.T) {
	setZone(t, "Asia/Nowhere")
	things := []thing{{name: "one", made: time.Unix(1700000000, 0)}}
	for _, args := range [][]string{nil, {"-f", "csv"}, {"-f", "json"}} {
		stdout, _, fetched, err := runList(t, things, args...)
		if _, usage := errors.AsType[cli.UsageError](err); stdout != "" || fetched || !usage || cli.Hint(err) == "" {
			t.Errorf("%q: %q, %v, fetched %v", args, stdout, err, fetched)
		}
	}
	for _, args := range [][]string{{"--names"}, {"-f", "jsonl"}} {
		if stdout, _, _, err := runList(t, things, args...); stdout == "" || err != nil {
			t.Errorf("%q: %q, %v", args, stdout, err)
		}
	}
}

// setZone sets the local time zone during a test.
func setZone(t *testing.T, tz string) {
	t.Helper()
	local := time.Local
	t.Cleanup(func() { time.Local = local })
	time.Local = text.Zone(tz)
}
