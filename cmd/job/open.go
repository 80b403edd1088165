package job

import (
	"context"
	"fmt"
	"net/url"
	"os/exec"
	"runtime"

	"github.com/spf13/cobra"

	"github.com/td-cli/td/cmd/internal/complete"
	"github.com/td-cli/td/internal/cli"
)

// NewOpen returns the command open.
func NewOpen(env *cli.Env) *cobra.Command {
	var printOnly bool
	cmd := &cobra.Command{
		Use:   "open JOB_ID",
		Short: "Print the URL of a job, and open it in the browser",
		Long: `Print the URL of a job in the web console. If standard output is a terminal on a desktop, the
URL is opened in the browser, too: with open on macOS, and with xdg-open where DISPLAY or
WAYLAND_DISPLAY is set.`,
		Example:     "  td open last\n  td open 12345 --print",
		Args:        cobra.ExactArgs(1),
		Annotations: complete.Args(complete.Job),
		RunE: func(cmd *cobra.Command, args []string) error {
			return runOpen(cmd.Context(), env, printOnly, args[0])
		},
	}
	cmd.Flags().BoolVar(&printOnly, "print", false, "only print the URL")
	return cmd
}

func runOpen(ctx context.Context, env *cli.Env, printOnly bool, ref string) error {
	_, job, err := fetchJob(ctx, env, ref)
	if err != nil {
		return err
	}
	page, err := url.Parse(job.URL)
	if err != nil || page.Scheme != "https" && page.Scheme != "http" || page.Host == "" {
		return fmt.Errorf("the server has no URL for job %s", job.ID)
	}
	env.Print("%s", page)
	opener := findOpener(runtime.GOOS, env.Getenv)
	if printOnly || !env.OutTTY || opener == nil {
		return nil
	}
	if err := exec.CommandContext(ctx, opener[0], append(opener[1:], page.String())...).Run(); err != nil {
		env.Warn("the browser could not be started: %s: %v", opener[0], err)
	}
	return nil
}

// findOpener returns the command that opens a URL on a desktop, or nil if there is no desktop.
func findOpener(system string, getenv func(string) string) []string {
	remote := getenv("SSH_CONNECTION") != "" || getenv("SSH_TTY") != ""
	switch system {
	case "windows":
		return []string{"rundll32", "url.dll,FileProtocolHandler"}
	case "darwin":
		if remote {
			return nil
		}
		return []string{"open"}
	}
	if getenv("DISPLAY") == "" && getenv("WAYLAND_DISPLAY") == "" {
		return nil
	}
	return []string{"xdg-open"}
}
