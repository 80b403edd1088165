//go:build unix

package childproc

import (
	"fmt"
	"os"
	"strconv"
	"syscall"
)

// firstExtraFile is the number of the first file descriptor of exec.Cmd.ExtraFiles.
const firstExtraFile = 3

// prepare gives the child its own process group, so that a Ctrl-C on the terminal only reaches the parent, and a pipe for
// requests, whose read end it returns.
func (p *Process) prepare() (child *os.File, err error) {
	child, p.control, err = os.Pipe()
	if err != nil {
		return nil, err
	}
	p.cmd.ExtraFiles = []*os.File{child}
	p.cmd.Env = append(p.cmd.Env, fmt.Sprintf("%s=%d", controlVariable, firstExtraFile))
	p.cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	return child, nil
}

func (p *Process) send(r Request) { _, _ = p.control.Write([]byte{byte(r)}) } // fails if the child has ended

func (p *Process) kill() { _ = syscall.Kill(-p.cmd.Process.Pid, syscall.SIGKILL) } // fails if the child has ended

func exitStatus(s *os.ProcessState) int {
	if w, ok := s.Sys().(syscall.WaitStatus); ok && w.Signaled() {
		return 128 + int(w.Signal())
	}
	return s.ExitCode()
}

// WaitRequest waits for the request of the parent that started this process with Start. It returns None at once if there
// is no such parent.
func WaitRequest(getenv func(string) string) Request {
	fd, err := strconv.Atoi(getenv(controlVariable))
	if err != nil {
		return None
	}
	_ = os.Unsetenv(controlVariable) // not for the processes that this one starts
	var info syscall.Stat_t
	if syscall.Fstat(fd, &info) != nil || info.Mode&syscall.S_IFMT != syscall.S_IFIFO { // the variable was inherited
		return None
	}
	syscall.CloseOnExec(fd)
	request := []byte{byte(End)}
	if n, err := os.NewFile(uintptr(fd), "control").Read(request); n == 0 || err != nil {
		return End
	}
	return Request(request[0])
}
