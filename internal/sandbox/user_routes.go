package sandbox

import (
	"errors"
	"net/http"
	"strings"
	"time"

	"github.com/td-cli/td/internal/sandbox/state"
)

func (s *Server) userRoutes() []route {
	return []route{
		at("POST", "/v3/user/authenticate", s.authenticate).open(),
		at("GET", "/v3/user/list", s.listUsers),
		at("GET", "/v3/user/show", s.showUser),
		at("POST", "/v3/user/add/:name", s.admin(s.addUser)),
		at("POST", "/v3/user/remove/:user", s.admin(s.removeUser)),
		at("POST", "/v3/user/email/change/:user", s.changeEmail),
		at("GET", "/v3/user/apikey/validate", s.validateKey),
		at("GET", "/v3/user/apikey/list/:user", s.listKeys),
		at("POST", "/v3/user/apikey/add/:user", s.addKey),
		at("POST", "/v3/user/apikey/remove/:user", s.removeKey),
		at("POST", "/v3/user/password/change", s.changeOwnPassword),
		at("POST", "/v3/user/password/change/:user", s.admin(s.changePassword)),
		at("GET", "/v3/account/show", s.showAccount),
	}
}

// admin lets only administrators pass.
func (s *Server) admin(next handler) handler {
	return func(c *call) (any, error) {
		if !c.user.Admin {
			return nil, refuse(http.StatusForbidden, "Access denied: only administrators may do this")
		}
		return next(c)
	}
}

// userOf returns the user that a path names, which for all but administrators must be the caller.
func (s *Server) userOf(c *call) (account, error) {
	a, err := s.userNamed(c.Context(), c.path[0])
	if err == nil && a.ID != c.user.ID && !c.user.Admin {
		return a, refuse(http.StatusForbidden, "Access denied: only administrators may do this")
	}
	return a, err
}

func (s *Server) authenticate(c *call) (any, error) {
	a, err := s.userNamed(c.Context(), c.get("user"))
	if err != nil || !s.hasPassword(a, c.get("password")) {
		return nil, refuse(http.StatusBadRequest, "Incorrect email or password")
	}
	keys, err := s.keysOf(c.Context(), a.ID)
	if err != nil {
		return nil, err
	}
	for _, k := range keys {
		if !k.Value.WriteOnly {
			return object{"name": a.Name, "apikey": k.Name}, nil
		}
	}
	key, err := s.newKey(c.Context(), a.ID, false)
	if err != nil {
		return nil, err
	}
	return object{"name": a.Name, "apikey": key}, nil
}

func (s *Server) listUsers(c *call) (any, error) {
	all, err := s.users.All(c.Context())
	if err != nil {
		return nil, err
	}
	users := []object{}
	for _, o := range all {
		users = append(users, userObject(accountOf(o)))
	}
	return object{"users": users}, nil
}

func (s *Server) showUser(c *call) (any, error) { return userObject(c.user), nil }

func userObject(a account) object {
	return object{
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
		"created_at":    iso(a.CreatedAt),
		"updated_at":    iso(a.UpdatedAt),
	}
}

func (s *Server) addUser(c *call) (any, error) {
	name, email := c.path[0], c.get("email")
	switch {
	case len(name) < 3:
		return nil, refuse(http.StatusUnprocessableEntity, "Validation failed: Name is too short")
	case !strings.Contains(email, "@"):
		return nil, refuse(http.StatusUnprocessableEntity, "Validation failed: Email is invalid")
	}
	if err := s.freeUser(c, name, email); err != nil {
		return nil, err
	}
	now := time.Now().UTC()
	o, err := s.users.Add(c.Context(), name, account{Email: email, Salt: []byte{0}, Hash: []byte{0}, CreatedAt: now, UpdatedAt: now})
	if errors.Is(err, state.ErrExists) {
		return nil, refuse(http.StatusConflict, "User %s already exists", name)
	}
	if err != nil {
		return nil, err
	}
	if password := c.get("password"); password != "" {
		if err := s.setPassword(c.Context(), accountOf(o), password); err != nil {
			_, undo := s.users.Delete(c.Context(), name)
			return nil, errors.Join(err, undo)
		}
	}
	return object{"name": name}, nil
}

// freeUser refuses names and addresses that a user has.
func (s *Server) freeUser(c *call, names ...string) error {
	for _, name := range names {
		_, err := s.userNamed(c.Context(), name)
		if err == nil {
			return refuse(http.StatusConflict, "User %s already exists", name)
		}
		if refusalOf(err).status != http.StatusNotFound {
			return err
		}
	}
	return nil
}

