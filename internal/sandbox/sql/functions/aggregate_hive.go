package functions

import (
	"math"
	"slices"
	"strings"
)

// hiveHistogram is the histogram of Hive's percentile_approx and histogram_numeric: the bins with the
// smallest distance are merged if there are more than the limit. See
// https://www.jmlr.org/papers/volume11/ben-haim10a/ben-haim10a.pdf.
type hiveHistogram struct {
	limit  int
	bins   []weightedValue
	random javaRandom
}

func (h *hiveHistogram) add(x float64) {
	i, found := slices.BinarySearchFunc(h.bins, x, func(b weightedValue, x float64) int { return compare(b.v, x) })
	if found {
		h.bins[i].w++
		return
	}
	h.bins = slices.Insert(h.bins, i, weightedValue{x, 1})
	if len(h.bins) <= h.limit {
		return
	}
	best, ties := 1, 1
	for i := 2; i < len(h.bins); i++ {
		switch d := (h.bins[i].v - h.bins[i-1].v) - (h.bins[best].v - h.bins[best-1].v); {
		case d < 0:
			best, ties = i, 1
		case d == 0:
			ties++
			if h.random.next() <= 1/float64(ties) {
				best = i
			}
		}
	}
	a, b := h.bins[best-1], h.bins[best]
	h.bins[best-1] = weightedValue{(a.v*a.w + b.v*b.w) / (a.w + b.w), a.w + b.w}
	h.bins = slices.Delete(h.bins, best, best+1)
}

// quantile interpolates between the bins.
func (h *hiveHistogram) quantile(q float64) float64 {
	total, sum := 0.0, 0.0
	for _, b := range h.bins {
		total += b.w
	}
	for i, b := range h.bins {
		if (sum+b.w)/total >= q {
			if i == 0 {
				return b.v
			}
			before := h.bins[i-1].v
			return before + (q*total-sum)*(b.v-before)/b.w
		}
		sum += b.w
	}
	return h.bins[len(h.bins)-1].v
}

// hivePercentileState implements percentile_approx(x, p[, limit]).
type hivePercentileState struct {
	bins hiveHistogram
	p    any
}

func (s *hivePercentileState) Step(a []any) error {
	s.p = a[1]
	if len(a) == 3 && a[2] != nil {
		n, err := toCount(a[2])
		if err != nil {
			return err
		}
		s.bins.limit = max(n, 2)
	}
	if a[0] == nil {
		return nil
	}
	x, err := toDouble(a[0])
	if err == nil && !math.IsNaN(x) {
		s.bins.add(x)
	}
	return err
}

func (s *hivePercentileState) Value() (any, error) {
	if len(s.bins.bins) == 0 || s.p == nil {
		return nil, nil
	}
	if text, ok := s.p.(string); ok && strings.HasPrefix(text, "[") {
		list, err := toArray(text)
		if err != nil {
			return nil, err
		}
		for i, p := range list {
			f, err := toDouble(p)
			if err != nil {
				return nil, err
			}
			list[i] = s.bins.quantile(f)
		}
		return JSON(list), nil
	}
	f, err := toDouble(s.p)
	if err != nil {
		return nil, err
	}
	return s.bins.quantile(f), nil
}

// hiveHistogramState implements histogram_numeric: an array of rows with the value and the weight of
// each bin.
type hiveHistogramState struct{ bins hiveHistogram }

func (s *hiveHistogramState) Step(a []any) error {
	n, err := toCount(a[1])
	if err != nil || n < 2 {
		return dataError("histogram_numeric needs at least 2 bins but you supplied %s", toText(a[1]))
	}
	s.bins.limit = n
	if a[0] == nil {
		return nil
	}
	x, err := toDouble(a[0])
	if err == nil {
		s.bins.add(x)
	}
	return err
}

func (s *hiveHistogramState) Value() (any, error) {
	if len(s.bins.bins) == 0 {
		return nil, nil
	}
	rows := make([]any, len(s.bins.bins))
	for i, b := range s.bins.bins {
		rows[i] = []any{b.v, b.w}
	}
	return JSON(rows), nil
}

// javaRandom is the generator of java.util.Random with the seed of Hive's histograms, which decides
// between bins of equal distance. See https://docs.oracle.com/javase/8/docs/api/java/util/Random.html.
type javaRandom struct {
	state  uint64
	seeded bool
}

// next returns the next number of nextDouble.
func (r *javaRandom) next() float64 {
	const multiplier, mask = 0x5deece66d, 1<<48 - 1
	if !r.seeded {
		r.state, r.seeded = (31183^multiplier)&mask, true
	}
	bits := func(n int) uint64 {
		r.state = (r.state*multiplier + 0xb) & mask
		return r.state >> (48 - n)
	}
	high := bits(26) << 27
	return float64(high+bits(27)) / (1 << 53)
}
