// Package gatewaylive answers requests with net/http's ServeMux, of which package
// gateway is a model.
package gatewaylive

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"

	"github.com/orrery-go/orrery/service/gateway"
)

// A Mux is net/http's ServeMux, with routes that lead to services by name.
type Mux struct{ *http.ServeMux }

// NewMux registers routes. It returns an error if ServeMux panics.
func NewMux(routes []gateway.Route) (m Mux, err error) {
	defer func() {
		if e := recover(); e != nil {
			err = fmt.Errorf("gatewaylive: %v", e)
		}
	}()
	m = Mux{http.NewServeMux()}
	for _, r := range routes {
		m.HandleFunc(r.Pattern, func(w http.ResponseWriter, q *http.Request) {
			w.Header().Set("To", r.To)
			w.Header().Set("Pattern", q.Pattern)
		})
	}
	return m, nil
}

// Ask requests a path.
func (m Mux) Ask(method, path string) gateway.Outcome {
	w := httptest.NewRecorder()
	q := httptest.NewRequest(method, "http://host/", nil)
	q.URL.Path = path
	m.ServeHTTP(w, q)
	o := gateway.Outcome{Status: w.Code, To: w.Header().Get("To"), Pattern: w.Header().Get("Pattern"), Location: w.Header().Get("Location"), Allow: []string{}}
	if allow := w.Header().Get("Allow"); allow != "" {
		o.Allow = strings.Split(allow, ", ")
	}
	if _, pattern := m.Handler(q); o.Status == http.StatusTemporaryRedirect {
		o.Pattern = pattern
	}
	return o
}
