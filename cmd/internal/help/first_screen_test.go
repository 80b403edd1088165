package help

import (
	"strings"
	"testing"
)

func TestAbbreviate(t *testing.T) {
	for _, tt := range []struct{ names, want string }{
		{"", ""},
		{"list show", "list show"},
		{"help help:all", "help[:all]"},
		{"a a:b a:c", "a[:b|c]"},
		{"key:add key:list key:remove show", "key:add|list|remove show"},
		{"add key:add key:list", "add key:add|list"},
	} {
		if got := strings.Join(abbreviate(strings.Fields(tt.names)), " "); got != tt.want {
			t.Errorf("%q: got %q, want %q", tt.names, got, tt.want)
		}
	}
}
