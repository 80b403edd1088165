package lineedit

import (
	"context"
	"fmt"
	"io"
	"os"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"
	"github.com/google/go-cmp/cmp"
)

// keys returns the messages of keys: characters, or names in angle brackets.
func keys(s string) (list []tea.KeyPressMsg) {
	special := map[string]tea.KeyPressMsg{
		"enter": {Code: tea.KeyEnter}, "up": {Code: tea.KeyUp}, "down": {Code: tea.KeyDown}, "left": {Code: tea.KeyLeft},
		"right": {Code: tea.KeyRight}, "home": {Code: tea.KeyHome}, "end": {Code: tea.KeyEnd}, "back": {Code: tea.KeyBackspace},
		"tab": {Code: tea.KeyTab}, "stab": {Code: tea.KeyTab, Mod: tea.ModShift}, "del": {Code: tea.KeyDelete},
	}
	for s != "" {
		if name, rest, ok := strings.Cut(s, ">"); ok && name[0] == '<' {
			s = rest
			if name = name[1:]; strings.HasPrefix(name, "^") {
				list = append(list, tea.KeyPressMsg{Code: rune(name[1]), Mod: tea.ModCtrl})
				continue
			}
			list = append(list, special[name])
			continue
		}
		r := []rune(s)[0]
		list = append(list, tea.KeyPressMsg{Code: r, Text: string(r)})
		s = s[len(string(r)):]
	}
	return list
}

// press types keys and runs the commands that they start.
func press(m *model, s string) {
	for _, key := range keys(s) {
		_, cmd := m.Update(key)
		if cmd != nil && m.completing {
			m.Update(cmd())
		}
	}
}

func newTestModel() *model {
	e := New(nil, nil)
	e.reader = e.keyboard.newReader("", func() {})
	e.History = []string{"select 1;", "select\n2;", "日本"}
	e.IsComplete = func(text string) bool { return strings.HasSuffix(text, ";") }
	e.Complete = func(_ context.Context, text string, cursor int) (int, []string) {
		from := strings.LastIndexByte(text[:cursor], ' ') + 1
		var found []string
		for _, c := range []string{"access", "account", "nasdaq", "日本", "日記"} {
			if strings.HasPrefix(c, text[from:cursor]) {
				found = append(found, c)
			}
		}
		return from, found
	}
	return newModel(context.Background(), e, "> ", "- ")
}

func TestEdit(t *testing.T) {
	for typed, want := range map[string]string{
		"abc<left><left>X":          "aX|bc",
		"日本<left><back>x":           "x|本",
		"e\u0301x<left><left><del>": "|x",
		"a b_c d<^w><^w>z":          "a z|",
		"ab<enter>cd<home>x<^a>y":   "ab\nyx|cd"[:4] + "|xcd",
		"abc<enter>d<up>X":          "aX|bc\nd",
		"a<enter>bcd<up>X<down>Y":   "aX\nbcY|d",
		"abc def<^u>x<^y>":          "xabc def|",
		"abc<home><^k><^y><^y>":     "abcabc|",
		"<up>":                      "日本|",
		"<up><up>":                  "select\n2;|",
		"new<up><down>":             "new|",
		"<^p><^p><^p><^p>":          "select 1;|",
		"<^r>SEL<left>":             "select\n2|;",
		"<^r>sel<^r><left>x":        "select 1x|;",
		"abc<^r>sel<^g>":            "abc|",
		"x acc<tab>":                "x acc|",
		"x acc<tab><tab><tab>":      "x account|",
		"x acc<tab><stab>":          "x account|",
		"x acc<tab><tab>;":          "x access;|",
		"n<tab> a<tab>":             "nasdaq acc|",
		"日<tab>":                    "日|",
		"zz<tab>":                   "zz|",
		"abc<^c>x":                  "x|",
		"ab<^a><^d>":                "|b",
	} {
		m := newTestModel()
		press(m, typed)
		if got := m.buffer.text[:m.buffer.cursor] + "|" + m.buffer.text[m.buffer.cursor:]; got != want {
			t.Errorf("%s: %q, want %q", typed, got, want)
		}
		if m.done {
			t.Errorf("%s ends the input", typed)
		}
	}
}

func TestEnd(t *testing.T) {
	for typed, want := range map[string]error{"select 1;<enter>": nil, "a<enter>b;<left><enter>": nil, "<^d>": io.EOF} {
		m := newTestModel()
		press(m, typed)
		if !m.done || m.err != want {
			t.Errorf("%s: %v, %v", typed, m.done, m.err)
		}
	}
	m := newTestModel()
	m.Update(tea.PasteMsg{Content: "a;\r\nb;\rc"})
	if m.done || m.buffer.text != "a;\nb;\nc" {
		t.Errorf("%v, %q", m.done, m.buffer.text)
	}
	if m.Update(hangup{}); m.err != ErrHangup {
		t.Error(m.err)
	}
}

// TestQueue checks that keys are handled after the candidates of an earlier TAB have arrived.
func TestQueue(t *testing.T) {
	m := newTestModel()
	press(m, "na")
	_, complete := m.Update(keys("<tab>")[0])
	for _, key := range keys(" x;<enter>") {
		m.Update(key)
	}
	if m.done || m.buffer.text != "na" {
		t.Errorf("%q", m.buffer.text)
	}
	if m.Update(complete()); !m.done || m.buffer.text != "nasdaq x;" {
		t.Errorf("%v, %q", m.done, m.buffer.text)
	}
}

