package lb

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
)

// A Protocol is the protocol that a listener speaks with its clients.
type Protocol string

// The protocols.
const (
	TCP   Protocol = "tcp"   // a backend for each connection
	UDP   Protocol = "udp"   // a backend for each flow: the client's address and port, until it has been silent for a while
	HTTP1 Protocol = "http"  // a backend for each request
	HTTPS Protocol = "https" // the same if the listener terminates TLS; else as tcp
)

// A ListenerConfig says what a listener speaks, and how it chooses.
type ListenerConfig struct {
	Protocol  Protocol `json:"protocol"`
	Terminate bool     `json:"terminate"` // of https: the listener has the certificate, and sees the requests

	// Key names what is hashed: "source", "path", "host", "header NAME" or "cookie NAME";
	// "" for the Key of the request as it comes. Layer 4 has only "source".
	Key string `json:"key"`

	// Idle is the silence after which a flow of udp ends; 0 for 10 s. The defaults of
	// HAProxy and nginx are longer.
	Idle time.Duration `json:"idle"`

	// Routes are tried in order, and the first that matches gets the request, if any.
	// Only layer 7 has routes.
	Routes []Route `json:"routes"`
}

// A Route is a rule of layer 7. An empty field matches everything.
type Route struct {
	Host   string `json:"host"`   // without a port; "*.example.com" matches all hosts below
	Prefix string `json:"prefix"` // of the path: "/api" matches "/api" and "/api/x", not "/apis"
	Header Header `json:"header"` // a header of that name and, unless it is empty, that value
	To     int    `json:"to"`     // the picker
}

// A Listener decides what the pickers see, and when they are asked: at layer 4 for each
// connection or flow, which then stays with its server, and at layer 7 for each request,
// whose path, host and headers choose the picker.
type Listener struct {
	config  ListenerConfig
	pickers []Picker
	flows   map[flow]*carried
	now     time.Duration
}

// flow is a client as layer 4 sees it.
type flow struct {
	addr Addr
	port uint16
}

// carried is the place to which a flow goes.
type carried struct {
	backend Backend
	last    time.Duration
}

// maxFlows is the largest number of connections or flows at a time.
const maxFlows = 1 << 20

// NewListener makes a Listener with pickers: one at layer 4, those that the routes name
// at layer 7. It returns an error if there is none, or if the configuration of a layer 4
// listener needs layer 7.
func NewListener(c ListenerConfig, pickers ...Picker) (*Listener, error) {
	if !slices.Contains([]Protocol{TCP, UDP, HTTP1, HTTPS}, c.Protocol) {
		return nil, fmt.Errorf("lb: protocol %.40q (want tcp, udp, http or https)", string(c.Protocol))
	}
	l := &Listener{config: c, pickers: slices.Clone(pickers), flows: map[flow]*carried{}}
	l.config.Routes = slices.Clone(c.Routes)
	if len(pickers) == 0 || slices.Contains(pickers, nil) {
		return nil, errors.New("lb: a listener without a picker")
	}
	if c.Terminate && c.Protocol != HTTPS {
		return nil, fmt.Errorf("lb: %s has no TLS to terminate", c.Protocol)
	}
	if l.config.Idle < 0 {
		return nil, fmt.Errorf("lb: idle %v is negative", c.Idle)
	}
	if l.config.Idle == 0 {
		l.config.Idle = 10 * time.Second
	}
	word, name, _ := strings.Cut(c.Key, " ")
	switch {
	case c.Key == "", c.Key == "source":
	case l.Layer() == 4:
		return nil, fmt.Errorf("lb: %s is layer 4 here, and sees no %.40s", c.Protocol, c.Key)
	case c.Key == "path", c.Key == "host", (word == "header" || word == "cookie") && name != "":
	default:
		return nil, fmt.Errorf("lb: key %.40q (want source, path, host, header NAME or cookie NAME)", c.Key)
	}
	if l.Layer() == 4 && len(c.Routes) > 0 {
		return nil, fmt.Errorf("lb: %s is layer 4 here, and has no routes", c.Protocol)
	}
	for _, r := range c.Routes {
		if r.To < 0 || r.To >= len(pickers) {
			return nil, fmt.Errorf("lb: route to picker %d out of range [0,%d)", r.To, len(pickers))
		}
	}
	return l, nil
}

// Layer returns the layer that the listener sees, 4 or 7. https is 7 only if the listener
// terminates TLS.
func (l *Listener) Layer() int {
	if l.config.Protocol == HTTP1 || l.config.Protocol == HTTPS && l.config.Terminate {
		return 7
	}
	return 4
}

// A Served is the decision of a Listener.
type Served struct {
	Picker  int     `json:"picker"`
	Backend Backend `json:"backend"`
	Asked   bool    `json:"asked"` // the picker was asked; otherwise a connection or flow goes on
}

