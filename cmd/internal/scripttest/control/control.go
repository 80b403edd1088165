// Package control defines which characters td may write to a file or a pipe.
package control

// Forbidden reports whether r is a control character that must not be written to a file or
// a pipe. The bytes after r are next: a carriage return is allowed before a line feed.
func Forbidden(r rune, next []byte) bool {
	switch r {
	case '\n', '\t':
		return false
	case '\r':
		return len(next) == 0 || next[0] != '\n'
	}
	return r < ' ' || r >= 0x7f && r < 0xa0
}
