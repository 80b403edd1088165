package sandbox

import (
	"cmp"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"math"
	"net"
	"net/http"
	"net/netip"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/td-cli/td/cmd/internal/cluster"
	"github.com/td-cli/td/cmd/internal/complete"
	"github.com/td-cli/td/internal/cli"
	"github.com/td-cli/td/internal/sandbox"
	"github.com/td-cli/td/internal/sandbox/engine"
	"github.com/td-cli/td/internal/sandbox/engine/trino"
)

type serveOptions struct {
	listen, dir, files string
	apikey, apikeyFile string
	hosts, pools       []string
	tls                bool
	grace, latency     time.Duration
	failRate           float64
	seed               int64
	maxMemory          byteSize
	maxRecord          byteSize
	engine             string
	hiveAsTrino        bool
	replay             string
}

// NewServe returns the command sandbox:serve.
func NewServe(env *cli.Env) *cobra.Command {
	o := serveOptions{maxMemory: 1 << 30, maxRecord: 64 << 20}
	cmd := &cobra.Command{
		Use:   "sandbox:serve",
		Short: "Serve the sandbox to other programs",
		Long: `Serve the sandbox, a local Treasure Data server, to other programs until it is terminated.
It only listens on this machine; any other address requires an API key.

Clients can read and write files only in one directory: in result URLs, exports and
connectors, file:///x.csv and x.csv are both DIR/x.csv of --files DIR.

With --engine, tables are stored and Trino jobs run on a Trino cluster; a database is a
schema of the catalog. TD_TRINO_PASSWORD or TD_TRINO_TOKEN logs in over trino+https://.
Hive jobs fail, because Hive and Trino differ, unless --hive-as-trino runs them as Trino.

With --replay, there is no sandbox: responses come from a recording that TD_RECORD made, in
the order in which they were recorded, whatever the API key.`,
		Example: "  td sandbox:serve\n  td sandbox:serve --listen 127.0.0.1:0 --dir /tmp/sandbox --apikey 1/test\n" +
			"  td sandbox:serve --dir /tmp/cluster --engine trino://ann@127.0.0.1:8080/iceberg",
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if o.replay != "" {
				return replay(cmd.Context(), env, cmd.Flags(), o)
			}
			return serve(cmd.Context(), env, o)
		},
	}
	fs := cmd.Flags()
	fs.StringVar(&o.listen, "listen", "127.0.0.1:8899", "listen on `HOST:PORT`; port 0 selects an unused port")
	fs.StringVar(&o.dir, "dir", "", "store the data in `DIR` (default TD_SANDBOX_DIR or ~/.td/sandbox)")
	fs.StringVar(&o.files, "files", "", "let clients use the files in `DIR` (default: files in the data directory)")
	fs.StringVar(&o.apikey, "apikey", "", "accept only this `KEY` (default: TD_API_KEY, or any)")
	fs.StringVar(&o.apikeyFile, "apikey-file", "", "read the key from `FILE`, so that other users do not see it")
	fs.StringArrayVar(&o.hosts, "host", nil, "also accept requests for this host `NAME` (repeatable)")
	fs.StringArrayVar(&o.pools, "pool", nil, "also accept this resource pool `NAME` (repeatable)")
	fs.BoolVar(&o.tls, "tls", false, "serve https with a generated certificate")
	fs.DurationVar(&o.grace, "grace", 10*time.Second, "when terminated, wait at most this `TIME` for running jobs")
	fs.DurationVar(&o.latency, "latency", 0, "delay each response by this `TIME`")
	fs.Float64Var(&o.failRate, "fail-rate", 0, "let this share (`0..1`) of the requests fail")
	fs.Int64Var(&o.seed, "seed", 1, "`NUMBER` that determines which requests fail")
	fs.Var(&o.maxMemory, "max-memory", "let a statement use at most `SIZE` of memory")
	fs.Var(&o.maxRecord, "max-record", "reject imported records larger than `SIZE`")
	fs.StringVar(&o.engine, "engine", "", "store tables and run queries on the Trino cluster at `URL`: trino://USER@HOST:PORT/CATALOG")
	fs.BoolVar(&o.hiveAsTrino, "hive-as-trino", false, "run the statements of Hive jobs as Trino on the cluster")
	fs.StringVar(&o.replay, "replay", "", "answer from the recording in `DIR`, and nothing else")
	complete.Flags(fs, complete.Any, "engine", "listen", "apikey", "host", "pool", "max-memory", "max-record")
	complete.Flags(fs, complete.Folder, "dir", "files", "replay")
	complete.Flags(fs, complete.File, "apikey-file")
	return cmd
}

