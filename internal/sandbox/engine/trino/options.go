package trino

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/td-cli/td/internal/sandbox/engine/schema"
)

// Options configure an Engine.
type Options struct {
	// URL is the address of the cluster and the catalog: trino://USER@HOST[:PORT]/CATALOG, or trino+https://…. The
	// parameter max_query is the cluster's query.max-length in characters. The parameters files and location are the
	// path and the URL of a directory that the sandbox and the cluster share; large imports are Parquet files in it.
	URL string
	// Password and Token authenticate the user. They require https.
	Password, Token string
	// CA is the PEM text of the certificates to trust, or nil for those of the system.
	CA []byte
	// Warn is called with a message about the cluster that is not an error. It may be nil.
	Warn func(message string)
}

// An address is a parsed URL of a cluster.
type address struct {
	server   *url.URL
	user     string
	catalog  string
	maxQuery int
	files    string // path of a directory for large imports, or ""
	location string // URL of the directory for the cluster
}

// defaultMaxQuery is the default of the property query.max-length. See
// https://trino.io/docs/current/admin/properties-query-management.html.
const defaultMaxQuery = 1_000_000

// parseURL parses the URL of a cluster.
func parseURL(text string) (a address, err error) {
	const form = "trino://USER@HOST:PORT/CATALOG"
	u, err := url.Parse(text)
	if err != nil {
		return a, fmt.Errorf("the address of the Trino cluster must be %s", form) // the error contains the text
	}
	if _, ok := u.User.Password(); ok {
		return a, fmt.Errorf("the address of the Trino cluster must not contain a password: set TD_TRINO_PASSWORD")
	}
	scheme, ok := map[string]string{"trino": "http", "trino+https": "https"}[u.Scheme]
	catalog := u.Path
	if catalog != "" {
		catalog = catalog[1:]
	}
	if !ok || u.Hostname() == "" || u.User.Username() == "" || !schema.ValidName(catalog) || u.Fragment != "" {
		return a, fmt.Errorf("the address of the Trino cluster must be %s or trino+https://…, not %q", form, text)
	}
	a = address{server: &url.URL{Scheme: scheme, Host: u.Host}, user: u.User.Username(), catalog: catalog, maxQuery: defaultMaxQuery}
	return a, a.readParameters(u.Query())
}

func (a *address) readParameters(parameters url.Values) (err error) {
	for name := range parameters {
		value := parameters.Get(name)
		switch name {
		case "max_query":
			const least = 10_000
			if a.maxQuery, err = strconv.Atoi(value); err != nil || a.maxQuery < least {
				return fmt.Errorf("max_query must be a number of at least %d, not %q", least, value)
			}
		case "files":
			if a.files = value; !filepath.IsAbs(value) {
				return fmt.Errorf("files must be the absolute path of a directory, not %q", value)
			}
		case "location":
			a.location = value
		default:
			return fmt.Errorf("the address of the Trino cluster has the unknown parameter %q", name)
		}
	}
	if (a.files == "") != (a.location == "") {
		return errors.New("files and location are the path and the URL of the same directory: both are required")
	}
	return nil
}

// CheckOptions returns an error if Open cannot use the options. It sends no request.
func CheckOptions(o Options) error {
	a, err := parseURL(o.URL)
	if err != nil {
		return err
	}
	client, err := newClient(a, o, "")
	if err != nil {
		return err
	}
	client.Close()
	return nil
}

// Probe returns the version of the cluster at the address that Identity returned. It needs no credentials.
func Probe(ctx context.Context, identity string, ca []byte) (version string, err error) {
	u, err := url.Parse(identity)
	if err != nil {
		return "", err
	}
	client, err := newClient(address{server: &url.URL{Scheme: u.Scheme, Host: u.Host}}, Options{CA: ca}, "")
	if err != nil {
		return "", err
	}
	defer client.Close()
	info, err := client.Info(ctx)
	if err == nil && info.Starting {
		err = fmt.Errorf("the Trino cluster at %s is starting", u.Host)
	}
	return info.Version, err
}

// minVersion is the oldest version of Trino whose protocol and SQL the engine is known to work with.
const minVersion = 423

// VersionWarning returns a warning about a version of Trino that is too old, or "". Versions of distributions start with
// that of Trino, such as 476-e.2.
func VersionWarning(version string) string {
	end := strings.IndexFunc(version, func(r rune) bool { return r < '0' || r > '9' })
	if end < 0 {
		end = len(version)
	}
	if n, err := strconv.Atoi(version[:end]); err != nil || n >= minVersion {
		return ""
	}
	return fmt.Sprintf("Trino %s is older than %d: jobs and imports may fail", version, minVersion)
}

// Identity returns the part of a cluster's URL that identifies the stored tables: without the user and parameters.
func Identity(text string) (string, error) {
	a, err := parseURL(text)
	if err != nil {
		return "", err
	}
	return a.server.String() + "/" + a.catalog, nil
}
