package users

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"testing"

	"github.com/td-cli/td/internal/sandbox/httpapi"
	"github.com/td-cli/td/internal/sandbox/state"
)

func TestRequestKey(t *testing.T) {
	for header, want := range map[string]string{
		"":                "",
		"TD1 1/abc":       "1/abc",
		"td1 1/abc":       "1/abc",
		"  TD1   1/abc  ": "1/abc",
		"TD1":             "",
		"TD1 ":            "",
		"1/abc":           "1/abc",
		"Bearer x":        "Bearer x",
	} {
		r := httptest.NewRequest("GET", "/", nil)
		r.Header.Set("Authorization", header)
		if got := requestKey(r); got != want {
			t.Errorf("%q: key %q; want %q", header, got, want)
		}
	}
}

// newHandlers returns handlers on a new state with an owner.
func newHandlers(t *testing.T, apiKey string) *Handlers {
	t.Helper()
	db, err := state.Open(t.Context(), filepath.Join(t.TempDir(), "state.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	h := New(db, Options{APIKey: apiKey})
	for range 2 { // the second call has no effect
		if err := h.CreateOwner(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	return h
}

func TestAuthorize(t *testing.T) {
	open, guarded := newHandlers(t, ""), newHandlers(t, "1/secret")
	keys := map[*Handlers][2]string{}
	for _, h := range []*Handlers{open, guarded} {
		ann, err := h.users.Add(t.Context(), "ann", account{Email: "ann@example.com"})
		if err != nil {
			t.Fatal(err)
		}
		master, err := h.createKey(t.Context(), ann.ID, false)
		if err != nil {
			t.Fatal(err)
		}
		writeOnly, err := h.createKey(t.Context(), ann.ID, true)
		if err != nil {
			t.Fatal(err)
		}
		keys[h] = [2]string{master, writeOnly}
	}
	tests := []struct {
		name   string
		h      *Handlers
		key    string
		access httpapi.Access
		want   string // user, or the status of an error
	}{
		{"no key", open, "", httpapi.MasterKey, "401"},
		{"any key", open, "x", httpapi.MasterKey, "sandbox"},
		{"master key", open, keys[open][0], httpapi.MasterKey, "ann"},
		{"write-only key", open, keys[open][1], httpapi.MasterKey, "403"},
		{"write-only key for an import", open, keys[open][1], httpapi.AnyKey, "ann"},
		{"wrong key", guarded, "1/secre", httpapi.MasterKey, "401"},
		{"wrong key for an import", guarded, "x", httpapi.AnyKey, "401"},
		{"right key", guarded, "1/secret", httpapi.MasterKey, "sandbox"},
		{"key of a user", guarded, keys[guarded][0], httpapi.AnyKey, "ann"},
		{"key of another account", guarded, keys[open][0], httpapi.MasterKey, "401"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			r := httptest.NewRequest("GET", "/", nil)
			if test.key != "" {
				r.Header.Set("Authorization", "TD1 "+test.key)
			}
			user, err := test.h.Authorize(r, test.access)
			got := user.Name
			if err != nil {
				got = fmt.Sprint(httpapi.AsError(err).Status)
			}
			if got != test.want {
				t.Errorf("got %s, %v; want %s", got, err, test.want)
			}
			if user.Admin != (got == OwnerName) {
				t.Errorf("administrator: %v", user.Admin)
			}
		})
	}
}

func TestPasswords(t *testing.T) {
	h := newHandlers(t, "")
	owner, err := h.owner(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if !h.checkPassword(owner, "sandbox") || h.checkPassword(owner, "") || h.checkPassword(account{}, "sandbox") {
		t.Error("the initial password must be valid only for the owner")
	}
	guarded := newHandlers(t, "1/secret")
	if guarded.checkPassword(owner, "sandbox") || !guarded.checkPassword(owner, "1/secret") {
		t.Error("the API key must replace the initial password")
	}
	if err := h.setPassword(t.Context(), OwnerName, "1234567"); httpapi.AsError(err).Status != http.StatusUnprocessableEntity {
		t.Errorf("short password: %v", err)
	}
	if err := h.setPassword(t.Context(), OwnerName, "12345678"); err != nil {
		t.Fatal(err)
	}
	if owner, err = h.owner(context.Background()); err != nil {
		t.Fatal(err)
	}
	if !h.checkPassword(owner, "12345678") || h.checkPassword(owner, "sandbox") {
		t.Error("the new password must replace the initial one")
	}
	salt := owner.Salt
	if err := h.setPassword(t.Context(), OwnerName, "12345678"); err != nil {
		t.Fatal(err)
	}
	if owner, err = h.owner(t.Context()); err != nil || string(owner.Salt) == string(salt) {
		t.Errorf("%v; the salt was reused", err)
	}
}
