package tablecmd

import "github.com/td-cli/td/internal/cli"

// CheckName returns a [cli.UsageError] for a name that a new database, table or result cannot have.
func CheckName(kind, name string) error {
	ok := len(name) >= 3 && len(name) <= 255
	for _, r := range name {
		ok = ok && (r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || r == '_')
	}
	if !ok {
		return cli.Usagef("invalid %s name %q: it must be 3 to 255 characters of a-z, 0-9 and _", kind, name)
	}
	return nil
}
