package httpapi_test

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/td-cli/td/internal/sandbox/httpapi"
)

// echo answers with the pattern and the path values of a request.
func echo(names ...string) httpapi.Handler {
	return func(r *httpapi.Request) (any, error) {
		out := []string{r.Pattern}
		for _, name := range names {
			out = append(out, r.PathValue(name))
		}
		return out, nil
	}
}

// allowAll is an Authorizer that accepts every request.
func allowAll(*http.Request, httpapi.Access) (httpapi.User, error) { return httpapi.User{}, nil }

// call sends a request directly to h.
func call(h http.Handler, r *http.Request) (status int, body string) {
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w.Code, w.Body.String()
}

func TestRouterPaths(t *testing.T) {
	router := httpapi.NewRouter(allowAll, []httpapi.Route{
		{Pattern: "GET /v3/bulk_loads", Handle: echo()},
		{Pattern: "POST /v3/bulk_loads/guess", Handle: echo()},
		{Pattern: "GET /v3/bulk_loads/{name}", Handle: echo("name")},
		{Pattern: "PUT /v3/table/{db}/{table}", Handle: echo("db", "table")},
	})
	tests := []struct {
		method, path string
		status       int
		want         string // body, or the error message
	}{
		{"GET", "/v3/bulk_loads", 200, `["GET /v3/bulk_loads"]`},
		{"GET", "//v3//bulk_loads", 200, `["GET /v3/bulk_loads"]`},
		{"GET", "/v3/bulk_loads/", 200, `["GET /v3/bulk_loads"]`},
		{"GET", "/v3/bulk_loads///", 200, `["GET /v3/bulk_loads"]`},
		{"GET", "/%763/bulk%5Floads", 200, `["GET /v3/bulk_loads"]`},
		{"HEAD", "/v3/bulk_loads/x", 200, `["GET /v3/bulk_loads/{name}","x"]`},
		{"GET", "/v3/bulk_loads/guess", 200, `["GET /v3/bulk_loads/{name}","guess"]`},
		{"POST", "/v3/bulk_loads/guess", 200, `["POST /v3/bulk_loads/guess"]`},
		{"GET", "/v3/bulk_loads/.", 200, `["GET /v3/bulk_loads/{name}","."]`},
		{"GET", "/v3/bulk_loads/..", 200, `["GET /v3/bulk_loads/{name}",".."]`},
		{"GET", "/v3/bulk_loads/%2e%2E", 200, `["GET /v3/bulk_loads/{name}",".."]`},
		{"GET", "/v3/bulk_loads/a%2Fb%20c", 200, `["GET /v3/bulk_loads/{name}","a/b c"]`},
		{"GET", "/v3/bulk_loads/a%2F", 200, `["GET /v3/bulk_loads/{name}","a/"]`},
		{"GET", "/v3/bulk_loads/%25", 200, `["GET /v3/bulk_loads/{name}","%"]`},
		{"GET", "/v3/bulk_loads/x.json", 200, `["GET /v3/bulk_loads/{name}","x.json"]`},
		{"PUT", "/v3/table/../a", 200, `["PUT /v3/table/{db}/{table}","..","a"]`},
		{"PUT", "/v3/table//a/b", 200, `["PUT /v3/table/{db}/{table}","a","b"]`},
		{"PUT", "/v3/table/a/", 404, "Resource not found"},
		{"GET", "/v3/bulk_loads/../bulk_loads", 404, "Resource not found"},
		{"GET", "/", 404, "Resource not found"},
		{"GET", "///", 404, "Resource not found"},
		{"GET", "/v3", 404, "Resource not found"},
		{"DELETE", "/v3/bulk_loads", 405, "Method DELETE is not allowed here"},
		{"POST", "/v3/bulk_loads/x", 405, "Method POST is not allowed here"},
		{"CONNECT", "/v3/bulk_loads", 405, "Method CONNECT is not allowed here"},
		{"OPTIONS", "/v3/bulk_loads/", 405, "Method OPTIONS is not allowed here"},
	}
	for _, test := range tests {
		t.Run(test.method+" "+test.path, func(t *testing.T) {
			r := httptest.NewRequest("GET", "/", nil)
			u, err := url.Parse("http://host" + test.path)
			if err != nil {
				t.Fatal(err)
			}
			r.Method, r.URL, r.RequestURI = test.method, u, test.path
			before := *u
			status, body := call(router, r)
			if status != test.status {
				t.Fatalf("status %d: %s; want %d", status, body, test.status)
			}
			if status != 200 {
				body = message(t, body)
			}
			if body != test.want {
				t.Errorf("got %s; want %s", body, test.want)
			}
			if diff := cmp.Diff(before, *r.URL); diff != "" {
				t.Errorf("the URL of the request was changed:\n%s", diff)
			}
		})
	}
}

