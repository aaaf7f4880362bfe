// Package lb models load balancing as real balancers do it: the methods of nginx and
// HAProxy, pick by pick, well-known methods of others, and what surrounds them: health
// checks, sessions, listeners, and a second balancer.
//
// # The mechanism
//
// A balancer has a pool of servers. For each request or connection it leaves out the
// servers that cannot be used, and picks one of the others by a rule. It keeps counts
// when a request begins and when it ends:
//
//  1. Perform the health checks that are due: a server that fails often enough is taken
//     out, and one that passes often enough comes back ([Health]).
//  2. A request comes. The listener determines what of it can be seen ([Listener]): at
//     layer 4 addresses and ports, at layer 7 also the path, the host and the headers.
//  3. If there is a session, its server gets the request ([Sticky]).
//  4. Filter: leave out servers that are down, drained, ejected, full or tried already.
//  5. Pick by the method: the next in turn, the least busy, or the one that a hash
//     chooses.
//  6. Open: the server has one more request.
//  7. Close: the server has one less, and the method learns from the [Response]: failures
//     eject, latencies count.
//
// # The methods
//
//	RoundRobin       one after the other
//	Smooth           nginx's default: turns by weight, the heavy ones' spread
//	HARoundRobin     HAProxy's default: positions in a window
//	HAStatic         HAProxy's static-rr: a map of turns
//	LeastConn        nginx's least_conn
//	HALeastConn      HAProxy's leastconn
//	IPHash, HASource by the client's address
//	Hash, HAURI      by a hash modulo the weights
//	Ketama           nginx's consistent hash
//	HAConsistent     HAProxy's, and with bounded loads
//	Rendezvous       highest random weight
//	Maglev           a table that changes little
//	Random           at random
//	TwoChoices       the less busy of two at random
//	EWMA             the lowest mean latency times requests, and with peaks
//
// Methods that hash send a key to the same server as long as the pool is the same. When
// it changes, a hash modulo n moves nearly all keys, and a ring or the highest random
// weight moves only those that must: [CountMoves] counts them. Methods that count
// requests spread work best when requests take different times: [Simulate] and [Compare]
// show by how much.
//
// # Driving it
//
// [New] makes the picker of a method; NewSmooth and so on make one kind. Servers are
// numbers ([Backend]), in the order of the list, and time is virtual: each request says
// when it comes, and time never goes back. To a picker, a request is open until Done.
//
// The pickers also model what nginx does when a request fails: give all attempts at it
// the same [Retry], and set Server.MaxFails.
//
// # Releases
//
// None of this is in a release of Go. The real things are nginx 1.22.1 and HAProxy
// 2.6.12, as Debian has them, with one process and one thread: with several, each
// counts for itself.
//
// # Sources
//
// src/http/ngx_http_upstream_round_robin.c and the modules beside it; HAProxy's
// src/lb_fwrr.c, lb_fwlc.c, lb_map.c, lb_chash.c and backend.c. Azar and others,
// Balanced Allocations (1994); Mitzenmacher, The Power of Two Choices (1996); Karger
// and others, Consistent Hashing and Random Trees (1997); Thaler and Ravishankar,
// Using Name-Based Mappings to Increase Hit Rates (1998); Eisenbud and others, Maglev
// (2016); Mirrokni and others, Consistent Hashing with Bounded Loads (2016); RFC 5798,
// VRRP; Envoy's documentation on outlier detection and panic thresholds; Finagle's on
// peak EWMA.
//
// # Concurrent use
//
// A picker, and everything built on it, is for one goroutine at a time.
package lb
