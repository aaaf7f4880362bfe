// Package service models what keeps a system of services up, on a virtual clock: a
// graph of services that call each other, with distributions of how long they work,
// faults, and what is to help against them.
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
// A request comes from outside ([Load]): when it is time, or from a user that has had its
// answer. Whoever calls a service asks in this order: is there room in the bulkhead, does
// the breaker let it go? Then the attempt reaches the service: is it down, does its
// limiter let it in? A balancer (package lb) picks an instance, whose adaptive
// concurrency may refuse it. If a worker is free, it begins; else it waits, if there is
// room in the queue, first come, first served. CoDel may drop it when its turn comes.
// Then a worker works, and makes the calls, one after another or at once; if one that is
// not optional fails, the rest is not done and the attempt fails.
//
// The worker is free again before the caller is told. A caller whose timeout has passed
// does not wait any more: told the deadline (Propagate), the service stops working on
// it and all that it has begun for it; else it goes on in vain, which is what feeds a
// retry storm. What failed is tried again after a delay with jitter ([retry.Policy]), if
// the attempts, the deadline of the call, and the budget allow it: not if the breaker
// or the bulkhead kept it away.
//
// [Sim.Events] tells it step by step, [Config.Span] gets every attempt as a span with the
// ids of W3C Trace Context, [Report.Samples] are the metrics over time.
//
// Random numbers come from the place in the tree of calls at which they are drawn
// (package dist): a system with a breaker and one without get the same requests, which
// work as long in both.
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
// The limiter decides as golang.org/x/time/rate, the leaky bucket as nginx's
// limit_req, the breaker as github.com/sony/gobreaker/v2, routes as net/http's ServeMux,
// CoDel as RFC 8289, throttled retries as gRPC's A6, autoscaling as Kubernetes'
// horizontal pod autoscaler. Where theory has an answer, the waiting times of M/M/1,
// M/M/c and M/G/1 are its.
//
// # Concurrent use
//
// A [Sim] is for one goroutine at a time.
package service
