// Package recording stores the HTTP exchanges of commands in a directory, without secrets, and answers requests from
// such a directory.
//
// A recording has one directory per run of a command, such as 0003-table-list, with its time in run.json. Each exchange
// in it has a JSON file with the request and the status and headers of the response, such as 001.json, and a file with
// the body of the response, 001.body, if there is one. A recording can be read, compared and kept under version control.
package recording

import (
	"bytes"
	"cmp"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"mime"
	"mime/multipart"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/td-cli/td/internal/atomicfile"
	"github.com/td-cli/td/internal/lazyregexp"
	"github.com/td-cli/td/internal/redact"
)

// markerFile identifies a directory as a recording.
const markerFile = "td-recording.json"

// tempPrefix starts the names of temporary files, which another process may be writing.
const tempPrefix = ".td-"

// version is the version of the format of recordings.
const version = 1

// A marker is the content of markerFile.
type marker struct {
	Version int    `json:"version"`
	ID      string `json:"id"` // random; a recording that is made again has another one
}

// An exchange is a request with its response.
type exchange struct {
	Request  request  `json:"request"`
	Response response `json:"response"`
}

// A request is what identifies a request: two requests with the same fields get the same response. Secrets are masked,
// and values that differ from run to run are missing.
type request struct {
	Method string          `json:"method"`
	Path   string          `json:"path"`
	Query  string          `json:"query,omitempty"`
	Range  string          `json:"range,omitempty"`
	Form   url.Values      `json:"form,omitempty"`
	JSON   json.RawMessage `json:"json,omitempty"`
	SHA256 string          `json:"sha256,omitempty"` // hash of any other body
}

// A response is the response to a request.
type response struct {
	Status int         `json:"status"`
	Header http.Header `json:"header,omitempty"`
	Body   string      `json:"body,omitempty"` // name of the file with the body; empty if there is none

	// Incomplete is set if the connection or the command ended before the body did.
	Incomplete bool `json:"incomplete,omitempty"`
}

// newRequest describes req. secrets are texts to mask besides those that are secret by their name or form.
func newRequest(req *http.Request, secrets []string) (request, error) {
	mask := func(s string) string { return maskText(s, secrets) }
	r := request{Method: req.Method, Path: mask(stablePath(req.URL.EscapedPath())), Range: req.Header.Get("Range")}
	r.Query = maskValues(req.URL.Query(), mask).Encode()
	body, err := openBody(req)
	if err != nil || body == nil {
		return r, err
	}
	defer body.Close()
	kind := req.Header.Get("Content-Type")
	if !isForm(kind) && !isJSON(kind) {
		hash := sha256.New()
		n, err := io.Copy(hash, body)
		if n > 0 {
			r.SHA256 = hex.EncodeToString(hash.Sum(nil))
		}
		return r, err
	}
	text, err := io.ReadAll(body)
	if err != nil || len(text) == 0 {
		return r, err
	}
	if isForm(kind) {
		form, err := parseForm(kind, text)
		delete(form, "domain_key") // random
		if len(form) > 0 {
			r.Form = maskValues(form, mask)
		}
		return r, err
	}
	var members map[string]json.RawMessage
	if json.Unmarshal(text, &members) == nil {
		delete(members, "domain_key")       // random
		delete(members, "retryAttemptName") // names a workflow attempt; may be random
		if isSecretPath(req.URL.Path) {
			members = map[string]json.RawMessage{"value": json.RawMessage(`"` + redact.Mask + `"`)}
		}
		if text, err = json.Marshal(members); err != nil {
			return r, err
		}
	}
	r.JSON, err = maskJSON(text, secrets)
	return r, err
}

// openBody returns the body of a request without consuming the one that is sent, or nil if there is none.
func openBody(req *http.Request) (io.ReadCloser, error) {
	if req.Body == nil || req.Body == http.NoBody {
		return nil, nil
	}
	if req.GetBody != nil {
		return req.GetBody()
	}
	b, err := io.ReadAll(req.Body)
	req.Body = io.NopCloser(bytes.NewReader(b))
	return io.NopCloser(bytes.NewReader(b)), err
}

// isSecretPath reports whether the value in the JSON body of a request is secret: it sets a secret of a workflow project.
func isSecretPath(path string) bool { return strings.Contains(path, "/secrets/") }

// Parts of paths that differ although the request is the same.
var (
	emptySegments = lazyregexp.New("//+")                                 // some clients send them, and the service ignores them
	partDirectory = lazyregexp.New(`_[0-9a-f]{8}(_[0-9]+_[0-9a-f]{16})$`) // digest of a file's directory in the name of a part
)

// stablePath returns a path without the parts that differ from run to run: empty segments, the unique ID of an import, and
// the digest of a file's directory in the name of a part of a bulk import.
func stablePath(path string) string {
	path = emptySegments().ReplaceAllString(path, "/")
	if strings.Contains(path, "/bulk_import/") {
		return partDirectory().ReplaceAllString(path, "_{path}$1")
	}
	before, after, ok := strings.Cut(path, "/table/import_with_id/")
	parts := strings.Split(after, "/")
	if !ok || len(parts) != 4 {
		return path
	}
	parts[2] = "{id}"
	return before + "/table/import_with_id/" + strings.Join(parts, "/")
}

