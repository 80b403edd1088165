// Package childproc runs td as a child process that its parent can ask to end, and that ends when its parent is killed.
package childproc

import (
	"errors"
	"os"
	"os/exec"
	"sync"
	"time"
)

// controlVariable is the environment variable with the number of the file descriptor from which the child reads requests.
const controlVariable = "TD_CONTROL_FD"

// A Request is what a parent asks of its child.
type Request byte

// Requests. A parent that has ended, however it ended, asks its child to End.
const (
	None           Request = 0   // the process has no such parent
	End            Request = 't' // end as after SIGTERM: jobs keep running
	EndAndKillJobs Request = 'k' // end, and kill the jobs that the command waits for
)

// A Process is a running child.
type Process struct {
	cmd     *exec.Cmd
	control *os.File // write end of the pipe for requests; nil if there is none
	done    chan struct{}
	asked   sync.Once // the first request is sent, a later one is not
	err     error     // error of Wait; set when done is closed
}

// Start starts the program at path with arguments. The variables, in the form NAME=VALUE, are added to the environment of
// this process. The child writes both output streams to output, and reads stdin, or nothing if that is nil.
func Start(path string, args, variables []string, stdin, output *os.File) (*Process, error) {
	p := &Process{cmd: exec.Command(path, args...), done: make(chan struct{})} //nolint:noctx // Terminate ends it
	p.cmd.Env = append(p.cmd.Environ(), variables...)
	p.cmd.Stdout, p.cmd.Stderr = output, output
	if stdin != nil {
		p.cmd.Stdin = stdin
	}
	child, err := p.prepare()
	if err != nil {
		return nil, err
	}
	err = p.cmd.Start()
	if child != nil {
		err = errors.Join(err, child.Close())
	}
	if err != nil {
		if p.control != nil {
			err = errors.Join(err, p.control.Close())
		}
		return nil, err
	}
	go func() {
		p.err = p.cmd.Wait()
		close(p.done)
	}()
	return p, nil
}

// Done is closed when the child has ended.
func (p *Process) Done() <-chan struct{} { return p.done }

// Status returns the exit status of the child, which must have ended, as a shell shows it: 128 and the number of the signal
// after a signal. It returns an error if the status is unknown.
func (p *Process) Status() (int, error) {
	if _, exited := errors.AsType[*exec.ExitError](p.err); p.err != nil && !exited {
		return 0, p.err
	}
	return exitStatus(p.cmd.ProcessState), nil
}

// Terminate sends the child a request and waits until it has ended. It kills the child, and with it the processes that the
// child started, if it has not ended after the grace period; then it returns true.
func (p *Process) Terminate(r Request, grace time.Duration) (killed bool) {
	p.asked.Do(func() { p.send(r) })
	timer := time.NewTimer(grace)
	defer timer.Stop()
	select {
	case <-p.done:
		return false
	case <-timer.C:
	}
	p.kill()
	<-p.done
	return true
}

// Close releases the resources of a child that has ended.
func (p *Process) Close() {
	if p.control != nil {
		_ = p.control.Close() // nothing is buffered
	}
}
