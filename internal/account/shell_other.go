//go:build !windows

package account

import (
	"context"
	"os/exec"
)

// shell returns a command that runs in the system's shell.
func shell(ctx context.Context, command string) *exec.Cmd {
	return exec.CommandContext(ctx, "/bin/sh", "-c", command)
}
