//go:build unix

package cmd_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// recipeChecks returns, for each recipe, a script that shows its effect, with the expected output.
func recipeChecks() map[string]struct{ script, want string } {
	return map[string]struct{ script, want string }{
		"Nightly report": {
			"head -n1 top.csv; test $(wc -l <top.csv) -gt 5 && echo rows; grep -c '^0 6 .* query -wq top.sql' crontab.txt",
			"path,hits\nrows\n1\n",
		},
		"Incremental load": {
			"td query -w -f tsv -d web -T trino \"SELECT path, count(*) FROM access WHERE path LIKE '/new%' GROUP BY path ORDER BY path\"",
			"/new\t1\n/newer\t1\n",
		},
		"Swap after validation": {
			"td query -w -f tsv -d web -T trino 'SELECT count(*) > 2500, max(code) < 500 FROM access'\n" +
				"td table:undelete web access_new >undelete.txt\n" +
				"td query -w -f tsv -d web -T trino 'SELECT count(*) FROM access_new'",
			"true\ttrue\n5000\n",
		},
		"Backfill over days": {
			"td query -w -f tsv -d web -T trino 'SELECT count(DISTINCT day), count(*) > 50, count(*) = count(DISTINCT (day, symbol)) FROM daily'",
			"5\ttrue\ttrue\n",
		},
		"Alert on data quality": {
			"printf '{\"time\":1412300000,\"path\":\"/bad\",\"code\":42}' >bad.json\n" +
				"td table:import web access --json -t time bad.json >import.txt 2>&1\n" +
				"td cron -- query -q orphans.sql -x --expect 'rows=0' >mail.txt 2>&1 || echo $?\n" +
				"grep -o 'rows=0' mail.txt | uniq",
			"13\nrows=0\n",
		},
	}
}

// TestRecipes runs the recipes of 'td help recipes' as written, each with a sandbox of its own.
func TestRecipes(t *testing.T) {
	b, err := os.ReadFile("internal/help/topics/recipes.md")
	if err != nil {
		t.Fatal(err)
	}
	preparation, sections, _ := strings.Cut(string(b), "\n## ")
	checks := recipeChecks()
	for section := range strings.SplitSeq(sections, "\n## ") {
		title, text, _ := strings.Cut(section, "\n")
		check, ok := checks[title]
		if !ok {
			t.Errorf("no check of the recipe %q", title)
			continue
		}
		delete(checks, title)
		t.Run(title, func(t *testing.T) {
			t.Parallel()
			s := serve(t, t.TempDir())
			dir := t.TempDir()
			runShell(t, s, dir, codeBlocks(preparation))
			t.Log(runShell(t, s, dir, codeBlocks(text)))
			if got := runShell(t, s, dir, check.script); got != check.want {
				t.Errorf("%q, want %q", got, check.want)
			}
		})
	}
	for title := range checks {
		t.Errorf("no recipe %q", title)
	}
}

// codeBlocks returns the indented lines of a Markdown text.
func codeBlocks(markdown string) string {
	var b strings.Builder
	for line := range strings.Lines(markdown) {
		if code, ok := strings.CutPrefix(line, "    "); ok {
			b.WriteString(code)
		}
	}
	return b.String()
}

// runShell runs a script with sh in a directory and returns its standard output. A crontab command keeps the crontab in
// crontab.txt.
func runShell(t *testing.T, s *served, dir, script string) string {
	t.Helper()
	bin := filepath.Join(dir, "bin")
	if err := os.MkdirAll(bin, 0o700); err != nil {
		t.Fatal(err)
	}
	const crontab = "#!/bin/sh\ncd \"$HOME\" || exit\ncase $1 in\n-l) cat crontab.txt 2>/dev/null || { echo 'no crontab for user' >&2; exit 1; } ;;\n-) cat >crontab.new && mv crontab.new crontab.txt ;;\nesac\n"
	if err := os.WriteFile(filepath.Join(bin, "crontab"), []byte(crontab), 0o700); err != nil { //nolint:gosec // a program
		t.Fatal(err)
	}
	c := exec.CommandContext(t.Context(), "sh", "-eu", "-c", script)
	c.Dir = dir
	c.Env = []string{"PATH=" + bin + ":" + os.Getenv("PATH"), "HOME=" + dir, "TZ=UTC", "TD_API_SERVER=" + s.url, "TD_API_KEY=any"}
	var stdout, stderr strings.Builder
	c.Stdout, c.Stderr = &stdout, &stderr
	if err := c.Run(); err != nil {
		t.Fatalf("%v\n%s\n%s%s", err, script, stdout.String(), stderr.String())
	}
	return stdout.String()
}
