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
		Long: `Serve the sandbox, a local Treasure Data, to other programs until it is terminated.
It listens on this machine only; another address needs --apikey.`,
		Example: "  td sandbox:serve\n  td sandbox:serve --listen 127.0.0.1:0 --dir /tmp/sandbox --apikey 1/test",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return serve(cmd.Context(), env, o)
		},
	}
	fs := cmd.Flags()
	fs.StringVar(&o.listen, "listen", "127.0.0.1:8899", "listen on `HOST:PORT`; port 0 takes a free one")
	fs.StringVar(&o.dir, "dir", "", "keep the data in `DIR` (default TD_SANDBOX_DIR or ~/.td/sandbox)")
	fs.StringVar(&o.apikey, "apikey", "", "accept this `KEY` only (default: TD_API_KEY, or any)")
	fs.BoolVar(&o.tls, "tls", false, "serve https, with a certificate made here")
	fs.DurationVar(&o.grace, "grace", 10*time.Second, "when terminated, let jobs run on for at most this `TIME`")
	fs.DurationVar(&o.latency, "latency", 0, "answer each request this `TIME` late, on purpose")
	fs.Float64Var(&o.failRate, "fail-rate", 0, "fail this share (`0..1`) of the requests, on purpose")
	fs.Int64Var(&o.seed, "seed", 1, "choose the requests that fail by this `NUMBER`")
	complete.Flags(fs, complete.Any, "listen", "apikey")
	complete.Flags(fs, complete.Folder, "dir")
	return cmd
}

// serve runs until ctx ends, then finishes what runs within the grace period.
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
		return fmt.Errorf("the sandbox in %s cannot be opened: %w", dir, err)
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
		env.Say("  its certificate, for clients to trust: %s", trust)
		listener = tls.NewListener(listener, config)
	}
	return run(ctx, env, server, listener, o.grace)
}

func run(ctx context.Context, env *cli.Env, server *sandbox.Server, listener net.Listener, grace time.Duration) error {
	h := &http.Server{Handler: server, ReadHeaderTimeout: time.Minute}
	done := make(chan error, 1)
	go func() { done <- h.Serve(listener) }()
	select {
	case err := <-done: // the listener broke
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
	if h.Shutdown(patience) != nil { // connections are left that will not end
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
		return cli.Usagef("--listen is HOST:PORT, not %q", o.listen)
	}
	addr, err := netip.ParseAddr(host)
	loopback := host == "localhost" || err == nil && addr.IsLoopback()
	switch {
	case !loopback && o.apikey == "":
		return cli.Usagef("--listen %s lets other machines in; it needs --apikey", o.listen)
	case o.failRate < 0 || o.failRate > 1:
		return cli.Usagef("--fail-rate is between 0 and 1, not %g", o.failRate)
	case o.latency < 0 || o.grace < 0:
		return cli.Usagef("--latency and --grace are 0 or more")
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

// keyHint is what stands for the key in the example: a key that was given is not repeated.
func keyHint(key string) string {
	if key == "" {
		return "any"
	}
	return "KEY"
}
