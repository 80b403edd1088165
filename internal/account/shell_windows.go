package account

import (
	"context"
	"os/exec"
	"syscall"
)

// shell returns a command that runs in the system's shell. With /s, cmd.exe takes the text between the outer
// quotes literally.
func shell(ctx context.Context, command string) *exec.Cmd {
	c := exec.CommandContext(ctx, "cmd.exe")
	c.SysProcAttr = &syscall.SysProcAttr{CmdLine: `cmd.exe /d /s /c "` + command + `"`}
	return c
}
