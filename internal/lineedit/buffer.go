package lineedit

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// A buffer is text with a cursor, which is a byte offset at the boundary of a character.
type buffer struct {
	text   string
	cursor int
}

func (b *buffer) set(text string) { b.text, b.cursor = text, len(text) }

func (b *buffer) insert(s string) {
	b.text = b.text[:b.cursor] + s + b.text[b.cursor:]
	b.cursor += len(s)
}

// cut removes the text between two offsets and returns it. The cursor moves there.
func (b *buffer) cut(from, to int) (removed string) {
	removed = b.text[from:to]
	b.text, b.cursor = b.text[:from]+b.text[to:], from
	return removed
}

// left returns the offset of the character before the cursor, with the marks that follow it.
func (b *buffer) left() int {
	for i := b.cursor; i > 0; {
		r, size := utf8.DecodeLastRuneInString(b.text[:i])
		i -= size
		if !unicode.Is(unicode.M, r) {
			return i
		}
	}
	return 0
}

// right returns the offset after the character at the cursor and the marks that follow it.
func (b *buffer) right() int {
	i := b.cursor
	for i < len(b.text) {
		_, size := utf8.DecodeRuneInString(b.text[i:])
		i += size
		if r, _ := utf8.DecodeRuneInString(b.text[i:]); !unicode.Is(unicode.M, r) {
			break
		}
	}
	return i
}

// wordLeft returns the start of the word before the cursor.
func (b *buffer) wordLeft() int {
	before := strings.TrimRightFunc(b.text[:b.cursor], func(r rune) bool { return !isWord(r) })
	return len(strings.TrimRightFunc(before, isWord))
}

// wordRight returns the end of the word after the cursor.
func (b *buffer) wordRight() int {
	after := strings.TrimLeftFunc(b.text[b.cursor:], func(r rune) bool { return !isWord(r) })
	return len(b.text) - len(strings.TrimLeftFunc(after, isWord))
}

func isWord(r rune) bool {
	return r == '_' || unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.Is(unicode.M, r)
}

// lineStart and lineEnd return the bounds of the line of the cursor.
func (b *buffer) lineStart() int { return strings.LastIndexByte(b.text[:b.cursor], '\n') + 1 }

func (b *buffer) lineEnd() int {
	if n := strings.IndexByte(b.text[b.cursor:], '\n'); n >= 0 {
		return b.cursor + n
	}
	return len(b.text)
}

// moveLine moves the cursor to the same column of the line above (-1) or below (1). It reports false if there is none.
func (b *buffer) moveLine(direction int) bool {
	start, end := b.lineStart(), b.lineEnd()
	column := utf8.RuneCountInString(b.text[start:b.cursor])
	switch {
	case direction < 0 && start == 0 || direction > 0 && end == len(b.text):
		return false
	case direction < 0:
		b.cursor = start - 1
	default:
		b.cursor = end + 1
	}
	start, end = b.lineStart(), b.lineEnd()
	b.cursor = start
	for range column {
		if b.cursor >= end {
			break
		}
		b.cursor = min(b.right(), end)
	}
	return true
}
