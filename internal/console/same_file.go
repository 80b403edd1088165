package console

import "os"

// keepOrder makes Err flush Out before each message if both are the same file, as after
// 2>&1, so that the file has messages and data in the order in which they were written.
func (c *Console) keepOrder(stdout, stderr *os.File) {
	if c.out == nil {
		return // terminals are not buffered
	}
	out, outErr := stdout.Stat()
	err, errErr := stderr.Stat()
	if outErr == nil && errErr == nil && os.SameFile(out, err) {
		c.Out, c.Err = orderedOut{c}, orderedErr{c, stderr}
	}
}

// orderedOut writes to the buffer of a console.
type orderedOut struct{ c *Console }

func (o orderedOut) Write(p []byte) (int, error) {
	o.c.outMu.Lock()
	defer o.c.outMu.Unlock()
	return o.c.out.Write(p)
}

// orderedErr flushes the buffer of a console and writes to a file.
type orderedErr struct {
	c    *Console
	file *os.File
}

func (e orderedErr) Write(p []byte) (int, error) {
	e.c.outMu.Lock()
	defer e.c.outMu.Unlock()
	_ = e.c.out.Flush() // Flush of the console returns the error
	return e.file.Write(p)
}
