package download

import (
	"context"
	"errors"
	"io"
	"math"
	"net/http"

	"github.com/td-cli/td/internal/api"
)

// A source is a compressed result as it arrives.
type source interface {
	io.Reader
	Close() // stops the download
}

// nothing is the source of a job without rows.
type nothing struct{}

func (nothing) Read([]byte) (int, error) { return 0, io.EOF }
func (nothing) Close()                   {}

// source begins the download: straight, or through a spool when that pays and the rows go
// to a file.
func (d *delivery) source(ctx context.Context) (source, error) {
	d.spool = nil
	if d.out.part == nil {
		return d.begin(ctx, api.Range{To: -1})
	}
	s, v, there, err := openStore(ctx, d.out.part.TempName(), d.id, d.tune.piece)
	if err != nil {
		return nil, err
	}
	if s != nil {
		d.spool = newSpool(d.remote, v, s, there)
		src, err := d.proceed(ctx)
		if src != nil || err != nil {
			return src, err
		}
	}
	removeStore(d.out.part.TempName())
	ask := api.Range{To: -1}
	if size := d.job.ResultSize; size.Valid && size.Value > d.tune.piece {
		if threads, limit := d.threads(size.Value); threads > 1 {
			ask.To = int64(limit)*d.tune.piece - 1
		}
	}
	return d.begin(ctx, ask)
}

// proceed goes on with a spool that an earlier download left. It returns nil when the
// server has another result by now.
func (d *delivery) proceed(ctx context.Context) (source, error) {
	sp := d.spool
	threads, limit := d.threads(sp.Total)
	st, some := sp.claim(limit)
	from, end := sp.span(st)
	if !some {
		from, end = sp.Total-1, sp.Total // only to see whether it is the same still
	}
	first, err := d.open(ctx, api.Range{From: from, To: end - 1, IfRange: sp.ETag})
	if err != nil {
		sp.Close()
		return nil, err
	}
	if fits(first, from, sp.Total, sp.ETag) != nil {
		first.Body.Close()
		sp.Close()
		d.spool = nil
		return nil, nil
	}
	if first.Status != http.StatusPartialContent {
		threads, limit = 1, math.MaxInt
	}
	d.meter.begin(sp.arrived(), sp.Total)
	sp.start(ctx, first, st, threads, limit)
	return sp, nil
}

// begin downloads from the first byte on. What is asked for is everything, or what one of
// several connections is to fetch first.
func (d *delivery) begin(ctx context.Context, ask api.Range) (source, error) {
	first, err := d.open(ctx, ask)
	if errors.Is(err, api.ErrNotFound) && d.job.NumRecords.Valid && d.job.NumRecords.Value == 0 {
		return nothing{}, nil
	}
	if err != nil {
		return nil, err
	}
	if first.From != 0 {
		first.Body.Close()
		return nil, &changedError{"the server sent another part of the result than was asked for"}
	}
	if d.spooled(first) {
		v := version{Job: d.id, ETag: first.ETag, Total: first.Total, Piece: d.tune.piece}
		if s, err := createStore(d.out.part.TempName(), v, d.out.part.Target().TempMode()); err == nil { // else it cannot be resumed later
			d.startSpool(ctx, newSpool(d.remote, v, s, nil), first, ask)
			return d.spool, nil
		}
	}
	if ask.To >= 0 && first.Status == http.StatusPartialContent {
		first.Body.Close()
		return d.begin(ctx, api.Range{To: -1})
	}
	d.meter.begin(0, first.Total)
	return d.resume(ctx, first), nil
}

// spooled reports whether a result is downloaded by way of a spool.
func (d *delivery) spooled(first *api.Result) bool {
	large := first.Total >= d.tune.large || d.o.Threads > 1 && first.Total > d.tune.piece
	return d.out.part != nil && large && first.Total <= maxTotal && strong(first.ETag) != ""
}

// startSpool begins to fill a spool with the first answer, and more connections if the
// server has shown or said that it sends parts.
func (d *delivery) startSpool(ctx context.Context, sp *spool, first *api.Result, ask api.Range) {
	d.spool = sp
	threads, limit := d.threads(sp.Total)
	switch {
	case ask.To >= 0 && first.Status == http.StatusPartialContent:
		limit = int((ask.To + 1) / sp.Piece) // as much as the answer has
	case ask.To >= 0 || !first.AcceptRanges:
		threads, limit = 1, math.MaxInt
	}
	st, _ := sp.claim(limit)
	d.meter.begin(0, sp.Total)
	sp.start(ctx, first, st, threads, limit)
}

// MaxThreads is the most connections that Deliver uses.
const MaxThreads = 16

// autoThreads is the most of them that it uses unasked.
const autoThreads = 4

// threads returns over how many connections a result of a size is downloaded, and the
// pieces that each of them asks for at once.
func (d *delivery) threads(size int64) (n, limit int) {
	n = d.o.Threads
	if n == 0 {
		n = int(min(autoThreads, size/(d.tune.large/2)))
		if size < d.tune.large {
			n = 1
		}
	}
	n = min(n, MaxThreads)
	if n <= 1 {
		return 1, math.MaxInt
	}
	share := min((size+int64(n)-1)/int64(n), d.tune.stretch)
	return n, int(max(1, (share+d.tune.piece-1)/d.tune.piece))
}
