package account

import (
	"context"
	"os/exec"
	"syscall"
)

// shell returns a command for the system's shell, which takes what is between the outer
// quotes as it stands.
func shell(ctx context.Context, command string) *exec.Cmd {
	c := exec.CommandContext(ctx, "cmd.exe")
	c.SysProcAttr = &syscall.SysProcAttr{CmdLine: `cmd.exe /d /s /c "` + command + `"`}
	return c
}
