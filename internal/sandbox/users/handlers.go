// Package users implements the API's user/* and account/* endpoints and checks API
// keys.
package users

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"time"

	"github.com/td-cli/td/internal/sandbox/engine"
	"github.com/td-cli/td/internal/sandbox/httpapi"
	"github.com/td-cli/td/internal/sandbox/state"
)

// Options configures [Handlers].
type Options struct {
	APIKey  string // empty: any key is accepted
	Workers int    // is shown as the number of cores
	Engine  engine.Engine
}

// Handlers implements the endpoints of users, API keys and the account.
type Handlers struct {
	o     Options
	users state.Collection[account]
	keys  state.Collection[apiKey]
}

// New returns handlers for the users in db.
func New(db *state.DB, o Options) *Handlers {
	return &Handlers{o: o, users: state.Objects[account](db, "user"), keys: state.Objects[apiKey](db, "key")}
}

// Routes returns the endpoints.
func (h *Handlers) Routes() []httpapi.Route {
	return []httpapi.Route{
		{Pattern: "POST /v3/user/authenticate", Handle: h.authenticate, Access: httpapi.Public},
		{Pattern: "GET /v3/user/list", Handle: h.list},
		{Pattern: "GET /v3/user/show", Handle: h.show},
		{Pattern: "POST /v3/user/add/{name}", Handle: requireAdmin(h.add)},
		{Pattern: "POST /v3/user/remove/{user}", Handle: requireAdmin(h.remove)},
		{Pattern: "POST /v3/user/email/change/{user}", Handle: h.changeEmail},
		{Pattern: "GET /v3/user/apikey/validate", Handle: h.validateKey},
		{Pattern: "GET /v3/user/apikey/list/{user}", Handle: h.listKeys},
		{Pattern: "POST /v3/user/apikey/add/{user}", Handle: h.addKey},
		{Pattern: "POST /v3/user/apikey/remove/{user}", Handle: h.removeKey},
		{Pattern: "POST /v3/user/password/change", Handle: h.changeOwnPassword},
		{Pattern: "POST /v3/user/password/change/{user}", Handle: requireAdmin(h.changePassword)},
		{Pattern: "GET /v3/account/show", Handle: h.showAccount},
	}
}

var errNotAdmin = httpapi.Errorf(http.StatusForbidden, "Access denied: only administrators may do this")

// requireAdmin wraps a handler and rejects the requests of other users.
func requireAdmin(next httpapi.Handler) httpapi.Handler {
	return func(r *httpapi.Request) (any, error) {
		if !r.User.Admin {
			return nil, errNotAdmin
		}
		return next(r)
	}
}

// account returns the user that the path of a request names. Users who are not
// administrators get an error for anyone but themselves.
func (h *Handlers) account(r *httpapi.Request) (account, error) {
	a, err := h.findNamed(r.Context(), r.PathValue("user"))
	if err == nil && a.ID != r.User.ID && !r.User.Admin {
		return a, errNotAdmin
	}
	return a, err
}

// currentAccount returns the user who sent a request.
func (h *Handlers) currentAccount(r *httpapi.Request) (account, error) {
	return h.find(r.Context(), func(a account) bool { return a.ID == r.User.ID })
}

// authenticate returns a master key of the user, which is created if there is none.
func (h *Handlers) authenticate(r *httpapi.Request) (any, error) {
	a, err := h.findNamed(r.Context(), r.Param("user"))
	if err != nil || !h.checkPassword(a, r.Param("password")) {
		return nil, httpapi.Errorf(http.StatusBadRequest, "Incorrect email or password")
	}
	keys, err := h.keysOf(r.Context(), a.ID)
	if err != nil {
		return nil, err
	}
	for _, k := range keys {
		if !k.Value.WriteOnly {
			return httpapi.Object{"name": a.Name, "apikey": k.Name}, nil
		}
	}
	key, err := h.createKey(r.Context(), a.ID, false)
	if err != nil {
		return nil, err
	}
	return httpapi.Object{"name": a.Name, "apikey": key}, nil
}

