package lineedit

import (
	"context"
	"io"
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"
)

// A model is the state of a text that is being edited.
type model struct {
	suspension
	ctx           context.Context
	editor        *Editor
	prompt, more  string
	width, height int

	buffer  buffer
	killed  string // by Ctrl-K and the like, for Ctrl-Y
	history int    // index of the shown entry; len(editor.History) for the new text
	draft   string // the new text while an entry is shown

	searching bool
	search    string
	before    buffer // text before the search

	menu     []string // candidates
	menuFrom int      // start of the completed word
	selected int      // -1: none

	completing bool      // candidates were requested
	queue      []tea.Msg // keys that were typed since then

	done bool
	err  error
}

func newModel(ctx context.Context, e *Editor, prompt, more string) *model {
	return &model{ctx: ctx, editor: e, prompt: prompt, more: more, width: 80, height: 24, history: len(e.History), selected: -1}
}

// Init implements tea.Model.
func (m *model) Init() tea.Cmd { return nil }

// A completion is the result of Editor.Complete.
type completion struct {
	from       int
	candidates []string
}

// Update implements tea.Model.
func (m *model) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	if m.done || bool(m.suspension) {
		return m, nil
	}
	switch msg.(type) {
	case tea.KeyPressMsg, tea.PasteMsg:
		if m.completing {
			m.queue = append(m.queue, msg)
			return m, nil
		}
	}
	switch msg := msg.(type) {
	case tea.WindowSizeMsg:
		m.width, m.height = max(msg.Width, 10), max(msg.Height, 3)
	case hangup:
		return m.end(ErrHangup)
	case tea.PasteMsg:
		m.closeMenu()
		m.searching = false
		m.buffer.insert(strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(msg.Content))
	case completion:
		m.showCompletion(msg)
		m.completing = false
		return m, m.handleQueue()
	case tea.KeyPressMsg:
		_, cmd := m.press(msg)
		if !m.done && !bool(m.suspension) && isPausingKey(msg.String()) {
			m.editor.reader.proceed()
		}
		return m, cmd
	default:
		m.editor.reader.discard(msg)
	}
	return m, nil
}

// handleQueue handles the keys that were typed before the candidates arrived.
func (m *model) handleQueue() tea.Cmd {
	var commands []tea.Cmd
	for len(m.queue) > 0 && !m.completing && !m.done {
		msg := m.queue[0]
		m.queue = m.queue[1:]
		_, c := m.Update(msg)
		commands = append(commands, c)
	}
	return tea.Batch(commands...)
}

// end ends the program.
func (m *model) end(err error) (tea.Model, tea.Cmd) {
	m.closeMenu()
	m.searching = false
	m.done, m.err = true, err
	m.buffer.cursor = len(m.buffer.text)
	return m, tea.Quit
}

// press handles a key.
func (m *model) press(key tea.KeyPressMsg) (tea.Model, tea.Cmd) {
	name := key.String()
	if m.searching && m.pressSearch(key) {
		return m, nil
	}
	if name != "tab" && name != "shift+tab" {
		m.closeMenu()
	}
	b := &m.buffer
	switch name {
	case "enter", "ctrl+j":
		if m.editor.IsComplete(b.text) {
			return m.end(nil)
		}
		b.insert("\n")
	case "alt+enter", "shift+enter":
		b.insert("\n")
	case "ctrl+c":
		b.set("")
		m.history = len(m.editor.History)
	case "ctrl+d":
		if b.text == "" {
			return m.end(io.EOF)
		}
		b.cut(b.cursor, b.right())
	case "ctrl+z":
		if m.suspend(m.editor) {
			return m, tea.Quit
		}
	case "ctrl+l":
		return m, tea.ClearScreen
	case "tab":
		return m, m.complete(1)
	case "shift+tab":
		return m, m.complete(-1)
	case "ctrl+r":
		m.searching, m.search, m.before = true, "", m.buffer
		m.history = len(m.editor.History)
	case "up", "ctrl+p":
		if name == "ctrl+p" || !b.moveLine(-1) {
			m.showEntry(m.history - 1)
		}
	case "down", "ctrl+n":
		if name == "ctrl+n" || !b.moveLine(1) {
			m.showEntry(m.history + 1)
		}
	default:
		m.edit(name, key.Text)
	}
	return m, nil
}

