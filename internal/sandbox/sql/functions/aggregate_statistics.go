package functions

import "math"

// momentsState maintains the first four central moments while rows are added and removed.
type momentsState struct {
	n, mean, m2, m3, m4 float64
	variance            bool // only m2 is used
	value               func(*momentsState) any
}

func (s *momentsState) Step(a []any) error {
	if a[0] == nil {
		return nil
	}
	x, err := toDouble(a[0])
	if err != nil {
		return err
	}
	before := s.n
	s.n++
	delta := x - s.mean
	d := delta / s.n
	d2 := d * d
	term := delta * d * before
	s.mean += d
	if s.variance { // as Trino computes it: infinities make it NaN
		s.m2 += delta * (x - s.mean)
		return nil
	}
	s.m4 += term*d2*(s.n*s.n-3*s.n+3) + 6*d2*s.m2 - 4*d*s.m3
	s.m3 += term*d*(s.n-2) - 3*d*s.m2
	s.m2 += term
	return nil
}

// Inverse removes the oldest row.
func (s *momentsState) Inverse(a []any) error {
	if a[0] == nil {
		return nil
	}
	x, err := toDouble(a[0])
	if err != nil {
		return err
	}
	if s.n <= 1 {
		*s = momentsState{variance: s.variance, value: s.value}
		return nil
	}
	n := s.n
	s.n--
	mean := (n*s.mean - x) / s.n
	delta := x - mean
	d := delta / n
	d2 := d * d
	term := delta * d * s.n
	m2 := max(0, s.m2-term)
	m3 := s.m3 - term*d*(n-2) + 3*d*m2
	s.m4 -= term*d2*(n*n-3*n+3) + 6*d2*m2 - 4*d*m3
	s.m3, s.m2, s.mean = m3, m2, mean
	return nil
}

func (s *momentsState) Value() (any, error) { return s.value(s), nil }

func (s *momentsState) varianceOf(less float64) (float64, bool) {
	if s.n <= less {
		return 0, false
	}
	return s.m2 / (s.n - less), true
}

// regressionState maintains means and sums of squares of two columns.
type regressionState struct {
	n, meanX, meanY, xx, yy, xy float64
	value                       func(*regressionState) (float64, bool)
}

// Step expects (y, x), the argument order of the regression functions.
func (s *regressionState) Step(a []any) error {
	if a[0] == nil || a[1] == nil {
		return nil
	}
	y, err := toDouble(a[0])
	if err != nil {
		return err
	}
	x, err := toDouble(a[1])
	if err != nil {
		return err
	}
	s.n++
	dx, dy := x-s.meanX, y-s.meanY
	s.meanX += dx / s.n
	s.meanY += dy / s.n
	s.xx += dx * (x - s.meanX)
	s.yy += dy * (y - s.meanY)
	s.xy += dx * (y - s.meanY)
	return nil
}

// Inverse removes the oldest row.
func (s *regressionState) Inverse(a []any) error {
	if a[0] == nil || a[1] == nil {
		return nil
	}
	y, err := toDouble(a[0])
	if err != nil {
		return err
	}
	x, err := toDouble(a[1])
	if err != nil {
		return err
	}
	if s.n <= 1 {
		*s = regressionState{value: s.value}
		return nil
	}
	n := s.n - 1
	meanX, meanY := (s.n*s.meanX-x)/n, (s.n*s.meanY-y)/n
	dx, dy := x-meanX, y-meanY
	s.xx = max(0, s.xx-dx*(x-s.meanX))
	s.yy = max(0, s.yy-dy*(y-s.meanY))
	s.xy -= dx * (y - s.meanY)
	s.n, s.meanX, s.meanY = n, meanX, meanY
	return nil
}

func (s *regressionState) Value() (any, error) {
	if f, ok := s.value(s); ok {
		return f, nil
	}
	return nil, nil
}

