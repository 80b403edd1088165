package sandbox

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

	"github.com/td-cli/td/internal/sandbox/state"
)

// The owner of a new sandbox. The password serves until it is changed, unless the
// server was given a key, which then is the password too.
const (
	ownerName     = "sandbox"
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
	Hash      []byte    `json:"hash,omitempty"` // of the password; none: see ownerPassword
	CreatedAt time.Time `json:"created_at"`
	UpdatedAt time.Time `json:"updated_at"`
}

// An apiKey belongs to a user; the key itself is its name.
type apiKey struct {
	User      int64 `json:"user"`
	WriteOnly bool  `json:"write_only,omitempty"`
}

func accountOf(o state.Object[account]) account {
	o.Value.ID, o.Value.Name = o.ID, o.Name
	return o.Value
}

func (s *Server) makeFirstUser(ctx context.Context) error {
	now := time.Now().UTC()
	_, err := s.users.Add(ctx, ownerName, account{Email: ownerEmail, Admin: true, Owner: true, CreatedAt: now, UpdatedAt: now})
	if errors.Is(err, state.ErrExists) {
		return nil
	}
	return err
}

// authorize returns the user whose key a request carries.
func (s *Server) authorize(r *http.Request, needs access) (account, error) {
	header := strings.TrimSpace(r.Header.Get("Authorization"))
	scheme, key, ok := strings.Cut(header, " ")
	if !ok || !strings.EqualFold(scheme, "TD1") {
		key = header // other schemes are sent untouched
	}
	if key = strings.TrimSpace(key); key == "" || strings.EqualFold(key, "TD1") {
		return account{}, refuse(http.StatusUnauthorized, "Authorization is required: no API key was given")
	}
	found, err := s.keys.Get(r.Context(), key)
	switch {
	case err == nil && found.Value.WriteOnly && needs != anyKey:
		return account{}, refuse(http.StatusForbidden, "Access denied: the API key is write-only")
	case err == nil:
		return s.userByID(r.Context(), found.Value.User)
	case !errors.Is(err, state.ErrNotFound):
		return account{}, err
	case s.options.APIKey != "" && subtle.ConstantTimeCompare([]byte(key), []byte(s.options.APIKey)) == 0:
		return account{}, refuse(http.StatusUnauthorized, "Authorization failed: the API key is wrong")
	}
	return s.ownerAccount(r.Context())
}

func (s *Server) ownerAccount(ctx context.Context) (account, error) {
	return s.findUser(ctx, func(a account) bool { return a.Owner })
}

func (s *Server) userByID(ctx context.Context, id int64) (account, error) {
	return s.findUser(ctx, func(a account) bool { return a.ID == id })
}

// userNamed returns the user of a name or an e-mail address: clients send either.
func (s *Server) userNamed(ctx context.Context, name string) (account, error) {
	a, err := s.findUser(ctx, func(a account) bool { return a.Name == name || a.Email == name })
	if errors.Is(err, state.ErrNotFound) {
		return a, refuse(http.StatusNotFound, "Couldn't find User with name = %s", name)
	}
	return a, err
}

func (s *Server) findUser(ctx context.Context, is func(account) bool) (account, error) {
	all, err := s.users.All(ctx)
	if err != nil {
		return account{}, err
	}
	for _, o := range all {
		if a := accountOf(o); is(a) {
			return a, nil
		}
	}
	return account{}, state.ErrNotFound
}

// hasPassword tells whether a password is the user's.
func (s *Server) hasPassword(a account, password string) bool {
	if a.Hash != nil {
		return subtle.ConstantTimeCompare(hashPassword(password, a.Salt), a.Hash) == 1
	}
	initial := ownerPassword
	if s.options.APIKey != "" {
		initial = s.options.APIKey
	}
	return a.Owner && subtle.ConstantTimeCompare([]byte(password), []byte(initial)) == 1
}

func hashPassword(password string, salt []byte) []byte {
	const rounds, size = 100_000, 32
	hash, err := pbkdf2.Key(sha256.New, password, salt, rounds, size)
	if err != nil {
		panic(err) // only a size that cannot be asks for it
	}
	return hash
}

func (s *Server) setPassword(ctx context.Context, a account, password string) error {
	if len(password) < 8 {
		return refuse(http.StatusUnprocessableEntity, "Validation failed: Password is too short (minimum is 8 characters)")
	}
	salt := make([]byte, 16)
	rand.Read(salt)
	hash := hashPassword(password, salt)
	_, err := s.users.Update(ctx, a.Name, func(o *state.Object[account]) error {
		o.Value.Salt, o.Value.Hash, o.Value.UpdatedAt = salt, hash, time.Now().UTC()
		return nil
	})
	return err
}

func (s *Server) newKey(ctx context.Context, user int64, writeOnly bool) (string, error) {
	random := make([]byte, 20)
	rand.Read(random)
	key := "1/" + hex.EncodeToString(random)
	_, err := s.keys.Add(ctx, key, apiKey{User: user, WriteOnly: writeOnly})
	return key, err
}

func (s *Server) keysOf(ctx context.Context, user int64) ([]state.Object[apiKey], error) {
	all, err := s.keys.All(ctx)
	var own []state.Object[apiKey]
	for _, k := range all {
		if k.Value.User == user {
			own = append(own, k)
		}
	}
	return own, err
}
