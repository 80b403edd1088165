package childproc

import "os"

// prepare does nothing: a child on Windows cannot inherit the pipe.
func (p *Process) prepare() (child *os.File, err error) { return nil, nil }

func (p *Process) send(Request) { p.kill() }

func (p *Process) kill() { _ = p.cmd.Process.Kill() } // fails if the child has ended

func exitStatus(s *os.ProcessState) int { return s.ExitCode() }

// WaitRequest returns None.
func WaitRequest(func(string) string) Request { return None }
