// Package cli provides the environment that all commands share: the console, the settings and the API clients,
// each created on first use. It does not depend on any command.
package cli

import (
	"cmp"
	"context"
	"net/http"
	"sync"
	"time"

	"github.com/td-cli/td/internal/account"
	"github.com/td-cli/td/internal/api"
	"github.com/td-cli/td/internal/config"
	"github.com/td-cli/td/internal/console"
	"github.com/td-cli/td/internal/history"
	"github.com/td-cli/td/internal/runrecord"
	"github.com/td-cli/td/internal/statusfile"
)

// Flags are the global flags of the command line.
type Flags struct {
	config.Flags
	Verbose      bool
	RetryPosts   bool
	DryRun       bool // print requests that would change something instead of sending them
	Debug        bool
	RetryMaxTime time.Duration // negative: not given
	ErrorFormat  string        // "text" or "json"
	StatusFile   string        // path; "" for none
}

// Env is the environment of a command.
type Env struct {
	*console.Console
	Getenv     func(string) string
	Flags      Flags
	Version    string
	Command    string           // name of the command that runs, such as "job:list"
	StatusFile *statusfile.File // nil without --status-file
	Account    *account.Account

	// Sandbox starts the embedded server on first use and returns a transport to it.
	Sandbox func(ctx context.Context) (http.RoundTripper, error)

	// Changed is called after each request that may have changed something on the server. It may be nil.
	Changed func()

	ctx    context.Context // canceled when the process is to end
	config func() (config.Config, error)
	client func() (*api.Client, error)

	recording      func() (recordingMode, error)
	runRecord      func() (*runrecord.Record, error)
	history        func() (*history.Ledger, error)
	historyWarning sync.Once

	planMu  sync.Mutex
	planned int // number of changes that a dry run did not make
}

// NewEnv returns an Env without reading files or opening connections. The API client, the sandbox and the
// filters of lists run until ctx is done.
func NewEnv(ctx context.Context, c *console.Console, getenv func(string) string, version string) *Env {
	e := &Env{ctx: ctx, Console: c, Getenv: getenv, Version: version, Flags: Flags{RetryMaxTime: -1}}
	e.Account = account.New(ctx, account.Options{Flags: &e.Flags.Flags, Getenv: getenv, Stderr: c.Err, Warn: e.Warn})
	e.config = sync.OnceValues(e.loadConfig)
	e.client = sync.OnceValues(func() (*api.Client, error) { return e.newClient(ctx) })
	e.recording = sync.OnceValues(func() (recordingMode, error) { return e.openRecording(ctx) })
	e.history = sync.OnceValues(e.openHistory)
	e.runRecord = sync.OnceValues(e.openRunRecord)
	return e
}

// Config returns the settings, which it reads once.
func (e *Env) Config() (config.Config, error) { return e.config() }

// Client returns the API client of the selected account. It returns [config.ErrNoAPIKey] if there is no API key.
func (e *Env) Client() (*api.Client, error) { return e.client() }

// Embedded reports whether the server runs in this process. It is false if the settings cannot be read.
func (e *Env) Embedded() bool {
	c, err := e.Config()
	return err == nil && c.Endpoint == config.Sandbox
}

func (e *Env) loadConfig() (config.Config, error) {
	if e.Flags.Endpoint != "" {
		if _, err := config.ResolveEndpoint(e.Flags.Endpoint, e.Flags.Insecure); err != nil {
			return config.Config{}, UsageError{err}
		}
	}
	c, err := e.Account.Settings()
	if err == nil && c.Exposed && e.ErrTTY {
		e.Warn("%s can be read by other users; fix it with 'chmod 600 %s'", c.Path, c.Path)
	}
	return c, err
}

// ConfigToSave returns, for a command that saves settings, the settings in force and those that the file alone
// has for the selected profile, which need not exist yet. It must be called before Config.
func (e *Env) ConfigToSave() (settings, saved config.Config, err error) {
	e.Flags.Saving = true
	if settings, err = e.Config(); err != nil {
		return settings, saved, err
	}
	saved, err = account.Saved(settings)
	return settings, saved, err
}