// TestAsterisk covers the request target of "OPTIONS * HTTP/1.1".
func TestAsterisk(t *testing.T) {
	router := httpapi.NewRouter(allowAll, []httpapi.Route{{Pattern: "GET /v3/x", Handle: echo()}})
	r := httptest.NewRequest("OPTIONS", "/", nil)
	r.URL, r.RequestURI = &url.URL{Path: "*"}, "*"
	if status, _ := call(router, r); status != 404 {
		t.Errorf("status %d; want 404", status)
	}
}

// message returns the message of an error response, which must have all members of
// the API's error object.
func message(t *testing.T, body string) string {
	t.Helper()
	var o map[string]any
	if err := json.Unmarshal([]byte(body), &o); err != nil {
		t.Fatalf("%s: %v", body, err)
	}
	for _, key := range []string{"error", "text"} {
		if o[key] != o["message"] {
			t.Errorf("%s is %v; want %v", key, o[key], o["message"])
		}
	}
	if o["severity"] != "error" || o["status_code"] == nil {
		t.Errorf("incomplete error object: %s", body)
	}
	return fmt.Sprint(o["message"])
}

func TestRouterAccess(t *testing.T) {
	authorize := func(r *http.Request, access httpapi.Access) (httpapi.User, error) {
		switch key := r.Header.Get("Authorization"); {
		case key == "master", key == "write-only" && access == httpapi.AnyKey:
			return httpapi.User{ID: 7, Name: key}, nil
		default:
			return httpapi.User{}, httpapi.Errorf(http.StatusUnauthorized, "no")
		}
	}
	name := func(r *httpapi.Request) (any, error) { return r.User, nil }
	router := httpapi.NewRouter(authorize, []httpapi.Route{
		{Pattern: "GET /master", Handle: name},
		{Pattern: "GET /any", Handle: name, Access: httpapi.AnyKey},
		{Pattern: "GET /public", Handle: name, Access: httpapi.Public},
	})
	tests := []struct {
		path, key string
		status    int
		user      string
	}{
		{"/master", "master", 200, "master"},
		{"/master", "write-only", 401, ""},
		{"/any", "write-only", 200, "write-only"},
		{"/any", "", 401, ""},
		{"/public", "", 200, ""},
		{"/public", "master", 200, ""},
		{"/missing", "", 401, ""},
		{"/missing", "write-only", 404, ""},
	}
	for _, test := range tests {
		t.Run(test.path+" "+test.key, func(t *testing.T) {
			r := httptest.NewRequest("GET", test.path, nil)
			r.Header.Set("Authorization", test.key)
			status, body := call(router, r)
			if status != test.status {
				t.Fatalf("status %d: %s; want %d", status, body, test.status)
			}
			var user httpapi.User
			if err := json.Unmarshal([]byte(body), &user); err != nil {
				t.Fatal(err)
			}
			if user.Name != test.user {
				t.Errorf("user %q; want %q", user.Name, test.user)
			}
		})
	}
}

func TestRouterResponses(t *testing.T) {
	router := httpapi.NewRouter(allowAll, []httpapi.Route{
		{Pattern: "GET /json", Handle: func(*httpapi.Request) (any, error) {
			return httpapi.Object{"type": "map<string,long>"}, nil
		}},
		{Pattern: "GET /stream", Handle: func(*httpapi.Request) (any, error) {
			return httpapi.Stream(func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "rows") }), nil
		}},
		{Pattern: "GET /error", Handle: func(*httpapi.Request) (any, error) { return nil, errors.New("broken") }},
		{Pattern: "GET /invalid", Handle: func(*httpapi.Request) (any, error) { return func() {}, nil }},
	})
	for path, want := range map[string]string{
		"/json":    `200 application/json; charset=utf-8 {"type":"map<string,long>"}`,
		"/stream":  `200 text/plain; charset=utf-8 rows`,
		"/error":   `500 application/json; charset=utf-8 {"error":"broken","message":"broken","severity":"error","status_code":500,"text":"broken"}`,
		"/invalid": `500 application/json; charset=utf-8 {"message":"the response cannot be written as JSON"}`,
	} {
		w := httptest.NewRecorder()
		router.ServeHTTP(w, httptest.NewRequest("GET", path, nil))
		w.Flush()
		contentType := w.Header().Get("Content-Type")
		if contentType == "" {
			contentType = http.DetectContentType(w.Body.Bytes())
		}
		if got := fmt.Sprint(w.Code, " ", contentType, " ", w.Body); got != want {
			t.Errorf("%s: %s\nwant %s", path, got, want)
		}
	}
}

