// Package roff writes manual pages in the language of man(7). It knows no command.
package roff

import (
	"fmt"
	"strings"
	"unicode"
)

// A Page is a manual page that is being written. Its methods take plain text, not roff.
type Page struct {
	text   strings.Builder
	headed bool // the last line is a heading, which parts paragraphs itself
}

// New begins a page. The name and the section are the page's, date is in the form
// 2006-01-02, source says which program and version it belongs to, title what the manual is.
func New(name, section, date, source, title string) *Page {
	p := &Page{}
	fmt.Fprintf(&p.text, ".TH %s %s %s %s %s\n", quote(strings.ToUpper(name)), section, date, quote(source), quote(title))
	p.line(".nh")   // a command's name is not to be parted
	p.line(".ad l") // nor are words to be driven apart
	return p
}

// String returns the page.
func (p *Page) String() string { return p.text.String() }

// Section begins a section.
func (p *Page) Section(title string) { p.heading(".SH", title) }

// Subsection begins a part of a section.
func (p *Page) Subsection(title string) { p.heading(".SS", title) }

// Paragraph writes running text.
func (p *Page) Paragraph(text string) {
	p.begin()
	p.running(text)
}

// Name writes what the section NAME has to say, in the form that whatis reads.
func (p *Page) Name(name, purpose string) {
	p.Section("NAME")
	p.line(escape(name) + ` \- ` + escape(purpose))
}

// Bold writes a line in bold, such as a synopsis.
func (p *Page) Bold(text string) { p.line(bold(text)) }

// Terms writes terms in bold, with what they all mean below them.
func (p *Page) Terms(terms []string, text string) {
	for i, term := range terms {
		if i == 0 {
			p.line(".TP")
		} else {
			p.line(".TQ")
		}
		p.Bold(term)
	}
	p.running(text)
}

// Example writes lines that stand for themselves.
func (p *Page) Example(lines []string) {
	p.begin()
	p.line(".RS 4")
	p.line(".nf")
	for _, l := range lines {
		p.line(protect(escape(l)))
	}
	p.line(".fi")
	p.line(".RE")
}

// References names other pages of section 1.
func (p *Page) References(names []string) {
	for i, name := range names {
		comma := ","
		if i == len(names)-1 {
			comma = ""
		}
		p.line(bold(name) + "(1)" + comma)
	}
}

func (p *Page) heading(request, title string) {
	p.line(request + " " + quote(title))
	p.headed = true
}

// begin parts a paragraph from what stands before it.
func (p *Page) begin() {
	if !p.headed {
		p.line(".PP")
	}
}

// running writes text whose lines are set anew, in lines that are easy to read.
func (p *Page) running(text string) {
	line := ""
	for word := range strings.FieldsSeq(text) {
		word = escape(word)
		if line != "" && len(line)+1+len(word) > 78 {
			p.line(protect(line))
			line = ""
		}
		if line != "" {
			line += " "
		}
		line += word
	}
	if line != "" {
		p.line(protect(line))
	}
}

func (p *Page) line(text string) {
	p.headed = false
	p.text.WriteString(text)
	p.text.WriteByte('\n')
}

// quote makes text an argument of a request.
func quote(text string) string {
	return `"` + strings.ReplaceAll(escape(text), `"`, `\(dq`) + `"`
}

// protect keeps a line of text from being taken for a request.
func protect(line string) string {
	if strings.HasPrefix(line, ".") {
		return `\&` + line
	}
	return line
}

// escape writes text so that it comes out as it is: roff has signs of its own, every hyphen
// is to be found and copied as the minus sign that it is in a flag, and what is not ASCII is
// named by its number, whatever encoding the reader expects.
func escape(text string) string {
	var b strings.Builder
	for _, r := range text {
		b.WriteString(sign(r))
	}
	return b.String()
}

func sign(r rune) string {
	switch r {
	case '\\':
		return `\e`
	case '-':
		return `\-`
	case '\'':
		return `\(aq`
	case '`':
		return `\(ga`
	case '^':
		return `\(ha`
	case '~':
		return `\(ti`
	case '…': // which a reader without Unicode would see as nothing
		return "..."
	}
	if r > unicode.MaxASCII {
		return fmt.Sprintf(`\[u%04X]`, r)
	}
	return string(r)
}

func bold(text string) string { return `\fB` + escape(text) + `\fR` }
