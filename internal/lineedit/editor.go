// Package lineedit edits text of several lines on a terminal, with history, completion and colours.
package lineedit

import (
	"context"
	"errors"
	"os"
	"strings"

	tea "charm.land/bubbletea/v2"

	"github.com/td-cli/td/internal/tui"
)

// ErrHangup reports the end of the terminal.
var ErrHangup = errors.New("the terminal was closed")

// An Editor reads inputs from a terminal.
type Editor struct {
	out      *os.File
	keyboard *keyboard

	// History are earlier inputs, the newest last.
	History []string

	// IsComplete reports whether Enter ends the input. Otherwise it starts a new line.
	IsComplete func(text string) bool

	// Style returns the colours of a text. It may be nil.
	Style func(text string) []Span

	// Complete returns the candidates for the word before the cursor, which starts at the offset from. It may be nil.
	Complete func(ctx context.Context, text string, cursor int) (from int, candidates []string)
}

// A Span is a part of a text, from Start to before End, that has a colour, which is an escape sequence.
type Span struct {
	Start, End int
	Color      string
}

// New returns an editor for a terminal.
func New(in, out *os.File) *Editor {
	return &Editor{out: out, keyboard: newKeyboard(in), IsComplete: func(string) bool { return true }}
}

// Read lets the user edit a text and returns it. The prompt starts the first line, and more starts the others. Ctrl-D
// in an empty line ends the input with io.EOF.
func (e *Editor) Read(ctx context.Context, prompt, more, initial string) (string, error) {
	m := newModel(ctx, e, prompt, more)
	m.buffer.set(initial)
	if err := e.run(ctx, m); err != nil {
		return "", err
	}
	return m.buffer.text, m.err
}

// Choose asks a question until the user types one of the letters of choices. Ctrl-C is the second one.
func (e *Editor) Choose(ctx context.Context, question, choices string) (rune, error) {
	m := &choice{keyboard: e.keyboard, question: question, choices: choices}
	e.keyboard.extra = choices
	defer func() { e.keyboard.extra = "" }()
	if err := e.run(ctx, m); err != nil {
		return 0, err
	}
	return m.answer, m.err
}

// run runs a program that reads keys until it ends.
func (e *Editor) run(ctx context.Context, m tea.Model) error {
	p := tea.NewProgram(m, tui.Options(ctx, e.keyboard, e.out)...)
	e.keyboard.ended = func() { go p.Send(hangup{}) }
	_, err := p.Run()
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	return err
}

// A hangup reports that the terminal has ended.
type hangup struct{}

// A choice is a program that reads one key.
type choice struct {
	keyboard          *keyboard
	question, choices string
	answer            rune
	err               error
}

// Init implements tea.Model.
func (m *choice) Init() tea.Cmd { return nil }

// Update implements tea.Model.
func (m *choice) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	switch msg := msg.(type) {
	case hangup:
		m.err = ErrHangup
		return m, tea.Quit
	case tea.KeyPressMsg:
		key := msg.String()
		if key == "ctrl+c" {
			key = m.choices[1:2]
		}
		if len(key) == 1 && strings.Contains(m.choices, key) && m.answer == 0 {
			m.answer = rune(key[0])
			m.keyboard.handled(false)
			return m, tea.Quit
		}
		if isPausingKey(msg.String()) || strings.Contains(m.choices, strings.TrimPrefix(key, "alt+")) {
			m.keyboard.handled(true)
		}
	}
	return m, nil
}

// View implements tea.Model.
func (m *choice) View() tea.View {
	if m.answer != 0 {
		return tea.NewView(m.question + string(m.answer))
	}
	return tea.NewView(m.question)
}