func (h *Handlers) list(r *httpapi.Request) (any, error) {
	all, err := h.users.All(r.Context())
	if err != nil {
		return nil, err
	}
	list := []httpapi.Object{}
	for _, o := range all {
		list = append(list, userObject(toAccount(o)))
	}
	return httpapi.Object{"users": list}, nil
}

func (h *Handlers) show(r *httpapi.Request) (any, error) {
	a, err := h.currentAccount(r)
	if err != nil {
		return nil, err
	}
	return userObject(a), nil
}

func userObject(a account) httpapi.Object {
	return httpapi.Object{
		"id":            a.ID,
		"name":          a.Name,
		"first_name":    a.Name,
		"last_name":     nil,
		"email":         a.Email,
		"phone":         nil,
		"gravatar_url":  "",
		"administrator": a.Admin,
		"account_owner": a.Owner,
		"organization":  nil,
		"roles":         []string{},
		"created_at":    httpapi.FormatISOTime(a.CreatedAt),
		"updated_at":    httpapi.FormatISOTime(a.UpdatedAt),
	}
}

func (h *Handlers) add(r *httpapi.Request) (any, error) {
	name, email := r.PathValue("name"), r.Param("email")
	if len(name) < 3 {
		return nil, httpapi.Invalidf("Validation failed: Name is too short")
	}
	if err := checkEmail(email); err != nil {
		return nil, err
	}
	for _, id := range []string{name, email} {
		if err := h.checkUnused(r.Context(), id); err != nil {
			return nil, err
		}
	}
	now := time.Now().UTC()
	unusable := []byte{0} // no password has this hash
	_, err := h.users.Add(r.Context(), name, account{Email: email, Salt: unusable, Hash: unusable, CreatedAt: now, UpdatedAt: now})
	if errors.Is(err, state.ErrExists) {
		return nil, httpapi.Errorf(http.StatusConflict, "User %s already exists", name)
	}
	if err != nil {
		return nil, err
	}
	if password := r.Param("password"); password != "" {
		if err := h.setPassword(r.Context(), name, password); err != nil {
			_, undoErr := h.users.Delete(r.Context(), name)
			return nil, errors.Join(err, undoErr)
		}
	}
	return httpapi.Object{"name": name}, nil
}

func checkEmail(email string) error {
	if !strings.Contains(email, "@") {
		return httpapi.Invalidf("Validation failed: Email is invalid")
	}
	return nil
}

// checkUnused returns an error if a user has the given name or e-mail address.
func (h *Handlers) checkUnused(ctx context.Context, name string) error {
	_, err := h.findNamed(ctx, name)
	if err == nil {
		return httpapi.Errorf(http.StatusConflict, "User %s already exists", name)
	}
	if httpapi.AsError(err).Status == http.StatusNotFound {
		return nil
	}
	return err
}

func (h *Handlers) remove(r *httpapi.Request) (any, error) {
	a, err := h.account(r)
	if err != nil {
		return nil, err
	}
	if a.Owner {
		return nil, httpapi.Errorf(http.StatusForbidden, "Access denied: the account owner cannot be removed")
	}
	keys, err := h.keysOf(r.Context(), a.ID)
	if err != nil {
		return nil, err
	}
	for _, k := range keys {
		if _, err := h.keys.Delete(r.Context(), k.Name); err != nil && !errors.Is(err, state.ErrNotFound) {
			return nil, err
		}
	}
	if _, err := h.users.Delete(r.Context(), a.Name); err != nil {
		return nil, err
	}
	return userResponse(r), nil
}

// userResponse is the response to changes of the user in the path.
func userResponse(r *httpapi.Request) httpapi.Object {
	return httpapi.Object{"user": r.PathValue("user")}
}

