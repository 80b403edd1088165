package cli

import (
	"fmt"
)

// CheckName refuses, before any request, a name that no database, table or result
// can have: 3 to 255 of a-z, 0-9 and _.
func CheckName(kind, name string) error {
	ok := len(name) >= 3 && len(name) <= 255
	for _, r := range name {
		ok = ok && (r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || r == '_')
	}
	if !ok {
		return UsageError{fmt.Errorf("%q cannot be the name of a %s: it takes 3 to 255 of a-z, 0-9 and _", name, kind)}
	}
	return nil
}
