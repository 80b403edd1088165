// Package cli is what every command is handed: the console, the settings and the
// client of the API, each made when it is first asked for. It knows no command.
package cli

import (
	"cmp"
	"context"
	"net/http"
	"sync"
	"time"

	"github.com/td-cli/td/internal/api"
	"github.com/td-cli/td/internal/config"
	"github.com/td-cli/td/internal/console"
	"github.com/td-cli/td/internal/statusfile"
)

// Flags are the global flags of the command line.
type Flags struct {
	config.Flags
	Verbose      bool
	RetryPosts   bool
	Debug        bool
	RetryMaxTime time.Duration // negative: not given
	ErrorFormat  string        // "text" or "json"
	StatusFile   string        // "": none
}

// Env is handed to every command.
type Env struct {
	*console.Console
	Getenv     func(string) string
	Flags      Flags
	Version    string
	StatusFile *statusfile.File // for scripts; nil: none

	// Sandbox starts the embedded server on first use and returns the way to it.
	Sandbox func(ctx context.Context) (http.RoundTripper, error)

	// Changed is told of each request that may have changed something; nil for nobody.
	Changed func()

	// KeyPatience is how long a command or the OS keyring may take to give the API key.
	KeyPatience time.Duration

	ctx    context.Context // ends when the process is to end
	config func() (config.Config, error)
	key    func() (string, error)
	client func() (*api.Client, error)
}

// NewEnv returns an Env that has read and dialled nothing yet. The context is for
// what the client and the sandbox do in the background, and for lists.
func NewEnv(ctx context.Context, c *console.Console, getenv func(string) string, version string) *Env {
	e := &Env{
		ctx: ctx, Console: c, Getenv: getenv, Version: version, Flags: Flags{RetryMaxTime: -1}, KeyPatience: time.Minute,
	}
	e.config = sync.OnceValues(e.loadConfig)
	e.key = sync.OnceValues(func() (string, error) { return e.loadKey(ctx) })
	e.client = sync.OnceValues(func() (*api.Client, error) { return e.newClient(ctx) })
	return e
}

// Config reads the settings, once.
func (e *Env) Config() (config.Config, error) { return e.config() }

// Client returns the client of the API for the account that the settings name.
// Without an API key it is config.ErrNoAPIKey.
func (e *Env) Client() (*api.Client, error) { return e.client() }

// Embedded reports whether the server is the one in this process. It is false when
// the settings cannot be read.
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
	c, err := config.Load(e.Flags.Flags, e.Getenv)
	if err != nil {
		return c, ConfigError{err}
	}
	if c.Exposed && e.ErrTTY {
		e.Warn("%s can be read by others; 'chmod 600 %s' mends that", c.Path, c.Path)
	}
	return c, nil
}

func (e *Env) newClient(ctx context.Context) (*api.Client, error) {
	c, err := e.Config()
	if err != nil {
		return nil, err
	}
	if c.Endpoint != config.Sandbox {
		if c.APIKey, err = e.APIKey(); err != nil {
			return nil, err
		}
	}
	c.APIKey = cmp.Or(c.APIKey, "sandbox")
	return e.dial(ctx, c)
}

// Anonymous returns a client that carries no API key, of the endpoint, or of the
// configured one when that is "".
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

func (e *Env) dial(ctx context.Context, c config.Config) (*api.Client, error) {
	o := e.apiOptions(c)
	if c.Endpoint == config.Sandbox {
		var err error
		if o.Transport, err = e.Sandbox(ctx); err != nil {
			return nil, err
		}
		o.Endpoint, o.ImportEndpoint = "http://sandbox", ""
	}
	return api.New(o)
}

func (e *Env) apiOptions(c config.Config) api.Options {
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
	}
	if e.Flags.Debug {
		o.Trace = e.Err
	}
	return o
}

// retryMaxTime is shorter when a person waits.
func (e *Env) retryMaxTime() time.Duration {
	switch {
	case e.Flags.RetryMaxTime >= 0:
		return e.Flags.RetryMaxTime
	case e.ErrTTY:
		return time.Minute
	}
	return 10 * time.Minute
}
