package crontab_test

import (
	"errors"
	"os/exec"
	"runtime"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/td-cli/td/internal/crontab"
)

func entry(name, times string) crontab.Entry {
	return crontab.Entry{Name: name, Times: times, Line: "cd / && td cron -- " + name, Command: "td " + name, Notes: []string{"A note."}}
}

func TestSetAndRemove(t *testing.T) {
	const other = "MAILTO=me\n# mine\n\n*/5 * * * *  run %input"
	text, err := crontab.Set(other, entry("a", "0 6 * * *"))
	if err != nil {
		t.Fatal(err)
	}
	const a = "\n# BEGIN td cron a\n# Command: td a\n# A note.\n0 6 * * * cd / && td cron -- a\n# END td cron a\n"
	if diff := cmp.Diff(other+a, text); diff != "" {
		t.Error(diff)
	}
	if text, err = crontab.Set(text, entry("b", "0 7 * * 1-5")); err != nil {
		t.Fatal(err)
	}
	text += "# last"
	if text, err = crontab.Set(text, entry("a", "30 6 * * *")); err != nil {
		t.Fatal(err)
	}
	entries, err := crontab.Entries(text)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]crontab.Entry{entry("a", "30 6 * * *"), entry("b", "0 7 * * 1-5")}, entries); diff != "" {
		t.Error(diff)
	}
	for _, name := range []string{"a", "b"} {
		var found bool
		if text, found, err = crontab.Remove(text, name); err != nil || !found {
			t.Fatal(found, err)
		}
	}
	if diff := cmp.Diff(other+"\n# last", text); diff != "" {
		t.Error(diff)
	}
	if unchanged, found, err := crontab.Remove(text, "a"); err != nil || found || unchanged != text {
		t.Errorf("%q, %v, %v", unchanged, found, err)
	}
}

func TestErrors(t *testing.T) {
	const noEnd = "# BEGIN td cron a\n0 6 * * * td\n"
	const b = "# BEGIN td cron b\n0 7 * * * td b\n# END td cron b\n"
	for _, text := range []string{b + noEnd, noEnd + b, noEnd + b + noEnd} {
		entries, err := crontab.Entries(text)
		if damaged, ok := errors.AsType[crontab.NoEndError](err); !ok || damaged.Name != "a" || !strings.Contains(err.Error(), "of the crontab starts the entry a, which has no end") {
			t.Errorf("Entries(%q): %v", text, err)
		}
		if diff := cmp.Diff([]crontab.Entry{{Name: "b", Times: "0 7 * * *", Line: "td b"}}, entries); diff != "" {
			t.Errorf("Entries(%q): %s", text, diff)
		}
		if changed, err := crontab.Set(text, entry("a", "0 6 * * *")); !errors.As(err, new(crontab.NoEndError)) {
			t.Errorf("Set(%q, a) = %q, %v", text, changed, err)
		}
		if _, _, err := crontab.Remove(text, "a"); !errors.As(err, new(crontab.NoEndError)) {
			t.Errorf("Remove(%q, a): %v", text, err)
		}
		if changed, found, err := crontab.Remove(text, "b"); err != nil || !found || changed != strings.ReplaceAll(text, b, "") {
			t.Errorf("Remove(%q, b) = %q, %v, %v", text, changed, found, err)
		}
		want := strings.Replace(text, "0 7 * * * td b\n", "# Command: td b\n# A note.\n0 6 * * * cd / && td cron -- b\n", 1)
		if changed, err := crontab.Set(text, entry("b", "0 6 * * *")); err != nil || changed != want {
			t.Errorf("Set(%q, b) = %q, %v", text, changed, err)
		}
	}
	e := entry("b", "0 6 * * *")
	e.Line = "td '\n'"
	if _, err := crontab.Set("", e); err != crontab.ErrLineBreak {
		t.Errorf("Set with a line break: %v", err)
	}
	e.Line = strings.Repeat("x", crontab.MaxCommand+1)
	if _, err := crontab.Set("", e); err == nil || !strings.Contains(err.Error(), "999 bytes") {
		t.Errorf("Set with a long command: %v", err)
	}
}

