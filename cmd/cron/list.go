package cron

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/td-cli/td/cmd/internal/listcmd"
	"github.com/td-cli/td/internal/cli"
	"github.com/td-cli/td/internal/cronspec"
	"github.com/td-cli/td/internal/crontab"
)

// Places of installed commands.
const (
	inCrontab = "crontab"
	inSystemd = "systemd"
)

// An installed command is one that cron:install installed.
type installed struct {
	name, place, times, command string
}

// NewList returns the command cron:list.
func NewList(env *cli.Env) *cobra.Command {
	return listcmd.New(env, listcmd.Spec[installed]{
		Use:     "cron:list",
		Short:   "List the commands that cron:install installed",
		Example: "  td cron:list\n  td cron:list --names",
		Fetch:   func(ctx context.Context, _ []string) ([]installed, error) { return readInstalled(ctx, env) },
		Columns: []listcmd.Column[installed]{
			{Title: "Name", Cell: func(i installed) any { return i.name }},
			{Title: "Place", Cell: func(i installed) any { return i.place }},
			{Title: "Times", Cell: func(i installed) any { return i.times }},
			listcmd.LocalTime("Next", installed.next),
			{Title: "Command", Cell: func(i installed) any { return i.command }},
		},
		Optional: []string{"Place", "Next"},
		Raw:      raw,
		Name:     func(i installed) string { return i.name },
		Empty:    func([]string) { env.Say("No command is installed. Use 'td cron:install' to install one.") },
	})
}

// next returns the next time at which a command runs, or the zero time if it is unknown.
func (i installed) next() time.Time {
	spec, err := cronspec.Parse(i.times)
	if err != nil { // edited by hand
		return time.Time{}
	}
	return spec.Next(time.Now())
}

// raw returns the jsonl object of a command.
func raw(i installed) any {
	o := struct {
		Name    string     `json:"name"`
		Place   string     `json:"place"`
		Times   string     `json:"times"`
		Next    *time.Time `json:"next"`
		Command string     `json:"command"`
	}{i.name, i.place, i.times, nil, i.command}
	if next := i.next(); !next.IsZero() {
		next = next.UTC()
		o.Next = &next
	}
	return o
}

// readInstalled returns the installed commands by name. A system without cron has none in a crontab. The commands that can
// be read are returned with a [listcmd.IncompleteError] for the others.
func readInstalled(ctx context.Context, env *cli.Env) ([]installed, error) {
	list, timerErr := readTimers(env)
	text, err := readCrontab(ctx)
	if errors.Is(err, errNoCrontab) {
		err = nil
	}
	entries, damage := crontab.Entries(text)
	err = cmp.Or(err, damage)
	switch {
	case err != nil && timerErr != nil:
		err = listcmd.IncompleteError{Err: fmt.Errorf("%w; %w", timerErr, err)}
	case err != nil || timerErr != nil:
		err = listcmd.IncompleteError{Err: cmp.Or(timerErr, err)}
	}
	for _, e := range entries {
		list = append(list, installed{e.Name, inCrontab, e.Times, e.Command})
	}
	slices.SortStableFunc(list, func(a, b installed) int { return strings.Compare(a.name, b.name) })
	return list, err
}
