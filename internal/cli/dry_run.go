package cli

import (
	"crypto/rand"
	"errors"

	"github.com/td-cli/td/internal/api"
)

// planRequest prints a request that a dry run does not send.
func (e *Env) planRequest(request string) {
	e.planMu.Lock()
	defer e.planMu.Unlock()
	e.planned++
	_, _ = e.Out.Write([]byte(request)) // Flush returns the error
}

// PlanLocal reports whether this is a dry run, and prints then what the command would do to a file: "write PATH".
func (e *Env) PlanLocal(action, path string) bool {
	if e.Flags.DryRun {
		e.planRequest(action + " " + path + "\n")
	}
	return e.Flags.DryRun
}

// FinishDryRun returns the result of the command for the result err of a dry run. A request that was not sent is no
// failure.
func (e *Env) FinishDryRun(err error) error {
	if err != nil && !errors.Is(err, api.ErrDryRun) {
		return err
	}
	switch e.planned {
	case 0:
		e.Say("Dry run: nothing would be changed.")
	case 1:
		e.Say("Dry run: 1 change was not made.")
	default:
		e.Say("Dry run: %d changes were not made.", e.planned)
	}
	return nil
}

// Confirm asks a yes-or-no question as [console.Console.Confirm] does. In a dry run the answer is yes.
func (e *Env) Confirm(question string) (bool, error) {
	if e.Flags.DryRun {
		return true, nil
	}
	return e.Console.Confirm(question)
}

// NewDomainKey returns a random key under which a job is submitted, so that a repeated request does not start a
// second job.
func (e *Env) NewDomainKey() string {
	if e.Flags.DryRun {
		return api.UnknownID
	}
	return "td-" + rand.Text()
}