// TestEdited reads entries that a user has changed.
func TestEdited(t *testing.T) {
	const text = "# BEGIN td cron a\r\n# Command: td a\r\n@daily\tcd / && td a\r\n# END td cron a\r\n" +
		"# BEGIN td cron b \nMAILTO=me\n  0\t 7  * * *   td b  x\n\n# END td cron b\t\n" +
		"# BEGIN td cron c\n# 0 6 * * * td c\n# END td cron c\n# BEGIN td cron a\n# END td cron a\n"
	entries, err := crontab.Entries(text)
	want := []crontab.Entry{
		{Name: "a", Times: "@daily", Line: "cd / && td a", Command: "td a"},
		{Name: "b", Times: "0 7 * * *", Line: "td b  x"},
		{Name: "c", Notes: []string{"0 6 * * * td c"}},
		{Name: "a"},
	}
	if diff := cmp.Diff(want, entries); diff != "" || err != nil {
		t.Error(diff, err)
	}
	changed, err := crontab.Set(text, entry("a", "0 6 * * *"))
	if err != nil || strings.Count(changed, "BEGIN td cron a") != 1 || !strings.HasPrefix(changed, "# BEGIN td cron a\n# Command: td a\n# A note.\n0 6 ") {
		t.Errorf("Set = %q, %v", changed, err)
	}
	if changed, found, err := crontab.Remove(text, "a"); err != nil || !found || strings.Contains(changed, "cron a") {
		t.Errorf("Remove = %q, %v, %v", changed, found, err)
	}
}

// unescape returns the command that a cron daemon passes to the shell. With doubled, it replaces two backslashes by one, as
// Vixie cron does.
func unescape(line string, doubled bool) string {
	var b strings.Builder
	for i := 0; i < len(line); i++ {
		switch {
		case line[i] == '%':
			return b.String() + "\n<input>"
		case line[i] == '\\' && i+1 < len(line) && (line[i+1] == '%' || doubled && line[i+1] == '\\'):
			i++
		}
		b.WriteByte(line[i])
	}
	return b.String()
}

// TestQuote lets a shell print quoted words after a cron daemon has read them.
func TestQuote(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("needs a POSIX shell")
	}
	words := []string{
		"", "plain-1.5/x", "two words", "it's", `"`, "100%", "%", "%%", `\`, `\\`, `\%`, `\\%\`, `a\'b%`, "$HOME `id` $(id)", "*", "~", "é日", "a=b", "=x", "!x", "#", ";&|<>",
		`SELECT TD_TIME_FORMAT(time, '%Y\%m%d') FROM "t" WHERE a LIKE '\\%'`,
	}
	for _, word := range words {
		for _, doubled := range []bool{false, true} {
			line := unescape(`printf '\%s' `+crontab.Quote(word), doubled)
			out, err := exec.Command("sh", "-c", line).Output()
			if err != nil || string(out) != word {
				t.Errorf("%q in a crontab is %s, and the shell reads %q, %v", word, crontab.Quote(word), out, err)
			}
		}
		if out, err := exec.Command("sh", "-c", "printf '%s' "+crontab.ShellQuote(word)).Output(); err != nil || string(out) != word {
			t.Errorf("ShellQuote(%q): the shell reads %q, %v", word, out, err)
		}
	}
}

// FuzzSet checks that setting and removing an entry restores a crontab, except for a missing line break at its end.
func FuzzSet(f *testing.F) {
	for _, text := range []string{"", "MAILTO=me", "0 6 * * * run\n\n", "# BEGIN td cron b\n# Command: x\n* * * * * td\n# END td cron b\n", "# BEGIN td cron a\n"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		entries, err := crontab.Entries(text)
		for _, e := range entries {
			if e.Name == "a" {
				return
			}
		}
		changed, setErr := crontab.Set(text, entry("a", "0 6 * * *"))
		if setErr != nil {
			if !errors.As(err, new(crontab.NoEndError)) {
				t.Fatalf("Entries: %v, Set: %v", err, setErr)
			}
			return
		}
		more, moreErr := crontab.Entries(changed)
		if (moreErr == nil) != (err == nil) || len(more) != len(entries)+1 {
			t.Fatalf("%d entries become %d, %v", len(entries), len(more), err)
		}
		restored, found, err := crontab.Remove(changed, "a")
		if err != nil || !found || strings.TrimSuffix(restored, "\n") != strings.TrimSuffix(text, "\n") {
			t.Errorf("%q becomes %q, %v, %v", text, restored, found, err)
		}
	})
}
