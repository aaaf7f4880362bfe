// Package gateway models the entry to a system: it finds the route of a request,
// identifies the client, and limits the rate of each client.
//
// Routes are patterns of net/http's ServeMux since Go 1.22, without hosts: "GET
// /items/{id}", "/static/", "/{path...}", "/exact/{$}". The most specific pattern that
// matches wins; two patterns conflict if neither is more specific than the other.
//
// # Concurrent use
//
// A Gateway is for one goroutine at a time.
package gateway

import (
	"errors"
	"fmt"
	"path"
	"strings"
)

// A pattern is a method, or "", and segments.
type pattern struct {
	method   string
	segments []segment
}

// A segment is a literal; a wildcard, of one segment or of all the rest; or "/", the end
// of a path that ends in a slash.
type segment struct {
	text  string
	wild  bool
	multi bool
}

// MaxPattern is the largest length of a pattern or a path, in bytes.
const MaxPattern = 1000

// parse reads a pattern.
func parse(text string) (p pattern, err error) {
	if text == "" || len(text) > MaxPattern {
		return p, fmt.Errorf("gateway: a pattern of %d bytes, want 1 to %d", len(text), MaxPattern)
	}
	bad := func(why string) (pattern, error) {
		return pattern{}, fmt.Errorf("gateway: pattern %.60q: %s", text, why)
	}
	if !plain(text) {
		return bad("want printable ASCII without %, ? and #")
	}
	rest := text
	if i := strings.IndexAny(text, " \t"); i >= 0 {
		p.method, rest = text[:i], strings.TrimLeft(text[i+1:], " \t")
		if !token(p.method) {
			return bad("want a method before the space")
		}
	}
	if !strings.HasPrefix(rest, "/") {
		return bad("want a path that begins with /")
	}
	if p.method != "" && p.method != "CONNECT" && rest != clean(rest) {
		return bad("no request has a path with such dots or slashes")
	}
	seen := map[string]bool{}
	for rest != "" {
		rest = rest[1:] // the slash
		if rest == "" {
			p.segments = append(p.segments, segment{wild: true, multi: true})
			break
		}
		part, after := rest, ""
		if i := strings.IndexByte(rest, '/'); i >= 0 {
			part, after = rest[:i], rest[i:]
		}
		rest = after
		i := strings.IndexByte(part, '{')
		if i < 0 {
			p.segments = append(p.segments, segment{text: part})
			continue
		}
		if i > 0 || part[len(part)-1] != '}' {
			return bad("a wildcard is a whole segment")
		}
		name := part[1 : len(part)-1]
		if name == "$" {
			if rest != "" {
				return bad("{$} is the last segment")
			}
			p.segments = append(p.segments, segment{text: "/"})
			break
		}
		name, multi := strings.CutSuffix(name, "...")
		switch {
		case multi && rest != "":
			return bad("{...} is the last segment")
		case name == "" || !identifier(name):
			return bad("a wildcard has a name")
		case seen[name]:
			return bad("two wildcards have one name")
		}
		seen[name] = true
		p.segments = append(p.segments, segment{text: name, wild: true, multi: multi})
	}
	return p, nil
}

// plain reports whether a text needs no escapes.
func plain(s string) bool {
	return strings.IndexFunc(s, func(r rune) bool { return r > 126 || r < 32 && r != '\t' || r == '%' || r == '?' || r == '#' }) < 0
}

// clean returns a path, which begins with a slash, as the server asks for it: without
// dots and double slashes.
func clean(p string) string {
	out := path.Clean(p)
	if p[len(p)-1] == '/' && out != "/" {
		out += "/"
	}
	return out
}

// token reports whether a method may be called so.
func token(s string) bool {
	return s != "" && strings.IndexFunc(s, func(r rune) bool {
		return r > 126 || r < 33 || strings.ContainsRune("\"(),/:;<=>?@[\\]{}", r)
	}) < 0
}

func identifier(s string) bool {
	for i, r := range s {
		letter := r == '_' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z'
		if !letter && (i == 0 || r < '0' || r > '9') {
			return false
		}
	}
	return true
}

// A relation is the relation of the sets of requests that two patterns match.
type relation uint8

