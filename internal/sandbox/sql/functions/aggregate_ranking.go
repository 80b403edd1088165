package functions

import (
	"math"
	"slices"
	"sort"
	"strings"
)

// rankingAggregates returns measures of recommendations and classifications. See
// https://hivemall.apache.org/userguide/eval/rank.html and
// https://hivemall.apache.org/userguide/eval/binary_classification_measures.html.
func rankingAggregates() []Aggregate {
	ranking := func(name string, f func(hits []bool, relevant int) float64) Aggregate {
		return newAggregate(name, 2, 3, func() State { return &rankingState{measure: f} })
	}
	return []Aggregate{
		ranking("h_precision_at", func(hits []bool, relevant int) float64 {
			if len(hits) == 0 {
				return oneIf(relevant == 0)
			}
			return float64(countTrue(hits)) / float64(len(hits))
		}),
		ranking("h_recall_at", func(hits []bool, relevant int) float64 {
			if relevant == 0 {
				return oneIf(len(hits) == 0)
			}
			return float64(countTrue(hits)) / float64(relevant)
		}),
		ranking("h_hitrate", func(hits []bool, _ int) float64 { return oneIf(slices.Contains(hits, true)) }),
		ranking("h_mrr", func(hits []bool, _ int) float64 {
			if i := slices.Index(hits, true); i >= 0 {
				return 1 / float64(i+1)
			}
			return 0
		}),
		ranking("h_average_precision", averagePrecision),
		ranking("h_ndcg", func(hits []bool, relevant int) float64 {
			gain, ideal := 0.0, 0.0
			for i, hit := range hits {
				weight := 1 / math.Log2(float64(i+2))
				if hit {
					gain += weight
				}
				if i < relevant {
					ideal += weight
				}
			}
			if ideal == 0 {
				return 0
			}
			return gain / ideal
		}),
		newAggregate("h_auc_ranking", 2, 3, func() State { return &rankingState{measure: rankingAUC} }),
		newAggregate("h_auc", 2, 2, func() State { return &aucState{} }),
		newAggregate("h_fmeasure", 2, 3, func() State { return &fmeasureState{} }),
		newAggregate("h_build_bins", 2, 3, func() State { return &binState{bins: hiveHistogram{limit: 10_000}} }),
		newAggregate("h_tf", 1, 1, func() State { return &frequencyState{} }),
		newAggregate("h_fm_predict", 3, 3, func() State { return &factorState{} }),
		newAggregate("h_maxrow", 2, 2, func() State { return &maxRowState{} }),
	}
}

func oneIf(condition bool) float64 {
	if condition {
		return 1
	}
	return 0
}

func countTrue(list []bool) (n int) {
	for _, b := range list {
		if b {
			n++
		}
	}
	return n
}

// averagePrecision returns the average of the precision at each hit.
func averagePrecision(hits []bool, relevant int) float64 {
	if relevant == 0 {
		return oneIf(len(hits) == 0)
	}
	n, sum := 0.0, 0.0
	for i, hit := range hits {
		if hit {
			n++
			sum += n / float64(i+1)
		}
	}
	if n == 0 {
		return 0
	}
	return sum / n
}

// rankingAUC returns the share of the pairs of a hit and another item in which the hit has the better rank.
func rankingAUC(hits []bool, _ int) float64 {
	n, ordered := 0, 0
	for _, hit := range hits {
		if hit {
			n++
		} else {
			ordered += n
		}
	}
	if pairs := n * (len(hits) - n); pairs > 0 {
		return float64(ordered) / float64(pairs)
	}
	return 0.5
}

// rankingState implements the averages of a measure over rows with a list of ranked items and a list of the relevant ones.
// The third argument limits the ranked items.
type rankingState struct {
	measure func(hits []bool, relevant int) float64
	sum     float64
	rows    int
}

