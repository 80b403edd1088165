package cli

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"path/filepath"
	"slices"
	"time"

	"github.com/td-cli/td/internal/api"
	"github.com/td-cli/td/internal/config"
	"github.com/td-cli/td/internal/history"
	"github.com/td-cli/td/internal/recording"
)

// A recordingMode states whether the requests of this command are stored in a recording (TD_RECORD) or answered from one
// (TD_REPLAY). At most one field is set.
type recordingMode struct {
	recorder *recording.Recorder
	player   *recording.Player
}

// openRecording reads TD_RECORD and TD_REPLAY. It returns a UsageError if both are set or the directory is not usable.
func (e *Env) openRecording(ctx context.Context) (mode recordingMode, err error) {
	record, replay := e.Getenv("TD_RECORD"), e.Getenv("TD_REPLAY")
	switch {
	case record == "" && replay == "":
		return mode, nil
	case record != "" && replay != "":
		return mode, Usagef("TD_RECORD and TD_REPLAY cannot be used together")
	}
	c, err := e.Config()
	if err != nil {
		return mode, err
	}
	secrets := []string{c.APIKey}
	for _, values := range c.Header {
		secrets = slices.Concat(secrets, values)
	}
	if replay != "" {
		states := history.Dir(e.Getenv("XDG_STATE_HOME"), config.HomeDir(e.Getenv))
		if states == "" {
			return mode, WithHint(Usagef("there is no directory for the position in the recording %s", replay), "set XDG_STATE_HOME")
		}
		mode.player, err = recording.NewPlayer(ctx, replay, e.Command, filepath.Join(states, "replay"), secrets)
		if err != nil {
			return mode, UsageError{fmt.Errorf("TD_REPLAY: %w", err)}
		}
		e.Say("td: responses come from the recording %s; no request is sent", replay)
		return mode, nil
	}
	if c.Endpoint != config.Sandbox {
		if key, err := e.Account.Key(); err == nil { // a command that needs a key reports that it is missing
			secrets = append(secrets, key)
		}
	}
	mode.recorder, err = recording.NewRecorder(record, e.Command, secrets, func(err error) { e.Warn("TD_RECORD: the recording is incomplete: %v", err) })
	if err != nil {
		return mode, UsageError{fmt.Errorf("TD_RECORD: %w", err)}
	}
	return mode, nil
}

// Now returns the time of this command for requests and the history: the current time, or that of the recorded run, so
// that a replay sends the same requests.
func (e *Env) Now() time.Time {
	mode, err := e.recording()
	switch {
	case err != nil: // the client reports it
	case mode.recorder != nil:
		return mode.recorder.Now()
	case mode.player != nil:
		return mode.player.Now()
	}
	return time.Now()
}

// Replaying reports whether responses come from a recording.
func (e *Env) Replaying() bool { return e.Getenv("TD_REPLAY") != "" }

// A player is a transport that answers from a recording.
type player struct{ *recording.Player }

// RoundTrip implements http.RoundTripper.
func (p player) RoundTrip(req *http.Request) (*http.Response, error) {
	resp, err := p.Player.RoundTrip(req)
	if err != nil && !errors.Is(err, context.Cause(req.Context())) {
		err = &api.UnsentError{Err: err}
	}
	return resp, err
}
