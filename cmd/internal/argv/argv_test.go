package argv_test

import (
	"context"
	"io"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/td-cli/td/cmd"
	"github.com/td-cli/td/cmd/internal/argv"
	"github.com/td-cli/td/internal/cli"
	"github.com/td-cli/td/internal/console"
)

// newTree returns td's commands with an environment that reads and prints nothing.
func newTree() *argv.Tree {
	c := &console.Console{In: strings.NewReader(""), Out: io.Discard, Err: io.Discard}
	return cmd.NewTree(cli.NewEnv(context.Background(), c, func(string) string { return "" }, "test"))
}

func TestNormalize(t *testing.T) {
	for _, tt := range []struct{ in, want string }{
		{"db:list", "db:list"},
		{"-c conf -k1/a -e sandbox db:list", "--config conf --apikey=1/a --endpoint sandbox db:list"},
		{"-v -r query -w60", "--verbose --retry-post-requests query --wait=60"},
		{"query -w 60", "query --wait 60"},
		{"query --wait=60 -wc SQL", "query --wait=60 --wait --column-header SQL"},
		{"query -dNAME -d NAME --data NAME --database=NAME", "query --database=NAME --database NAME --database NAME --database=NAME"},
		{"query SQL -d -x", "query SQL --database -x"},
		{"query -d db -- -w60", "query --database db -- -w60"},
		{"query -", "query -"},
		{"query -wfcsv -Gx", "query --wait --format=csv --vertical --exclude"},
		{"query --col -P-1", "query --column-header --priority=-1"},
		{"job:list --slow --slow=5 -p2", "job:list --slow --slow=5 --page=2"},
		{"job:list --slow 60 5", "job:list --slow=60 5"},
		{"job:list 5 --slow -R", "job:list 5 --slow --running"},
		{"sched:result daily --last 2 --null x", "sched:result daily --last=2 --null x"},
		{"connector:update x -s", "connector:update x --schedule="},
		{"connector:update x -s -D 3", "connector:update x --schedule= --delay 3"},
		{"connector:update x --sched @daily -s@hourly", "connector:update x --schedule @daily --schedule=@hourly"},
		{"table:list --num-threads 2 --show_b", "table:list --num_threads 2 --show-bytes"},
		{"import:prepare --column_type a", "import:prepare --column-type a"},
		{"query --conf f SQL", "query --config f SQL"},
		{"job", "help job"},
		{"export", "help export"},
		{"password", "help password"},
		{"query", "query"},
		{"apikey", "apikey"},
		{"status", "status"},
		{"td", "td"},
		{"workflow", "workflow"},
		{"-- db:list", "db:list"},
		{"-v -- db:list -- -f", "--verbose db:list -- -f"},
		{"--", ""},
		{"job list", "job list"}, // job:show accepts it
		{"job list -f csv", "job list --format csv"},
		{"job list 5", "job:list 5"},
		{"job list --running", "job:list --running"}, // not a flag of job:show
		{"job kill 1 2", "job:kill 1 2"},
		{"table list web", "table list web"},
		{"table create web access -T log", "table:create web access --type log"},
		{"export table web access", "export:table web access"},
		{"password change", "password:change"},
		{"user apikey list me", "user:apikey:list me"},
		{"user apikey me", "user:apikey:list me"}, // user:apikey is an alias
		{"user apikeys", "user apikeys"},
		{"job -w 1 list", "job --wait 1 list"},
		{"help job list", "help job:list"},
		{"help user apikey list", "help user:apikey:list"},
		{"help job nope", "help job nope"},
		{"help job list 5", "help job list 5"},
		{"workflow start p w", "workflow:start p w"},
		{"wf start -h", "workflow:start --help"},
		{"wf nope", "wf nope"},
		{"--version db:list", "--version"},
		{"job:list -- --version", "job:list -- --version"},
		{"bulk_import:prepare_parts -h a,b x", "bulk_import:prepare_parts --columns a,b x"},
		{"job 12", "job 12"},
		{"-e sandbox table", "--endpoint sandbox help table"},
		{"db:list --version", "--version"},
		{"nope -x", "nope -x"},
		{"", ""},
	} {
		got, err := argv.Normalize(newTree(), strings.Fields(tt.in))
		if err != nil {
			t.Errorf("%q: %v", tt.in, err)
			continue
		}
		if diff := cmp.Diff(tt.want, strings.Join(got, " ")); diff != "" {
			t.Errorf("%q: %s", tt.in, diff)
		}
	}
}

