package jobcmd

import (
	"fmt"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/td-cli/td/internal/api"
	"github.com/td-cli/td/internal/cli"
	"github.com/td-cli/td/internal/history"
)

// A reference names a job of the history: last, @last, @-2 or @NAME. The word last needs no @ because that has a meaning
// in PowerShell.

// lastJob is the reference to the newest job.
const lastJob = "last"

// IsReference reports whether a job ID is a reference to a job of the history.
func IsReference(id string) bool { return id == lastJob || strings.HasPrefix(id, "@") }

// ResolveIDs checks job IDs like [CheckIDs] and replaces references with the IDs of jobs in the history.
func ResolveIDs(env *cli.Env, ids ...string) ([]string, error) {
	resolved := make([]string, len(ids))
	for i, id := range ids {
		if !IsReference(id) {
			if err := CheckIDs(id); err != nil {
				return nil, err
			}
			resolved[i] = id
			continue
		}
		job, err := FindJob(env, id)
		if err != nil {
			return nil, err
		}
		resolved[i] = job.ID
	}
	return resolved, nil
}

// ResolveID is [ResolveIDs] for one job.
func ResolveID(env *cli.Env, id string) (string, error) {
	ids, err := ResolveIDs(env, id)
	if err != nil {
		return "", err
	}
	return ids[0], nil
}

// FindJob returns the job of the history to which a reference or a job ID leads. Only jobs of the selected account
// match. Of several jobs with the same name or ID it is the newest.
func FindJob(env *cli.Env, ref string) (history.Job, error) {
	matches, err := parseReference(ref)
	if err != nil {
		return history.Job{}, err
	}
	ledger, err := env.History()
	if err != nil {
		return history.Job{}, err
	}
	failure := referenceError{ref: ref}
	for job, err := range ledger.Jobs() {
		switch {
		case err != nil:
			return history.Job{}, err
		case ledger.Owns(job):
			failure.own++
			if matches(failure.own, job) {
				return job, nil
			}
		default:
			failure.addForeign(job, matches)
		}
	}
	return history.Job{}, failure
}

// parseReference returns a function that reports whether the nth newest job, counted from 1, is the one that ref names.
func parseReference(ref string) (func(n int, job history.Job) bool, error) {
	name, isReference := strings.CutPrefix(ref, "@")
	switch position, isPosition := strings.CutPrefix(name, "-"); {
	case name == lastJob:
		return func(n int, _ history.Job) bool { return n == 1 }, nil
	case isReference && isPosition:
		want, err := strconv.Atoi(position)
		if err != nil || want < 1 || strings.Trim(position, "0123456789") != "" {
			return nil, cli.Usagef("invalid job %q: @-1 is the last job, @-2 the one before", ref)
		}
		return func(n int, _ history.Job) bool { return n == want }, nil
	case isReference:
		if err := CheckName(name); err != nil {
			return nil, cli.Usagef("invalid job %q: it must be an ID, last, @last, @-N or @NAME", ref)
		}
		return func(_ int, job history.Job) bool { return job.Name == name }, nil
	}
	if err := CheckIDs(ref); err != nil {
		return nil, err
	}
	return func(_ int, job history.Job) bool { return job.ID == ref }, nil
}

// CheckName returns a usage error unless a job can be found by the name.
func CheckName(name string) error {
	const maxLength = 64
	invalid := func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !strings.ContainsRune("_.-", r)
	}
	first, _ := utf8.DecodeRuneInString(name)
	switch {
	case name == lastJob:
		return cli.Usagef("invalid name %q: @last is the last job", name)
	case !unicode.IsLetter(first) && first != '_' || strings.ContainsFunc(name, invalid) || len(name) > maxLength:
		return cli.Usagef("invalid name %q: it must consist of letters, digits, _, . and -, and start with a letter", name)
	}
	return nil
}

// A referenceError reports a reference for which the history has no job of the selected account. It matches
// [api.ErrNotFound].
type referenceError struct {
	ref     string
	own     int          // jobs of the account
	foreign *history.Job // newest matching job of another account, or else its newest job
	matched bool         // foreign matches
}

// addForeign remembers a job of another account for the error.
func (e *referenceError) addForeign(job history.Job, matches func(int, history.Job) bool) {
	if match := matches(0, job); e.foreign == nil || match && !e.matched {
		e.foreign, e.matched = &job, match
	}
}

func (e referenceError) Error() string {
	text := fmt.Sprintf("there is no job '%s' in the history of this account", e.ref)
	switch {
	case e.foreign != nil && (e.matched || e.own == 0):
		return fmt.Sprintf("%s: job %s was submitted with profile %s to %s", text, e.foreign.ID, e.foreign.Profile, e.foreign.Endpoint)
	case e.own == 0:
		return text + ": it is empty"
	case strings.HasPrefix(e.ref, "@-"):
		return fmt.Sprintf("%s: it has %s", text, countJobs(e.own))
	}
	return text
}

// Is implements errors.Is.
func (e referenceError) Is(target error) bool { return target == api.ErrNotFound }

// Hint returns the command that lists the recorded jobs.
func (e referenceError) Hint() string {
	if e.own == 0 && e.foreign == nil {
		return "'td job:list' lists the jobs of the account"
	}
	return "'td history --all' lists the recorded jobs"
}

func countJobs(n int) string {
	if n == 1 {
		return "1 job"
	}
	return fmt.Sprintf("%d jobs", n)
}
