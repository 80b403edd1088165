package sandbox

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"time"

	"github.com/spf13/cobra"

	"github.com/td-cli/td/cmd/internal/complete"
	"github.com/td-cli/td/internal/cli"
	"github.com/td-cli/td/internal/sandbox"
)

type serveOptions struct {
	listen, dir, apikey string
	tls                 bool
	grace, latency      time.Duration
	failRate            float64
	seed                int64
}

// NewServe returns the command sandbox:serve.
func NewServe(env *cli.Env) *cobra.Command {
	var o serveOptions
	cmd := &cobra.Command{
		Use:   "sandbox:serve",
		Short: "Serve the sandbox to other programs",
		Long: `Serve the sandbox, a local Treasure Data server, to other programs until it is terminated.
It only listens on this machine; any other address requires --apikey.`,
		Example: "  td sandbox:serve\n  td sandbox:serve --listen 127.0.0.1:0 --dir /tmp/sandbox --apikey 1/test",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return serve(cmd.Context(), env, o)
		},
	}
	fs := cmd.Flags()
	fs.StringVar(&o.listen, "listen", "127.0.0.1:8899", "listen on `HOST:PORT`; port 0 selects an unused port")
	fs.StringVar(&o.dir, "dir", "", "store the data in `DIR` (default TD_SANDBOX_DIR or ~/.td/sandbox)")
	fs.StringVar(&o.apikey, "apikey", "", "accept only this `KEY` (default: TD_API_KEY, or any)")
	fs.BoolVar(&o.tls, "tls", false, "serve https with a generated certificate")
	fs.DurationVar(&o.grace, "grace", 10*time.Second, "when terminated, wait at most this `TIME` for running jobs")
	fs.DurationVar(&o.latency, "latency", 0, "delay each response by this `TIME`")
	fs.Float64Var(&o.failRate, "fail-rate", 0, "let this share (`0..1`) of the requests fail")
	fs.Int64Var(&o.seed, "seed", 1, "`NUMBER` that determines which requests fail")
	complete.Flags(fs, complete.Any, "listen", "apikey")
	complete.Flags(fs, complete.Folder, "dir")
	return cmd
}

// serve runs until ctx ends, then waits for running jobs within the grace period.
func serve(ctx context.Context, env *cli.Env, o serveOptions) error {
	if err := o.check(); err != nil {
		return err
	}
	dir, err := o.directory(env)
	if err != nil {
		return err
	}
	scheduled, err := cli.SandboxScheduledTime(env.Getenv)
	if err != nil {
		return cli.UsageError{Err: err}
	}
	so := sandbox.Options{
		Dir: dir, APIKey: o.apikey, ScheduledTime: scheduled,
		Latency: o.latency, FailRate: o.failRate, Seed: o.seed,
	}
	if env.Flags.Verbose {
		so.Log = env.Err
	}
	server, err := sandbox.Open(context.WithoutCancel(ctx), so)
	if err != nil {
		return fmt.Errorf("cannot open the sandbox in %s: %w", dir, err)
	}
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", o.listen)
	if err != nil {
		return errors.Join(err, server.Close())
	}
	scheme, config, trust, err := o.security(dir)
	if err != nil {
		return errors.Join(err, listener.Close(), server.Close())
	}
	url := scheme + "://" + listener.Addr().String()
	env.Say("The sandbox listens on %s, its data is in %s. Ctrl-C ends it.", url, dir)
	env.Say("  td -e %s -k %s db:list", url, keyHint(o.apikey))
	if o.tls {
		env.Say("  certificate for clients to trust: %s", trust)
		listener = tls.NewListener(listener, config)
	}
	return run(ctx, env, server, listener, o.grace)
}

func run(ctx context.Context, env *cli.Env, server *sandbox.Server, listener net.Listener, grace time.Duration) error {
	h := &http.Server{Handler: server, ReadHeaderTimeout: time.Minute}
	done := make(chan error, 1)
	go func() { done <- h.Serve(listener) }()
	select {
	case err := <-done: // the listener failed
		return errors.Join(err, server.Close())
	case <-ctx.Done():
	}
	patience, cancel := context.WithTimeout(context.WithoutCancel(ctx), grace)
	defer cancel()
	if n := server.Busy(); n > 0 {
		env.Say("%d jobs run on for at most %s.", n, grace)
	}
	if err := server.Wait(patience); err != nil {
		server.KillAll()
	}
	if h.Shutdown(patience) != nil { // close the remaining connections
		_ = h.Close()
	}
	if err := <-done; !errors.Is(err, http.ErrServerClosed) {
		return errors.Join(err, server.Close())
	}
	return server.Close()
}

func (o serveOptions) check() error {
	host, _, err := net.SplitHostPort(o.listen)
	if err != nil {
		return cli.Usagef("--listen must be HOST:PORT, not %q", o.listen)
	}
	addr, err := netip.ParseAddr(host)
	loopback := host == "localhost" || err == nil && addr.IsLoopback()
	switch {
	case !loopback && o.apikey == "":
		return cli.Usagef("--listen %s accepts other machines and requires --apikey", o.listen)
	case o.failRate < 0 || o.failRate > 1:
		return cli.Usagef("--fail-rate must be between 0 and 1, not %g", o.failRate)
	case o.latency < 0 || o.grace < 0:
		return cli.Usagef("--latency and --grace must be 0 or more")
	}
	return nil
}

func (o serveOptions) directory(env *cli.Env) (string, error) {
	if o.dir != "" {
		return o.dir, nil
	}
	return cli.SandboxDir(env.Getenv)
}

// security returns how to serve https, and the file with the certificate to trust.
func (o serveOptions) security(dir string) (scheme string, config *tls.Config, trust string, err error) {
	if !o.tls {
		return "http", nil, "", nil
	}
	cert, trust, err := sandbox.Certificate(dir)
	if err != nil {
		return "", nil, "", err
	}
	return "https", &tls.Config{Certificates: []tls.Certificate{cert}, MinVersion: tls.VersionTLS12}, trust, nil
}

// keyHint returns the key for the printed example, or KEY if a key was set.
func keyHint(key string) string {
	if key == "" {
		return "any"
	}
	return "KEY"
}