func (s *rankingState) Step(a []any) error {
	if a[0] == nil || a[1] == nil {
		return nil
	}
	ranked, err := toArray(a[0])
	if err != nil {
		return err
	}
	truth, err := toArray(a[1])
	if err != nil {
		return err
	}
	if len(a) == 3 && a[2] != nil {
		n, err := toCount(a[2])
		if err != nil || n < 1 {
			return dataError("the third argument must be greater than 0: %s", clip(toText(a[2])))
		}
		ranked = ranked[:min(n, len(ranked))]
	}
	relevant := map[string]bool{}
	for _, e := range truth {
		relevant[makeKey(e)] = true
	}
	hits := make([]bool, len(ranked))
	for i, e := range ranked {
		hits[i] = relevant[makeKey(e)]
	}
	s.sum += s.measure(hits, len(truth))
	s.rows++
	return nil
}

func (s *rankingState) Value() (any, error) {
	if s.rows == 0 {
		return nil, nil
	}
	return s.sum / float64(s.rows), nil
}

// aucState implements auc(score, label): the area under the curve of the receiver operating characteristic. Equal scores
// count half.
type aucState struct{ rows [][2]float64 }

func (s *aucState) Step(a []any) error {
	if a[0] == nil || a[1] == nil {
		return nil
	}
	score, err := toDouble(a[0])
	if err != nil {
		return err
	}
	label, err := toDouble(a[1])
	s.rows = append(s.rows, [2]float64{score, label})
	return err
}

func (s *aucState) Size() int64 { return int64(16 * len(s.rows)) }

func (s *aucState) Value() (any, error) {
	rows := slices.Clone(s.rows)
	sort.Slice(rows, func(i, j int) bool { return rows[i][0] > rows[j][0] })
	positives, negatives, area := 0.0, 0.0, 0.0
	for start := 0; start < len(rows); {
		end, p, n := start, 0.0, 0.0
		for ; end < len(rows) && (end == start || rows[end][0] == rows[start][0]); end++ {
			if rows[end][1] > 0 {
				p++
			} else {
				n++
			}
		}
		area += n * (positives + p/2)
		positives, negatives, start = positives+p, negatives+n, end
	}
	switch {
	case len(rows) == 0:
		return nil, nil
	case positives == 0 || negatives == 0:
		return 0.5, nil
	}
	return area / (positives * negatives), nil
}

// fmeasureState implements fmeasure(actual, predicted[, options]). Lists are compared as sets, other values as labels.
type fmeasureState struct {
	tp, tn, fp, fn float64
	lists          bool
	options        string
	rows           int
}

func (s *fmeasureState) Step(a []any) error {
	if len(a) == 3 {
		s.options = toText(a[2])
	}
	if a[0] == nil || a[1] == nil {
		return nil
	}
	s.rows++
	if text, ok := a[0].(string); ok && strings.HasPrefix(text, "[") {
		return s.compareLists(a)
	}
	actual, err := toInteger(a[0])
	if err != nil {
		return err
	}
	predicted, err := toInteger(a[1])
	switch {
	case actual > 0 && predicted > 0:
		s.tp++
	case actual > 0:
		s.fn++
	case predicted > 0:
		s.fp++
	default:
		s.tn++
	}
	return err
}

func (s *fmeasureState) compareLists(a []any) error {
	s.lists = true
	actual, err := toArray(a[0])
	if err != nil {
		return err
	}
	predicted, err := toArray(a[1])
	if err != nil {
		return err
	}
	keys := map[string]bool{}
	for _, e := range predicted {
		keys[makeKey(e)] = true
	}
	shared := 0.0
	for _, e := range actual {
		shared += oneIf(keys[makeKey(e)])
	}
	s.tp += shared
	s.fn += float64(len(actual)) - shared
	s.fp += float64(len(predicted)) - shared
	return nil
}

