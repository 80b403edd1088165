// Package lineedit edits text of several lines on a terminal, with history, completion and colours.
package lineedit

import (
	"cmp"
	"context"
	"os"
	"reflect"
	"strings"
	"unicode/utf8"

	tea "charm.land/bubbletea/v2"

	"github.com/td-cli/td/internal/text"
	"github.com/td-cli/td/internal/tui"
)

// ErrHangup reports the end of the terminal.
var ErrHangup = tui.ErrHangup

// An Editor reads inputs from a terminal.
type Editor struct {
	out      *os.File
	keyboard *keyboard
	reader   *keyReader // of the program that runs

	// History are earlier inputs, the newest last.
	History []string

	// IsComplete reports whether Enter ends the input. Otherwise it starts a new line.
	IsComplete func(text string) bool

	// Style returns the colours of a text. It may be nil.
	Style func(text string) []Span

	// Complete returns the candidates for the word before the cursor, which starts at the offset from. It may be nil.
	Complete func(ctx context.Context, text string, cursor int) (from int, candidates []string)

	// Suspend stops the process until it is continued. Ctrl-Z calls it after the mode of the terminal was restored. It may
	// be nil.
	Suspend func()
}

// A Span is a part of a text, from Start to before End, that has a colour, which is an escape sequence.
type Span struct {
	Start, End int
	Color      string
}

// New returns an editor for a terminal.
func New(in, out *os.File) *Editor {
	return &Editor{out: out, keyboard: &keyboard{file: in}, IsComplete: func(string) bool { return true }}
}

// Read lets the user edit a text and returns it. The prompt starts the first line, and more starts the others. Ctrl-D
// in an empty line ends the input with io.EOF.
func (e *Editor) Read(ctx context.Context, prompt, more, initial string) (string, error) {
	m := newModel(ctx, e, prompt, more)
	m.buffer.set(initial)
	if err := e.run(ctx, m, ""); err != nil {
		return "", err
	}
	return m.buffer.text, m.err
}

// Choose asks a question until the user types one of the letters of choices. Ctrl-C is the second one.
func (e *Editor) Choose(ctx context.Context, question, choices string) (rune, error) {
	m := &choice{editor: e, question: question, choices: choices}
	if err := e.run(ctx, m, choices); err != nil {
		return 0, err
	}
	return m.answer, m.err
}

// A program reads keys until it ends or Ctrl-Z suspends it.
type program interface {
	tea.Model
	suspended() *bool
}

// run runs a program that reads keys until it ends. Some more keys than usual may end it.
func (e *Editor) run(ctx context.Context, m program, endingKeys string) error {
	for {
		*m.suspended() = false
		if err := e.runOnce(ctx, m, endingKeys); err != nil || !*m.suspended() {
			return err
		}
		e.Suspend()
	}
}

// maxFPS is how often per second the screen may change. Bubbletea checks that often, also without input.
const maxFPS = 30

// runOnce runs a program until it ends or is suspended.
func (e *Editor) runOnce(ctx context.Context, m tea.Model, endingKeys string) error {
	var p *tea.Program
	e.reader = e.keyboard.newReader(endingKeys, func() { go p.Send(hangup{}) })
	defer e.reader.end()
	p = tea.NewProgram(m, append(tui.Options(ctx, e.reader, e.out), tea.WithFPS(maxFPS))...)
	_, err := p.Run()
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	return err
}

// A hangup reports that the terminal has ended.
type hangup struct{}

// A suspension is the state of Ctrl-Z. It implements a method of program.
type suspension bool

func (s *suspension) suspended() *bool { return (*bool)(s) }

// suspend ends a program that Ctrl-Z suspends. It reports false if that is not possible.
func (s *suspension) suspend(e *Editor) bool {
	if *s = e.Suspend != nil; !*s {
		e.reader.proceed()
	}
	return bool(*s)
}

// discard handles a message that a program does not use. An input that bubbletea does not know is a string, which may
// contain a key that pauses.
func (r *keyReader) discard(msg tea.Msg) {
	v := reflect.ValueOf(msg)
	if v.Kind() == reflect.String && strings.ContainsFunc(v.String(), func(c rune) bool { return c < utf8.RuneSelf && isPausing(byte(c)) }) {
		r.proceed()
	}
}

// A choice is a program that reads one key.
type choice struct {
	suspension
	editor            *Editor
	question, choices string
	width             int // of the terminal; 0 until it is known
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
	case tea.WindowSizeMsg:
		m.width = msg.Width
	case tea.KeyPressMsg:
		key := msg.String()
		switch key {
		case "ctrl+c":
			key = m.choices[1:2]
		case "ctrl+z":
			if m.suspend(m.editor) {
				return m, tea.Quit
			}
			return m, nil
		}
		if len(key) == 1 && strings.Contains(m.choices, key) && m.answer == 0 {
			m.answer = rune(key[0])
			return m, tea.Quit
		}
		if isPausingKey(msg.String()) || strings.Contains(m.choices, strings.TrimPrefix(key, "alt+")) {
			m.editor.reader.proceed()
		}
	default:
		m.editor.reader.discard(msg)
	}
	return m, nil
}

// View implements tea.Model.
func (m *choice) View() tea.View {
	question := strings.Join(text.Wrap(strings.Fields(m.question), cmp.Or(m.width, 80)-2), "\n") + " " // and the answer
	switch {
	case m.answer != 0:
		return tea.NewView(question + string(m.answer) + "\n")
	case bool(m.suspension):
		return tea.NewView(question + "\n")
	}
	return tea.NewView(question)
}