const (
	equal relation = iota
	more           // the first matches all that the second does, and others
	fewer
	overlaps
	disjoint
)

// and returns the relation of two parts together.
func (r relation) and(o relation) relation {
	switch {
	case r == disjoint || o == disjoint:
		return disjoint
	case r == equal:
		return o
	case o == equal || r == o:
		return r
	}
	return overlaps
}

// compare compares what two patterns match.
func (p *pattern) compare(o *pattern) relation {
	rel := methods(p.method, o.method)
	a, b := p.segments, o.segments
	for ; len(a) > 0 && len(b) > 0; a, b = a[1:], b[1:] {
		if rel = rel.and(a[0].compare(b[0])); rel == disjoint {
			return disjoint
		}
	}
	switch {
	case len(a) == 0 && len(b) == 0:
		return rel
	case len(a) == 0 && p.segments[len(p.segments)-1].multi:
		return rel.and(more)
	case len(b) == 0 && o.segments[len(o.segments)-1].multi:
		return rel.and(fewer)
	}
	return disjoint
}

func methods(a, b string) relation {
	switch {
	case a == b:
		return equal
	case a == "", a == "GET" && b == "HEAD":
		return more
	case b == "", b == "GET" && a == "HEAD":
		return fewer
	}
	return disjoint
}

func (s segment) compare(o segment) relation {
	switch {
	case s.multi && o.multi:
		return equal
	case s.multi:
		return more
	case o.multi:
		return fewer
	case s.wild && o.wild:
		return equal
	case s.wild && o.text != "/":
		return more
	case o.wild && !s.wild && s.text != "/":
		return fewer
	case !s.wild && !o.wild && s.text == o.text:
		return equal
	}
	return disjoint
}

// matches reports whether a pattern matches a clean path, which has no empty part.
func (p *pattern) matches(path string) bool {
	for i, s := range p.segments {
		if path == "" {
			return false
		}
		if s.multi {
			return true
		}
		path = path[1:]
		if path == "" { // it ends in a slash
			return s.text == "/" && !s.wild && i == len(p.segments)-1
		}
		part := path
		if j := strings.IndexByte(path, '/'); j >= 0 {
			part, path = path[:j], path[j:]
		} else {
			path = ""
		}
		if s.rank() == 0 && s.text != part {
			return false
		}
	}
	return path == ""
}

// rank returns the order in which the segments of patterns are tried: literals,
// wildcards, and the rest. An empty literal, as in "/a//b", is found where a wildcard
// would be (net/http/routing_tree.go:findChild), though it is compared as a literal.
func (s segment) rank() int {
	switch {
	case s.multi:
		return 2
	case s.wild || s.text == "":
		return 1
	}
	return 0
}

// before reports whether a pattern is tried before another, both of which match a
// request.
func (p *pattern) before(o *pattern, method string) bool {
	rank := func(p *pattern) int {
		switch p.method {
		case method:
			return 0
		case "":
			return 2
		}
		return 1
	}
	if a, b := rank(p), rank(o); a != b {
		return a < b
	}
	for i := range min(len(p.segments), len(o.segments)) {
		if a, b := p.segments[i].rank(), o.segments[i].rank(); a != b {
			return a < b
		}
	}
	return false
}

// twice reports whether two patterns would be in one place.
func (p *pattern) twice(o *pattern) bool {
	if p.method != o.method || len(p.segments) != len(o.segments) {
		return false
	}
	for i, s := range p.segments {
		if o := o.segments[i]; s.rank() != o.rank() || s.rank() == 0 && s.text != o.text {
			return false
		}
	}
	return true
}

// allows reports whether a pattern takes a method.
func (p *pattern) allows(method string) bool {
	return p.method == "" || p.method == method || p.method == "GET" && method == "HEAD"
}

// exactly reports whether a pattern that matches a path does so without a wildcard of
// its end that takes more than nothing.
func (p *pattern) exactly(path string) bool {
	return !p.segments[len(p.segments)-1].multi || path[len(path)-1] == '/' && strings.Count(path, "/") == len(p.segments)
}

var errUseNew = errors.New("gateway: the zero Gateway has no routes: use New")