func TestView(t *testing.T) {
	m := newTestModel()
	m.Update(tea.WindowSizeMsg{Width: 12, Height: 6})
	m.editor.Style = func(string) []Span { return []Span{{0, 3, "<c>"}} }
	for _, tt := range []struct {
		typed, want string
		x, y        int
	}{
		{"abcd", "> <c>abc\x1b[0md", 6, 0},
		{"\x1b\t", "> <c>abc\x1b[0md\ufffd    ", 11, 0},
		{"<^c>日本語日本語", "> <c>日\x1b[0m本語日\n本語", 4, 1},
		{"<^c>ab<enter>c", "> <c>ab\x1b[0m\n- c", 3, 1},
		{"<up><home>", "> <c>ab\x1b[0m\n- c", 2, 0},
		{"<end><enter>2<enter>3<enter>4<enter>5<enter>6", "- 2\n- 3\n- 4\n- 5\n- 6", 3, 4},
		{"<^c><^r>ab", "> \nsearch: ab", 2, 0},
	} {
		press(m, tt.typed)
		v := m.View()
		if diff := cmp.Diff(tt.want, v.Content); diff != "" || v.Cursor.X != tt.x || v.Cursor.Y != tt.y {
			t.Errorf("%q: cursor %d,%d: %s", tt.typed, v.Cursor.X, v.Cursor.Y, diff)
		}
	}
}

// TestKeyboard checks that no byte after a pausing key is passed on before the key was handled.
func TestKeyboard(t *testing.T) {
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	ended := false
	keyboard := &keyboard{file: r}
	k := keyboard.newReader("", func() { ended = true })
	if _, err := w.WriteString("ab\rcd\x03\x1b[200~x\ry\x1b[201~z\nend"); err != nil {
		t.Fatal(err)
	}
	w.Close()
	var got []string
	p := make([]byte, 64)
	for {
		n, err := k.Read(p)
		if err != nil && ended {
			break
		}
		got = append(got, string(p[:n]))
		if len(got) != 2 {
			k.proceed()
			continue
		}
		k.end()
		if n, err := k.Read(p); n > 0 || err != io.EOF {
			t.Errorf("after the end: %q, %v", p[:n], err)
		}
		k = keyboard.newReader("", func() { ended = true })
	}
	want := []string{"ab\r", "cd\x03", "\x1b[200~x\ry\x1b[201~z\n", "end"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// TestEndedView checks that the cursor is below the text when a program ends, because bubbletea removes its last line.
func TestEndedView(t *testing.T) {
	m := newTestModel()
	press(m, "a<enter>b;<left><enter>")
	if v := m.View(); v.Content != "> a\n- b;\n" || v.Cursor.X != 0 || v.Cursor.Y != 2 {
		t.Errorf("%q, cursor %v", v.Content, v.Cursor)
	}
	c := &choice{editor: m.editor, question: "Kill it (k) or wait (w)? ", choices: "kw"}
	for _, key := range keys("x<^c>") {
		c.Update(key)
	}
	if v := c.View(); v.Content != "Kill it (k) or wait (w)? w\n" {
		t.Errorf("%q", v.Content)
	}
}

// TestSuspend presses Ctrl-Z.
func TestSuspend(t *testing.T) {
	m := newTestModel()
	if press(m, "ab<^z>c"); m.suspension || m.buffer.text != "abc" {
		t.Errorf("without Suspend: %v, %q", m.suspension, m.buffer.text)
	}
	m.editor.Suspend = func() {}
	if press(m, "<^z>d"); !m.suspension || m.buffer.text != "abc" {
		t.Errorf("%v, %q", m.suspension, m.buffer.text)
	}
	if v := m.View(); v.Content != "> abc\n" {
		t.Errorf("%q", v.Content)
	}
	*m.suspended() = false
	if press(m, "d"); m.buffer.text != "abcd" {
		t.Errorf("resumed: %q", m.buffer.text)
	}
	c := &choice{editor: m.editor, question: "Kill it? ", choices: "yn"}
	c.Update(keys("<^z>")[0])
	if v := c.View(); !c.suspension || v.Content != "Kill it? \n" {
		t.Errorf("%v, %q", c.suspension, v.Content)
	}
}

// TestRead reads inputs that are typed faster than they are read, with programs that end and start between them.
func TestRead(t *testing.T) {
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	null, err := os.OpenFile(os.DevNull, os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer null.Close()
	e := New(r, null)
	e.Suspend = func() {}
	const n = 60
	var typed strings.Builder
	for i := range n {
		fmt.Fprintf(&typed, "line\x1a %d\r", i)
	}
	for _, junk := range junkKeys() {
		fmt.Fprintf(&typed, "%s\x03\x03ok\r", junk)
	}
	go func() {
		_, _ = w.WriteString(typed.String()) // fails if the test has failed
		w.Close()
	}()
	for i := range n {
		if got, err := e.Read(t.Context(), "> ", "- ", ""); err != nil || got != fmt.Sprintf("line %d", i) {
			t.Fatalf("%q, %v, want line %d", got, err, i)
		}
	}
	for _, junk := range junkKeys() {
		if got, err := e.Read(t.Context(), "> ", "- ", ""); err != nil || got != "ok" {
			t.Fatalf("after %q: %q, %v", junk, got, err)
		}
	}
	if got, err := e.Read(t.Context(), "> ", "- ", ""); err != ErrHangup {
		t.Errorf("%q, %v", got, err)
	}
}

// junkKeys returns inputs that are no keys, cut sequences of keys, and keys without a meaning.
func junkKeys() []string {
	return []string{"\x1b[", "\x1b[3", "\x1bO", "\xe6", "\xe6\x97", "\xff\xfe", "\x1b[?1u", "\x1b]11;x", "\x1bP", "\x1b[<0;1;1", "\x00", "\x1b\x1b[", "\x1b[999~"}
}