// statisticAggregates returns the statistical aggregates.
func statisticAggregates() []Aggregate {
	var list []Aggregate
	for name, v := range map[string]struct {
		less float64
		root bool
	}{
		"stddev": {1, true}, "stddev_samp": {1, true}, "stddev_pop": {0, true},
		"variance": {1, false}, "var_samp": {1, false}, "var_pop": {0, false},
	} {
		list = append(list, newAggregate("f_"+name, 1, 1, func() State {
			return &momentsState{variance: true, value: func(s *momentsState) any {
				f, ok := s.varianceOf(v.less)
				switch {
				case !ok:
					return nil
				case v.root:
					return math.Sqrt(f)
				}
				return f
			}}
		}))
	}
	list = append(list, newAggregate("h_stddev_samp", 1, 1, func() State { // 0 for a single value
		return &momentsState{variance: true, value: func(s *momentsState) any {
			if f, ok := s.varianceOf(1); ok {
				return math.Sqrt(f)
			}
			if s.n == 0 {
				return nil
			}
			return 0.0
		}}
	}))
	for name, value := range map[string]func(*momentsState) any{"skewness": skewness, "kurtosis": kurtosis} {
		list = append(list, newAggregate("f_"+name, 1, 1, func() State { return &momentsState{value: value} }))
	}
	for name, value := range map[string]func(*regressionState) (float64, bool){
		"corr":           func(s *regressionState) (float64, bool) { return finite(s.xy/math.Sqrt(s.xx*s.yy), s.n > 1) },
		"covar_samp":     func(s *regressionState) (float64, bool) { return s.xy / (s.n - 1), s.n > 1 },
		"covar_pop":      func(s *regressionState) (float64, bool) { return s.xy / s.n, s.n > 0 },
		"regr_slope":     func(s *regressionState) (float64, bool) { return finite(s.xy/s.xx, s.n > 1) },
		"regr_count":     func(s *regressionState) (float64, bool) { return s.n, true },
		"regr_avgx":      func(s *regressionState) (float64, bool) { return s.meanX, s.n > 0 },
		"regr_avgy":      func(s *regressionState) (float64, bool) { return s.meanY, s.n > 0 },
		"regr_sxx":       func(s *regressionState) (float64, bool) { return s.xx, s.n > 0 },
		"regr_syy":       func(s *regressionState) (float64, bool) { return s.yy, s.n > 0 },
		"regr_sxy":       func(s *regressionState) (float64, bool) { return s.xy, s.n > 0 },
		"regr_r2":        func(s *regressionState) (float64, bool) { return regrR2(s.xx, s.yy, s.xy), s.n > 0 && s.xx != 0 },
		"regr_intercept": func(s *regressionState) (float64, bool) { return finite(s.meanY-s.xy/s.xx*s.meanX, s.n > 1) },
	} {
		list = append(list, newAggregate("f_"+name, 2, 2, func() State { return &regressionState{value: value} }))
	}
	return append(
		list,
		newAggregate("f_geometric_mean", 1, 1, func() State { return &geometricMeanState{} }),
	)
}

// finite returns f, which counts as missing if it is infinite or NaN.
func finite(f float64, ok bool) (float64, bool) {
	return f, ok && !math.IsNaN(f) && !math.IsInf(f, 0)
}

func skewness(s *momentsState) any {
	if s.n < 3 {
		return nil
	}
	return math.Sqrt(s.n) * s.m3 / math.Pow(s.m2, 1.5)
}

func kurtosis(s *momentsState) any {
	n := s.n
	if n < 4 {
		return nil
	}
	return n*(n+1)*(n-1)*s.m4/((n-2)*(n-3)*s.m2*s.m2) - 3*(n-1)*(n-1)/((n-2)*(n-3))
}

type geometricMeanState struct{ n, sum float64 }

func (s *geometricMeanState) Step(a []any) error {
	if a[0] == nil {
		return nil
	}
	x, err := toDouble(a[0])
	s.n++
	s.sum += logarithm(x)
	return err
}

func (s *geometricMeanState) Value() (any, error) {
	if s.n == 0 {
		return nil, nil
	}
	return math.Exp(s.sum / s.n), nil
}

// regrR2 returns the coefficient of determination.
func regrR2(xx, yy, xy float64) float64 {
	if yy == 0 {
		return 1
	}
	return xy * xy / (xx * yy)
}
