package cmd

import (
	"context"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/td-cli/td/cmd/internal/complete"
	"github.com/td-cli/td/internal/cli"
	"github.com/td-cli/td/internal/config"
	"github.com/td-cli/td/internal/console"
)

// TestKinds checks that every argument and every flag value has a completion kind.
func TestKinds(t *testing.T) {
	root := newRoot(testEnv())
	check := func(c *cobra.Command, f *pflag.Flag) {
		if f.Value.Type() != "bool" && !f.Hidden && complete.FlagKind(f) == "" {
			t.Errorf("%s: no kind for --%s: add complete.Flags next to the flag; complete.Any offers nothing", c.Name(), f.Name)
		}
	}
	root.Flags().VisitAll(func(f *pflag.Flag) { check(root, f) })
	for _, c := range root.Commands() {
		c.Flags().VisitAll(func(f *pflag.Flag) { check(c, f) })
		kinds := complete.ArgumentKinds(c)
		repeats := len(kinds) > 0 && kinds[len(kinds)-1] == complete.Repeat
		takes := 0
		for n := 1; n <= 9; n++ {
			if c.Args(c, slices.Repeat([]string{"1"}, n)) == nil {
				takes = n
			}
		}
		switch {
		case takes == 9 != repeats:
			t.Errorf("%s: complete.Args must end with complete.Repeat if and only if the last argument may be repeated", c.Name())
		case !repeats && takes != len(kinds):
			t.Errorf("%s: complete.Args has %d kinds, the command takes %d arguments; complete.Any offers nothing", c.Name(), len(kinds), takes)
		}
	}
}

// TestComplete holds what TAB offers without an account.
func TestComplete(t *testing.T) {
	const none, file, folder = cobra.ShellCompDirectiveNoFileComp, cobra.ShellCompDirectiveDefault, cobra.ShellCompDirectiveFilterDirs
	for _, tt := range []struct {
		line string // to the cursor
		want string
		then cobra.ShellCompDirective
	}{
		{"db:", "db:create db:delete db:list db:show", none},
		{"-k 1/a db:l", "db:list", none},
		{"tables", "", none}, // an alias, which is not advertised
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
		{"db:list -f ", "table vertical csv tsv json jsonl", none},
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
		{"query -- -", "", none}, // no flag follows
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
		{"db:show ", "", none}, // nobody to ask
	} {
		e := testEnv()
		a := readLine(newRoot(e), strings.Split(tt.line, " ")).answer(context.Background(), e)
		got := make([]string, len(a.names))
		for i, n := range a.names {
			got[i] = n.Text
		}
		if diff := cmp.Diff(tt.want, strings.Join(got, " ")); diff != "" || a.then != tt.then {
			t.Errorf("%q: then %d, want %d\n%s", tt.line, a.then, tt.then, diff)
		}
	}
}

// TestLineSettings holds that the global flags before the cursor count.
func TestLineSettings(t *testing.T) {
	want := config.Flags{Path: "a.conf", APIKey: "1/a", Endpoint: "sandbox"}
	for _, line := range []string{
		"-c a.conf -k 1/a -e sandbox db:show ",
		"-ca.conf -k1/a -esandbox db:show ",
		"--conf a.conf --api=1/a --endp sandbox db:show ",
		"db:show --config a.conf --apikey 1/a --endpoint=sandbox ",
	} {
		e := testEnv()
		readLine(newRoot(e), strings.Split(line, " "))
		if diff := cmp.Diff(want, e.Flags.Flags); diff != "" {
			t.Errorf("%q:\n%s", line, diff)
		}
	}
}

// FuzzComplete holds that TAB has an answer to any line, without a panic and without a word
// on standard error, and that what it offers begins as the word at the cursor does.
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
			return "http://127.0.0.1:1" // where nobody listens
		}
		return ""
	}
	f.Fuzz(func(t *testing.T, text string) {
		words := strings.Split(text, " ")
		var said strings.Builder
		e := cli.NewEnv(t.Context(), &console.Console{In: strings.NewReader(""), Out: &said, Err: &said}, getenv, "1")
		l := readLine(newRoot(e), words)
		if e.Flags.Path != "" || e.Flags.Endpoint != "" {
			return // any file of this machine, and any server
		}
		e.Flags.Debug, e.Flags.RetryMaxTime = false, 0
		a := l.answer(t.Context(), e)
		if said.Len() > 0 {
			t.Errorf("%q says %q", words, &said)
		}
		for _, n := range a.names {
			if !strings.HasPrefix(n.Text, l.glued+l.word) {
				t.Errorf("%q offers %q", words, n.Text)
			}
		}
	})
}
