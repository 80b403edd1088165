package console

import (
	"fmt"
	"math"
	"strings"
	"sync"
	"time"

	"github.com/td-cli/td/internal/text"
)

const (
	barDelay     = 500 * time.Millisecond // a shorter transfer shows no bar
	lineInterval = 5 * time.Second        // between progress lines
	rateInterval = time.Second            // between measurements of the rate
	stallTimeout = 3 * time.Second        // without news the measured rate decreases
)

// Progress shows the progress of a transfer until it is stopped: as lines every
// few seconds if lines is true, and otherwise as a bar if Err is a terminal.
func (c *Console) Progress(lines bool) *Progress {
	return &Progress{c: c, lines: lines, silent: !lines && (c.err == nil || c.Quiet)}
}

// A Progress shows the progress of a transfer. Its methods are safe for
// concurrent use.
type Progress struct {
	c      *Console
	lines  bool
	silent bool

	mu          sync.Mutex
	done, total int64
	records     int64
	start       time.Time   // time of the first Update
	printed     time.Time   // time of the last line
	shown       int         // width of the bar on the screen, 0 if there is none
	redrawTimer *time.Timer // redraws the bar while no data arrives

	rate     float64 // bytes per second
	rated    time.Time
	ratedAt  int64 // value of done at the time rated
	finished bool
}

// Update sets the number of bytes that have been transferred and the total, -1 if
// unknown. The transfer has restarted if done is less than before.
func (p *Progress) Update(done, total int64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.silent || p.finished {
		return
	}
	now := time.Now()
	if p.start.IsZero() || done < p.done || total != p.total {
		p.clear()
		p.start, p.printed, p.rate, p.rated, p.ratedAt = now, now, 0, now, done
	}
	p.done, p.total = done, total
	p.measureRate(now)
	switch {
	case p.lines && now.Sub(p.printed) >= lineInterval:
		p.printed = now
		p.c.Say("%s", p.summary())
	case !p.lines && now.Sub(p.start) >= barDelay:
		p.draw()
	}
	if !p.lines && p.redrawTimer == nil {
		p.redrawTimer = time.AfterFunc(barDelay, p.redraw)
	}
}

// redraw draws the bar although no data has arrived.
func (p *Progress) redraw() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.finished {
		return
	}
	if now := time.Now(); now.Sub(p.rated) > stallTimeout {
		p.measureRate(now)
	}
	p.draw()
	p.redrawTimer.Reset(rateInterval)
}

// Count adds to the number of records that is shown next to the bytes.
func (p *Progress) Count(records int64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.records += records
}

// measureRate updates the rate, an exponential moving average.
func (p *Progress) measureRate(now time.Time) {
	d := now.Sub(p.rated)
	if d < rateInterval && (p.rate > 0 || d < barDelay) {
		return
	}
	rate := float64(p.done-p.ratedAt) / d.Seconds()
	if p.rate > 0 {
		rate = 0.7*p.rate + 0.3*rate
	}
	p.rate, p.rated, p.ratedAt = rate, now, p.done
}

// summary returns a string like "1.5 MB of 3.0 MB, 12 records, 0.5 MB/s, 3s left".
func (p *Progress) summary() string {
	line := text.TransferSize(float64(p.done))
	if p.total > 0 {
		line += " of " + text.TransferSize(float64(p.total))
	}
	switch {
	case p.records == 1:
		line += ", 1 record"
	case p.records > 1:
		line += fmt.Sprintf(", %d records", p.records)
	}
	if p.rate > 0 {
		line += fmt.Sprintf(", %s/s", text.TransferSize(p.rate))
	}
	if left := p.total - p.done; p.rate > 0 && left > 0 {
		seconds := min(math.Ceil(float64(left)/p.rate), (1000 * time.Hour).Seconds())
		line += fmt.Sprintf(", %s left", time.Duration(seconds)*time.Second)
	}
	return line
}

// draw draws a line like "\r 60% [===========>........] 600 B of 1000 B". It leaves room for
// a ^C, because clear cannot erase a line that has wrapped.
func (p *Progress) draw() {
	columns, _ := terminalSize(p.c.err)
	width := 20
	if columns < 60 {
		width = 10
	}
	line := text.Truncate(fmt.Sprintf("%s %s", p.bar(width), p.summary()), columns-len("^C")-1)
	shown := text.Width(line)
	fmt.Fprint(p.c.err, "\r", line, strings.Repeat(" ", max(0, p.shown-shown)))
	p.shown = shown
}

// bar returns the completed part of the transfer as a percentage and a bar of width
// characters, or an empty bar if the total is unknown.
func (p *Progress) bar(width int) string {
	if p.total <= 0 {
		return "[" + strings.Repeat(" ", width) + "]"
	}
	fraction := min(float64(p.done)/float64(p.total), 1)
	filled := int(fraction * float64(width))
	bar := strings.Repeat("=", filled)
	if 0 < filled && filled < width {
		bar = bar[1:] + ">"
	}
	return fmt.Sprintf("%3.0f%% [%s%s]", math.Floor(fraction*100), bar, strings.Repeat(".", width-filled))
}

// clear removes the bar from the screen, with a ^C typed after it.
func (p *Progress) clear() {
	if p.shown == 0 {
		return
	}
	fmt.Fprint(p.c.err, "\r", strings.Repeat(" ", p.shown), "\r")
	p.shown = 0
	if p.c.errANSI {
		fmt.Fprint(p.c.err, eraseLine)
	}
}

// Break removes the bar while say prints.
func (p *Progress) Break(say func()) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.clear()
	say()
}

// Stop removes the bar, or prints the last line. Further calls have no effect.
func (p *Progress) Stop() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.clear()
	if p.redrawTimer != nil {
		p.redrawTimer.Stop()
	}
	if p.lines && !p.finished && !p.start.IsZero() {
		p.c.Say("%s in %s", p.summary(), time.Since(p.start).Round(100*time.Millisecond))
	}
	p.finished = true
}
