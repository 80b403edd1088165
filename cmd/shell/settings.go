package shell

import (
	"context"
	"strings"

	"github.com/td-cli/td/cmd/internal/jobcmd"
	"github.com/td-cli/td/internal/cli"
	"github.com/td-cli/td/internal/redact"
	"github.com/td-cli/td/pkg/jobresult"
)

func (s *session) setType(_ context.Context, _, args string) error {
	name, err := oneWord("T", args)
	switch {
	case err != nil:
		return err
	case name == "":
		s.env.Say("Type: %s", s.request.Type)
		return nil
	}
	if err := jobcmd.CheckQueryType(name); err != nil {
		return err
	}
	s.request.Type = name
	return nil
}

func (s *session) setFormat(ctx context.Context, _, args string) error {
	name, err := oneWord("f", args)
	if err != nil {
		return err
	}
	rows := s.rows
	rows.Output = ""
	if name != "" {
		format, err := jobresult.ParseFormat(name)
		if err != nil {
			return cli.UsageError{Err: err}
		}
		rows.Format = string(format)
	}
	plan, err := s.plan(rows)
	if err != nil {
		return err
	}
	s.rows.Format = rows.Format
	switch {
	case s.last.ID == "" && name == "":
		s.env.Say("Format: %s", plan.Format)
		return nil
	case s.last.ID == "":
		return nil
	}
	s.nameOlderResult()
	return s.deliver(ctx, s.last, plan)
}

// nameOlderResult prints which job's result is shown if it is not that of the newest job.
func (s *session) nameOlderResult() {
	if s.newest != s.last.ID {
		s.env.Say("Result of job %s; job %s has none.", s.last.ID, s.newest)
	}
}

func (s *session) setOutput(_ context.Context, _, args string) error {
	name, err := oneWord("o", args)
	if err != nil {
		return err
	}
	rows := s.rows
	rows.Output = s.expandHome(name)
	plan, err := s.plan(rows)
	if err != nil {
		return err
	}
	if _, err := s.choosePath(plan); err != nil {
		return err
	}
	s.rows.Output = rows.Output
	return nil
}

func (s *session) set(_ context.Context, _, args string) error {
	if args == "" {
		for _, p := range s.params {
			name, value, _ := strings.Cut(p, "=")
			if redact.IsSecretName(name) {
				value = redact.Mask
			}
			s.env.Print("%s = %s", name, value)
		}
		return nil
	}
	name, value, ok := strings.Cut(args, " ")
	if words := splitWords(value); len(words) == 1 {
		value = words[0]
	}
	text := name + "=" + value
	if !ok && strings.Contains(name, "=") {
		text = name
	} else if !ok {
		return cli.Usagef(`\set requires a value: \set NAME VALUE`)
	}
	if err := s.checkParam(text); err != nil {
		return cli.UsageError{Err: err}
	}
	s.setParam(text)
	return nil
}

func (s *session) unset(_ context.Context, _, args string) error {
	if !s.unsetParam(args) {
		return cli.Usagef("there is no parameter %q", args)
	}
	return nil
}

func (s *session) setTiming(_ context.Context, _, args string) (err error) {
	if s.timing, err = parseSwitch("timing", args, s.timing); err == nil {
		s.env.Say("Timing is %s.", switchName(s.timing))
	}
	return err
}

func (s *session) setRowsOnly(_ context.Context, _, args string) error {
	rowsOnly, err := parseSwitch("t", args, !s.wantsHeader)
	if s.wantsHeader = !rowsOnly; err == nil {
		s.env.Say("Column names in csv, tsv and json are %s.", switchName(s.wantsHeader))
	}
	return err
}

// parseSwitch returns the new value of a switch, which a command without an argument changes.
func parseSwitch(name, args string, current bool) (bool, error) {
	switch args {
	case "":
		return !current, nil
	case "on", "off":
		return args == "on", nil
	}
	return current, cli.Usagef(`\%s must be on or off, not %q`, name, args)
}

func switchName(on bool) string {
	if on {
		return "on"
	}
	return "off"
}
