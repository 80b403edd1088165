package types

import "testing"

func TestCommonHive(t *testing.T) {
	tests := []struct{ a, b, common, comparable string }{
		{"integer", "bigint", "bigint", "bigint"},
		{"bigint", "real", "real", "real"},
		{"decimal(10,2)", "integer", "decimal(12,2)", "decimal(12,2)"},
		{"decimal(38,0)", "decimal(5,2)", "decimal(38,0)", "decimal(38,0)"},
		{"varchar", "bigint", "varchar", "double"},
		{"varchar", "date", "varchar", "date"},
		{"varchar", "timestamp", "varchar", "timestamp"},
		{"varchar", "boolean", "", "double"},
		{"boolean", "bigint", "", "double"},
		{"boolean", "date", "", ""},
		{"date", "bigint", "", "varchar"},
		{"date", "timestamp", "", "timestamp"},
		{"timestamp", "bigint", "", "double"},
		{"interval day to second", "interval year to month", "", ""},
		{"array(integer)", "array(integer)", "array(integer)", ""},
		{"array(integer)", "array(bigint)", "", ""},
		{"unknown", "date", "date", "date"},
	}
	for _, test := range tests {
		for _, pair := range [][2]string{{test.a, test.b}, {test.b, test.a}} {
			a, b := mustParse(t, pair[0]), mustParse(t, pair[1])
			if got, ok := CommonHive(a, b); ok != (test.common != "") || ok && got.String() != test.common {
				t.Errorf("common type of %s and %s: got %s, want %q", a, b, got, test.common)
			}
			if got, ok := ComparableHive(a, b); ok != (test.comparable != "") || ok && got.String() != test.comparable {
				t.Errorf("type to compare %s and %s: got %s, want %q", a, b, got, test.comparable)
			}
		}
	}
}

func TestCoercibleHive(t *testing.T) {
	tests := []struct {
		from, to string
		want     bool
	}{
		{"integer", "bigint", true},
		{"bigint", "integer", false},
		{"double", "bigint", false},
		{"decimal(5,2)", "double", true},
		{"varchar", "double", true},
		{"varchar", "bigint", false},
		{"bigint", "varchar", true},
		{"date", "varchar", true},
		{"boolean", "varchar", false},
		{"varbinary", "varchar", false},
		{"date", "timestamp", true},
		{"timestamp", "date", true},
		{"unknown", "array(integer)", true},
		{"array(integer)", "array(double)", true},
		{"array(boolean)", "array(double)", false},
		{"array(integer)", "bigint", false},
	}
	for _, test := range tests {
		if _, ok := CoercibleHive(mustParse(t, test.from), mustParse(t, test.to)); ok != test.want {
			t.Errorf("%s to %s: got %t, want %t", test.from, test.to, ok, test.want)
		}
	}
}
