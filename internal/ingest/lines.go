package ingest

import (
	"bytes"
	"errors"
)

// linesChunk encodes the records of a chunk line by line.
func (e *encoder) linesChunk(c *chunk, record func(line []byte) error) {
	line := c.line
	for b := c.data; len(b) > 0; line++ {
		text := b
		if i := bytes.IndexByte(b, '\n'); i >= 0 {
			text, b = b[:i], b[i+1:]
		} else {
			b = nil
		}
		mark, t := len(e.out), e.counts
		if err := record(text); err != nil {
			e.rollback(mark, t)
			e.reject(line, err, text)
		}
		e.flushIfLarge()
	}
}

var errNoMatch = errors.New("does not match the pattern")

// patternLine encodes a line that matches the pattern.
func (e *encoder) patternLine(line []byte) error {
	if line = trimCR(line); len(line) == 0 {
		return nil
	}
	m := e.Pattern.FindSubmatchIndex(line)
	if m == nil {
		return errNoMatch
	}
	cells := e.rows.cells[:0]
	for m = m[2:]; len(m) > 0; m = m[2:] {
		if m[0] < 0 {
			cells = append(cells, nil)
		} else {
			cells = append(cells, line[m[0]:m[1]:m[1]])
		}
	}
	e.rows.cells = cells
	return e.appendRow(cells)
}

var errApache = errors.New("not a line of the common or combined log format")

func apacheColumns() []string {
	return []string{"host", "user", "time", "method", "path", "code", "size", "referer", "agent"}
}

const apacheTime = "%d/%b/%Y:%H:%M:%S %z"

// apacheLine encodes a line of a web server log (https://httpd.apache.org/docs/current/logs.html)
// such as
//
//	127.0.0.1 - - [23/Oct/2011:08:20:01 -0700] "GET / HTTP/1.0" 200 492 "-" "Wget/1.12 (linux-gnu)"
//
// Escaped quotes are kept as they are.
func (e *encoder) apacheLine(line []byte) error {
	if line = bytes.TrimRight(line, " \r"); len(line) == 0 {
		return nil
	}
	host, rest, ok1 := bytes.Cut(line, []byte(" "))
	_, rest, ok2 := bytes.Cut(rest, []byte(" "))
	user, rest, ok3 := bytes.Cut(rest, []byte(" ["))
	at, rest, ok4 := bytes.Cut(rest, []byte(`] "`))
	request, rest, ok5 := cutQuote(rest)
	if !ok1 || !ok2 || !ok3 || !ok4 || !ok5 || len(rest) == 0 || rest[0] != ' ' {
		return errApache
	}
	code, rest, ok := bytes.Cut(rest[1:], []byte(" "))
	size, rest, more := bytes.Cut(rest, []byte(" "))
	if !ok {
		return errApache
	}
	var referer, agent []byte
	if more {
		if rest, ok = bytes.CutPrefix(rest, []byte(`"`)); !ok {
			return errApache
		}
		referer, rest, ok1 = cutQuote(rest)
		rest, ok2 = bytes.CutPrefix(rest, []byte(` "`))
		agent, rest, ok3 = cutQuote(rest)
		if !ok1 || !ok2 || !ok3 || len(rest) > 0 {
			return errApache
		}
	}
	method, path := splitRequest(request)
	e.rows.cells = append(e.rows.cells[:0], host, user, at, method, path, code, size, referer, agent)
	return e.appendRow(e.rows.cells)
}

// cutQuote cuts b at the first quote without a backslash before it.
func cutQuote(b []byte) (text, rest []byte, ok bool) {
	for i := 0; i < len(b); i++ {
		q := bytes.IndexByte(b[i:], '"')
		if q < 0 {
			return b, nil, false
		}
		i += q
		slashes := 0
		for slashes < i && b[i-1-slashes] == '\\' {
			slashes++
		}
		if slashes%2 == 0 {
			return b[:i:i], b[i+1:], true
		}
	}
	return b, nil, false
}

// splitRequest returns the method and the path of a request such as "GET / HTTP/1.0". The path may
// contain spaces. Missing parts are nil.
func splitRequest(request []byte) (method, path []byte) {
	method, path, ok := bytes.Cut(request, []byte(" "))
	if !ok {
		return method, nil
	}
	path = bytes.Trim(path, " ")
	if i := bytes.LastIndexByte(path, ' '); i >= 0 {
		path = bytes.TrimRight(path[:i], " ")
	}
	return method, path
}

var errSyslog = errors.New("not a syslog line")

func syslogColumns() []string { return []string{"time", "host", "ident", "pid", "message", "pri"} }

const syslogTime = "%b %d %H:%M:%S"

// syslogLine encodes a line such as
//
//	Dec 20 12:41:44 localhost kernel[10000]: e1000e: eth2 NIC Link is Down
//
// The line may start with a priority such as <34>. The time may also be in ISO 8601.
func (e *encoder) syslogLine(line []byte) error {
	if line = trimCR(line); len(line) == 0 {
		return nil
	}
	var priority, ident, pid []byte
	rest := line
	if rest[0] == '<' {
		var ok bool
		if priority, rest, ok = bytes.Cut(rest[1:], []byte(">")); !ok || len(priority) == 0 || !digitsOnly(priority) {
			return errSyslog
		}
	}
	width := len(syslogStamp)
	if len(rest) > 0 && rest[0]-'0' < 10 {
		width = max(bytes.IndexByte(rest, ' '), 0)
	}
	if width == 0 || len(rest) <= width || rest[width] != ' ' {
		return errSyslog
	}
	at := rest[:width]
	host, message, ok := bytes.Cut(rest[width+1:], []byte(" "))
	if !ok || len(host) == 0 {
		return errSyslog
	}
	i := 0
	for i < len(message) && identByte(message[i]) {
		i++
	}
	if tag := message[i:]; i > 0 {
		if in, ok := bytes.CutPrefix(tag, []byte("[")); ok {
			if n := bytes.IndexByte(in, ']'); n > 0 && digitsOnly(in[:n]) {
				pid, tag = in[:n], in[n+1:]
			}
		}
		if text, ok := bytes.CutPrefix(tag, []byte(":")); ok {
			ident, message = message[:i], bytes.TrimLeft(text, " ")
		} else {
			pid = nil
		}
	}
	e.rows.cells = append(e.rows.cells[:0], at, host, ident, pid, message, priority)
	return e.appendRow(e.rows.cells)
}

const syslogStamp = "Jan _2 15:04:05"

func identByte(c byte) bool {
	return c|0x20 >= 'a' && c|0x20 <= 'z' || c >= '-' && c <= '9' || c == '_'
}

func digitsOnly(b []byte) bool {
	for _, c := range b {
		if c-'0' >= 10 {
			return false
		}
	}
	return true
}