func TestNormalizeError(t *testing.T) {
	for _, tt := range []struct{ in, want string }{
		{"query -k1/secret SQL", "query has no flag -k"},
		{"db:list -z1/secret", "unknown flag -z"},
		{"db:list --nope=1/secret", "unknown flag --nope"},
		{"query --re x", "--re is ambiguous: --result or --retry"},
		{"-f json db:list", "unknown flag -f"},
		{"-- -- db:list", `unknown command "--"`},
		{"-- -v db:list", `unknown command "-v"`},
		{"-k= db:list", "-k/--apikey must not be empty"},
		{"db:list -f=", "-f/--format must not be empty"},
	} {
		_, err := argv.Normalize(newTree(), strings.Fields(tt.in))
		if err == nil || err.Error() != tt.want {
			t.Errorf("%q: got %v, want %q", tt.in, err, tt.want)
		}
	}
}

func TestParse(t *testing.T) {
	type flag struct {
		name, value         string
		attached, takesNext bool
	}
	fs := newTree().Find("query").Flags()
	for _, tt := range []struct {
		in   string
		want []flag
	}{
		{"--database=web", []flag{{"database", "web", true, false}}},
		{"-dweb", []flag{{"database", "web", true, false}}},
		{"--data", []flag{{"database", "", false, true}}},
		{"-w", []flag{{"wait", "forever", false, false}}},
		{"-w60", []flag{{"wait", "60", true, false}}},
		{"-wcf", []flag{{"wait", "forever", false, false}, {"column-header", "true", false, false}, {"format", "", false, true}}},
		{"--nope", nil},
		{"-é", nil},
		{"SELECT", nil},
	} {
		var got []flag
		for _, f := range argv.Parse(tt.in, fs, "query") {
			got = append(got, flag{f.Flag.Name, f.Value, f.Attached, f.TakesNext()})
		}
		if !slices.Equal(got, tt.want) {
			t.Errorf("%s: %v, want %v", tt.in, got, tt.want)
		}
	}
}

func TestCommands(t *testing.T) {
	tree := newTree()
	for word, want := range map[string]string{"job:list": "job:list", "jobs": "job:list", "job": "job:show", "nope": ""} {
		got := ""
		if c := tree.Find(word); c != nil {
			got = c.Name()
		}
		if got != want {
			t.Errorf("%s: %q, want %q", word, got, want)
		}
	}
	for noun, want := range map[string]bool{"job": true, "user:apikey": true, "query": false, "": false} {
		if got := tree.HasVerbs(noun); got != want {
			t.Errorf("%q has verbs: %v", noun, got)
		}
	}
	if nouns := tree.Nouns(); slices.Contains(nouns, "query") || !slices.Contains(nouns, "sandbox") {
		t.Errorf("nouns: %q", nouns)
	}
}

func FuzzNormalize(f *testing.F) {
	f.Add("query -w60 -dNAME --data x -- -q")
	f.Add("-é --= --- -=")
	f.Add("job:show -vwc --on-int kill 12")
	tree := newTree()
	f.Fuzz(func(t *testing.T, line string) {
		args := strings.Split(line, " ")
		out, err := argv.Normalize(tree, args)
		if err != nil {
			return
		}
		again, err := argv.Normalize(tree, out)
		if err != nil {
			t.Fatalf("%q became %q, which is rejected: %v", args, out, err)
		}
		if diff := cmp.Diff(out, again); diff != "" {
			t.Fatalf("%q is not stable: %s", args, diff)
		}
	})
}