// edit handles a key that moves the cursor or changes the text.
func (m *model) edit(name, typed string) {
	b := &m.buffer
	switch name {
	case "left", "ctrl+b":
		b.cursor = b.left()
	case "right", "ctrl+f":
		b.cursor = b.right()
	case "home", "ctrl+a":
		b.cursor = b.lineStart()
	case "end", "ctrl+e":
		b.cursor = b.lineEnd()
	case "ctrl+home", "alt+<":
		b.cursor = 0
	case "ctrl+end", "alt+>":
		b.cursor = len(b.text)
	case "alt+b", "ctrl+left", "alt+left":
		b.cursor = b.wordLeft()
	case "alt+f", "ctrl+right", "alt+right":
		b.cursor = b.wordRight()
	case "backspace", "ctrl+h":
		b.cut(b.left(), b.cursor)
	case "delete":
		b.cut(b.cursor, b.right())
	case "ctrl+w", "alt+backspace":
		m.killed = b.cut(b.wordLeft(), b.cursor)
	case "alt+d":
		m.killed = b.cut(b.cursor, b.wordRight())
	case "ctrl+u":
		m.killed = b.cut(b.lineStart(), b.cursor)
	case "ctrl+k":
		m.killed = b.cut(b.cursor, b.lineEnd())
	case "ctrl+y":
		b.insert(m.killed)
	default:
		b.insert(typed)
	}
}

// showEntry shows an entry of the history, or the new text after the last one.
func (m *model) showEntry(i int) {
	h := m.editor.History
	if i < 0 || i > len(h) {
		return
	}
	if m.history == len(h) {
		m.draft = m.buffer.text
	}
	m.history = i
	if i == len(h) {
		m.buffer.set(m.draft)
		return
	}
	m.buffer.set(h[i])
}

// pressSearch handles a key of the search in the history. It reports false for a key that ends the search and has a
// meaning of its own.
func (m *model) pressSearch(key tea.KeyPressMsg) bool {
	switch name := key.String(); {
	case name == "ctrl+r":
		m.find(m.history - 1)
	case name == "backspace":
		r := []rune(m.search)
		m.search = string(r[:max(0, len(r)-1)])
		m.find(len(m.editor.History) - 1)
	case name == "ctrl+g", name == "ctrl+c":
		m.searching, m.buffer = false, m.before
	case name == "esc":
		m.searching = false
	case key.Text != "":
		m.search += key.Text
		m.find(min(m.history, len(m.editor.History)-1))
	default:
		m.searching = false
		return false
	}
	return true
}

// find shows the newest entry up to an index that contains the searched text, ignoring case.
func (m *model) find(from int) {
	for i := min(from, len(m.editor.History)-1); i >= 0 && m.search != ""; i-- {
		if strings.Contains(strings.ToLower(m.editor.History[i]), strings.ToLower(m.search)) {
			m.history = i
			m.buffer.set(m.editor.History[i])
			return
		}
	}
}

// complete requests the candidates, or selects the next one of the menu.
func (m *model) complete(step int) tea.Cmd {
	if len(m.menu) > 0 {
		if m.selected < 0 && step < 0 {
			m.selected = 0
		}
		m.selected = (m.selected + step + len(m.menu)) % len(m.menu)
		m.replaceWord(m.menu[m.selected])
		return nil
	}
	before := m.buffer
	if m.editor.Complete == nil {
		return nil
	}
	m.completing = true
	return func() tea.Msg {
		from, candidates := m.editor.Complete(m.ctx, before.text, before.cursor)
		return completion{from, candidates}
	}
}

// showCompletion inserts the part that all candidates share, and shows them if there are several.
func (m *model) showCompletion(c completion) {
	if len(c.candidates) == 0 {
		return
	}
	m.menuFrom = c.from
	word := m.buffer.text[c.from:m.buffer.cursor]
	if shared := sharedPrefix(c.candidates); len(shared) > len(word) || len(c.candidates) == 1 {
		m.replaceWord(shared)
	}
	if len(c.candidates) > 1 {
		m.menu, m.selected = c.candidates, -1
	}
}

// replaceWord replaces the completed word.
func (m *model) replaceWord(word string) {
	m.buffer.cut(m.menuFrom, m.buffer.cursor)
	m.buffer.insert(word)
}

func (m *model) closeMenu() { m.menu, m.selected = nil, -1 }

// sharedPrefix returns the longest prefix of all words.
func sharedPrefix(words []string) string {
	first, last := slices.Min(words), slices.Max(words)
	n := 0
	for i, r := range first {
		if !strings.HasPrefix(last[min(i, len(last)):], string(r)) {
			return first[:i]
		}
		n = i + len(string(r))
	}
	return first[:n]
}
