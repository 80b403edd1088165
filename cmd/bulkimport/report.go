package bulkimport

import (
	"fmt"
	"sync"

	"github.com/td-cli/td/internal/cli"
	"github.com/td-cli/td/internal/console"
	"github.com/td-cli/td/internal/ingest"
	"github.com/td-cli/td/internal/text"
)

// maxShown is the number of bad records that are printed. Further ones are only counted.
const maxShown = 1000

// A report prints messages and bad records while a progress bar may be on the screen.
type report struct {
	env *cli.Env
	bar *console.Progress

	mu  sync.Mutex
	bad int64
}

func newReport(env *cli.Env, lines bool) *report {
	return &report{env: env, bar: env.Progress(lines)}
}

// print prints a line.
func (r *report) print(format string, a ...any) {
	r.bar.Break(func() { r.env.Say(format, a...) })
}

// printBad prints the position of a bad record, the problem, and the start of the record.
func (r *report) printBad(b ingest.BadRecord) {
	r.mu.Lock()
	r.bad++
	n := r.bad
	r.mu.Unlock()
	switch {
	case n <= maxShown && b.Text == "":
		r.print("  skipped: %s", text.Sanitize(b.Error()))
	case n <= maxShown:
		r.print("  skipped: %s: %s", text.Sanitize(b.Error()), text.Sanitize(b.Text))
	case n == maxShown+1:
		r.print("  further skipped records are only counted")
	}
}

// stop removes the bar.
func (r *report) stop() { r.bar.Stop() }

// counted formats a number with a noun, such as "1,000 records".
func counted(n int64, noun string) string {
	if n == 1 {
		return fmt.Sprintf("1 %s", noun)
	}
	return fmt.Sprintf("%s %ss", text.Commas(n), noun)
}

// printSummary prints how many records of a file were imported.
func (r *report) printSummary(path string, s ingest.Stats) {
	verb := "imported"
	if r.env.Flags.DryRun {
		verb = "would import"
	}
	r.print("  %s %s from %s.", verb, entries(s.Records), path)
	r.printRemarks(path, s)
}

// printRemarks prints how many records of a file were skipped or changed.
func (r *report) printRemarks(path string, s ingest.Stats) {
	if s.Records == 0 && s.Bad == 0 { // it is empty, or has only a header
		r.bar.Break(func() { r.env.Warn("%s contains no records", path) })
	}
	if s.Bad > 0 {
		r.print("  skipped %s.", counted(s.Bad, "record"))
	}
	if s.Short > 0 {
		r.print("  %s with missing columns, which are null.", counted(s.Short, "row"))
	}
	if s.Long > 0 {
		r.print("  %s with extra columns, which were discarded.", counted(s.Long, "row"))
	}
	switch {
	case s.BigIntegers == 1:
		r.print("  1 integer does not fit in 64 bits and was stored as a string.")
	case s.BigIntegers > 1:
		r.print("  %s integers do not fit in 64 bits and were stored as strings.", text.Commas(s.BigIntegers))
	}
	switch {
	case s.Repaired == 1:
		r.print("  1 string was not valid UTF-8; invalid bytes became U+FFFD.")
	case s.Repaired > 1:
		r.print("  %s strings were not valid UTF-8; invalid bytes became U+FFFD.", text.Commas(s.Repaired))
	}
}

func entries(n int64) string {
	if n == 1 {
		return "1 entry"
	}
	return text.Commas(n) + " entries"
}