func (h *Handlers) changeEmail(r *httpapi.Request) (any, error) {
	a, err := h.account(r)
	if err != nil {
		return nil, err
	}
	email := r.Param("email")
	if err := checkEmail(email); err != nil {
		return nil, err
	}
	if email != a.Email {
		if err := h.checkUnused(r.Context(), email); err != nil {
			return nil, err
		}
	}
	_, err = h.users.Update(r.Context(), a.Name, func(o *state.Object[account]) error {
		o.Value.Email, o.Value.UpdatedAt = email, time.Now().UTC()
		return nil
	})
	if err != nil {
		return nil, err
	}
	return userResponse(r), nil
}

func (h *Handlers) validateKey(r *httpapi.Request) (any, error) {
	return httpapi.Object{"key_type": "master", "account_id": 1, "user_id": r.User.ID, "administrator": r.User.Admin}, nil
}

func (h *Handlers) listKeys(r *httpapi.Request) (any, error) {
	a, err := h.account(r)
	if err != nil {
		return nil, err
	}
	keys, err := h.keysOf(r.Context(), a.ID)
	if err != nil {
		return nil, err
	}
	list := []string{}
	for _, k := range keys {
		list = append(list, k.Name)
	}
	return httpapi.Object{"apikeys": list}, nil
}

// addKey creates a master key, or with type=write-only a key that can only import.
func (h *Handlers) addKey(r *httpapi.Request) (any, error) {
	a, err := h.account(r)
	if err != nil {
		return nil, err
	}
	keyType := r.Param("type")
	if keyType != "" && keyType != "master" && keyType != "write-only" {
		return nil, httpapi.Invalidf("API key type is invalid: %s", keyType)
	}
	key, err := h.createKey(r.Context(), a.ID, keyType == "write-only")
	if err != nil {
		return nil, err
	}
	out := userResponse(r)
	out["apikey"] = key
	return out, nil
}

func (h *Handlers) removeKey(r *httpapi.Request) (any, error) {
	a, err := h.account(r)
	if err != nil {
		return nil, err
	}
	k, err := h.keys.Get(r.Context(), r.Param("apikey"))
	if err == nil && k.Value.User == a.ID {
		_, err = h.keys.Delete(r.Context(), k.Name)
	} else if err == nil {
		err = state.ErrNotFound
	}
	if errors.Is(err, state.ErrNotFound) {
		return nil, httpapi.Errorf(http.StatusNotFound, "Couldn't find the API key of user %s", r.PathValue("user"))
	}
	if err != nil {
		return nil, err
	}
	return userResponse(r), nil
}

func (h *Handlers) changeOwnPassword(r *httpapi.Request) (any, error) {
	a, err := h.currentAccount(r)
	if err != nil {
		return nil, err
	}
	if !h.checkPassword(a, r.Param("old_password")) {
		return nil, httpapi.Invalidf("The old password is wrong")
	}
	if err := h.setPassword(r.Context(), a.Name, r.Param("password")); err != nil {
		return nil, err
	}
	return httpapi.Object{"user": a.Name}, nil
}

func (h *Handlers) changePassword(r *httpapi.Request) (any, error) {
	a, err := h.account(r)
	if err != nil {
		return nil, err
	}
	if err := h.setPassword(r.Context(), a.Name, r.Param("password")); err != nil {
		return nil, err
	}
	return userResponse(r), nil
}

func (h *Handlers) showAccount(r *httpapi.Request) (any, error) {
	databases, err := h.o.Engine.Databases(r.Context())
	if err != nil {
		return nil, err
	}
	var size int64
	for _, d := range databases {
		tables, err := h.o.Engine.Tables(r.Context(), d.Name)
		if err != nil {
			continue // dropped meanwhile
		}
		for _, t := range tables {
			size += t.StorageSize
		}
	}
	owner, err := h.owner(r.Context())
	if err != nil {
		return nil, err
	}
	return httpapi.Object{"account": httpapi.Object{
		"id":               1,
		"plan":             0,
		"presto_plan":      0,
		"storage_size":     size,
		"guaranteed_cores": 1,
		"maximum_cores":    h.o.Workers,
		"created_at":       httpapi.FormatISOTime(owner.CreatedAt),
	}}, nil
}
