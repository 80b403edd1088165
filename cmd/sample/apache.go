// Package sample implements the sample:* commands, which write sample data.
package sample

import (
	"bufio"
	"io"
	"time"

	"github.com/spf13/cobra"

	"github.com/td-cli/td/cmd/internal/argv"
	"github.com/td-cli/td/cmd/internal/complete"
	"github.com/td-cli/td/internal/atomicfile"
	"github.com/td-cli/td/internal/cli"
	"github.com/td-cli/td/internal/sandbox/engine"
	"github.com/td-cli/td/internal/sandbox/msgpackfile"
	"github.com/td-cli/td/internal/sandbox/sample"
	"github.com/td-cli/td/internal/text"
)

// Commands returns the sample:* commands.
func Commands() []argv.Command {
	return []argv.Command{
		{Name: "sample:apache", Aliases: []string{"sample"}, New: NewApache, ReadOnly: true},
	}
}

// NewApache returns the command sample:apache.
func NewApache(env *cli.Env) *cobra.Command {
	return &cobra.Command{
		Use:   "sample:apache PATH",
		Short: "Write a sample web server log as JSON",
		Long: `Write a sample web server log to a file (- is standard output) for table:import, one JSON
object per line. The records cover the last 24 hours.`,
		Example:     "  td sample:apache apache.json\n  td table:import web access --json apache.json",
		Args:        cobra.ExactArgs(1),
		Annotations: complete.Args(complete.File),
		RunE: func(_ *cobra.Command, args []string) error {
			return apache(env, args[0], time.Now())
		},
	}
}

func apache(env *cli.Env, path string, now time.Time) error {
	if path == "-" {
		_, err := write(env.Out, now)
		return err
	}
	s, err := writeFile(path, now)
	if err != nil {
		return err
	}
	env.Say("Created %s with %d records whose time is in the [%s, %s] range.",
		path, s.records, text.LocalTime(time.Unix(s.first, 0)), text.LocalTime(time.Unix(s.last, 0)))
	env.Say("Use 'td table:import <db> <table> --json %s' to import this file.", path)
	return nil
}

// A span is the number of records and the time of the first and the last of them.
type span struct {
	records     int
	first, last int64
}

// writeFile writes the file whole or not at all.
func writeFile(path string, now time.Time) (s span, err error) {
	f, err := atomicfile.Create(path, atomicfile.Options{})
	if err != nil {
		return s, err
	}
	defer f.Discard()
	if s, err = write(f, now); err != nil {
		return s, err
	}
	return s, f.Commit()
}

// write writes the records with their times shifted so that the last one is now.
func write(w io.Writer, now time.Time) (s span, err error) {
	log := accessLog()
	for record, err := range log.Records {
		if err != nil {
			return s, err
		}
		t := seconds(record)
		if s.records++; s.records == 1 {
			s.first = t
		}
		s.first, s.last = min(s.first, t), max(s.last, t)
	}
	shift := now.Unix() - s.last
	s.first, s.last = s.first+shift, s.last+shift
	buf := bufio.NewWriter(w)
	for record, err := range log.Records {
		if err != nil {
			return s, err
		}
		for i := range record {
			if record[i].Key == "time" {
				record[i].Value = seconds(record) + shift
			}
		}
		buf.Write(msgpackfile.RecordJSON(record))
		buf.WriteByte('\n')
	}
	return s, buf.Flush()
}

func accessLog() sample.Table {
	for _, t := range sample.Tables() {
		if t.Name == "www_access" {
			return t
		}
	}
	return sample.Table{}
}

func seconds(r engine.Record) int64 {
	for _, field := range r {
		if t, ok := field.Value.(int64); ok && field.Key == "time" {
			return t
		}
	}
	return 0
}
