package oracle

import (
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"strings"
	"testing"

	"github.com/td-cli/td/internal/sandbox/sql/registry"
	"github.com/td-cli/td/internal/sandbox/sql/translate"
	"github.com/td-cli/td/internal/sqlsyntax"
)

// unchecked lists the functions without recorded answers: those that neither engine has.
var unchecked = []struct {
	dialect translate.Dialect
	name    *regexp.Regexp
	reason  string
}{
	{translate.Trino, regexp.MustCompile(`^td_`), "the service's own: https://docs.treasuredata.com/display/public/PD/Supported+Presto+and+TD+Functions"},
	{translate.Hive, regexp.MustCompile(`^td_`), "the service's own: https://docs.treasuredata.com/display/public/PD/Supported+Hive+Functions"},
	{translate.Hive, regexp.MustCompile(`^(` + strings.Join(hivemall, "|") + `)$`), "Hivemall: https://hivemall.apache.org/userguide/index.html"},
	{translate.Hive, regexp.MustCompile(`^(logged_in_user|version)$`), "about the installation"},
	{translate.Trino, regexp.MustCompile(`^(array_first|array_last|ends_with|entropy|set_agg)$`), "in other versions than Trino 476: https://prestodb.io/docs/current/functions.html"},
}

// hivemall lists functions of Hivemall, a library of functions for Hive, and those that Hive 2.3.9 does not have yet.
var hivemall = []string{
	"(train|xgboost|tokenize|bloom|tree)_.*", "bloom",
	"adadelta", "adagrad", "add_bias", "add_feature_index", "angular_distance", "angular_similarity", "approx_count_distinct",
	"approx_distinct", "arange", "argmin_kld", "array_avg", "array_concat", "array_flatten", "array_intersect", "array_remove",
	"array_slice", "array_sum", "array_to_str", "array_union", "assert", "auc", "average_precision", "base91", "bbit_minhash",
	"bm25", "bpr_sampling", "bprmf_predict", "build_bins", "categorical_features", "changefinder", "concat_array", "conv2dense",
	"cosine_distance", "cosine_similarity", "decision_path", "dimsum_mapper", "element_at", "euclid_distance", "euclid_similarity",
	"extract_feature", "extract_weight", "f1score", "feature", "feature_binning", "feature_hashing", "feature_pairs", "ffm_predict",
	"first_element", "fm_predict", "fmeasure", "guess_attribute_types", "hamming_distance", "hitrate", "in_file",
	"indexed_features", "infinity", "is_finite", "is_infinite", "is_nan", "is_stopword", "item_pairs_sampling",
	"jaccard_similarity", "kpa_predict", "l1_normalize", "l2_norm", "l2_normalize", "last_element", "lda_predict", "logloss",
	"logress", "lr_datagen", "mae", "manhattan_distance", "map_exclude_keys", "map_get_sum", "map_include_keys", "map_roulette",
	"map_url", "max_by", "max_label", "maxrow", "merge_maps", "mf_predict", "mhash", "min_by", "minhash", "minhashes",
	"minkowski_distance", "mrr", "mse", "nan", "ndcg", "normalize_unicode", "now", "onehot_encoding", "plsa_predict",
	"polynomial_features", "popcnt", "populate_not_in", "powered_features", "precision_at", "quantified_features", "quantify",
	"quantitative_features", "r2", "raise_error", "recall_at", "rescale", "rf_ensemble", "rmse", "rowid", "sigmoid", "singularize",
	"sort_and_uniq_array", "sst", "stoptags_exclude", "subarray", "subarray_endwith", "subarray_startwith", "tf", "tfidf",
	"to_dense", "to_dense_features", "to_map", "to_ordered_list", "to_ordered_map", "to_sparse", "to_sparse_features",
	"to_string_array", "tokenize", "unbase91", "url_decode", "url_encode", "uuid", "vector_add", "vector_dot", "vectorize_features",
	"voted_avg", "word_ngrams", "zscore",
}

// uncheckedReason returns why a function has no recorded answers, or "".
func uncheckedReason(name string, d translate.Dialect) string {
	for _, u := range unchecked {
		if u.dialect == d && u.name.MatchString(name) {
			return u.reason
		}
	}
	return ""
}

