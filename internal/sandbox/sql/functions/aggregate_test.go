package functions

import (
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func findAggregate(t *testing.T, name string) Aggregate {
	t.Helper()
	for _, f := range New().Aggregates() {
		if f.Name == name {
			return f
		}
	}
	t.Fatalf("no aggregate %s", name)
	return Aggregate{}
}

func aggregateRows(f Aggregate, rows [][]any) any {
	state := f.New()
	for _, row := range rows {
		if err := state.Step(args(row...)); err != nil {
			return failure(err.Error())
		}
	}
	v, err := state.Value()
	if err != nil {
		return failure(err.Error())
	}
	return args(v)[0]
}

// TestAggregates compares with results of Trino 476. See
// https://trino.io/docs/current/functions/aggregate.html.
func TestAggregates(t *testing.T) {
	for _, tt := range []struct {
		name string
		want any
		rows [][]any
	}{
		{"f_sum_double", math.NaN(), [][]any{{1.0}, {math.NaN()}, {math.Inf(1)}}},
		{"f_sum_double", math.NaN(), [][]any{{math.Inf(-1)}, {math.Inf(1)}}},
		{"f_sum_double", math.Inf(1), [][]any{{1.0}, {math.Inf(1)}}},
		{"f_sum_double", 3.5, [][]any{{1.0}, {nil}, {2.5}}},
		{"f_sum_double", nil, [][]any{{nil}}},
		{"f_avg_double", math.NaN(), [][]any{{1.0}, {math.NaN()}}},
		{"f_avg_double", math.Inf(-1), [][]any{{1.0}, {math.Inf(-1)}}},
		{"f_avg_double", 2.0, [][]any{{1.0}, {nil}, {3.0}}},
		{"f_avg_double", 1.0, [][]any{{1}}},
		{"f_avg_double", nil, [][]any{}},
		{"f_max_double", 1.0, [][]any{{math.NaN()}, {1.0}, {math.NaN()}}},
		{"f_max_double", math.Inf(1), [][]any{{math.NaN()}, {1.0}, {math.Inf(1)}}},
		{"f_max_double", math.NaN(), [][]any{{math.NaN()}, {nil}}},
		{"f_max_double", 2.0, [][]any{{1.0}, {2.0}}},
		{"f_max_double", nil, [][]any{{nil}}},
		{"f_min_double", 1.0, [][]any{{math.NaN()}, {1.0}, {math.NaN()}}},
		{"f_min_double", math.Inf(-1), [][]any{{math.NaN()}, {1.0}, {math.Inf(-1)}}},
		{"f_min_double", math.NaN(), [][]any{{math.NaN()}, {nil}}},
		{"f_min_double", 1.0, [][]any{{1.0}, {2.0}}},
		{"f_min_double", nil, [][]any{{nil}}},
		{"f_max_by", "b", [][]any{{"a", 1}, {"b", 3}, {"c", nil}}},
		{"f_max_by", nil, [][]any{{"a", nil}}},
		{"f_max_by", nil, [][]any{{nil, 1}}},
		{"f_max_by", nil, [][]any{{"a", 1}, {nil, 2}}},
		{"f_max_by", "日", [][]any{{"日", 1.5}, {"本", 0.5}}},
		{"f_max_by", `["b","c"]`, [][]any{{"a", 1.0, 2}, {"b", 3.0, 2}, {"c", 2.0, 2}}},
		{"f_max_by", `["a"]`, [][]any{{"a", 1, 2}}},
		{"f_max_by", nil, [][]any{{"a", nil, 2}}},
		{"f_max_by", `["c","b"]`, [][]any{{"a", 1, 2}, {"b", 2, 2}, {"c", 3, 2}}},
		{"f_max_by", `["b",null]`, [][]any{{nil, 1, 2}, {"b", 2, 2}}},
		{"f_min_by", "a", [][]any{{"a", 1}, {"b", 3}, {"c", nil}}},
		{"f_min_by", nil, [][]any{{"a", nil}}},
		{"f_min_by", nil, [][]any{{nil, 1}}},
		{"f_min_by", "a", [][]any{{"a", 1}, {nil, 2}}},
		{"f_min_by", "本", [][]any{{"日", 1.5}, {"本", 0.5}}},
		{"f_min_by", `["a","c"]`, [][]any{{"a", 1.0, 2}, {"b", 3.0, 2}, {"c", 2.0, 2}}},
		{"f_min_by", `["a"]`, [][]any{{"a", 1, 2}}},
		{"f_min_by", nil, [][]any{{"a", nil, 2}}},
		{"f_min_by", `["a","b"]`, [][]any{{"a", 1, 2}, {"b", 2, 2}, {"c", 3, 2}}},
		{"f_min_by", `[null,"b"]`, [][]any{{nil, 1, 2}, {"b", 2, 2}}},
		{"f_max_n", "[5,3]", [][]any{{1, 2}, {5, 2}, {3, 2}}},
		{"f_max_n", `["日","a"]`, [][]any{{"a", 2}, {"日", 2}}},
		{"f_max_n", "[1]", [][]any{{1, 2}, {nil, 2}}},
		{"f_max_n", "[2.5,0.0]", [][]any{{2.5, 2}, {-1.0, 2}, {0.0, 2}}},
		{"f_max_n", "[7]", [][]any{{7, 2}}},
		{"f_min_n", "[1,3]", [][]any{{1, 2}, {5, 2}, {3, 2}}},
		{"f_min_n", `["a","日"]`, [][]any{{"a", 2}, {"日", 2}}},
		{"f_min_n", "[1]", [][]any{{1, 2}, {nil, 2}}},
		{"f_min_n", "[-1.0,0.0]", [][]any{{2.5, 2}, {-1.0, 2}, {0.0, 2}}},
		{"f_min_n", "[7]", [][]any{{7, 2}}},
		{"f_approx_distinct", 2, [][]any{{"a"}, {"b"}, {"a"}}},
		{"f_approx_distinct", 1, [][]any{{1}, {nil}}},
		{"f_approx_distinct", 0, [][]any{{nil}}},
		{"f_approx_distinct", 3, [][]any{{1}, {2}, {3}}},
		{"f_approx_distinct", 2, [][]any{{"日"}, {"本"}}},
		{"f_approx_percentile", 20, [][]any{{10, 0.5}, {20, 0.5}, {30, 0.5}}},
		{"f_approx_percentile", 2, [][]any{{1, 0.5}, {2, 0.5}}},
		{"f_approx_percentile", nil, [][]any{{nil, 0.5}}},
		{"f_approx_percentile", 5, [][]any{{5, 0.5}, {nil, 0.5}}},
		{"f_approx_percentile", 2, [][]any{{3, 0.5}, {1, 0.5}, {2, 0.5}}},
		{"f_histogram", `{"a":2,"b":1}`, [][]any{{"a"}, {"b"}, {"a"}}},
		{"f_histogram", `{"日":1}`, [][]any{{"日"}}},
		{"f_histogram", `{"a":1}`, [][]any{{"a"}, {nil}}},
		{"f_histogram", nil, [][]any{{nil}}},
		{"f_histogram", `{"x":3}`, [][]any{{"x"}, {"x"}, {"x"}}},
		{"f_map_agg_json", `{"k":1,"l":2}`, [][]any{{"k", "1"}, {"l", "2"}}},
		{"f_map_agg_json", `{"k":null}`, [][]any{{"k", "null"}}},
		{"f_map_agg_json", `{"日":"本"}`, [][]any{{"日", `"本"`}}},
		{"f_map_agg_json", `{"a":true}`, [][]any{{"a", "true"}}},
		{"f_map_agg_json", `{"a":1.5}`, [][]any{{"a", "1.5"}}},
		{"f_multimap_agg_json", `{"k":[1,2]}`, [][]any{{"k", "1"}, {"k", "2"}}},
		{"f_multimap_agg_json", `{"k":[null]}`, [][]any{{"k", "null"}}},
		{"f_multimap_agg_json", `{"日":["本"]}`, [][]any{{"日", `"本"`}}},
		{"f_multimap_agg_json", `{"a":[1],"b":[2]}`, [][]any{{"a", "1"}, {"b", "2"}}},
		{"f_multimap_agg_json", `{"a":[1.5]}`, [][]any{{"a", "1.5"}}},
		{"f_map_union", `{"a":1,"b":2}`, [][]any{{`{"a":1}`}, {`{"b":2}`}}},
		{"f_map_union", `{"a":1}`, [][]any{{`{"a":1}`}}},
		{"f_map_union", `{"日":"本"}`, [][]any{{`{"日":"本"}`}}},
		{"f_map_union", `{"a":1}`, [][]any{{`{"a":1}`}, {nil}}},
		{"f_map_union", `{"a":null}`, [][]any{{nil}, {`{"a":null}`}}},
		{"f_arbitrary", "x", [][]any{{"x"}}},
		{"f_arbitrary", "y", [][]any{{nil}, {"y"}}},
		{"f_arbitrary", 1, [][]any{{1}}},
		{"f_arbitrary", "日", [][]any{{"日"}}},
		{"f_arbitrary", nil, [][]any{{nil}}},
		{"f_any_value", "x", [][]any{{"x"}}},
		{"f_any_value", "y", [][]any{{nil}, {"y"}}},
		{"f_any_value", 1, [][]any{{1}}},
		{"f_any_value", "日", [][]any{{"日"}}},
		{"f_any_value", nil, [][]any{{nil}}},
		{"f_nth_present", "b", [][]any{{"a", 2}, {nil, 2}, {"b", 2}}},
		{"f_nth_present", "a", [][]any{{nil, 1}, {"a", 1}, {"b", 1}}},
		{"f_nth_present", "b", [][]any{{"a", -1}, {"b", -1}, {nil, -1}}},
		{"f_nth_present", 5, [][]any{{5, -2}, {6, -2}}},
		{"f_nth_present", nil, [][]any{{5, 3}, {6, 3}}},
		{"f_nth_present", nil, [][]any{{nil, 1}}},
		{"f_bitwise_and_agg", 3, [][]any{{7}, {3}}},
		{"f_bitwise_and_agg", 0, [][]any{{1}, {2}}},
		{"f_bitwise_and_agg", nil, [][]any{{nil}}},
		{"f_bitwise_and_agg", 5, [][]any{{-1}, {5}}},
		{"f_bitwise_and_agg", 4, [][]any{{6}, {nil}, {4}}},
		{"f_bitwise_or_agg", 7, [][]any{{7}, {3}}},
		{"f_bitwise_or_agg", 3, [][]any{{1}, {2}}},
		{"f_bitwise_or_agg", nil, [][]any{{nil}}},
		{"f_bitwise_or_agg", -1, [][]any{{-1}, {5}}},
		{"f_bitwise_or_agg", 6, [][]any{{6}, {nil}, {4}}},
		{"f_decimal_sum", "9007199254740993.50", [][]any{{"9007199254740993.25"}, {"0.25"}}},
		{"f_decimal_sum", "99999999999999999999999999999999999999", [][]any{{"99999999999999999999999999999999999998"}, {nil}, {"1"}}},
		{"f_decimal_sum", "-1.50", [][]any{{"-1.50"}}},
		{"f_decimal_sum", nil, [][]any{{nil}}},
		{"f_decimal_sum", nil, [][]any{}},
		{"f_decimal_avg", "1.0000000000", [][]any{{"1.50"}, {"0.50"}, {nil}}},
		{"f_decimal_avg", "-0.66666666", [][]any{{"-1"}, {"-1"}, {"0"}}},
		{"f_decimal_avg", "9223372036854775808.00000000", [][]any{{"9223372036854775808"}}},
		{"f_decimal_avg", nil, [][]any{{nil}}},
		{"f_decimal_avg", nil, [][]any{}},
		{"f_stddev", 1.4142135623730951, [][]any{{2}, {4}}},
		{"f_var_pop", math.Inf(1), [][]any{{math.MaxFloat64}, {0}}},
		{"f_regr_slope", nil, [][]any{{math.MaxFloat64, 1}, {-math.MaxFloat64, 2}}},
		{"f_stddev", nil, [][]any{{1}}},
		{"f_stddev", nil, [][]any{{nil}}},
		{"f_stddev", 1.2909944487358056, [][]any{{1}, {2}, {3}, {4}}},
		{"f_stddev", 0.0, [][]any{{1.5}, {1.5}}},
		{"f_stddev_samp", 1.4142135623730951, [][]any{{2}, {4}}},
		{"f_stddev_samp", nil, [][]any{{1}}},
		{"f_stddev_samp", nil, [][]any{{nil}}},
		{"h_stddev_samp", 0.0, [][]any{{1}}},
		{"h_stddev_samp", 0.0, [][]any{{1}, {nil}}},
		{"h_stddev_samp", nil, [][]any{{nil}}},
		{"h_stddev_samp", 1.4142135623730951, [][]any{{2}, {4}}},
		{"h_stddev_samp", 1.2909944487358056, [][]any{{1}, {2}, {3}, {4}}},
		{"f_stddev_samp", 1.2909944487358056, [][]any{{1}, {2}, {3}, {4}}},
		{"f_stddev_samp", 0.0, [][]any{{1.5}, {1.5}}},
		{"f_stddev_pop", 1.0, [][]any{{2}, {4}}},
		{"f_stddev_pop", 0.0, [][]any{{1}}},
		{"f_stddev_pop", nil, [][]any{{nil}}},
		{"f_stddev_pop", 1.118033988749895, [][]any{{1}, {2}, {3}, {4}}},
		{"f_stddev_pop", 0.0, [][]any{{1.5}, {1.5}}},
		{"f_variance", 2.0, [][]any{{2}, {4}}},
		{"f_variance", nil, [][]any{{1}}},
		{"f_variance", nil, [][]any{{nil}}},
		{"f_variance", 1.6666666666666667, [][]any{{1}, {2}, {3}, {4}}},
		{"f_variance", 0.0, [][]any{{1.5}, {1.5}}},
		{"f_var_samp", 2.0, [][]any{{2}, {4}}},
		{"f_var_samp", nil, [][]any{{1}}},
		{"f_var_samp", nil, [][]any{{nil}}},
		{"f_var_samp", 1.6666666666666667, [][]any{{1}, {2}, {3}, {4}}},
		{"f_var_samp", 0.0, [][]any{{1.5}, {1.5}}},
		{"f_var_pop", 1.0, [][]any{{2}, {4}}},
		{"f_var_pop", 0.0, [][]any{{1}}},
		{"f_var_pop", nil, [][]any{{nil}}},
		{"f_var_pop", 1.25, [][]any{{1}, {2}, {3}, {4}}},
		{"f_var_pop", 0.0, [][]any{{1.5}, {1.5}}},
		{"f_corr", 0.9999999999999999, [][]any{{1.0, 2.0}, {2.0, 4.0}}},
		{"f_corr", 0.7205766921228921, [][]any{{1.0, 2.0}, {2.0, 1.0}, {3.0, 5.0}}},
		{"f_corr", nil, [][]any{{1.0, 1.0}}},
		{"f_corr", nil, [][]any{{1.0, nil}}},
		{"f_corr", nil, [][]any{{1.0, 2.0}, {1.0, 3.0}}},
		{"f_covar_samp", 1.0, [][]any{{1.0, 2.0}, {2.0, 4.0}}},
		{"f_covar_samp", 1.5, [][]any{{1.0, 2.0}, {2.0, 1.0}, {3.0, 5.0}}},
		{"f_covar_samp", nil, [][]any{{1.0, 1.0}}},
		{"f_covar_samp", nil, [][]any{{1.0, nil}}},
		{"f_covar_samp", 0.0, [][]any{{1.0, 2.0}, {1.0, 3.0}}},
		{"f_covar_pop", 0.5, [][]any{{1.0, 2.0}, {2.0, 4.0}}},
		{"f_covar_pop", 1.0, [][]any{{1.0, 2.0}, {2.0, 1.0}, {3.0, 5.0}}},
		{"f_covar_pop", 0.0, [][]any{{1.0, 1.0}}},
		{"f_covar_pop", nil, [][]any{{1.0, nil}}},
		{"f_covar_pop", 0.0, [][]any{{1.0, 2.0}, {1.0, 3.0}}},
		{"f_regr_slope", 2.0, [][]any{{3.0, 1.0}, {5.0, 2.0}}},
		{"f_regr_slope", 0.3461538461538462, [][]any{{1.0, 2.0}, {2.0, 1.0}, {3.0, 5.0}}},
		{"f_regr_slope", nil, [][]any{{1.0, 1.0}}},
		{"f_regr_slope", nil, [][]any{{1.0, nil}}},
		{"f_regr_slope", 0.0, [][]any{{1.0, 2.0}, {1.0, 3.0}}},
		{"f_regr_intercept", 1.0, [][]any{{3.0, 1.0}, {5.0, 2.0}}},
		{"f_regr_intercept", 1.0769230769230766, [][]any{{1.0, 2.0}, {2.0, 1.0}, {3.0, 5.0}}},
		{"f_regr_intercept", nil, [][]any{{1.0, 1.0}}},
		{"f_regr_intercept", nil, [][]any{{1.0, nil}}},
		{"f_regr_intercept", 1.0, [][]any{{1.0, 2.0}, {1.0, 3.0}}},
		{"f_skewness", 0.6654688661238353, [][]any{{1.0}, {2.0}, {9.0}}},
		{"f_skewness", nil, [][]any{{1.0}, {2.0}}},
		{"f_skewness", nil, [][]any{{nil}}},
		{"f_skewness", 0.0, [][]any{{1.0}, {2.0}, {3.0}}},
		{"f_skewness", math.NaN(), [][]any{{1.0}, {1.0}, {1.0}}},
		{"f_kurtosis", 1.5, [][]any{{1.0}, {2.0}, {9.0}, {4.0}}},
		{"f_kurtosis", nil, [][]any{{1.0}, {2.0}, {3.0}}},
		{"f_kurtosis", nil, [][]any{{nil}}},
		{"f_kurtosis", -1.1999999999999993, [][]any{{1.0}, {2.0}, {3.0}, {4.0}}},
		{"f_kurtosis", 1.256613974060535, [][]any{{1.0}, {5.0}, {9.0}, {20.0}, {nil}}},
		{"f_geometric_mean", 10.000000000000002, [][]any{{1.0}, {100.0}}},
		{"f_geometric_mean", nil, [][]any{{nil}}},
		{"f_geometric_mean", 0.0, [][]any{{0.0}, {1.0}}},
		{"f_geometric_mean", 4.0, [][]any{{2.0}, {8.0}, {nil}}},
		{"f_geometric_mean", 4.999999999999999, [][]any{{5}}},
		{"f_listagg", "a,b", [][]any{{"a", ","}, {"b", ","}}},
		{"f_listagg", "a,b", [][]any{{"a", ","}, {nil, ","}, {"b", ","}}},
		{"f_listagg", "日,本", [][]any{{"日", ","}, {"本", ","}}},
		{"f_listagg", "x", [][]any{{"x", ","}}},
		{"f_listagg", nil, [][]any{{nil, ","}}},
		{"f_numeric_histogram_real", `{"1.0":2.0,"9.0":1.0}`, [][]any{{2, 1.0}, {2, 1.0}, {2, 9.0}}},
		{"f_numeric_histogram_real", `{"5.0":1.0}`, [][]any{{2, 5.0}}},
		{"f_numeric_histogram_real", `{"1.5":2.0,"10.0":1.0}`, [][]any{{2, 1.0}, {2, 2.0}, {2, 10.0}}},
		{"f_numeric_histogram_real", nil, [][]any{{2, nil}}},
		{"f_numeric_histogram_real", `{"1.5":2.0,"3.5":2.0}`, [][]any{{2, 1.0}, {2, 2.0}, {2, 3.0}, {2, 4.0}}},
		{"f_numeric_histogram_real", `{"-5.0":1.0,"10.0":3.0,"25.0":2.0}`, [][]any{{3, -5.0}, {3, 10.0}, {3, 10.0}, {3, 10.0}, {3, 20.0}, {3, 30.0}}},
		{"f_numeric_histogram_real", `{"1.6666666":3.0,"9.0":1.0}`, [][]any{{2, 1}, {2, 2}, {2, 2}, {2, 9}}},
		{"f_numeric_histogram", `{"1.0":2.0,"9.0":1.0}`, [][]any{{2, 1.0}, {2, 1.0}, {2, 9.0}}},
		{"f_numeric_histogram", `{"5.0":1.0}`, [][]any{{2, 5.0}}},
		{"f_numeric_histogram", `{"1.5":2.0,"10.0":1.0}`, [][]any{{2, 1.0}, {2, 2.0}, {2, 10.0}}},
		{"f_numeric_histogram", nil, [][]any{{2, nil}}},
		{"f_numeric_histogram", `{"1.5":2.0,"3.5":2.0}`, [][]any{{2, 1.0}, {2, 2.0}, {2, 3.0}, {2, 4.0}}},
		{"f_bitwise_xor_agg", 4, [][]any{{7}, {3}}},
		{"f_bitwise_xor_agg", 3, [][]any{{1}, {2}}},
		{"f_bitwise_xor_agg", nil, [][]any{{nil}}},
		{"f_bitwise_xor_agg", -6, [][]any{{-1}, {5}}},
		{"f_bitwise_xor_agg", 2, [][]any{{6}, {nil}, {4}}},
		{"f_numeric_histogram", `{"-5.0":1.0,"10.0":3.0,"25.0":2.0}`, [][]any{{3, -5.0}, {3, 10.0}, {3, 10.0}, {3, 10.0}, {3, 20.0}, {3, 30.0}}},
		{"f_regr_count", 3.0, [][]any{{1.0, 2.0}, {2.0, 1.0}, {5.0, 5.0}}},
		{"f_regr_avgx", 2.6666666666666665, [][]any{{1.0, 2.0}, {2.0, 1.0}, {5.0, 5.0}}},
		{"f_regr_avgy", 2.6666666666666665, [][]any{{1.0, 2.0}, {2.0, 1.0}, {5.0, 5.0}}},
		{"f_regr_sxx", 8.666666666666666, [][]any{{1.0, 2.0}, {2.0, 1.0}, {5.0, 5.0}}},
		{"f_regr_syy", 8.666666666666666, [][]any{{1.0, 2.0}, {2.0, 1.0}, {5.0, 5.0}}},
		{"f_regr_sxy", 7.666666666666667, [][]any{{1.0, 2.0}, {2.0, 1.0}, {5.0, 5.0}}},
		{"f_regr_r2", 0.7825443786982249, [][]any{{1.0, 2.0}, {2.0, 1.0}, {5.0, 5.0}}},
		{"f_regr_count", 1.0, [][]any{{1.0, 1.0}}},
		{"f_regr_avgx", 1.0, [][]any{{1.0, 1.0}}},
		{"f_regr_avgy", 1.0, [][]any{{1.0, 1.0}}},
		{"f_regr_sxx", 0.0, [][]any{{1.0, 1.0}}},
		{"f_regr_syy", 0.0, [][]any{{1.0, 1.0}}},
		{"f_regr_sxy", 0.0, [][]any{{1.0, 1.0}}},
		{"f_regr_r2", nil, [][]any{{1.0, 1.0}}},
		{"f_regr_count", 0.0, [][]any{{nil, 1.0}}},
		{"f_regr_avgx", nil, [][]any{{nil, 1.0}}},
		{"f_regr_avgy", nil, [][]any{{nil, 1.0}}},
		{"f_regr_sxx", nil, [][]any{{nil, 1.0}}},
		{"f_regr_syy", nil, [][]any{{nil, 1.0}}},
		{"f_regr_sxy", nil, [][]any{{nil, 1.0}}},
		{"f_regr_r2", nil, [][]any{{nil, 1.0}}},
		{"f_regr_count", 2.0, [][]any{{1.0, 2.0}, {3.0, 4.0}}},
		{"f_regr_avgx", 3.0, [][]any{{1.0, 2.0}, {3.0, 4.0}}},
		{"f_regr_avgy", 2.0, [][]any{{1.0, 2.0}, {3.0, 4.0}}},
		{"f_regr_sxx", 2.0, [][]any{{1.0, 2.0}, {3.0, 4.0}}},
		{"f_regr_syy", 2.0, [][]any{{1.0, 2.0}, {3.0, 4.0}}},
		{"f_regr_sxy", 2.0, [][]any{{1.0, 2.0}, {3.0, 4.0}}},
		{"f_regr_r2", 1.0, [][]any{{1.0, 2.0}, {3.0, 4.0}}},
		{"f_regr_count", 2.0, [][]any{{1.0, 2.0}, {1.0, 4.0}}},
		{"f_regr_avgx", 3.0, [][]any{{1.0, 2.0}, {1.0, 4.0}}},
		{"f_regr_avgy", 1.0, [][]any{{1.0, 2.0}, {1.0, 4.0}}},
		{"f_regr_sxx", 2.0, [][]any{{1.0, 2.0}, {1.0, 4.0}}},
		{"f_regr_syy", 0.0, [][]any{{1.0, 2.0}, {1.0, 4.0}}},
		{"f_regr_sxy", 0.0, [][]any{{1.0, 2.0}, {1.0, 4.0}}},
		{"f_regr_r2", 1.0, [][]any{{1.0, 2.0}, {1.0, 4.0}}},
		{"h_ngrams", `[[["a","b"],2.0],[["c","a"],1.0]]`, [][]any{{`[["a","b","c","a","b"]]`, 2, 2}}},
		{"h_ngrams", `[[["brown"],1.0],[["fox"],1.0]]`, [][]any{{`["the","quick","brown","fox"]`, 1, 2}}},
		{"h_ngrams", `[[["brown"],1.0]]`, [][]any{{`["the","quick"]`, 1, 1}, {`["brown","fox"]`, 1, 1}}},
		{"h_ngrams", `[[["me"],1.0],[["you"],1.0]]`, [][]any{{`[["i","love","you","i","love","me"]]`, `["i","love",null]`, 2}}},
		{"h_ngrams", `[[["b","a"],1.0],[["c","a"],1.0]]`, [][]any{{`["a","b","a","c","a","b"]`, `["a",null,null]`, 5}}},
		{"h_ngrams", nil, [][]any{{nil, 1, 1}, {`["x"]`, 1, 1}, {"[]", 1, 1}}[2:]},
		{"h_ngrams", nil, [][]any{{`["x"]`, 2, 3}}},
		{"h_ngrams", failure("the number of n-grams must be at least 1: 0"), [][]any{{`["a"]`, 1, 0}}},
		{"h_ngrams", failure("the length of n-grams must be at least 1: 0"), [][]any{{`["a"]`, 0, 1}}},
		{"h_ngrams", failure("n-grams of an array with null"), [][]any{{`["a",null]`, 2, 1}}},
		{"h_ngrams", failure("The context must contain at least one null"), [][]any{{`["a"]`, `["a"]`, 1}}},
		{"h_histogram_numeric", "[[2.0,3.0],[10.0,1.0],[20.0,1.0]]", [][]any{{1.0, 3}, {2.0, 3}, {3.0, 3}, {10.0, 3}, {20.0, 3}}},
		{"h_histogram_numeric", "[[0.0,1.0],[1.5,2.0],[5.0,2.0]]", [][]any{{0.0, 3}, {1.0, 3}, {2.0, 3}, {5.0, 3}, {5.0, 3}}},
		{"h_histogram_numeric", "[[1.0,2.0]]", [][]any{{1.0, 3}, {1.0, 3}}},
		{"h_histogram_numeric", "[[1.0,1.0],[2.0,1.0]]", [][]any{{2.0, 2}, {1.0, 2}, {nil, 2}}},
		{"h_histogram_numeric", nil, [][]any{{nil, 3}}},
		{"h_histogram_numeric", failure("histogram_numeric needs at least 2 bins but you supplied 1"), [][]any{{1.0, 1}}},
		{"h_percentile_approx", 2.5, [][]any{{1.0, 0.5}, {2.0, 0.5}, {3.0, 0.5}, {4.0, 0.5}, {9.0, 0.5}}},
		{"h_percentile_approx", "[1.0,2.5,6.5]", [][]any{{1.0, "[0.1,0.5,0.9]"}, {2.0, "[0.1,0.5,0.9]"}, {3.0, "[0.1,0.5,0.9]"}, {4.0, "[0.1,0.5,0.9]"}, {9.0, "[0.1,0.5,0.9]"}}},
		{"h_rmse", 0.2598076211353316, [][]any{{0.1, 0.0}, {0.7, 1.0}, {0.9, 1.0}, {0.4, 0.0}}},
		{"h_rmse", nil, nil},
		{"h_rmse", nil, [][]any{{nil, 1.0}}},
		{"h_mae", 0.225, [][]any{{0.1, 0.0}, {0.7, 1.0}, {0.9, 1.0}, {0.4, 0.0}}},
		{"h_mae", nil, nil},
		{"h_mae", nil, [][]any{{nil, 1.0}}},
		{"h_mse", 0.06750000000000002, [][]any{{0.1, 0.0}, {0.7, 1.0}, {0.9, 1.0}, {0.4, 0.0}}},
		{"h_mse", nil, nil},
		{"h_mse", nil, [][]any{{nil, 1.0}}},
		{"h_r2", 0.73, [][]any{{0.1, 0.0}, {0.7, 1.0}, {0.9, 1.0}, {0.4, 0.0}}},
		{"h_r2", nil, nil},
		{"h_r2", nil, [][]any{{nil, 1.0}}},
		{"h_logloss", 0.2695553997550939, [][]any{{0.1, 0.0}, {0.7, 1.0}, {0.9, 1.0}, {0.4, 0.0}}},
		{"h_logloss", nil, nil},
		{"h_logloss", nil, [][]any{{nil, 1.0}}},
		{"h_rmse", 0.0, [][]any{{1.0, 1.0}}},
		{"h_rmse", 1.0, [][]any{{1.0, 0.0}, {0.0, 1.0}}},
		{"h_mae", 0.0, [][]any{{1.0, 1.0}}},
		{"h_mae", 1.0, [][]any{{1.0, 0.0}, {0.0, 1.0}}},
		{"h_mse", 0.0, [][]any{{1.0, 1.0}}},
		{"h_mse", 1.0, [][]any{{1.0, 0.0}, {0.0, 1.0}}},
		{"h_r2", 1.0, [][]any{{1.0, 1.0}, {2.0, 2.0}}},
		{"h_r2", 0.0, [][]any{{1.5, 1.0}, {1.5, 2.0}}},
		{"h_logloss", math.Ln2, [][]any{{0.5, 1.0}}},
		{"h_logloss", math.Ln2, [][]any{{0.5, 0.0}, {0.5, 1.0}}},
		{"h_voted_avg", -0.35, [][]any{{-0.5}, {0.1}, {0.3}, {-0.2}}},
		{"h_voted_avg", 0.2, [][]any{{0.1}, {0.3}, {-5.0}}},
		{"h_voted_avg", -1.0, [][]any{{-1.0}}},
		{"h_voted_avg", nil, [][]any{{nil}}},
		{"h_voted_avg", nil, nil},
		{"h_l2_norm", 5.0, [][]any{{3.0}, {4.0}}},
		{"h_l2_norm", 2.0, [][]any{{-2.0}, {nil}}},
		{"h_l2_norm", 0.0, [][]any{{0.0}}},
		{"h_l2_norm", nil, [][]any{{nil}}},
		{"h_l2_norm", nil, nil},
		{"h_argmin_kld", 2.0, [][]any{{1.0, 1.0}, {3.0, 1.0}}},
		{"h_argmin_kld", 2.5, [][]any{{1.0, 3.0}, {3.0, 1.0}}},
		{"h_argmin_kld", 7.0, [][]any{{7.0, 0.5}}},
		{"h_argmin_kld", nil, [][]any{{nil, 1.0}}},
		{"h_argmin_kld", nil, nil},
		{"h_array_avg", "[0.525,0.5]", [][]any{{"[0.1,0.0]"}, {"[0.7,1.0]"}, {"[0.9,1.0]"}, {"[0.4,0.0]"}}},
		{"h_array_avg", "[1.0]", [][]any{{"[1]"}, {nil}}},
		{"h_array_avg", "[2.0,1.0]", [][]any{{"[1,null]"}, {"[3,1]"}}},
		{"h_array_avg", failure("Mismatch in the number of elements: 1 and 2"), [][]any{{"[1]"}, {"[1,2]"}}},
		{"h_array_avg", nil, nil},
		{"h_array_sum", "[4.0,2.0]", [][]any{{"[1,0]"}, {"[3,2]"}}},
		{"h_array_sum", "[1.0]", [][]any{{"[1]"}, {nil}}},
		{"h_array_sum", "[4.0,1.0]", [][]any{{"[1,null]"}, {"[3,1]"}}},
		{"h_array_sum", "[]", [][]any{{"[]"}}},
		{"h_array_sum", nil, nil},
		{"h_to_map_json", `{"a":1,"b":[2]}`, [][]any{{"a", "1"}, {"b", "[2]"}}},
		{"h_to_map_json", `{"a":2}`, [][]any{{"a", "1"}, {"a", "2"}}},
		{"h_to_map_json", `{"日":"本"}`, [][]any{{"日", `"本"`}, {nil, "1"}}},
		{"h_to_map_json", `{"1":null}`, [][]any{{1, "null"}}},
		{"h_to_map_json", nil, nil},
		{"h_to_ordered_map_json", `{"2":"b","10":"a"}`, [][]any{{10, `"a"`, nil}, {2, `"b"`, nil}}},
		{"h_to_ordered_map_json", `{"10":"a"}`, [][]any{{10, `"a"`, 1}, {2, `"b"`, 1}}},
		{"h_to_ordered_map_json", `{"2":"b"}`, [][]any{{10, `"a"`, -1}, {2, `"b"`, -1}}},
		{"h_to_ordered_map_json", `{"a":1,"b":2}`, [][]any{{"b", "2"}, {"a", "1"}}},
		{"h_to_ordered_map_json", nil, nil},
		{"h_to_ordered_list", `["donut","banana","candy","apple"]`, [][]any{{"apple", 5}, {"banana", 3}, {"candy", 4}, {"donut", 2}}},
		{"h_to_ordered_list", `["apple","candy"]`, [][]any{{"apple", 5, "-k 2"}, {"banana", 3, "-k 2"}, {"candy", 4, "-k 2"}, {"donut", 2, "-k 2"}}},
		{"h_to_ordered_list", `["donut","banana"]`, [][]any{{"apple", 5, "-k 2 -reverse"}, {"banana", 3, "-k 2 -reverse"}, {"candy", 4, "-k 2 -reverse"}, {"donut", 2, "-k 2 -reverse"}}},
		{"h_to_ordered_list", `["apple","candy","banana","donut"]`, [][]any{{"apple", 5, "-reverse"}, {"banana", 3, "-reverse"}, {"candy", 4, "-reverse"}, {"donut", 2, "-reverse"}}},
		{"h_to_ordered_list", "[2,3,4,5]", [][]any{{5}, {3}, {4}, {2}}},
		{"h_to_ordered_list", nil, nil},
		{"f_set_agg", `["a","b",null]`, [][]any{{"a"}, {"b"}, {"a"}, {nil}}},
		{"f_set_agg", nil, nil},
		{"f_set_agg", "[null]", [][]any{{nil}}},
		{"f_set_agg", "[1,2]", [][]any{{1}, {2}, {1}}},
		{"f_set_agg", `["日"]`, [][]any{{"日"}}},
		{"h_collect_set", `["a"]`, [][]any{{"a"}, {"a"}, {nil}}},
		{"h_collect_set", "[]", nil},
		{"h_collect_set", "[1,2]", [][]any{{1}, {2}, {1}}},
		{"h_collect_set", `["日"]`, [][]any{{"日"}, {nil}}},
		{"h_collect_set", "[]", [][]any{{nil}}},
		{"h_percentile_approx", 7.0, [][]any{{7, 0.5}}},
		{"h_percentile_approx", "[7.0,7.0]", [][]any{{7, "[0.1,0.9]"}}},
		{"h_percentile_approx", 3.0, [][]any{{3, 0.5}, {3, 0.5}}},
		{"h_percentile_approx", nil, [][]any{{nil, 0.5}}},
		{"h_percentile_approx", nil, nil},
		{"f_td_first", "b", [][]any{{"a", 2}, {"b", 1}}},
		{"f_td_first", "a", [][]any{{"a", 1}, {"b", 1}}},
		{"f_td_first", "b", [][]any{{"a", 1, 2}, {"b", 1, 1}}},
		{"f_td_first", nil, [][]any{{nil, 1}, {"b", 2}}},
		{"f_td_first", nil, nil},
		{"f_td_last", "a", [][]any{{"a", 2}, {"b", 1}}},
		{"f_td_last", "b", [][]any{{"a", 2, 1}, {"b", 2, 2}}},
		{"f_td_last", "日", [][]any{{"日", 1}}},
		{"f_td_last", nil, [][]any{{"a", 1}, {nil, 2}}},
		{"f_td_last", nil, nil},
		{"h_percentile", 15.0, [][]any{{10, 0.5}, {20, 0.5}}},
		{"h_percentile", 10.0, [][]any{{10, 0.0}, {20, 0.0}}},
		{"h_percentile", "[10.0,20.0]", [][]any{{10, "[0.0,1.0]"}, {20, "[0.0,1.0]"}}},
		{"h_percentile", 1.0, [][]any{{1, 0.9}}},
		{"h_percentile", nil, [][]any{{nil, 0.5}}},
		{"f_approx_percentile", "[1.0,2.0]", [][]any{{1.0, "[0.0,1.0]"}, {2.0, "[0.0,1.0]"}}},
		{"f_approx_percentile", failure("Percentile must be between 0 and 1"), [][]any{{1.0, 2.0}}},
	} {
		got := aggregateRows(findAggregate(t, tt.name), tt.rows)
		if diff := cmp.Diff(args(tt.want)[0], got, equalDoubles()); diff != "" {
			t.Errorf("%s(%v) (-want +got):\n%s", tt.name, tt.rows, diff)
		}
	}
}

// TestSessions checks that an ID is kept until the gap is exceeded.
func TestSessions(t *testing.T) {
	state := findAggregate(t, "f_td_sessionize_window").New()
	var ids []any
	for _, time := range []any{nil, 100, 160, 220, 281, 282} {
		if err := state.Step(args(time, 60)); err != nil {
			t.Fatal(err)
		}
		id, err := state.Value()
		if err != nil {
			t.Fatal(err)
		}
		ids = append(ids, id)
	}
	if ids[0] != nil || ids[1] == nil || ids[1] != ids[2] || ids[2] != ids[3] || ids[3] == ids[4] || ids[4] != ids[5] {
		t.Errorf("session IDs for times nil, 100, 160, 220, 281, 282 with a gap of 60: %v", ids)
	}
}

// TestInverse checks that adding and removing a row has no effect on the result.
func TestInverse(t *testing.T) {
	for _, f := range New().Aggregates() {
		with, ok := f.New().(Inverter)
		if !ok || f.Name == "f_replay" || f.Name == "f_frame" { // see TestReplay and TestFrame
			continue
		}
		without := f.New()
		for i := range 6 {
			row := []any{float64(i*i%7) + 1, float64(i)}[:f.Min]
			if err := with.Step(row); err != nil {
				t.Fatal(err)
			}
			if i < 2 {
				continue
			}
			if err := without.Step(row); err != nil {
				t.Fatal(err)
			}
		}
		for i := range 2 {
			row := []any{float64(i*i%7) + 1, float64(i)}[:f.Min]
			if err := with.Inverse(row); err != nil {
				t.Fatal(err)
			}
		}
		got, _ := with.Value()
		want, _ := without.Value()
		if f.Name == "f_set_agg" || f.Name == "f_histogram" || f.Name == "h_collect_set" {
			continue // the order of first appearance differs
		}
		if diff := cmp.Diff(want, got, cmp.Comparer(func(a, b float64) bool { return math.Abs(a-b) < 1e-9 })); diff != "" {
			t.Errorf("%s: %s", f.Name, diff)
		}
	}
}
