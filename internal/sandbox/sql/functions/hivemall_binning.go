package functions

import (
	"math"
	"slices"
	"sort"
	"strings"
)

// binningFunctions returns feature_binning with its two forms. See
// https://hivemall.apache.org/userguide/ft_engineering/binning.html.
func binningFunctions() []Scalar {
	return []Scalar{
		newScalar("h_feature_binning", 2, 2, func(a []any) (any, error) {
			features, err := toArray(a[0])
			if err != nil {
				return nil, err
			}
			quantiles, err := toObject(a[1])
			if err != nil {
				return nil, err
			}
			for i, f := range features {
				name, weight, found := strings.Cut(toText(f), ":")
				k := slices.IndexFunc(quantiles, func(m Member) bool { return m.Key == name })
				if f == nil || !found || k < 0 {
					continue
				}
				bin, err := findQuantileRange(weight, quantiles[k].Value)
				if err != nil {
					return nil, err
				}
				features[i] = name + ":" + toText(bin)
			}
			return JSON(features), nil
		}),
		newScalar("h_feature_bin", 2, 2, func(a []any) (any, error) { return findQuantileRange(a[0], a[1]) }),
	}
}

// findQuantileRange returns the index of the range between two quantiles that contains a weight. A range includes its upper end.
// NaN belongs to the bin after the last one.
func findQuantileRange(weight, quantiles any) (int64, error) {
	x, err := toDouble(weight)
	if err != nil {
		return 0, err
	}
	bounds, err := toDoubles(quantiles)
	if err != nil {
		return 0, err
	}
	if len(bounds) < 3 {
		return 0, dataError("the number of quantiles must be at least 3: %d", len(bounds))
	}
	if math.IsNaN(x) {
		return int64(len(bounds)) - 1, nil
	}
	return int64(max(0, sort.Search(len(bounds), func(i int) bool { return bounds[i] >= x })-1)), nil
}

// binState implements build_bins(weight, n[, shrink]): the quantiles that divide the weights into n ranges.
type binState struct {
	bins   hiveHistogram
	n      int
	shrink bool
}

func (s *binState) Step(a []any) error {
	n, err := toCount(a[1])
	if err != nil || n < 2 {
		return dataError("build_bins: the number of bins must be at least 2: %s", clip(toText(a[1])))
	}
	s.n = n
	s.shrink = len(a) == 3 && toBool(a[2])
	if a[0] == nil {
		return nil
	}
	x, err := toDouble(a[0])
	if err == nil && !math.IsNaN(x) {
		s.bins.add(x)
	}
	return err
}

func (s *binState) Value() (any, error) {
	if len(s.bins.bins) == 0 {
		return nil, nil
	}
	bounds := []any{math.Inf(-1)}
	last := math.Inf(-1)
	for i := 1; i < s.n; i++ {
		q := s.bins.quantile(float64(i) / float64(s.n))
		if q == last && !s.shrink {
			return nil, dataError("build_bins: quantiles are repeated; reduce the number of bins or set auto_shrink")
		}
		if q != last {
			bounds = append(bounds, q)
		}
		last = q
	}
	return JSON(append(bounds, math.Inf(1))), nil
}
