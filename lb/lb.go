package lb

import (
	"errors"
	"fmt"
	"time"
)

// A Backend is the number of a server: 0 for the first of [Config.Servers], 1 for the
// next. Servers that are added later get the numbers after these; the number of one
// that was removed is not used again.
type Backend int

// None is no backend. It comes with an error.
const None Backend = -1

// A Server describes a backend to a picker.
type Server struct {
	// Name is what the methods that hash servers hash: "10.0.0.1:80". No two are the
	// same.
	Name string `json:"name"`

	// Weight is the share of the work relative to the others: in [1,65535], in
	// [1,256] for the methods of HAProxy. [RoundRobin] has equal shares and ignores
	// it.
	Weight int `json:"weight"`

	// MaxFails of more than 0 ejects the server for FailTimeout once as many requests
	// have failed: nginx's max_fails, which there is 1 unless set. FailTimeout is nginx's
	// fail_timeout, there 10 s, and counted in whole seconds. The methods of HAProxy have
	// none of both: see [Health].
	MaxFails    int           `json:"maxFails,omitempty"`
	FailTimeout time.Duration `json:"failTimeout,omitempty"`

	// MaxConns of more than 0 is how many requests the server gets at the same time.
	MaxConns int `json:"maxConns,omitempty"`
}

// Equal makes servers of weight 1 with the names.
func Equal(names ...string) []Server {
	servers := make([]Server, len(names))
	for i, name := range names {
		servers[i] = Server{Name: name, Weight: 1}
	}
	return servers
}

// Weighted makes servers with the weights, named a, b, c and so on; after z comes
// s26.
func Weighted(weights ...int) []Server {
	servers := make([]Server, len(weights))
	for i, w := range weights {
		servers[i] = Server{Name: letter(i), Weight: w}
	}
	return servers
}

func letter(i int) string {
	if i < 26 {
		return string(rune('a' + i))
	}
	return fmt.Sprintf("s%d", i)
}

// A Request describes a request to a picker.
type Request struct {
	At     time.Duration `json:"at"`     // since the start, not before that of an earlier call
	Source Addr          `json:"source"` // the client's
	Port   uint16        `json:"port"`   // the client's
	Key    string        `json:"key"`    // what the methods that hash requests hash: a path, a cookie

	// HTTP is what a balancer sees that speaks HTTP. It is for [Listener] and [Sticky];
	// what the methods look at is above.
	HTTP *HTTP `json:"http,omitempty"`

	// Retry is the same for all attempts at one request: a method of nginx then leaves
	// out what was tried. nil: the first and only attempt.
	Retry *Retry `json:"-"`
}

// A Retry holds what has been tried for one request. Its zero value is for a request
// that begins.
type Retry struct {
	tried  []Backend
	tries  int    // of the methods that hash
	rehash int    // of nginx's hash
	hash   uint64 // as far as it has come
	begun  bool
}

// Tried lists what has been tried, in order. The slice is the caller's own.
func (r *Retry) Tried() []Backend { return append([]Backend{}, r.tried...) }

// A Response says how a request went.
type Response struct {
	At      time.Duration `json:"at"`      // when it was over, since the start; not before that of an earlier call
	Latency time.Duration `json:"latency"` // how long it took, at least 0
	Failed  bool          `json:"failed"`
}

// A Picker picks a backend for a request.
//
// Pick returns an error, and [None], if no backend can be used ([ErrNoBackend]), or
// if the request is from before an earlier call. Done ends what Pick has begun: it
// returns an error if no request is with the backend, or if it is from before an
// earlier call.
type Picker interface {
	Pick(Request) (Backend, error)
	Done(Backend, Response) error
}

// The errors that a caller may want to tell from others.
var (
	ErrNoBackend = errors.New("lb: no backend can be used")
	ErrNoPick    = errors.New("lb: done without a pick")
	ErrTime      = errors.New("lb: time goes backwards")
	errUseNew    = errors.New("lb: the zero value has no backends: use New")
)

// MaxServers is how many servers a picker may have.
const MaxServers = 1 << 16
