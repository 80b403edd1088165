package shell

import (
	"cmp"
	"context"
	"errors"
	"io"
	"slices"
	"strings"

	"github.com/td-cli/td/cmd/internal/jobcmd"
	"github.com/td-cli/td/internal/cli"
	"github.com/td-cli/td/internal/config"
	"github.com/td-cli/td/internal/history"
	"github.com/td-cli/td/internal/lineedit"
	"github.com/td-cli/td/internal/redact"
	"github.com/td-cli/td/internal/sqlsyntax"
)

// A terminal asks on a terminal. It implements asker.
type terminal struct {
	*lineedit.Editor
	initial string // of the next input
}

// Edit implements asker.
func (t *terminal) Edit(initial string) { t.initial = initial }

// runPrompt reads statements from a terminal until Ctrl-D or \q. A failure does not end the session.
func (s *session) runPrompt(ctx context.Context, editor *lineedit.Editor) error {
	inputs, err := s.openInputs(ctx)
	if err != nil {
		s.env.Warn("the history of the shell cannot be used: %v", err)
	}
	interrupts, stop := s.env.CatchInterrupts()
	defer stop()
	t := &terminal{Editor: editor}
	s.asker, s.catch, s.wantsHeader = t, interrupts, true
	editor.History, editor.Suspend = inputs.Entries, s.env.Suspend
	editor.IsComplete = func(text string) bool { return s.isComplete(text) }
	if s.env.ErrColor {
		editor.Style = func(text string) []lineedit.Span { return style(text, s.dialect()) }
	}
	editor.Complete = func(ctx context.Context, text string, cursor int) (int, []string) {
		return completer{s}.complete(ctx, text, cursor)
	}
	s.env.Say(`td shell: end statements with a semicolon; \h lists the commands, \q leaves.`)
	for {
		prompt := s.request.Type + ":" + cmp.Or(s.request.Database, "(no database)") + "> "
		initial := t.initial
		t.initial = ""
		text, err := editor.Read(ctx, prompt, strings.Repeat(" ", len(prompt)-3)+"-> ", initial)
		switch {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return err
		}
		if strings.TrimSpace(text) == "" {
			continue
		}
		if err := inputs.Add(ctx, text); err != nil {
			s.env.Warn("the input was not added to the history of the shell: %v", err)
		}
		editor.History = inputs.Entries
		s.takeInterrupt() // one that came too late for the previous input
		s.buffer = cmp.Or(plainCommand(text), text) + "\n"
		if err := s.runInputs(ctx); err != nil {
			if errors.Is(err, errQuit) {
				return nil
			}
			if ctx.Err() != nil {
				return context.Cause(ctx)
			}
			s.reportError(err)
		}
		if rest := s.takeBuffer(); !jobcmd.IsBlank(rest) { // after a command that does not apply to it, or after a failure
			t.initial = strings.TrimSpace(rest)
		}
	}
}

// openInputs returns the inputs of earlier sessions of the profile.
func (s *session) openInputs(ctx context.Context) (*history.Inputs, error) {
	settings, err := s.env.Config()
	if err != nil {
		return &history.Inputs{}, err
	}
	dir := history.Dir(s.env.Getenv("XDG_STATE_HOME"), config.HomeDir(s.env.Getenv))
	if settings.HistoryOff {
		dir = ""
	}
	return history.OpenInputs(ctx, dir, settings.Profile)
}

// isComplete reports whether Enter runs the text: it ends with a statement or a command.
func (s *session) isComplete(text string) bool {
	if strings.TrimSpace(text) == "" || plainCommand(text) != "" {
		return true
	}
	rest := text + "\n"
	for isFirst := true; ; isFirst = false {
		_, after, ok := cutInput(rest, s.dialect())
		if !ok {
			return strings.TrimSpace(rest) == "" || !isFirst && isComment(rest, s.dialect())
		}
		rest = after
	}
}

// isComment reports whether a text consists of complete comments.
func isComment(text string, d sqlsyntax.Dialect) bool {
	return !slices.ContainsFunc(sqlsyntax.ScanText(text, d), func(t sqlsyntax.Token) bool { return t.Kind != sqlsyntax.Comment })
}

// reportError prints an error like that of a command.
func (s *session) reportError(err error) {
	if errors.Is(err, errDetached) || errors.Is(err, errInterrupted) {
		return
	}
	s.env.Fail("%s", redact.Text(err.Error()))
	if job, ok := errors.AsType[cli.JobError](err); ok && job.Detail != "" {
		s.env.Complain("%s", job.Detail)
	}
	if hint := cli.Hint(err); hint != "" {
		s.env.Complain("hint: %s", redact.Text(hint))
	}
}

// style returns the colours of SQL.
func style(text string, d sqlsyntax.Dialect) (spans []lineedit.Span) {
	for _, t := range sqlsyntax.ScanText(text, d) {
		color := ""
		switch {
		case t.Kind == sqlsyntax.Word && isKeyword(t.Upper):
			color = "\x1b[36m"
		case t.Kind == sqlsyntax.StringText, t.Kind == sqlsyntax.Unclosed:
			color = "\x1b[32m"
		case t.Kind == sqlsyntax.NumberText:
			color = "\x1b[33m"
		case t.Kind == sqlsyntax.Comment:
			color = "\x1b[2m"
		}
		if color != "" {
			spans = append(spans, lineedit.Span{Start: t.Start, End: t.End, Color: color})
		}
	}
	return spans
}
