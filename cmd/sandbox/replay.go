package sandbox

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"time"

	"github.com/spf13/pflag"

	"github.com/td-cli/td/internal/cli"
	"github.com/td-cli/td/internal/recording"
	"github.com/td-cli/td/internal/sandbox"
)

// replay serves a recording until ctx ends.
func replay(ctx context.Context, env *cli.Env, fs *pflag.FlagSet, o serveOptions) error {
	var unused string
	fs.Visit(func(f *pflag.Flag) {
		if fs.Lookup(f.Name).Hidden { // a global flag
			return
		}
		if f.Name != "replay" && f.Name != "listen" {
			unused = f.Name
		}
	})
	if unused != "" {
		return cli.Usagef("--replay cannot be used with --%s", unused)
	}
	if !sandbox.IsLoopback(o.listen) {
		return cli.Usagef("--replay serves this machine only, not --listen %s", o.listen)
	}
	recorded, err := recording.NewServer(o.replay)
	if err != nil {
		return cli.UsageError{Err: err}
	}
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", o.listen)
	if err != nil {
		return cli.WithHint(fmt.Errorf("cannot listen on %s: %w", o.listen, err), "use another address, such as --listen 127.0.0.1:0")
	}
	url := "http://" + listener.Addr().String()
	env.Say("The recording %s with %d exchanges is served on %s. Ctrl-C ends it.", o.replay, recorded.Len(), url)
	env.Say("  td -e %s -k %s db:list", url, keyHint(""))
	h := &http.Server{
		ReadHeaderTimeout: time.Minute,
		Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if !sandbox.IsLoopback(r.Host) { // another site's name that leads here
				http.Error(w, "the host is not this machine", http.StatusForbidden)
				return
			}
			recorded.ServeHTTP(w, r)
		}),
	}
	done := make(chan error, 1)
	go func() { done <- h.Serve(listener) }()
	select {
	case err := <-done:
		return err
	case <-ctx.Done():
	}
	_ = h.Close()
	if err := <-done; !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}