func (e *Env) newClient(ctx context.Context) (*api.Client, error) {
	c, err := e.Config()
	if err != nil {
		return nil, err
	}
	if c.Endpoint != config.Sandbox && !e.Replaying() {
		if c.APIKey, err = e.Account.Key(); err != nil {
			return nil, err
		}
	}
	c.APIKey = cmp.Or(c.APIKey, "sandbox")
	return e.dial(ctx, c)
}

// Anonymous returns a client that sends no API key. An empty endpoint means the configured one.
func (e *Env) Anonymous(ctx context.Context, endpoint string) (*api.Client, error) {
	c, err := e.Config()
	if err != nil {
		return nil, err
	}
	if endpoint != "" {
		c.Endpoint, c.ImportEndpoint = endpoint, ""
	}
	c.APIKey = ""
	return e.dial(ctx, c)
}

// Workflows returns the client of the workflow service for the selected account. It returns a UsageError for the
// sandbox, which has no workflow service.
func (e *Env) Workflows() (*api.Workflows, error) {
	c, err := e.Config()
	if err != nil {
		return nil, err
	}
	if c.Endpoint == config.Sandbox && c.WorkflowEndpoint == "" {
		return nil, Usagef("the sandbox does not support workflows")
	}
	if !e.Replaying() {
		if c.APIKey, err = e.Account.Key(); err != nil {
			return nil, err
		}
	}
	endpoint, err := config.WorkflowEndpoint(c.Endpoint, c.WorkflowEndpoint)
	if err != nil {
		return nil, UsageError{err}
	}
	o, err := e.apiOptions(c)
	if err != nil {
		return nil, err
	}
	if o.Transport == nil {
		if err := e.checkProxy(endpoint); err != nil {
			return nil, err
		}
	}
	o.Endpoint, o.ImportEndpoint = endpoint, ""
	return api.NewWorkflows(o)
}

func (e *Env) dial(ctx context.Context, c config.Config) (*api.Client, error) {
	o, err := e.apiOptions(c)
	if err != nil {
		return nil, err
	}
	if c.Endpoint == config.Sandbox {
		if o.Transport == nil {
			if o.Transport, err = e.Sandbox(ctx); err != nil {
				return nil, err
			}
		}
		o.Endpoint, o.ImportEndpoint = "http://sandbox", ""
	}
	if o.Transport == nil {
		if err := e.checkProxy(o.Endpoint); err != nil {
			return nil, err
		}
	}
	return api.New(o)
}

// checkProxy returns an error if the environment names an invalid proxy for an endpoint.
func (e *Env) checkProxy(endpoint string) error {
	if _, _, err := account.Proxy(e.Getenv, endpoint); err != nil {
		return config.Error{Err: err}
	}
	return nil
}

// apiOptions returns the options of all clients. Transport is set if the responses come from a recording.
func (e *Env) apiOptions(c config.Config) (api.Options, error) {
	mode, err := e.recording()
	if err != nil {
		return api.Options{}, err
	}
	o := api.Options{
		Endpoint:       c.Endpoint,
		ImportEndpoint: c.ImportEndpoint,
		APIKey:         c.APIKey,
		UserAgent:      "td/" + e.Version,
		Header:         c.Header,
		RetryPosts:     e.Flags.RetryPosts,
		MaxRetryTime:   e.retryMaxTime(),
		Notify:         func(line string) { e.Say("td: %s", line) },
		Changed:        e.Changed,
		Unsure:         e.recordUnsure,
	}
	if e.Flags.DryRun {
		o.DryRun = e.planRequest
	}
	if e.Flags.Debug {
		o.Trace = e.Err
	}
	switch {
	case mode.player != nil:
		o.Transport, o.NoPauses = player{mode.player}, true
	case mode.recorder != nil:
		o.Record = mode.recorder.Wrap
	}
	return o, nil
}

// retryMaxTime returns the limit for retries, which is shorter on a terminal.
func (e *Env) retryMaxTime() time.Duration {
	switch {
	case e.Flags.RetryMaxTime >= 0:
		return e.Flags.RetryMaxTime
	case e.ErrTTY:
		return time.Minute
	}
	return 10 * time.Minute
}
