package functions

import (
	"slices"
	"strings"
)

// parseElement decodes a value passed as JSON text. Any other text is a string.
func parseElement(v any) any {
	s, ok := v.(string)
	if !ok {
		return toElement(v)
	}
	if e, err := ParseJSON(s); err == nil {
		return e
	}
	return s
}

func countElements(v any) (any, error) {
	x, err := ParseJSON(toText(v))
	if err != nil || !isNested(x) {
		return nil, dataError("not an array: '%s'", clip(toText(v)))
	}
	return countMembers(x), nil
}

// containsOrNull implements contains, which is NULL if the value is not found and an element is NULL. The third argument, if
// there is one, is the type of the array.
func (c arrayCalls) containsOrNull(a []any) (any, error) {
	found, null, err := c.containsElement(a)
	if err != nil || null && !found {
		return nil, err
	}
	return found, nil
}

func (c arrayCalls) containsElement(a []any) (found, null bool, err error) {
	values, err := toArray(a[0])
	if err != nil {
		return false, false, err
	}
	equal := c.equalTo(a[1], a[2:])
	for _, e := range values {
		if e == nil {
			null = true
			continue
		}
		if equal(e) && checkComparable("contains", e, a[1]) == nil {
			return true, null, nil
		}
		if incomparable := checkComparable("contains", e, a[1]); incomparable != nil && err == nil {
			err = incomparable
		}
	}
	return false, null, err
}

// equalTo returns a function that reports whether an element equals an SQL value. They are compared by the type of the array
// if that is given.
func (c arrayCalls) equalTo(v any, types []any) func(element any) bool {
	if len(types) == 0 {
		return func(e any) bool { return equalElement(e, v) }
	}
	t := elementType(types)
	parsed, err := t.parse(v)
	return func(e any) bool {
		comparison := nestedComparison{registry: c.registry}
		return err == nil && comparison.equal(t, e, parsed) == isTrue
	}
}

// checkComparable fails if an element is nested and contains a null, or the value does, because their equality is
// then unknown.
func checkComparable(name string, element, v any) error {
	if isNested(element) && (containsNull(element) || containsNull(parseElement(v))) {
		return dataError("%s does not support arrays with elements that are null or contain null", name)
	}
	return nil
}

// containsNull reports whether a nested value contains a null at any depth.
func containsNull(v any) bool {
	switch x := v.(type) {
	case []any:
		return slices.ContainsFunc(x, func(e any) bool { return e == nil || containsNull(e) })
	case Object:
		return slices.ContainsFunc(x, func(m Member) bool { return m.Value == nil || containsNull(m.Value) })
	}
	return false
}

// formatIntervals converts the elements of an array of intervals to text. The second argument is the type of the elements.
func formatIntervals(a []any) (any, error) {
	values, err := toArray(a[0])
	if err != nil {
		return nil, err
	}
	format := FormatDaySecond
	if toText(a[1]) == "interval year to month" {
		format = FormatYearMonth
	}
	for i, v := range values {
		if v == nil {
			continue
		}
		n, err := toInteger(v)
		if err != nil {
			return nil, err
		}
		values[i] = format(n)
	}
	return JSON(values), nil
}

func joinArray(a []any) (any, error) {
	if a[0] == nil || a[1] == nil {
		return nil, nil
	}
	values, err := toArray(a[0])
	if err != nil {
		return nil, err
	}
	var parts []string
	delimiter, length := toText(a[1]), 0
	for _, e := range values {
		switch {
		case e != nil:
			parts = append(parts, formatElement(e))
		case len(a) == 3 && a[2] != nil:
			parts = append(parts, toText(a[2]))
		default:
			continue
		}
		if length += len(parts[len(parts)-1]) + len(delimiter); length > 4*maxText {
			return nil, dataError("the result of array_join is too long")
		}
	}
	return strings.Join(parts, delimiter), nil
}

