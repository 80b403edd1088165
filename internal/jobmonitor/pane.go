package jobmonitor

import (
	"fmt"
	"strings"

	"github.com/td-cli/td/internal/text"
)

// maxLog is how many bytes of the end of a log are shown.
const maxLog = 1 << 20

// A pane shows a text instead of the table: SQL, a log or the help.
type pane struct {
	title string
	text  string
	lines []string // wrapped for the screen
	width int      // screen width of lines
	top   int      // first line on the screen

	job     string // ID of the job whose log is shown and requested again until the job has ended; "" for other texts
	status  string // status of the job
	ended   bool
	loaded  bool
	failure string
	follow  bool // show the end of the log as it grows
}

// heading returns the first line of the screen.
func (p *pane) heading() string {
	if p.status == "" {
		return p.title
	}
	return fmt.Sprintf("%s: %s", p.title, p.status)
}

// setText replaces the text.
func (p *pane) setText(s string) {
	if len(s) > maxLog {
		s = s[len(s)-maxLog:]
		_, s, _ = strings.Cut(s, "\n")
		s = "(the start of the log is not shown)\n" + s
	}
	if s != p.text {
		p.text, p.width = s, 0
	}
}

// layOut makes the lines for a width and keeps the position valid for a number of lines on the screen.
func (p *pane) layOut(width, height int) {
	if p.width != width {
		p.lines, p.width = wrap(p.text, width), width
	}
	last := max(0, len(p.lines)-height)
	if p.follow {
		p.top = last
	}
	p.top = min(max(0, p.top), last)
}

// scroll moves the text. A log that is at its end follows the log.
func (p *pane) scroll(lines, height int) {
	p.top += lines
	p.follow = false
	p.layOut(p.width, height)
	p.follow = p.job != "" && p.top == max(0, len(p.lines)-height)
}

// wrap splits a text into lines for a width.
func wrap(s string, width int) (lines []string) {
	width = max(1, width)
	for line := range strings.Lines(s) {
		line = strings.ReplaceAll(strings.TrimRight(line, "\r\n"), "\t", "    ")
		line = text.Sanitize(line)
		start, cells := 0, 0
		for i, r := range line {
			w := text.RuneWidth(r)
			if cells+w > width {
				lines = append(lines, line[start:i])
				start, cells = i, 0
			}
			cells += w
		}
		lines = append(lines, line[start:])
	}
	return lines
}

// helpText describes the keys.
const helpText = `td top shows the queued and running jobs of the account.

  Up Down PgUp PgDn Home End   select a job
  < >  or  Left Right          sort by another column
  r                            reverse the order
  /                            show only jobs that contain all words
  Esc                          show all jobs again
  s  or  Enter                 show the SQL of the job
  l                            follow the log of the job
  k                            kill the job, after a question
  Ctrl-L                       draw the screen again
  Ctrl-Z                       suspend
  q  or  Ctrl-C                quit

In a text such as this, the same keys scroll, and q or Esc returns to the jobs.

Age is the time since a job was submitted, Running the time since it started:
at the time of the last answer, which the first line shows. Progress is what
the engine reports in the log. The last jobs remain if a request fails.
`