// parseForm returns the values of a form in either of its encodings, and of a file its hash.
func parseForm(kind string, text []byte) (url.Values, error) {
	if !isMultipart(kind) {
		return url.ParseQuery(string(text))
	}
	_, params, err := mime.ParseMediaType(kind)
	if err != nil {
		return nil, err
	}
	values := url.Values{}
	for parts := multipart.NewReader(bytes.NewReader(text), params["boundary"]); ; {
		part, err := parts.NextPart()
		if errors.Is(err, io.EOF) {
			return values, nil
		}
		if err != nil {
			return nil, err
		}
		value, err := io.ReadAll(part)
		if err != nil {
			return nil, err
		}
		if part.FileName() != "" {
			hash := sha256.Sum256(value)
			value = []byte("sha256:" + hex.EncodeToString(hash[:]))
		}
		values.Add(part.FormName(), string(value))
	}
}

// isForm, isMultipart and isJSON report whether a Content-Type is of this kind.
func isForm(kind string) bool {
	return strings.HasPrefix(kind, "application/x-www-form-urlencoded") || isMultipart(kind)
}
func isMultipart(kind string) bool { return strings.HasPrefix(kind, "multipart/form-data") }
func isJSON(kind string) bool      { return strings.HasPrefix(kind, "application/json") }

// maskValues returns the values of a form or a query without secrets.
func maskValues(values url.Values, mask func(string) string) url.Values {
	masked := url.Values{}
	for name, list := range values {
		for _, value := range list {
			if redact.IsSecretName(name) || name == "result_connection_settings" {
				value = redact.Mask
			}
			masked.Add(name, mask(value))
		}
	}
	return masked
}

// longSecrets returns the secrets that are masked wherever they occur. A short one is a test's and may be an ordinary
// word.
func longSecrets(secrets []string) []string {
	const minLength = 10
	return slices.DeleteFunc(slices.Clone(secrets), func(s string) bool { return len(s) < minLength })
}

// encodings returns the forms in which a secret may occur in a text: as it is, in a URL, in Base64 and in a JSON string.
func encodings(secret string) []string {
	forms := []string{secret, url.QueryEscape(secret), url.PathEscape(secret), base64.StdEncoding.EncodeToString([]byte(secret))}
	for _, escapeHTML := range []bool{false, true} {
		var b bytes.Buffer
		e := json.NewEncoder(&b)
		e.SetEscapeHTML(escapeHTML)
		if e.Encode(secret) == nil {
			quoted := strings.Trim(b.String(), "\n")
			quoted = quoted[1 : len(quoted)-1]
			forms = append(forms, quoted, strings.ReplaceAll(quoted, "/", `\/`))
		}
	}
	return forms
}

// maskText returns a text without secrets.
func maskText(s string, secrets []string) string {
	for _, secret := range secrets {
		for _, form := range encodings(secret) {
			s = strings.ReplaceAll(s, form, redact.Mask)
		}
	}
	return redact.Text(s)
}

// maskJSON returns a JSON value without secrets.
func maskJSON(text []byte, secrets []string) (json.RawMessage, error) {
	if !json.Valid(text) {
		return nil, errors.New("invalid JSON")
	}
	safe, _ := redact.JSON(text)
	for _, secret := range secrets {
		for _, form := range encodings(secret) {
			if form == secret && strings.ContainsAny(secret, `"\`) { // cannot be a part of a string
				continue
			}
			safe = bytes.ReplaceAll(safe, []byte(form), []byte(redact.Mask))
		}
	}
	return safe, nil
}

// key returns a text that is equal for equal requests.
func (r request) key() string {
	b, err := json.Marshal(r)
	if err != nil { // impossible: all fields can be marshalled
		return err.Error()
	}
	return string(b)
}

// String returns the method, path and query for messages.
func (r request) String() string {
	s := r.Method + " " + r.Path
	if r.Query != "" {
		s += "?" + r.Query
	}
	return s
}

// difference describes how r differs from a recorded request with the same method and path.
func (r request) difference(recorded request) string {
	names := map[string]bool{}
	for _, form := range []url.Values{r.Form, recorded.Form} {
		for name := range form {
			names[name] = true
		}
	}
	var differing []string
	for name := range names {
		if !slices.Equal(r.Form[name], recorded.Form[name]) {
			differing = append(differing, name)
		}
	}
	slices.Sort(differing)
	switch {
	case r.Query != recorded.Query:
		return "the query was " + cmp.Or(recorded.Query, "empty")
	case r.Range != recorded.Range:
		return fmt.Sprintf("the range was %s, not %s", cmp.Or(recorded.Range, "not given"), cmp.Or(r.Range, "missing"))
	case len(differing) > 0:
		return "the recorded value of " + strings.Join(differing, ", ") + " differs"
	}
	return "the recorded body differs"
}

// readMarker returns the marker of a recording.
func readMarker(dir string) (marker, error) {
	var m marker
	b, err := os.ReadFile(filepath.Join(dir, markerFile))
	if errors.Is(err, fs.ErrNotExist) {
		return m, fmt.Errorf("%s is not a recording: it has no %s", dir, markerFile)
	}
	if err != nil {
		return m, err
	}
	if err := json.Unmarshal(b, &m); err != nil || m.ID == "" {
		return m, fmt.Errorf("%s is damaged", filepath.Join(dir, markerFile))
	}
	if m.Version != version {
		return m, fmt.Errorf("the recording in %s has version %d, this td reads version %d", dir, m.Version, version)
	}
	return m, nil
}

// create makes dir a recording unless it is one. Any other directory must be empty.
func create(dir string) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		return err
	}
	isOther := func(e fs.DirEntry) bool { return !strings.HasPrefix(e.Name(), tempPrefix) }
	if slices.ContainsFunc(entries, isOther) {
		_, err := readMarker(dir)
		return err
	}
	b, err := json.Marshal(marker{Version: version, ID: rand.Text()})
	if err != nil {
		return err
	}
	return atomicfile.WriteFile(filepath.Join(dir, markerFile), append(b, '\n'), atomicfile.Options{Mode: 0o600, TempPrefix: tempPrefix})
}