func (s *Server) removeUser(c *call) (any, error) {
	a, err := s.userOf(c)
	if err != nil {
		return nil, err
	}
	if a.Owner {
		return nil, refuse(http.StatusForbidden, "Access denied: the account owner cannot be removed")
	}
	keys, err := s.keysOf(c.Context(), a.ID)
	if err != nil {
		return nil, err
	}
	for _, k := range keys {
		if _, err := s.keys.Delete(c.Context(), k.Name); err != nil && !errors.Is(err, state.ErrNotFound) {
			return nil, err
		}
	}
	if _, err := s.users.Delete(c.Context(), a.Name); err != nil {
		return nil, err
	}
	return object{"user": c.path[0]}, nil
}

func (s *Server) changeEmail(c *call) (any, error) {
	a, err := s.userOf(c)
	if err != nil {
		return nil, err
	}
	email := c.get("email")
	if !strings.Contains(email, "@") {
		return nil, refuse(http.StatusUnprocessableEntity, "Validation failed: Email is invalid")
	}
	if email != a.Email {
		if err := s.freeUser(c, email); err != nil {
			return nil, err
		}
	}
	_, err = s.users.Update(c.Context(), a.Name, func(o *state.Object[account]) error {
		o.Value.Email, o.Value.UpdatedAt = email, time.Now().UTC()
		return nil
	})
	if err != nil {
		return nil, err
	}
	return object{"user": c.path[0]}, nil
}

func (s *Server) validateKey(c *call) (any, error) {
	return object{"key_type": "master", "account_id": 1, "user_id": c.user.ID, "administrator": c.user.Admin}, nil
}

func (s *Server) listKeys(c *call) (any, error) {
	a, err := s.userOf(c)
	if err != nil {
		return nil, err
	}
	keys, err := s.keysOf(c.Context(), a.ID)
	if err != nil {
		return nil, err
	}
	list := []string{}
	for _, k := range keys {
		list = append(list, k.Name)
	}
	return object{"apikeys": list}, nil
}

// addKey makes a key: a master key, or with type=write-only one that can only import.
func (s *Server) addKey(c *call) (any, error) {
	a, err := s.userOf(c)
	if err != nil {
		return nil, err
	}
	kind := c.get("type")
	if kind != "" && kind != "master" && kind != "write-only" {
		return nil, refuse(http.StatusUnprocessableEntity, "API key type is invalid: %s", kind)
	}
	key, err := s.newKey(c.Context(), a.ID, kind == "write-only")
	if err != nil {
		return nil, err
	}
	return object{"user": c.path[0], "apikey": key}, nil
}

func (s *Server) removeKey(c *call) (any, error) {
	a, err := s.userOf(c)
	if err != nil {
		return nil, err
	}
	k, err := s.keys.Get(c.Context(), c.get("apikey"))
	if err == nil && k.Value.User == a.ID {
		_, err = s.keys.Delete(c.Context(), k.Name)
	} else if err == nil {
		err = state.ErrNotFound
	}
	if errors.Is(err, state.ErrNotFound) {
		return nil, refuse(http.StatusNotFound, "Couldn't find the API key of user %s", c.path[0])
	}
	if err != nil {
		return nil, err
	}
	return object{"user": c.path[0]}, nil
}

func (s *Server) changeOwnPassword(c *call) (any, error) {
	if !s.hasPassword(c.user, c.get("old_password")) {
		return nil, refuse(http.StatusUnprocessableEntity, "The old password is wrong")
	}
	if err := s.setPassword(c.Context(), c.user, c.get("password")); err != nil {
		return nil, err
	}
	return object{"user": c.user.Name}, nil
}

func (s *Server) changePassword(c *call) (any, error) {
	a, err := s.userOf(c)
	if err != nil {
		return nil, err
	}
	if err := s.setPassword(c.Context(), a, c.get("password")); err != nil {
		return nil, err
	}
	return object{"user": c.path[0]}, nil
}

func (s *Server) showAccount(c *call) (any, error) {
	databases, err := s.engine.Databases(c.Context())
	if err != nil {
		return nil, err
	}
	var size int64
	for _, d := range databases {
		tables, err := s.engine.Tables(c.Context(), d.Name)
		if err != nil {
			continue // dropped meanwhile
		}
		for _, t := range tables {
			size += t.StorageSize
		}
	}
	owner, err := s.ownerAccount(c.Context())
	if err != nil {
		return nil, err
	}
	return object{"account": object{
		"id":               1,
		"plan":             0,
		"storage_size":     size,
		"guaranteed_cores": 1,
		"maximum_cores":    s.options.Workers,
		"created_at":       iso(owner.CreatedAt),
	}}, nil
}
