package help

import (
	"strings"

	"github.com/td-cli/td/internal/text"
)

// markdownPunctuation are the characters that a backslash escapes in Markdown.
const markdownPunctuation = "\\`*_{}[]()#+-.!:|&<>~"

// EscapeMarkdown returns Markdown that renders as s.
func EscapeMarkdown(s string) string {
	var b strings.Builder
	for _, r := range s {
		if strings.ContainsRune(markdownPunctuation, r) {
			b.WriteByte('\\')
		}
		b.WriteRune(r)
	}
	return b.String()
}

// renderText renders Markdown as plain text of at most screenColumns columns. It
// supports what the topics use: headings, paragraphs, definition lists, indented code and
// code spans.
func renderText(markdown string) string {
	const (
		termIndent       = "  "
		definitionIndent = "       "
	)
	var blocks []string
	for block := range strings.SplitSeq(strings.Trim(markdown, "\n"), "\n\n") {
		heading, isHeading := strings.CutPrefix(block, "## ")
		term, definition, isDefinition := strings.Cut(block, "\n: ")
		switch {
		case isHeading:
			blocks = append(blocks, heading+"\n")
		case strings.HasPrefix(block, "    "):
			blocks = append(blocks, block+"\n")
		case isDefinition:
			term = termIndent + renderSpans(term)
			lines := text.Wrap(strings.Fields(renderSpans(definition)), screenColumns-len(definitionIndent))
			if len(term)+2 <= len(definitionIndent) { // like man(1)
				lines[0] = pad(term, len(definitionIndent)) + lines[0]
			} else {
				lines[0] = term + "\n" + definitionIndent + lines[0]
			}
			item := strings.Join(lines, "\n"+definitionIndent) + "\n"
			if last := len(blocks) - 1; last >= 0 && strings.HasPrefix(blocks[last], termIndent) && !strings.HasPrefix(blocks[last], "    ") {
				blocks[last] += item // same list
			} else {
				blocks = append(blocks, item)
			}
		default:
			blocks = append(blocks, strings.Join(text.Wrap(strings.Fields(renderSpans(block)), screenColumns), "\n")+"\n")
		}
	}
	return strings.ReplaceAll(strings.Join(blocks, "\n"), unbreakable, " ")
}

// unbreakable, a private character, is a space at which renderText does not wrap.
const unbreakable = "\ue000"

// renderSpans removes backslashes and code marks. Code with spaces is quoted and not
// wrapped.
func renderSpans(markdown string) string {
	var b strings.Builder
	for i := 0; i < len(markdown); i++ {
		c := markdown[i]
		switch {
		case c == '\\' && i+1 < len(markdown) && strings.IndexByte(markdownPunctuation, markdown[i+1]) >= 0:
			i++
			b.WriteByte(markdown[i])
		case c == '`':
			code, _, _ := strings.Cut(markdown[i+1:], "`")
			i += len(code) + 1
			if strings.ContainsAny(code, " \n") {
				code = "'" + strings.Join(strings.Fields(code), unbreakable) + "'"
			}
			b.WriteString(code)
		default:
			b.WriteByte(c)
		}
	}
	return b.String()
}
