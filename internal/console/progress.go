package console

import (
	"fmt"
	"math"
	"sync"
	"time"

	"github.com/schollz/progressbar/v3"

	"github.com/td-cli/td/internal/text"
)

const (
	barDelay     = 500 * time.Millisecond // what is over by then needs no bar
	linePause    = 5 * time.Second        // between lines
	rateInterval = time.Second            // over which the rate is measured
	stillAfter   = 3 * time.Second        // the rate of what stands still falls
)

// Progress shows how far a transfer has come, until it is stopped: as a bar when Err is a
// terminal, and with lines as a line every few seconds, wherever Err goes. Otherwise it
// shows nothing.
func (c *Console) Progress(lines bool) *Progress {
	return &Progress{c: c, lines: lines, silent: !lines && (c.err == nil || c.Quiet)}
}

// A Progress is told of bytes. Its methods may be called by several goroutines.
type Progress struct {
	c      *Console
	lines  bool
	silent bool

	mu          sync.Mutex
	done, total int64
	counted     int64     // records
	start       time.Time // of the first Update; zero before
	said        time.Time // when the last line was printed
	bar         *progressbar.ProgressBar
	still       *time.Timer // draws while nothing arrives

	rate     float64 // bytes a second
	rated    time.Time
	ratedAt  int64
	finished bool
}

// Update shows that so many bytes of total, which may be -1 for unknown, are there. A
// number below the last one is a new beginning.
func (p *Progress) Update(done, total int64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.silent || p.finished {
		return
	}
	now := time.Now()
	if p.start.IsZero() || done < p.done || total != p.total {
		p.clear()
		p.start, p.said, p.rate, p.rated, p.ratedAt = now, now, 0, now, done
	}
	p.done, p.total = done, total
	p.measure(now)
	switch {
	case p.lines && now.Sub(p.said) >= linePause:
		p.said = now
		p.c.Say("%s", p.text())
	case !p.lines && now.Sub(p.start) >= barDelay:
		p.draw()
	}
	if !p.lines && p.still == nil {
		p.still = time.AfterFunc(barDelay, p.redraw)
	}
}

// redraw shows the bar though nothing has arrived: what is slow is what a person wants to see.
func (p *Progress) redraw() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.finished {
		return
	}
	if now := time.Now(); now.Sub(p.rated) > stillAfter {
		p.measure(now)
	}
	p.draw()
	p.still.Reset(rateInterval)
}

// Count adds to the number of records that are shown with the bytes.
func (p *Progress) Count(records int64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.counted += records
}

// measure keeps the rate, in which the last seconds count most.
func (p *Progress) measure(now time.Time) {
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

// text returns what is known, as "1.5 MB of 3.0 MB, 12 records, 0.5 MB/s, 3s left".
func (p *Progress) text() string {
	line := text.TransferSize(float64(p.done))
	if p.total > 0 {
		line += " of " + text.TransferSize(float64(p.total))
	}
	if p.counted > 0 {
		line += fmt.Sprintf(", %d records", p.counted)
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

func (p *Progress) draw() {
	columns, _ := sizeOf(p.c.err)
	width := 20
	if columns < 60 {
		width = 10
	}
	if p.bar == nil {
		total := p.total
		if total <= 0 {
			total = -1
		}
		p.bar = progressbar.NewOptions64(total,
			progressbar.OptionSetWriter(p.c.err),
			progressbar.OptionSetWidth(width),
			progressbar.OptionSetTheme(progressbar.ThemeASCII),
			progressbar.OptionSetPredictTime(false), // its own rate takes what was there before for fast
			progressbar.OptionSetElapsedTime(false),
			progressbar.OptionShowDescriptionAtLineEnd(),
			progressbar.OptionSetSpinnerChangeInterval(0), // else it has a goroutine
			progressbar.OptionClearOnFinish(),
		)
	}
	_ = p.bar.Set64(p.done)
	p.bar.Describe(text.Truncate(p.text(), columns-width-len(" 100% []  ^C")-1)) // a ^C that wraps would save the bar from clear
}

// clear wipes the bar away.
func (p *Progress) clear() {
	if p.bar == nil {
		return
	}
	_ = p.bar.Clear()
	p.bar = nil
	if p.c.errANSI {
		fmt.Fprint(p.c.err, "\r\x1b[K") // and the ^C that was typed behind it
	}
}

// Break wipes the bar away while say talks, so that lines do not mix.
func (p *Progress) Break(say func()) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.clear()
	say()
}

// Stop wipes the bar away for good; of lines it prints the last one. It may be called twice.
func (p *Progress) Stop() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.clear()
	if p.still != nil {
		p.still.Stop()
	}
	if p.lines && !p.finished && !p.start.IsZero() {
		p.c.Say("%s in %s", p.text(), time.Since(p.start).Round(100*time.Millisecond))
	}
	p.finished = true
}