// enough is the number of statements that a function or an operator needs.
const enough = 5

// TestEveryFunctionIsRecorded checks that each function of the registry has recorded calls. After adding a function, run
// make oracle.
func TestEveryFunctionIsRecorded(t *testing.T) {
	for _, o := range []dialectOracle{trinoOracle, hiveOracle} {
		t.Run(o.name, func(t *testing.T) {
			calls := map[string]int{}
			for _, r := range o.requireRecords(t) {
				calls[r.Kind]++
			}
			for _, name := range registry.Names(o.dialect == translate.Hive) {
				if n := calls[name]; n < enough && uncheckedReason(name, o.dialect) == "" {
					t.Errorf("%s has %d recorded calls, want at least %d; make oracle records them", name, n, enough)
				}
			}
		})
	}
}

// TestEveryOperatorIsRecorded checks that each kind of expression and each binary operator that the parser knows occurs
// in recorded statements.
func TestEveryOperatorIsRecorded(t *testing.T) {
	for _, o := range []dialectOracle{trinoOracle, hiveOracle} {
		t.Run(o.name, func(t *testing.T) {
			kinds := map[sqlsyntax.ExprKind]int{}
			operators := map[string]int{}
			for _, r := range o.requireRecords(t) {
				if s, err := sqlsyntax.Parse(r.SQL, o.dialect); err == nil {
					walk(reflect.ValueOf(s), func(e *sqlsyntax.Expr) {
						kinds[e.Kind]++
						operators[e.Text]++
					})
				}
			}
			for _, name := range parserOperators(t, o.dialect) {
				if operators[name] < enough {
					t.Errorf("the operator %s occurs in %d recorded statements, want at least %d", name, operators[name], enough)
				}
			}
			for kind := sqlsyntax.Null; kind <= sqlsyntax.Star && o.dialect == translate.Trino; kind++ {
				if kinds[kind] < enough {
					t.Errorf("expressions of the kind %d occur in %d recorded statements, want at least %d", kind, kinds[kind], enough)
				}
			}
		})
	}
}

// parserOperators returns the operators in the source of the parser. Those after the check of the dialect are Hive's.
func parserOperators(t *testing.T, d translate.Dialect) (names []string) {
	t.Helper()
	source, err := os.ReadFile(filepath.Join("..", "..", "sqlsyntax", "expr.go"))
	if err != nil {
		t.Fatal(err)
	}
	_, body, _ := strings.Cut(string(source), ") operatorOf(")
	body, _, _ = strings.Cut(body, "\n}\n")
	if d == translate.Trino {
		body, _, _ = strings.Cut(body, "!ep.hive")
	}
	for _, m := range regexp.MustCompile(`(?m)^\tcase (.*):$`).FindAllStringSubmatch(body, -1) {
		for name := range strings.SplitSeq(m[1], ", ") {
			name = strings.Trim(name, `"`)
			switch name { // as in the syntax tree
			case "!=":
				name = "<>"
			case "==":
				name = "="
			case "<=>":
				name = "IS NOT DISTINCT FROM"
			case "&&":
				name = "AND"
			}
			names = append(names, name)
		}
	}
	if len(names) < 10 {
		t.Fatalf("the parser has the operators %q, want more", names)
	}
	return names
}

// walk visits the expressions below a node of the syntax tree.
func walk(v reflect.Value, visit func(*sqlsyntax.Expr)) {
	switch v.Kind() {
	case reflect.Pointer:
		if v.IsNil() {
			return
		}
		if e, ok := reflect.TypeAssert[*sqlsyntax.Expr](v); ok {
			visit(e)
		}
		walk(v.Elem(), visit)
	case reflect.Struct:
		for _, field := range v.Fields() {
			walk(field, visit)
		}
	case reflect.Slice:
		for i := range v.Len() {
			walk(v.Index(i), visit)
		}
	case reflect.Map:
		for _, key := range v.MapKeys() {
			walk(v.MapIndex(key), visit)
		}
	}
}