func gzipped(text string) string {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	io.WriteString(z, text)
	z.Close()
	return b.String()
}

func TestRequestBodies(t *testing.T) {
	params := func(r *httpapi.Request) (any, error) {
		return fmt.Sprintf("a=%s b=%s has(b)=%v", r.Param("a"), r.Param("b"), r.HasParam("b")), nil
	}
	raw := func(r *httpapi.Request) (any, error) {
		data, err := io.ReadAll(r.Body)
		return string(data), err
	}
	router := httpapi.NewRouter(allowAll, []httpapi.Route{
		{Pattern: "GET /form", Handle: params},
		{Pattern: "POST /form", Handle: params},
		{Pattern: "POST /json", Handle: params, Body: httpapi.JSONBody},
		{Pattern: "POST /raw", Handle: raw, Body: httpapi.RawBody},
	})
	const form, jsonType, multipart = "application/x-www-form-urlencoded", "application/json; charset=utf-8", "multipart/form-data; boundary=B"
	part := "--B\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nx\r\n--B--\r\n"
	tests := []struct {
		name, method, target, contentType, encoding, body string
		status                                            int
		want                                              string
	}{
		{"query", "GET", "/form?a=1&b=", "", "", "", 200, "a=1 b= has(b)=true"},
		{"last value", "GET", "/form?a=1&a=2", "", "", "", 200, "a=2 b= has(b)=false"},
		{"body of GET", "GET", "/form?a=1", form, "", "a=2", 200, "a=1 b= has(b)=false"},
		{"form", "POST", "/form?a=1&b=2", form, "", "a=x+y", 200, "a=x y b=2 has(b)=true"},
		{"no type", "POST", "/form", "", "", "a=1", 200, "a=1 b= has(b)=false"},
		{"invalid type", "POST", "/form", ";", "", "a=1", 200, "a=1 b= has(b)=false"},
		{"multipart", "POST", "/form", multipart, "", part, 200, "a=x b= has(b)=false"},
		{"json", "POST", "/form", jsonType, "", `{"a":"<\u00e9>","b":null}`, 200, "a=<é> b= has(b)=false"},
		{"json values", "POST", "/json", jsonType, "", `{"a":{"k":[1, 2]},"b":true}`, 200, `a={"k":[1, 2]} b=true has(b)=true`},
		{"gzip", "POST", "/form", form, "gzip", gzipped("a=z"), 200, "a=z b= has(b)=false"},
		{"identity", "POST", "/form", form, "identity", "a=z", 200, "a=z b= has(b)=false"},
		{"empty", "POST", "/json", "text/plain", "", "", 200, "a= b= has(b)=false"},
		{"raw", "POST", "/raw?a=%zz", "text/plain", "", "a=%zz", 200, "a=%zz"},
		{"bad query", "GET", "/form?a=%zz", "", "", "", 400, "The query string cannot be read"},
		{"bad form", "POST", "/form", form, "", "a=%zz", 400, "The form cannot be read"},
		{"bad multipart", "POST", "/form", multipart, "", "--B", 400, "The form cannot be read"},
		{"bad json", "POST", "/form", jsonType, "", "[1]", 400, "The body is not a JSON object"},
		{"bad gzip", "POST", "/form", form, "gzip", "a=1", 400, "The body is not gzip"},
		{"encoding", "POST", "/form", form, "br", "a=1", 415, "Unsupported Content-Encoding: br"},
		{"type", "POST", "/form", "text/xml", "", "<a/>", 415, "Unsupported Content-Type: text/xml"},
		{"form instead of json", "POST", "/json", form, "", "a=1", 415, "Unsupported Content-Type: " + form},
		{"too large", "POST", "/form", form, "", strings.Repeat("a", 16<<20+1), 413, "The request body is too large"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			r := httptest.NewRequest(test.method, test.target, strings.NewReader(test.body))
			r.Header.Set("Content-Type", test.contentType)
			r.Header.Set("Content-Encoding", test.encoding)
			status, body := call(router, r)
			if status != test.status {
				t.Fatalf("status %d: %s; want %d", status, body, test.status)
			}
			if status != 200 {
				if got := message(t, body); !strings.HasPrefix(got, test.want) {
					t.Errorf("message %q; want %q", got, test.want)
				}
				return
			}
			var got string
			if err := json.Unmarshal([]byte(body), &got); err != nil {
				t.Fatal(err)
			}
			if got != test.want {
				t.Errorf("got %q; want %q", got, test.want)
			}
		})
	}
}
