// Package service models systems of services and the mechanisms that keep them up, on a
// virtual clock: a graph of services that call each other, with distributions of their
// service times, with faults, and with the remedies against them.
//
//	r, err := service.Simulate(service.Config{
//		Services: []service.Service{
//			{Name: "web", Work: dist.Dist{Mean: time.Millisecond}, Calls: []service.Call{{To: "db", Timeout: 50 * time.Millisecond}}},
//			{Name: "db", Workers: 4, Work: dist.Dist{Shape: dist.Exponential, Mean: 5 * time.Millisecond}},
//		},
//		Load: service.Load{Rate: 600, Duration: time.Minute},
//	})
//
// # The way of a request
//
// A request comes from outside ([Load]): at a time of its own, or from a user that has
// got its last answer. A caller first needs room in its bulkhead, and the permission of
// its breaker. Then the attempt reaches the service, which must not be down, and whose
// limiter must let it in. A balancer (package lb) picks an instance, whose adaptive
// concurrency may refuse it. If a worker is free, it begins; else it waits, if there is
// room in the queue, first come, first served. CoDel may drop it when its turn comes.
// Then a worker works, and makes the calls, one after another or at once; if one that is
// not optional fails, the rest is not done and the attempt fails.
//
// The worker is free again before the caller gets the answer. A caller whose timeout has passed
// does not wait any more. If the service knows the deadline (Propagate), it stops working
// on the request and on all calls that it has made for it; otherwise it goes on in vain,
// which is what feeds a retry storm. A failed attempt is repeated after a delay with
// jitter ([retry.Policy]), if the number of attempts, the deadline of the call, and the
// budget allow it, but not if the breaker or the bulkhead stopped it.
//
// [Sim.Events] yields it step by step, [Config.Span] receives every attempt as a span
// with the ids of W3C Trace Context, and [Report.Samples] are the metrics over time.
//
// Random numbers depend on the place in the tree of calls at which they are drawn
// (package dist): a system with a breaker and one without get the same requests, with the
// same service times.
//
// # The parts
//
// Each part is a package that can be used by itself: limit, breaker, retry (backoff,
// jitter, budgets, deadlines), shed (CoDel, adaptive concurrency, bulkheads), cache
// (levels, stampedes, single flight), discovery (leases, watches), gateway (routes,
// keys, limits), autoscale (Kubernetes' HPA), load (histograms, coordinated omission),
// queueing (what theory knows), dist.
//
// # Sources
//
// The limiter decides as golang.org/x/time/rate, the leaky bucket as nginx's limit_req,
// the breaker as github.com/sony/gobreaker/v2, routes as net/http's ServeMux, CoDel as
// RFC 8289, throttled retries as gRPC's A6, autoscaling as Kubernetes' horizontal pod
// autoscaler. The waiting times of M/M/1, M/M/c and M/G/1 are those of queueing theory.
//
// # Concurrent use
//
// A [Sim] is for one goroutine at a time.
package service