// serve runs until ctx ends, then waits for running jobs within the grace period.
func serve(ctx context.Context, env *cli.Env, o serveOptions) error {
	key, err := o.key(env)
	if err != nil {
		return err
	}
	if err := o.check(key); err != nil {
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
		Dir: dir, Files: cmp.Or(o.files, filepath.Join(dir, sandbox.FilesDir)), APIKey: key, Pools: o.pools, ScheduledTime: scheduled,
		CheckHost: true, Hosts: o.allowedHosts(), Latency: o.latency, FailRate: o.failRate, Seed: o.seed,
		MaxMemory: int64(o.maxMemory), MaxRecord: int(min(o.maxRecord, math.MaxInt32)),
	}
	if env.Flags.Verbose {
		so.Log = env.Err
	}
	if so.Engine, err = o.cluster(env); err != nil {
		return err
	}
	so.HiveAsTrino = o.hiveAsTrino
	server, err := sandbox.Open(context.WithoutCancel(ctx), so)
	if err != nil {
		return err
	}
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", o.listen)
	if err != nil {
		err = fmt.Errorf("cannot listen on %s: %w", o.listen, err)
		return errors.Join(cli.WithHint(err, "use another address, such as --listen 127.0.0.1:0"), server.Close())
	}
	scheme, config, trust, err := o.security(dir)
	if err != nil {
		return errors.Join(err, listener.Close(), server.Close())
	}
	url := scheme + "://" + listener.Addr().String()
	env.Say("The sandbox listens on %s, its data is in %s. Ctrl-C ends it.", url, dir)
	env.Say("  td -e %s -k %s db:list", url, keyHint(key))
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
		jobs := "1 job"
		if n > 1 {
			jobs = fmt.Sprintf("%d jobs", n)
		}
		env.Say("Waiting at most %s for %s.", grace, jobs)
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

// clusterThreads is the least number of threads that run Go code, if the tables are on a cluster. On a busy machine with few
// cores, the goroutine that reads the next rows would wait until threads that convert and compress rows get a core again.
const clusterThreads = 8

// cluster returns the engine of --engine.
func (o serveOptions) cluster(env *cli.Env) (e sandbox.EngineOptions, err error) {
	if o.engine == "" {
		if o.hiveAsTrino {
			return e, cli.Usagef("--hive-as-trino requires --engine")
		}
		return e, nil
	}
	to, err := cluster.Options(env, o.engine)
	if err != nil {
		return e, err
	}
	if e.Address, err = trino.Identity(o.engine); err != nil {
		return e, cli.UsageError{Err: err}
	}
	e.Open = func(ctx context.Context, dir string) (engine.Engine, error) { return trino.Open(ctx, dir, to) }
	if env.Getenv("GOMAXPROCS") == "" {
		runtime.GOMAXPROCS(max(runtime.GOMAXPROCS(0), clusterThreads))
	}
	return e, nil
}

// key returns the API key that clients must use, or "" if they may use any key.
func (o serveOptions) key(env *cli.Env) (string, error) {
	switch {
	case o.apikey != "" && o.apikeyFile != "":
		return "", cli.Usagef("--apikey and --apikey-file cannot be used together")
	case o.apikeyFile == "":
		return cmp.Or(o.apikey, env.Flags.APIKey, env.Getenv("TREASURE_DATA_API_KEY"), env.Getenv("TD_API_KEY")), nil
	}
	data, err := os.ReadFile(o.apikeyFile)
	if err != nil {
		return "", fmt.Errorf("cannot read the API key: %w", err)
	}
	key := strings.TrimSpace(string(data))
	if key == "" || strings.ContainsAny(key, "\r\n") {
		return "", fmt.Errorf("%s must contain one line with the API key", o.apikeyFile)
	}
	return key, nil
}

// allowedHosts returns the names that clients may use besides loopback addresses.
func (o serveOptions) allowedHosts() []string {
	host, _, err := net.SplitHostPort(o.listen)
	if addr, _ := netip.ParseAddr(host); err != nil || host == "" || addr.IsUnspecified() {
		return o.hosts
	}
	return append([]string{host}, o.hosts...)
}

func (o serveOptions) check(key string) error {
	if _, _, err := net.SplitHostPort(o.listen); err != nil {
		return cli.Usagef("--listen must be HOST:PORT, not %q", o.listen)
	}
	switch {
	case !sandbox.IsLoopback(o.listen) && key == "":
		return cli.Usagef("--listen %s accepts other machines and requires --apikey or --apikey-file", o.listen)
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
	cert, trust, err := sandbox.Certificate(dir, o.hosts...)
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