// sortArray sorts v in place, nulls last in both directions.
func sortArray(v []any, descending bool) []any {
	slices.SortStableFunc(v, func(a, b any) int {
		switch {
		case a == nil || b == nil:
			return compareNulls(a, b)
		case descending:
			return compare(b, a)
		}
		return compare(a, b)
	})
	return v
}

// compareNulls orders two values of which one or both are NULL: NULL is last.
func compareNulls(a, b any) int {
	switch {
	case a == nil && b == nil:
		return 0
	case a == nil:
		return 1
	}
	return -1
}

// findExtreme returns the greatest or least element, or null if an element is null.
func findExtreme(v []any, direction int) any {
	if len(v) == 0 || slices.Contains(v, nil) {
		return nil
	}
	best := v[0]
	for _, e := range v[1:] {
		if compare(e, best)*direction > 0 {
			best = e
		}
	}
	return fromElement(best)
}

func (c arrayCalls) findArrayPosition(v, rest []any) (any, error) {
	equal := c.equalTo(rest[0], rest[1:])
	for i, e := range v {
		if err := checkComparable("array_position", e, rest[0]); err != nil {
			return nil, err
		}
		if equal(e) {
			return int64(i + 1), nil
		}
	}
	return int64(0), nil
}

func sliceArray(v, rest []any) (any, error) {
	start, err := toCount(rest[0])
	if err != nil {
		return nil, err
	}
	n, err := toCount(rest[1])
	switch {
	case err != nil:
		return nil, err
	case start == 0:
		return nil, dataError("SQL array indices start at 1")
	case n < 0:
		return nil, dataError("length must be greater than or equal to 0")
	case start < 0:
		start += len(v) + 1
	}
	if start < 1 || start > len(v) {
		return "[]", nil
	}
	return JSON(v[start-1 : min(start-1+n, len(v))]), nil
}

// zipArrays returns rows of the elements at the same positions. Missing elements are null.
func zipArrays(a []any) (any, error) {
	columns, longest := make([][]any, len(a)), 0
	for i, v := range a {
		if v == nil {
			continue
		}
		values, err := toArray(v)
		if err != nil {
			return nil, err
		}
		columns[i] = values
		longest = max(longest, len(values))
	}
	out := make([]any, longest)
	for j := range out {
		row := make([]any, len(a))
		for i, c := range columns {
			if j < len(c) {
				row[i] = c[j]
			}
		}
		out[j] = row
	}
	return JSON(out), nil
}

func listNgrams(v, rest []any) (any, error) {
	n, err := toCount(rest[0])
	if err != nil {
		return nil, err
	}
	if n <= 0 {
		return nil, dataError("N must be positive")
	}
	if len(v) <= n {
		return JSON([]any{v}), nil
	}
	if (len(v)-n)*n > maxEntries {
		return nil, dataError("the result of ngrams is too large")
	}
	out := []any{}
	for i := 0; i+n <= len(v); i++ {
		out = append(out, v[i:i+n])
	}
	return JSON(out), nil
}

func listCombinations(v, rest []any) (any, error) {
	n, err := toCount(rest[0])
	switch {
	case err != nil:
		return nil, err
	case n < 0:
		return nil, dataError("combination size must not be negative: %d", n)
	case n > 5:
		return nil, dataError("combination size must not exceed 5: %d", n)
	case n > len(v):
		return "[]", nil
	}
	out := []any{}
	picked := make([]int, n)
	// The combinations are ordered by their last element, then by the one before, and so on.
	var pick func(depth, end int) error
	pick = func(depth, end int) error {
		if depth < 0 {
			if len(out) >= 100_000 {
				return dataError("combinations exceed max size")
			}
			c := make([]any, n)
			for i, j := range picked {
				c[i] = v[j]
			}
			out = append(out, c)
			return nil
		}
		for i := depth; i < end; i++ {
			picked[depth] = i
			if err := pick(depth-1, i); err != nil {
				return err
			}
		}
		return nil
	}
	if err := pick(n-1, len(v)); err != nil {
		return nil, err
	}
	return JSON(out), nil
}
