package functions

import (
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestRankingAggregates compares with the examples and definitions of
// https://hivemall.apache.org/userguide/eval/rank.html,
// https://hivemall.apache.org/userguide/eval/binary_classification_measures.html,
// https://hivemall.apache.org/userguide/eval/multilabel_classification_measures.html,
// https://hivemall.apache.org/userguide/ft_engineering/binning.html and with Hivemall 0.4.2 on Apache Hive.
func TestRankingAggregates(t *testing.T) {
	labels := [][]any{{1, 0}, {0, 1}, {0, 0}, {1, 1}, {0, 1}, {0, 0}}
	with := func(option any) (rows [][]any) {
		for _, r := range labels {
			rows = append(rows, []any{r[0], r[1], option})
		}
		return rows
	}
	tags := [][]any{
		{`["cat","bird"]`, `["cat","dog"]`},
		{`["cat","dog"]`, `["cat","bird"]`},
		{`["cat"]`, `[]`},
		{`["bird"]`, `["bird"]`},
		{`["bird","cat"]`, `["bird","cat"]`},
		{`["cat","dog"]`, `["cat","dog","bird"]`},
		{`["dog","bird"]`, `["dog"]`},
	}
	ages := [][]any{{20, 3}, {22, 3}, {35, 3}, {55, 3}, {15, 3}, {46, 3}, {20, 3}}
	for _, tt := range []struct {
		name string
		want any
		rows [][]any
	}{
		{"h_fmeasure", 0.5, labels},
		{"h_fmeasure", 0.4, with("-average binary")},
		{"h_fmeasure", 0.45454545454545453, with("-beta 2. -average binary")},
		{"h_fmeasure", 0.6956521739130435, tags},
		{"h_fmeasure", failure("fmeasure: average must be micro or binary: x"), with("-average x")},
		{"h_fmeasure", nil, [][]any{{nil, 1}}},
		{"h_precision_at", 0.5, [][]any{{`["a","b","c"]`, `["b","c","d"]`, 2}}},
		{"h_precision_at", 0.75, [][]any{{"[1,2]", "[1,2]"}, {"[1,2]", "[2]"}}},
		{"h_precision_at", 1.0, [][]any{{"[]", "[]"}}},
		{"h_precision_at", 0.0, [][]any{{"[]", "[1]"}}},
		{"h_precision_at", failure("the third argument must be greater than 0: 0"), [][]any{{"[1]", "[1]", 0}}},
		{"h_recall_at", 0.25, [][]any{{"[1,2,3]", "[2,3,9,10]", 2}}},
		{"h_recall_at", 0.5, [][]any{{"[1,2,3]", "[2,3,9,10]"}}},
		{"h_recall_at", 1.0, [][]any{{"[]", "[]"}}},
		{"h_recall_at", 0.0, [][]any{{"[1]", "[]"}}},
		{"h_recall_at", nil, [][]any{{nil, "[1]"}}},
		{"h_hitrate", 0.5, [][]any{{"[1,2]", "[2]"}, {"[1,2]", "[3]"}}},
		{"h_hitrate", 0.0, [][]any{{"[1,2]", "[2]", 1}}},
		{"h_hitrate", 1.0, [][]any{{`["日"]`, `["日"]`}}},
		{"h_hitrate", 0.0, [][]any{{"[]", "[1]"}}},
		{"h_hitrate", nil, nil},
		{"h_mrr", 0.5, [][]any{{`["a","b","c"]`, `["b","c"]`}}},
		{"h_mrr", 0.75, [][]any{{"[1,2]", "[2]"}, {"[1,2]", "[1]"}}},
		{"h_mrr", 0.0, [][]any{{"[1,2]", "[3]"}}},
		{"h_mrr", 0.0, [][]any{{"[1,2]", "[2]", 1}}},
		{"h_mrr", nil, [][]any{{"[1]", nil}}},
		{"h_average_precision", (1.0/2 + 2.0/3) / 2, [][]any{{`["a","b","c"]`, `["b","c"]`}}},
		{"h_average_precision", 1.0, [][]any{{"[1,2,3]", "[1]"}}},
		{"h_average_precision", 0.0, [][]any{{"[1]", "[2]"}}},
		{"h_average_precision", 1.0, [][]any{{"[]", "[]"}}},
		{"h_average_precision", 0.5, [][]any{{"[1,2,3]", "[2,3]", 2}}},
		{"h_ndcg", 1.0, [][]any{{"[1,2]", "[2,1]"}}},
		{"h_ndcg", 0.6309297535714575, [][]any{{"[1,2]", "[2]"}}},
		{"h_ndcg", 0.0, [][]any{{"[1,2]", "[3]"}}},
		{"h_ndcg", 0.0, [][]any{{"[1]", "[]"}}},
		{"h_ndcg", 1.0, [][]any{{"[1,2]", "[1,3]", 1}}},
		{"h_auc_ranking", 0.5, [][]any{{"[1,2,3]", "[2]"}}},
		{"h_auc_ranking", 1.0, [][]any{{"[1,2,3]", "[1]"}}},
		{"h_auc_ranking", 0.0, [][]any{{"[1,2]", "[2]"}}},
		{"h_auc_ranking", 0.5, [][]any{{"[1,2]", "[1,2]"}}},
		{"h_auc_ranking", 0.5, [][]any{{"[1,2]", "[3]"}}},
		{"h_auc", 0.75, [][]any{{0.9, 1}, {0.8, 0}, {0.3, 1}, {0.2, 0}}},
		{"h_auc", 1.0, [][]any{{0.1, 0}, {0.9, 1}}},
		{"h_auc", 0.5, [][]any{{0.5, 0}, {0.5, 1}}},
		{"h_auc", 0.5, [][]any{{0.5, 1}}},
		{"h_auc", nil, [][]any{{nil, 1}}},
		{"h_auc", 0.5, [][]any{{math.NaN(), 1}}},
		{"h_build_bins", "[-9.0e+999,18.333333333333332,30.666666666666657,9.0e+999]", ages},
		{"h_build_bins", "[-9.0e+999,1.0,9.0e+999]", [][]any{{1, 3, true}, {1, 3, true}}},
		{"h_build_bins", failure("build_bins: quantiles are repeated; reduce the number of bins or set auto_shrink"), [][]any{{1, 3}, {1, 3}}},
		{"h_build_bins", failure("build_bins: the number of bins must be at least 2: 1"), [][]any{{1, 1}}},
		{"h_build_bins", nil, [][]any{{nil, 3}}},
		{"h_tf", `{"1":0.25,"2":0.25,"3":0.5}`, [][]any{{"1"}, {"2"}, {"3"}, {"3"}}},
		{"h_tf", `{"5":0.3333333432674408,"6":0.6666666865348816}`, [][]any{{"5"}, {"6"}, {"6"}}},
		{"h_tf", `{"日":1.0}`, [][]any{{"日"}, {nil}}},
		{"h_tf", "{}", [][]any{{nil}}},
		{"h_tf", `{"":1.0}`, [][]any{{""}}},
		{"h_fm_predict", 11.25, [][]any{{0.5, "[1.0,2.0]", 2.0}, {0.25, "[3.0,1.0]", 1.0}}},
		{"h_fm_predict", 1.5, [][]any{{0.5, "[1.0,2.0]", 2.0}, {0.5, nil, nil}}},
		{"h_fm_predict", 0.5, [][]any{{0.5, nil, 2.0}}},
		{"h_fm_predict", nil, [][]any{{nil, nil, nil}}},
		{"h_fm_predict", failure("Mismatch in the number of factors: 2 and 1"), [][]any{{0.5, "[1.0,2.0]", 2.0}, {0.5, "[1.0]", 2.0}}},
		{"h_maxrow", `[5,"b"]`, [][]any{{1, `[1,"a"]`}, {5, `[5,"b"]`}, {nil, `[null,"c"]`}}},
		{"h_maxrow", `["b"]`, [][]any{{"b", `["b"]`}, {"a", `["a"]`}}},
		{"h_maxrow", `[2,"x"]`, [][]any{{2, `[2,"x"]`}, {2, `[2,"y"]`}}},
		{"h_maxrow", nil, [][]any{{nil, `[null]`}}},
		{"h_maxrow", nil, nil},
	} {
		if diff := cmp.Diff(args(tt.want)[0], aggregateRows(findAggregate(t, tt.name), tt.rows), equalDoubles()); diff != "" {
			t.Errorf("%s of %v (-want +got):\n%s", tt.name, tt.rows, diff)
		}
	}
}
