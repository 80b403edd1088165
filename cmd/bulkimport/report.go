package bulkimport

import (
	"fmt"
	"sync"

	"github.com/td-cli/td/internal/cli"
	"github.com/td-cli/td/internal/console"
	"github.com/td-cli/td/internal/ingest"
	"github.com/td-cli/td/internal/text"
)

// maxShown is how many bad records are shown; the rest is counted.
const maxShown = 1000

// A report tells the person of bad records and of what else there is to say while a bar
// may be on the screen.
type report struct {
	env *cli.Env
	bar *console.Progress

	mu  sync.Mutex
	bad int64
}

func newReport(env *cli.Env, lines bool) *report {
	return &report{env: env, bar: env.Progress(lines)}
}

// say prints a line.
func (r *report) say(format string, a ...any) {
	r.bar.Break(func() { r.env.Say(format, a...) })
}

// tell prints where a bad record is, what is wrong, and how it begins.
func (r *report) tell(b ingest.BadRecord) {
	r.mu.Lock()
	r.bad++
	n := r.bad
	r.mu.Unlock()
	switch {
	case n <= maxShown && b.Text == "":
		r.say("  skipped: %s", text.Sanitize(b.Error()))
	case n <= maxShown:
		r.say("  skipped: %s: %s", text.Sanitize(b.Error()), text.Sanitize(b.Text))
	case n == maxShown+1:
		r.say("  further records that are skipped are only counted")
	}
}

// end wipes the bar away.
func (r *report) end() { r.bar.Stop() }

// counted is a number of records, as "1,000 records".
func counted(n int64, noun string) string {
	if n == 1 {
		return fmt.Sprintf("1 %s", noun)
	}
	return fmt.Sprintf("%s %ss", text.Commas(n), noun)
}

// summary says of a file what became of its records.
func (r *report) summary(path string, s ingest.Stats) {
	r.say("  imported %s from %s.", entries(s.Records), path)
	r.remarks(s)
}

// remarks says what else is to be known of a file's records.
func (r *report) remarks(s ingest.Stats) {
	if s.Bad > 0 {
		r.say("  skipped %s.", counted(s.Bad, "record"))
	}
	switch {
	case s.BigIntegers == 1:
		r.say("  1 integer that no 64 bits hold became a string.")
	case s.BigIntegers > 1:
		r.say("  %s integers that no 64 bits hold became strings.", text.Commas(s.BigIntegers))
	}
	switch {
	case s.Repaired == 1:
		r.say("  1 string that was not valid text has U+FFFD in it.")
	case s.Repaired > 1:
		r.say("  %s strings that were not valid text have U+FFFD in them.", text.Commas(s.Repaired))
	}
}

func entries(n int64) string {
	if n == 1 {
		return "1 entry"
	}
	return text.Commas(n) + " entries"
}
