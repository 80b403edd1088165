package users

import (
	"context"
	"crypto/pbkdf2"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"errors"
	"net/http"
	"strings"
	"time"

	"github.com/td-cli/td/internal/sandbox/httpapi"
	"github.com/td-cli/td/internal/sandbox/state"
)

// OwnerName is the name of the owner of a new sandbox.
const OwnerName = "sandbox"

// The owner's password is valid until it is changed. If the server was started with
// an API key, that key is the initial password instead.
const (
	ownerEmail    = "sandbox@example.com"
	ownerPassword = "sandbox"
)

// An account is a user.
type account struct {
	ID        int64     `json:"-"`
	Name      string    `json:"-"`
	Email     string    `json:"email"`
	Admin     bool      `json:"admin,omitempty"`
	Owner     bool      `json:"owner,omitempty"`
	Salt      []byte    `json:"salt,omitempty"`
	Hash      []byte    `json:"hash,omitempty"` // nil means the initial password
	CreatedAt time.Time `json:"created_at"`
	UpdatedAt time.Time `json:"updated_at"`
}

// An apiKey is the value of a stored API key. The name of the object is the key.
type apiKey struct {
	User      int64 `json:"user"`
	WriteOnly bool  `json:"write_only,omitempty"`
}

func toAccount(o state.Object[account]) account {
	o.Value.ID, o.Value.Name = o.ID, o.Name
	return o.Value
}

// CreateOwner adds the owner of the account, if missing.
func (h *Handlers) CreateOwner(ctx context.Context) error {
	now := time.Now().UTC()
	_, err := h.users.Add(ctx, OwnerName, account{Email: ownerEmail, Admin: true, Owner: true, CreatedAt: now, UpdatedAt: now})
	if errors.Is(err, state.ErrExists) {
		return nil
	}
	return err
}

// Authorize implements httpapi.Authorizer. It accepts the stored keys, and the
// key that the server was started with. Without the latter, it accepts any other
// key as the owner's.
func (h *Handlers) Authorize(r *http.Request, access httpapi.Access) (httpapi.User, error) {
	key := requestKey(r)
	if key == "" {
		return httpapi.User{}, httpapi.Errorf(http.StatusUnauthorized, "Authorization is required: no API key was given")
	}
	var a account
	found, err := h.keys.Get(r.Context(), key)
	switch {
	case err == nil && found.Value.WriteOnly && access != httpapi.AnyKey:
		return httpapi.User{}, httpapi.Errorf(http.StatusForbidden, "Access denied: the API key is write-only")
	case err == nil:
		a, err = h.find(r.Context(), func(a account) bool { return a.ID == found.Value.User })
	case !errors.Is(err, state.ErrNotFound):
	case h.o.APIKey != "" && subtle.ConstantTimeCompare([]byte(key), []byte(h.o.APIKey)) == 0:
		err = httpapi.Errorf(http.StatusUnauthorized, "Authorization failed: the API key is wrong")
	default:
		a, err = h.owner(r.Context())
	}
	return httpapi.User{ID: a.ID, Name: a.Name, Admin: a.Admin}, err
}

// requestKey returns the API key of a request: the Authorization header without the
// scheme TD1.
func requestKey(r *http.Request) string {
	header := strings.TrimSpace(r.Header.Get("Authorization"))
	scheme, key, ok := strings.Cut(header, " ")
	if !ok || !strings.EqualFold(scheme, "TD1") {
		key = header // some clients send the key without a scheme
	}
	if key = strings.TrimSpace(key); strings.EqualFold(key, "TD1") {
		return ""
	}
	return key
}

func (h *Handlers) owner(ctx context.Context) (account, error) {
	return h.find(ctx, func(a account) bool { return a.Owner })
}

// findNamed returns the user with the given name or e-mail address.
func (h *Handlers) findNamed(ctx context.Context, name string) (account, error) {
	a, err := h.find(ctx, func(a account) bool { return a.Name == name || a.Email == name })
	if errors.Is(err, state.ErrNotFound) {
		return a, httpapi.Errorf(http.StatusNotFound, "Couldn't find User with name = %s", name)
	}
	return a, err
}

func (h *Handlers) find(ctx context.Context, match func(account) bool) (account, error) {
	all, err := h.users.All(ctx)
	if err != nil {
		return account{}, err
	}
	for _, o := range all {
		if a := toAccount(o); match(a) {
			return a, nil
		}
	}
	return account{}, state.ErrNotFound
}

// checkPassword reports whether password is the user's.
func (h *Handlers) checkPassword(a account, password string) bool {
	if a.Hash != nil {
		return subtle.ConstantTimeCompare(hashPassword(password, a.Salt), a.Hash) == 1
	}
	initial := ownerPassword
	if h.o.APIKey != "" {
		initial = h.o.APIKey
	}
	return a.Owner && subtle.ConstantTimeCompare([]byte(password), []byte(initial)) == 1
}

func hashPassword(password string, salt []byte) []byte {
	const iterations, size = 100_000, 32
	hash, err := pbkdf2.Key(sha256.New, password, salt, iterations, size)
	if err != nil {
		panic(err) // only for an invalid size
	}
	return hash
}

func (h *Handlers) setPassword(ctx context.Context, name, password string) error {
	if len(password) < 8 {
		return httpapi.Invalidf("Validation failed: Password is too short (minimum is 8 characters)")
	}
	salt := make([]byte, 16)
	rand.Read(salt)
	hash := hashPassword(password, salt)
	_, err := h.users.Update(ctx, name, func(o *state.Object[account]) error {
		o.Value.Salt, o.Value.Hash, o.Value.UpdatedAt = salt, hash, time.Now().UTC()
		return nil
	})
	return err
}

func (h *Handlers) createKey(ctx context.Context, user int64, writeOnly bool) (string, error) {
	random := make([]byte, 20)
	rand.Read(random)
	key := "1/" + hex.EncodeToString(random)
	_, err := h.keys.Add(ctx, key, apiKey{User: user, WriteOnly: writeOnly})
	return key, err
}

func (h *Handlers) keysOf(ctx context.Context, user int64) ([]state.Object[apiKey], error) {
	all, err := h.keys.All(ctx)
	var keys []state.Object[apiKey]
	for _, k := range all {
		if k.Value.User == user {
			keys = append(keys, k)
		}
	}
	return keys, err
}
