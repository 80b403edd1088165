package cli

import (
	"errors"
	"strings"
	"testing"

	"github.com/td-cli/td/internal/config"
	"github.com/td-cli/td/internal/console"
)

func TestCompleteCommands(t *testing.T) {
	const text = "'td job:show -w 5' waits for it, 'td -e sandbox …' needs no key; atd x"
	for _, tt := range []struct {
		flags config.Flags
		want  string
	}{
		{config.Flags{}, text},
		{config.Flags{APIKey: "1/secret"}, text},
		{config.Flags{Endpoint: "sandbox"}, strings.Replace(text, "'td job", "'td -e sandbox job", 1)},
		{
			config.Flags{Path: "my file$.conf", Profile: "jp", Endpoint: "jp01", APIKey: "1/secret"},
			strings.Replace(text, "'td job", `'td -c "my file\$.conf" --profile jp -e jp01 job`, 1),
		},
	} {
		env := NewEnv(t.Context(), &console.Console{}, func(string) string { return "" }, "test")
		env.Flags.Flags = tt.flags
		if got := env.CompleteCommands(text); got != tt.want {
			t.Errorf("%+v:\n got %s\nwant %s", tt.flags, got, tt.want)
		}
	}
}

func TestCompleteHint(t *testing.T) {
	var stderr strings.Builder
	env := NewEnv(t.Context(), &console.Console{Err: &stderr}, func(string) string { return "" }, "test")
	plain := errors.New("failed")
	missing := NotFoundError{Kind: "job", Name: "5", ListCommand: "job:list"}
	if got := env.CompleteHint(missing); got != error(missing) {
		t.Errorf("without flags: %v", got)
	}
	env.Flags.Endpoint = "sandbox"
	if got := env.CompleteHint(plain); got != plain {
		t.Errorf("without a hint: %v", got)
	}
	got := env.CompleteHint(missing)
	if hint := Hint(got); hint != "'td -e sandbox job:list' lists the jobs" || !errors.As(got, &NotFoundError{}) {
		t.Errorf("hint %q of %v", hint, got)
	}
	env.Say("Use 'td job:show %d'.", 5)
	env.Warn("see 'td help'")
	if want := "Use 'td -e sandbox job:show 5'.\ntd: warning: see 'td -e sandbox help'\n"; stderr.String() != want {
		t.Errorf("printed %q, want %q", &stderr, want)
	}
}
