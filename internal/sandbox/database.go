package sandbox

import (
	"context"
	"hash/crc32"
	"net/http"
	"regexp"
	"strconv"

	"github.com/td-cli/td/internal/sandbox/engine"
)

func (s *Server) databaseRoutes() []route {
	return []route{
		at("GET", "/v3/database/list", s.listDatabases),
		at("GET", "/v3/database/show/:db", s.showDatabase),
		at("POST", "/v3/database/create/:db", s.createDatabase),
		at("POST", "/v3/database/delete/:db", s.deleteDatabase),
	}
}

func (s *Server) listDatabases(c *call) (any, error) {
	databases, err := s.engine.Databases(c.Context())
	if err != nil {
		return nil, err
	}
	list := []object{}
	for _, d := range databases {
		o := databaseObject(d)
		if c.get("require_permissions") == "true" {
			o["database_permissions"] = object{"edit": true, "delete": true, "query": true, "import": true, "download": true}
		}
		list = append(list, o)
	}
	return object{"databases": list}, nil
}

func (s *Server) showDatabase(c *call) (any, error) {
	d, err := s.database(c.Context(), c.path[0])
	if err != nil {
		return nil, err
	}
	o := databaseObject(d)
	o["datatank"] = false
	return o, nil
}

func databaseObject(d engine.Database) object {
	return object{
		"id":               databaseID(d.Name),
		"user_id":          1,
		"description":      nil,
		"name":             d.Name,
		"count":            d.Records,
		"created_at":       stamp(d.CreatedAt),
		"updated_at":       stamp(d.UpdatedAt),
		"organization":     nil,
		"permission":       "administrator",
		"delete_protected": false,
	}
}

// databaseID gives a database a number; the engine knows it by its name.
func databaseID(name string) string {
	return strconv.FormatUint(uint64(crc32.ChecksumIEEE([]byte(name))>>1), 10)
}

func (s *Server) createDatabase(c *call) (any, error) {
	name := c.path[0]
	if err := checkName(name); err != nil {
		return nil, err
	}
	err := s.engine.CreateDatabase(c.Context(), name)
	if err := exists(err, "Database %s already exists", name); err != nil {
		return nil, err
	}
	return object{"database": name}, nil
}

func (s *Server) deleteDatabase(c *call) (any, error) {
	if _, err := s.database(c.Context(), c.path[0]); err != nil {
		return nil, err
	}
	if err := s.engine.DropDatabase(c.Context(), c.path[0]); err != nil {
		return nil, err
	}
	return object{"database": c.path[0]}, nil
}

// database returns a database, or the service's refusal.
func (s *Server) database(ctx context.Context, name string) (engine.Database, error) {
	databases, err := s.engine.Databases(ctx)
	if err != nil {
		return engine.Database{}, err
	}
	for _, d := range databases {
		if d.Name == name {
			return d, nil
		}
	}
	return engine.Database{}, refuse(http.StatusNotFound, "Couldn't find UserDatabase with name = %s", name)
}

var namePattern = regexp.MustCompile(`^[a-z0-9_]+$`)

// checkName refuses what cannot name a database or a table.
func checkName(name string) error {
	if n := len([]rune(name)); n < 3 || n > 255 {
		return refuse(http.StatusBadRequest, "Name must be 3 to 256 characters, got %d characters. name = '%s'", n, name)
	}
	if !namePattern.MatchString(name) {
		return refuse(http.StatusBadRequest, "Name must consist only of lower-case alphabets, numbers, and '_'. name = '%s'", name)
	}
	return nil
}
