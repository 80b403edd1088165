package api

import (
	"encoding/json"
	"maps"
	"net/url"
	"strconv"
)

// nextPage returns the query of the page after the one with a body, or nil if there is none. The service numbers the
// objects of some lists from 0: the query and the response have the first and the last number, from and to.
func nextPage(query url.Values, body []byte) url.Values {
	var page map[string]json.RawMessage
	if json.Unmarshal(body, &page) != nil || page["from"] == nil {
		return nil
	}
	var length int
	for _, value := range page {
		var list []json.RawMessage
		if json.Unmarshal(value, &list) == nil {
			length = max(length, len(list))
		}
	}
	from, err := strconv.Atoi(query.Get("from"))
	if length == 0 || err != nil && query.Has("from") {
		return nil
	}
	// Some lists include the object at to and others do not. The next page starts after the objects of this one.
	size := length
	if to, err := strconv.Atoi(query.Get("to")); err == nil {
		size = max(1, to-from+1)
	}
	next := maps.Clone(query)
	if next == nil {
		next = url.Values{}
	}
	next.Set("from", strconv.Itoa(from+length))
	next.Set("to", strconv.Itoa(from+length+size-1))
	return next
}
