package cmd

import (
	"bytes"
	"context"
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/td-cli/td/cmd/internal/argv"
	"github.com/td-cli/td/internal/console"
	"github.com/td-cli/td/internal/shellscript"
)

// compatScripts returns the names of the scripts of compat:check. A line of them with calls
// ends with the expected verdicts: "#= better change".
func compatScripts(t *testing.T) []string {
	t.Helper()
	names, err := filepath.Glob("compat/testdata/scripts/*.*")
	if err != nil || len(names) < 15 {
		t.Fatalf("%d scripts: %v", len(names), err)
	}
	names = slices.DeleteFunc(names, func(name string) bool { return strings.HasSuffix(name, "cron.d") })
	return append(names, "compat/testdata/scripts/crontab", "compat/testdata/scripts/cron.d/reports")
}

// TestCompatCheck compares the verdicts for each line of the scripts.
func TestCompatCheck(t *testing.T) {
	short := map[string]string{
		"same": "same", "partly checked": "partly", "better now": "better",
		"was silently broken before": "broken", "needs a look": "look", "needs a change": "change",
	}
	for _, name := range compatScripts(t) {
		src, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		lines := strings.Split(string(src), "\n")
		want, got := map[int][]string{}, map[int][]string{}
		for i, line := range lines {
			if _, verdicts, ok := strings.Cut(line, " #= "); ok {
				want[i+1] = strings.Fields(verdicts)
				slices.Sort(want[i+1])
			}
		}
		var out bytes.Buffer
		c := &console.Console{In: strings.NewReader(""), Out: &out, Err: &bytes.Buffer{}}
		status := Run(context.Background(), c, func(string) string { return "" }, []string{"compat:check", "-f", "jsonl", name})
		required := false
		for line := range strings.Lines(out.String()) {
			var r struct {
				Line           int
				Verdict        string
				ActionRequired bool `json:"action_required"`
			}
			if err := json.Unmarshal([]byte(line), &r); err != nil {
				t.Fatal(err)
			}
			required = required || r.ActionRequired
			if v := short[r.Verdict]; !slices.Contains(got[r.Line], v) {
				got[r.Line] = append(got[r.Line], v)
				slices.Sort(got[r.Line])
			}
		}
		for _, line := range slices.Sorted(maps.Keys(merge(want, got))) {
			if diff := cmp.Diff(want[line], got[line]); diff != "" {
				t.Errorf("%s:%d: %s\n%s", name, line, lines[line-1], diff)
			}
		}
		if required != (status == 1) || status > 1 {
			t.Errorf("%s: exit status %d, action required: %v", name, status, required)
		}
	}
}

func merge(maps ...map[int][]string) map[int]bool {
	keys := map[int]bool{}
	for _, m := range maps {
		for k := range m {
			keys[k] = true
		}
	}
	return keys
}

// TestCompatScripts checks that the scripts use each command, flag and name of the Ruby
// toolbelt.
func TestCompatScripts(t *testing.T) {
	used := map[string]bool{}
	for _, name := range compatScripts(t) {
		src, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, call := range shellscript.Find(string(src), shellscript.Options{Name: name, Program: "td"}).Calls {
			var words []string
			for _, w := range call.Args {
				words = append(words, w.Text)
			}
			line, err := argv.ParseLine(NewTree(testEnv()), words)
			for _, w := range words {
				used["name "+w] = true
			}
			for _, f := range line.Globals {
				used["global "+f.Flag.Name] = true
			}
			if err != nil || line.Command == nil {
				continue
			}
			used["command "+line.Command.Name()] = true
			for _, f := range line.Flags {
				used["flag "+line.Command.Name()+" "+f.Flag.Name] = true
			}
		}
	}
	for _, want := range toolbeltUses(t) {
		if !used[want] {
			t.Errorf("no script uses %s", want)
		}
	}
}

// toolbeltUses returns what compat/toolbelt.txt lists, in the form of TestCompatScripts.
func toolbeltUses(t *testing.T) (uses []string) {
	t.Helper()
	b, err := os.ReadFile("compat/toolbelt.txt")
	if err != nil {
		t.Fatal(err)
	}
	command := ""
	for line := range strings.Lines(string(b)) {
		fields := strings.Fields(line)
		if len(fields) < 3 && len(fields) != 3 && !strings.HasPrefix(line, "command") && !strings.HasPrefix(line, "hidden") {
			continue
		}
		switch fields[0] {
		case "command", "hidden":
			command = fields[1]
			uses = append(uses, "command "+command)
		case "flag":
			uses = append(uses, "flag "+command+" "+strings.TrimPrefix(fields[2], "--"))
		case "alias":
			uses = append(uses, "name "+fields[1])
		case "global":
			uses = append(uses, "global "+strings.TrimPrefix(fields[2], "--"))
		}
	}
	if len(uses) < 200 {
		t.Fatalf("only %d rows in compat/toolbelt.txt", len(uses))
	}
	return uses
}