// ErrNoRoute is returned if no route matches.
var ErrNoRoute = errors.New("lb: no route matches")

var errNoListener = errors.New("lb: the zero Listener has no picker: use NewListener")

// Serve handles a request, or at layer 4 a part of a connection or flow. It returns an
// error if time goes backwards, if no route matches (ErrNoRoute), or if the picker does.
func (l *Listener) Serve(r Request) (Served, error) {
	none := Served{Backend: None}
	if len(l.pickers) == 0 {
		return none, errNoListener
	}
	if r.At < l.now {
		return none, fmt.Errorf("%w: %v after %v", ErrTime, r.At, l.now)
	}
	l.now = r.At
	if l.Layer() == 4 {
		return l.carry(r)
	}
	to, err := l.route(r.HTTP)
	if err != nil {
		return none, err
	}
	r.Key = l.key(r)
	b, err := l.pickers[to].Pick(r)
	return Served{to, b, err == nil}, err
}

// carry sends a part of a connection or flow where its first part went.
func (l *Listener) carry(r Request) (Served, error) {
	f := flow{r.Source, r.Port}
	c := l.flows[f]
	if c != nil && l.config.Protocol == UDP && r.At-c.last >= l.config.Idle {
		if err := l.End(f.addr, f.port, Response{At: r.At}); err != nil {
			return Served{Backend: None}, err
		}
		c = nil
	}
	if c != nil {
		c.last = r.At
		return Served{0, c.backend, false}, nil
	}
	if len(l.flows) >= maxFlows {
		return Served{Backend: None}, fmt.Errorf("lb: more than %d connections", maxFlows)
	}
	r.HTTP = nil // not to be seen here
	r.Key = ""
	if l.config.Key == "source" {
		r.Key = r.Source.String()
	}
	b, err := l.pickers[0].Pick(r)
	if err != nil {
		return Served{Backend: None}, err
	}
	l.flows[f] = &carried{b, r.At}
	return Served{0, b, true}, nil
}

// End ends a connection or flow of layer 4, like Picker.Done. It returns an error if
// there is none.
func (l *Listener) End(addr Addr, port uint16, o Response) error {
	if len(l.pickers) == 0 {
		return errNoListener
	}
	f := flow{addr, port}
	c := l.flows[f]
	if c == nil {
		return fmt.Errorf("%w: %v port %d has no connection", ErrNoPick, addr, port)
	}
	if err := l.pickers[0].Done(c.backend, o); err != nil {
		return err
	}
	delete(l.flows, f)
	return nil
}

// Done ends a request of layer 7, like Picker.Done.
func (l *Listener) Done(s Served, o Response) error {
	if len(l.pickers) == 0 {
		return errNoListener
	}
	if s.Picker < 0 || s.Picker >= len(l.pickers) {
		return fmt.Errorf("lb: picker %d out of range [0,%d)", s.Picker, len(l.pickers))
	}
	if l.Layer() == 4 {
		return errors.New("lb: a connection of layer 4 ends with End")
	}
	return l.pickers[s.Picker].Done(s.Backend, o)
}

// route returns the picker that the first matching route names.
func (l *Listener) route(h *HTTP) (int, error) {
	if len(l.config.Routes) == 0 {
		return 0, nil
	}
	for _, r := range l.config.Routes {
		if h != nil && r.matches(h) {
			return r.To, nil
		}
	}
	return 0, ErrNoRoute
}

func (r Route) matches(h *HTTP) bool {
	host, _, _ := strings.Cut(strings.ToLower(h.Host), ":")
	want := strings.ToLower(r.Host)
	if below, ok := strings.CutPrefix(want, "*"); ok {
		if !strings.HasSuffix(host, below) || host == below {
			return false
		}
	} else if want != "" && want != host {
		return false
	}
	if r.Prefix != "" {
		rest, ok := strings.CutPrefix(path(h.Path), strings.TrimSuffix(r.Prefix, "/"))
		if !ok || rest != "" && rest[0] != '/' {
			return false
		}
	}
	if r.Header.Name == "" {
		return true
	}
	return slices.ContainsFunc(h.Header, func(f Header) bool {
		return strings.EqualFold(f.Name, r.Header.Name) && (r.Header.Value == "" || f.Value == r.Header.Value)
	})
}

// key returns what is hashed of a request.
func (l *Listener) key(r Request) string {
	word, name, _ := strings.Cut(l.config.Key, " ")
	switch {
	case word == "source":
		return r.Source.String()
	case word == "" || r.HTTP == nil:
		return r.Key
	case word == "path":
		return r.HTTP.Path
	case word == "host":
		return r.HTTP.Host
	case word == "cookie":
		value, _ := cookie(r.HTTP, name)
		return value
	}
	for _, f := range r.HTTP.Header {
		if strings.EqualFold(f.Name, name) {
			return f.Value
		}
	}
	return ""
}
