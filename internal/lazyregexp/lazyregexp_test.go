package lazyregexp

import "testing"

func TestNew(t *testing.T) {
	digits := New(`^[0-9]+$`)
	if !digits().MatchString("123") || digits().MatchString("12a") {
		t.Error("the expression does not match as written")
	}
	if first, second := digits(), digits(); first != second {
		t.Error("the expression is compiled twice")
	}
	defer func() {
		if recover() == nil {
			t.Error("an invalid expression does not panic")
		}
	}()
	New(`(`)()
}
