package complete_test

import (
	"context"
	"io"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/spf13/cobra"

	"github.com/td-cli/td/cmd"
	"github.com/td-cli/td/cmd/internal/complete"
	"github.com/td-cli/td/internal/cli"
	"github.com/td-cli/td/internal/config"
	"github.com/td-cli/td/internal/console"
)

// TestComplete checks what is offered without an account.
func TestComplete(t *testing.T) {
	const none, file, folder = cobra.ShellCompDirectiveNoFileComp, cobra.ShellCompDirectiveDefault, cobra.ShellCompDirectiveFilterDirs
	for _, tt := range []struct {
		line      string // up to the cursor
		want      string
		directive cobra.ShellCompDirective
	}{
		{"db:s", "db:show", none},
		{"-k 1/a db:l", "db:list", none},
		{"tables", "", none}, // aliases are not offered
		{"bulk_import:delete_", "bulk_import:delete_parts", none},
		{"nonsense ", "", none},
		{"nonsense -", "", none},
		{"--col", "--color", none},
		{"--color ", "auto always never", none},
		{"--color=n", "never", none},
		{"-e s", "sandbox", none},
		{"-es", "-esandbox", none},
		{"-e=s", "-e=sandbox", none},
		{"-c ", "", file},
		{"--config=", "", file},
		{"query -c --fo", "--format", none}, // -c is the column header here
		{"query -c ", "", none},
		{"query -f j", "json jsonl", none},
		{"query -wcf j", "json jsonl", none},
		{"query -w60 -f j", "json jsonl", none},
		{"query --for v", "vertical", none},
		{"query --for=v", "vertical", none},
		{"query -fv", "-fvertical", none},
		{"db:list -f t", "table tsv", none},
		{"dbs -f t", "table tsv", none},
		{"import:prepare -f m", "msgpack", none},
		{"table:import db t --format m", "msgpack", none},
		{"table:import db t ", "", file},
		{"table:import db t a b ", "", file},
		{"query -T ", "hive trino presto", none},
		{"table:create db t -T ", "log", none},
		{"query -P v", "very-low very-high", none},
		{"export:table db t -F j", "jsonl.gz json.gz", none},
		{"query --on-interrupt ", "leave kill", none},
		{"query -q ", "", file},
		{"query -o ", "", file},
		{"query -- -", "", none}, // no flags after --
		{"cron --lock x -- db:l", "db:list", none},
		{"cron -- -k 1/a query -c --fo", "--format", none},
		{"cron:install n @daily -- query -T ", "hive trino presto", none},
		{"cron:install n ", "@hourly @daily @monthly", none},
		{"sched:update s -q ", "", none},
		{"import:prepare -o ", "", folder},
		{"connector:guess ", "", file},
		{"connector:guess a ", "", none},
		{"completion ", "bash zsh fish powershell", none},
		{"completion:install p", "powershell", none},
		{"help dat", "", none},
		{"help query", "query", none},
		{"help exp", "export export:result export:table", none},
		{"wf st", "start", none},
		{"workflow secrets --pro", "--project", none},
		{"workflow push p --project ", "", folder},
		{"schema:add db t n:d", "n:double", none},
		{"job:list --zz", "", none},
		{"job:list --run", "--running", none},
		{"job:list --running --run", "", none}, // once is enough
		{"workflow start p w -p a=b --para", "--param --params-file", none},
		{"query --apik", "--apikey", none},
		{"query --sampl", "", none},
		{"query --no-such x -f v", "vertical", none},
		{"query --da", "--database", none},
		{"query -d sales --da", "", none},
		{"db:show ", "", none}, // no account
	} {
		e := testEnv()
		found, directive, _ := complete.ParseLine(cmd.NewTree(e), strings.Split(tt.line, " ")).Candidates(t.Context(), e)
		if diff := cmp.Diff(tt.want, strings.Join(found, " ")); diff != "" || directive != tt.directive {
			t.Errorf("%q: directive %d, want %d\n%s", tt.line, directive, tt.directive, diff)
		}
	}
}

// TestCreatedCommands checks that a completion creates a single command, except where the
// names of commands are completed.
func TestCreatedCommands(t *testing.T) {
	for line, want := range map[string]int{
		"-e sandbox --for": 0,
		"query -":          1,
		"databases -f ":    1,
		"query -d web -f ": 1,
		"nope -":           0,
	} {
		e := testEnv()
		tree := cmd.NewTree(e)
		complete.ParseLine(tree, strings.Split(line, " ")).Candidates(t.Context(), e)
		if got := len(tree.Root.Commands()); got != want {
			t.Errorf("%q: %d commands, want %d", line, got, want)
		}
	}
}

// TestSettings checks that global flags before the cursor are used.
func TestSettings(t *testing.T) {
	want := config.Flags{Path: "a.conf", APIKey: "1/a", Endpoint: "sandbox"}
	for _, line := range []string{
		"-c a.conf -k 1/a -e sandbox db:show ",
		"-ca.conf -k1/a -esandbox db:show ",
		"--conf a.conf --api=1/a --endp sandbox db:show ",
		"db:show --config a.conf --apikey 1/a --endpoint=sandbox ",
	} {
		e := testEnv()
		complete.ParseLine(cmd.NewTree(e), strings.Split(line, " "))
		if diff := cmp.Diff(want, e.Flags.Flags); diff != "" {
			t.Errorf("%q:\n%s", line, diff)
		}
	}
}

// FuzzComplete checks that every line has an answer without panics and messages, and that
// the candidates start with the word at the cursor.
func FuzzComplete(f *testing.F) {
	for _, line := range []string{
		"", "td", "nosuch word ", "query -d", "job:list -Rf", "-e sandbox db:show ", "query --form=c", "-é --= --- -=", "workflow start ", "table:import a b -- --",
		"-k x --profile ", "job:show -vwc --on-int k", "import:auto --auto-create a.", "schema:add a b c:", "query -wx", "-c nowhere --profile p", "help -",
	} {
		f.Add(line)
	}
	home := f.TempDir()
	getenv := func(name string) string {
		switch name {
		case "HOME", "TD_SANDBOX_DIR":
			return home
		case "TD_API_SERVER":
			return "http://127.0.0.1:1" // refuses connections
		}
		return ""
	}
	f.Fuzz(func(t *testing.T, text string) {
		words := strings.Split(text, " ")
		var output strings.Builder
		e := cli.NewEnv(t.Context(), &console.Console{In: strings.NewReader(""), Out: &output, Err: &output}, getenv, "1")
		l := complete.ParseLine(cmd.NewTree(e), words)
		if e.Flags.Path != "" || e.Flags.Endpoint != "" {
			return // any file of this machine, and any server
		}
		e.Flags.Debug, e.Flags.RetryMaxTime = false, 0
		found, _, prefix := l.Candidates(t.Context(), e)
		if output.Len() > 0 {
			t.Errorf("%q prints %q", words, &output)
		}
		for _, word := range found {
			if !strings.HasPrefix(word, prefix) {
				t.Errorf("%q offers %q", words, word)
			}
		}
	})
}

func testEnv() *cli.Env {
	c := &console.Console{In: strings.NewReader(""), Out: io.Discard, Err: io.Discard}
	return cli.NewEnv(context.Background(), c, func(string) string { return "" }, "test")
}
