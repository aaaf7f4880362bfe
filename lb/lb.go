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

// None stands for no backend. Functions that return it also return an error.
const None Backend = -1

// A Server describes a backend to a picker.
type Server struct {
	// Name identifies the server, "10.0.0.1:80"; methods that hash servers hash it. No
	// two servers have the same.
	Name string `json:"name"`

	// Weight is the share of the work relative to the others: in [1,65535], in
	// [1,256] for the methods of HAProxy. [RoundRobin] has equal shares and ignores
	// it.
	Weight int `json:"weight"`

	// MaxFails, if more than 0, is the number of failures that eject the server for
	// FailTimeout: nginx's max_fails, whose default there is 1. FailTimeout is nginx's
	// fail_timeout, 10 s by default there, in whole seconds. The methods of HAProxy have
	// neither: see [Health].
	MaxFails    int           `json:"maxFails,omitempty"`
	FailTimeout time.Duration `json:"failTimeout,omitempty"`

	// MaxConns, if more than 0, is the largest number of requests that the server gets at
	// a time.
	MaxConns int `json:"maxConns,omitempty"`
}

// Equal returns servers of weight 1 with the given names.
func Equal(names ...string) []Server {
	servers := make([]Server, len(names))
	for i, name := range names {
		servers[i] = Server{Name: name, Weight: 1}
	}
	return servers
}

// Weighted returns servers with the given weights, named a, b, c and so on; after z comes
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

	// HTTP is the part of the request that a balancer sees if it speaks HTTP. It is for
	// [Listener] and [Sticky]; the methods look only at the fields above.
	HTTP *HTTP `json:"http,omitempty"`

	// Retry is shared by all attempts at one request: the methods of nginx then leave out
	// the servers that were tried. nil: the first and only attempt.
	Retry *Retry `json:"-"`
}

// A Retry holds the backends that have been tried for one request. Its zero value is for
// a new request.
type Retry struct {
	tried  []Backend
	tries  int    // of the methods that hash
	rehash int    // of nginx's hash
	hash   uint64 // as far as it has come
	begun  bool
}

// Tried returns the backends that have been tried, in order. The slice is the caller's
// own.
func (r *Retry) Tried() []Backend { return append([]Backend{}, r.tried...) }

// A Response is the result of a request.
type Response struct {
	At      time.Duration `json:"at"`      // when it was over, since the start; not before that of an earlier call
	Latency time.Duration `json:"latency"` // how long it took, at least 0
	Failed  bool          `json:"failed"`
}

// A Picker picks a backend for a request.
//
// Pick returns [None] and an error if no backend can be used ([ErrNoBackend]), or if the
// time of the request is before that of an earlier call. Done ends a request that Pick
// has begun: it returns an error if the backend has no request (ErrNoPick), or if the
// time is before that of an earlier call.
type Picker interface {
	Pick(Request) (Backend, error)
	Done(Backend, Response) error
}

// Errors that a caller may want to distinguish.
var (
	ErrNoBackend = errors.New("lb: no backend can be used")
	ErrNoPick    = errors.New("lb: done without a pick")
	ErrTime      = errors.New("lb: time goes backwards")
	errUseNew    = errors.New("lb: the zero value has no backends: use New")
)

// MaxServers is the largest number of servers of a picker.
const MaxServers = 1 << 16