func (s *fmeasureState) Value() (any, error) {
	if s.rows == 0 {
		return nil, nil
	}
	beta, average := 1.0, "micro"
	options := strings.Fields(s.options)
	for i := 0; i < len(options); i += 2 {
		if i+1 == len(options) {
			return nil, dataError("fmeasure: %s requires a value", clip(options[i]))
		}
		switch options[i] {
		case "-beta":
			var err error
			if beta, err = parseDouble(options[i+1]); err != nil || beta <= 0 {
				return nil, dataError("fmeasure: beta must be greater than 0: %s", clip(options[i+1]))
			}
		case "-average":
			if average = options[i+1]; average != "micro" && average != "binary" {
				return nil, dataError("fmeasure: average must be micro or binary: %s", clip(average))
			}
		default:
			return nil, dataError("fmeasure: unexpected option: %s", clip(options[i]))
		}
	}
	hits, missed, excess := s.tp, s.fn, s.fp
	if average == "binary" && s.lists {
		return nil, dataError("fmeasure: -average binary is not available for lists")
	}
	if average == "micro" && !s.lists { // both labels count, so that each wrong label is missed and excess
		hits, missed, excess = s.tp+s.tn, s.fn+s.fp, s.fn+s.fp
	}
	weighted := (1 + beta*beta) * hits
	if total := weighted + beta*beta*missed + excess; total > 0 {
		return weighted / total, nil
	}
	return 0.0, nil
}

// frequencyState implements tf(word): the share of each word.
type frequencyState struct {
	counts objectBuilder
	rows   float64
}

func (s *frequencyState) Step(a []any) error {
	if a[0] == nil {
		return nil
	}
	word := toText(a[0])
	n := 1.0
	if i, ok := s.counts.index[word]; ok {
		n += s.counts.members[i].Value.(float64)
	}
	s.counts.set(word, n)
	s.rows++
	return nil
}

func (s *frequencyState) Size() int64 { return s.counts.Size() }

func (s *frequencyState) Value() (any, error) {
	out := make(Object, len(s.counts.members))
	for i, m := range s.counts.members {
		out[i] = Member{m.Key, float64(float32(m.Value.(float64) / s.rows))}
	}
	return JSON(out), nil
}

// factorState implements fm_predict(Wj, Vjf, Xj) of a factorization machine. See
// https://hivemall.apache.org/userguide/misc/funcs.html.
type factorState struct {
	linear        float64
	sums, squares []float64
	rows          int
}

func (s *factorState) Step(a []any) error {
	if a[0] == nil {
		return nil
	}
	w, err := toDouble(a[0])
	if err != nil {
		return err
	}
	s.rows++
	if a[1] == nil || a[2] == nil { // the global bias
		s.linear += w
		return nil
	}
	x, err := toDouble(a[2])
	if err != nil {
		return err
	}
	factors, err := toDoubles(a[1])
	if err != nil {
		return err
	}
	s.linear += w * x
	if s.sums == nil {
		s.sums, s.squares = make([]float64, len(factors)), make([]float64, len(factors))
	}
	if len(factors) != len(s.sums) {
		return dataError("Mismatch in the number of factors: %d and %d", len(s.sums), len(factors))
	}
	for i, v := range factors {
		s.sums[i] += v * x
		s.squares[i] += v * x * v * x
	}
	return nil
}

func (s *factorState) Value() (any, error) {
	if s.rows == 0 {
		return nil, nil
	}
	out := s.linear
	for i, sum := range s.sums {
		out += (sum*sum - s.squares[i]) / 2
	}
	return out, nil
}

// maxRowState implements maxrow(x, …) with x and the JSON text of the row: the first row with the greatest x.
type maxRowState struct{ best, row any }

func (s *maxRowState) Step(a []any) error {
	if a[0] != nil && (s.best == nil || compare(a[0], s.best) > 0) {
		s.best, s.row = a[0], a[1]
	}
	return nil
}

func (s *maxRowState) Value() (any, error) { return s.row, nil }
