package sandbox_test

import (
	"regexp"
	"strings"
	"testing"

	"github.com/td-cli/td/internal/sandbox"
)

func (s *service) login(user, password string) response {
	s.Helper()
	return s.post("/v3/user/authenticate", "user", user, "password", password)
}

func TestUsers(t *testing.T) {
	t.Parallel()
	s := start(t, sandbox.Options{APIKey: "1/owner"})
	s.key = "1/owner"
	s.must(s.post("/v3/user/add/ann", "email", "ann@example.com", "password", "long enough", "organization", ""))
	s.wantError(s.post("/v3/user/add/ann", "email", "x@example.com"), 409, "ann")
	s.wantError(s.post("/v3/user/add/bob", "email", "ann@example.com"), 409, "ann@example.com")
	s.wantError(s.post("/v3/user/add/bob", "email", "nowhere"), 422, "Email")
	s.wantError(s.post("/v3/user/add/bo", "email", "b@example.com"), 422, "Name is too short")
	s.wantError(s.post("/v3/user/add/bob", "email", "b@example.com", "password", "short"), 422, "Password is too short")
	s.must(s.post("/v3/user/add/bob", "email", "b@example.com"))
	s.wantError(s.login("b@example.com", ""), 400, "Incorrect")

	owner := s.key
	s.key = ""
	a := s.must(s.login("ann@example.com", "long enough"))
	if key := a.text(t, "apikey"); !regexp.MustCompile(`^1/[0-9a-f]{40}$`).MatchString(key) || a.text(t, "name") != "ann" {
		t.Errorf("authenticate: %s", a.body)
	}
	s.wantError(s.login("ann@example.com", "wrong"), 400, "Incorrect email or password")
	s.wantError(s.login("nobody", "x"), 400, "Incorrect email or password")
	s.wantError(s.login("sandbox@example.com", "sandbox"), 400, "Incorrect") // the API key is the password
	s.must(s.login("sandbox@example.com", owner))

	s.key = a.text(t, "apikey")
	if got := s.must(s.get("/v3/user/show")).text(t, "email"); got != "ann@example.com" {
		t.Errorf("the key is %s's", got)
	}
	s.wantError(s.post("/v3/user/remove/bob"), 403, "administrators")
	s.wantError(s.get("/v3/user/apikey/list/bob"), 403, "administrators")
	s.wantError(s.post("/v3/user/password/change/bob", "password", "12345678"), 403, "administrators")
	s.wantError(s.post("/v3/user/password/change", "old_password", "wrong", "password", "12345678"), 422, "old password")
	s.wantError(s.post("/v3/user/password/change", "old_password", "long enough", "password", "1"), 422, "too short")
	s.must(s.post("/v3/user/password/change", "old_password", "long enough", "password", "12345678"))
	s.must(s.login("ann", "12345678"))
	if got := s.must(s.get("/v3/user/apikey/validate")).text(t, "administrator"); got != "false" {
		t.Errorf("administrator: %s", got)
	}

	second := s.must(s.post("/v3/user/apikey/add/ann")).text(t, "apikey")
	if got := string(s.must(s.get("/v3/user/apikey/list/ann%40example%2Ecom")).body); !strings.Contains(got, second) || !strings.Contains(got, s.key) {
		t.Errorf("keys: %s", got)
	}
	s.must(s.post("/v3/user/apikey/remove/ann", "apikey", second))
	s.wantError(s.post("/v3/user/apikey/remove/ann", "apikey", second), 404, "API key")
	s.key = second
	s.wantError(s.get("/v3/user/list"), 401, "wrong")

	s.key = owner
	s.must(s.post("/v3/user/password/change/bob", "password", "87654321"))
	s.must(s.login("bob", "87654321"))
	s.must(s.post("/v3/user/email/change/bob", "email", "bob@example.com"))
	s.wantError(s.post("/v3/user/email/change/bob", "email", "ann@example.com"), 409, "ann")
	s.must(s.login("bob@example.com", "87654321"))
	s.wantError(s.post("/v3/user/remove/sandbox"), 403, "owner")
	s.must(s.post("/v3/user/remove/ann"))
	s.wantError(s.post("/v3/user/remove/ann"), 404, "ann")
	s.key = a.text(t, "apikey")
	s.wantError(s.get("/v3/user/list"), 401, "wrong")
}

func TestOwnerOfEmbeddedSandbox(t *testing.T) {
	s := start(t, sandbox.Options{})
	s.must(s.login("sandbox@example.com", "sandbox"))
	s.must(s.post("/v3/user/password/change", "old_password", "sandbox", "password", "something else"))
	s.wantError(s.login("sandbox@example.com", "sandbox"), 400, "Incorrect")
	s.must(s.login("sandbox", "something else"))
}

// TestWriteOnlyKey checks that a write-only key can only import.
func TestWriteOnlyKey(t *testing.T) {
	s := start(t, sandbox.Options{})
	s.must(s.post("/v3/table/create/sample_datasets/t_1/log"))
	s.wantError(s.post("/v3/user/apikey/add/sandbox", "type", "king"), 422, "king")
	s.key = s.must(s.post("/v3/user/apikey/add/sandbox", "type", "write-only")).text(t, "apikey")
	s.must(s.send("PUT", "/v3/table/import/sample_datasets/t_1/msgpack.gz", records(t, map[string]any{"time": 1})))
	s.wantError(s.get("/v3/database/list"), 403, "write-only")
	s.wantError(s.post("/v3/table/delete/sample_datasets/t_1"), 403, "write-only")
}
