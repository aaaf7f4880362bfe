package quiz

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"time"

	"github.com/orrery-go/orrery/service"
	"github.com/orrery-go/orrery/service/breaker"
	"github.com/orrery-go/orrery/service/cache"
	"github.com/orrery-go/orrery/service/dist"
	"github.com/orrery-go/orrery/service/limit"
	"github.com/orrery-go/orrery/service/retry"
)

var serviceForms = []form{{"queue", serviceQueue}, {"token bucket", tokenBucket}, {"breaker", breakerState}, {"retries multiply", retriesMultiply}, {"cache", cacheKeys}, {"backoff", backoff}}

const ms = time.Millisecond

func serviceQueue(r *rand.Rand) (draft, error) {
	workers, queue, n := int(between(r, 1, 3)), int(between(r, 1, 3)), int(between(r, 4, 8))
	work := time.Duration(between(r, 2, 5)) * 10 * ms
	every := time.Duration(between(r, 1, 4)) * 5 * ms
	var times []time.Duration
	for i := range n {
		times = append(times, time.Duration(i)*every)
	}
	var told strings.Builder
	ok, full := 0, 0
	last := time.Duration(0)
	s, err := service.New(service.Config{
		Services: []service.Service{{Name: "db", Workers: workers, Queue: queue, Work: dist.Dist{Mean: work}}},
		Load:     service.Load{Times: times},
		Trace:    func(e service.Event) { fmt.Fprintln(&told, e) },
		Span: func(p service.Span) {
			if p.Status == service.OK {
				ok, last = ok+1, p.End
			} else {
				full++
			}
		},
	})
	if err != nil {
		return draft{}, err
	}
	if err := s.Run(); err != nil {
		return draft{}, err
	}
	if full == 0 {
		return draft{}, nil // too easy
	}
	ends := func(ok int, at time.Duration) text {
		return say("%d answered, the last at %v", "答复 %d 个，最后一个在 %v", ok, at)
	}
	rounds := func(k int) time.Duration { return time.Duration((k+workers-1)/workers) * work }
	return draft{
		text: say("A service has %d workers, and %d more requests may wait; each takes %v. %d requests come, one every %v, the first at 0s. How many are answered, and when is the last?",
			"一个服务有 %d 个 worker，最多 %d 个请求排队，每个处理 %v。共来 %d 个请求，每隔 %v 一个，第一个在 0s。答复了几个，最后一个在什么时候？", workers, queue, work, n, every),
		right: ends(ok, last),
		wrong: []text{ends(min(workers+queue, n), rounds(min(workers+queue, n))), ends(n, rounds(n)), ends(max(ok-1, 1), last), ends(ok, last+work), ends(min(ok+1, n), last+every)},
		why:   same(told.String()), rule: "queue",
	}, nil
}

func tokenBucket(r *rand.Rand) (draft, error) {
	rate, burst := int(between(r, 1, 10)), int(between(r, 1, 5))
	b, err := limit.NewTokenBucket(float64(rate), burst)
	if err != nil {
		return draft{}, err
	}
	now := time.Duration(0)
	var when []string
	passed, burstOnly, tokens := 0, 0, 0.0
	var told strings.Builder
	n := int(between(r, 5, 9))
	for i := range n {
		if i > 0 {
			now += time.Duration(pick[int64](r, 0, 0, 50, 100, 200, 500)) * ms
		}
		when = append(when, now.String())
		before, err := b.Tokens(now)
		if err != nil {
			return draft{}, err
		}
		o, err := b.Allow(now, 1)
		if err != nil {
			return draft{}, err
		}
		if o.OK {
			passed++
		}
		if tokens = before; tokens >= 1 && i < burst {
			burstOnly++
		}
		fmt.Fprintf(&told, "%v: %.2f tokens: %v\n", now, before, o.OK)
	}
	perSecond := min(n, burst+int(now.Seconds()*float64(rate))+1)
	return draft{
		text: say("A token bucket (x/time/rate) fills with %d a second and holds %d; it is full at the start. Requests come at %s. How many may pass?",
			"令牌桶（x/time/rate）每秒补充 %d 个，容量 %d，开始时是满的。请求到达的时刻为 %s。放行几个？", rate, burst, strings.Join(when, " ")),
		right: same(passed), wrong: each(burstOnly, burst, perSecond, n, passed-1, passed+1),
		why: same(told.String()), rule: "limit-token",
	}, nil
}

func breakerState(r *rand.Rand) (draft, error) {
	failures, timeout := uint32(between(r, 2, 4)), time.Duration(between(r, 2, 6))*10*time.Second
	b, err := breaker.New(breaker.Config{Failures: failures, Timeout: timeout})
	if err != nil {
		return draft{}, err
	}
	now := time.Duration(0)
	var code, told []string
	refused, opened := 0, false
	for range between(r, int64(failures)+2, int64(failures)+5) {
		now += time.Duration(pick[int64](r, 1, 1, 1, 1, 5, int64(timeout/time.Second)+1)) * time.Second
		fails := r.IntN(5) > 0
		result, name := breaker.Success, text{"succeeds", "成功"}
		if fails {
			result, name = breaker.Failure, text{"fails", "失败"}
		}
		p, err := b.Allow(now)
		if err != nil {
			return draft{}, err
		}
		if p.OK {
			if err := b.Done(now, p, result); err != nil {
				return draft{}, err
			}
		} else {
			refused++
		}
		opened = opened || b.Current() == breaker.Open
		code = append(code, say("%-6v %s", "%-6v %s", now, name).en)
		told = append(told, fmt.Sprintf("%v: goes: %v; then %v", now, p.OK, b.Current()))
	}
	if !opened {
		return draft{}, nil
	}
	state, err := b.State(now)
	if err != nil {
		return draft{}, err
	}
	ends := func(s breaker.State, refused int) text {
		return say("%v, %d refused", "%v，拒绝了 %d 个", s, refused)
	}
	d := draft{
		text: say("A circuit breaker opens at %d failures in a row, for %v, and then lets one request try. Requests, and how what is called would answer:\n%s\nWhat is its state in the end, and how many did it refuse?",
			"熔断器连续失败 %d 次就打开，持续 %v，之后放一个请求试探。各请求的时刻，以及被调方会怎样回答（succeeds 成功，fails 失败）：\n%s\n最后是什么状态，拒绝了几个？", failures, timeout, indent(strings.Join(code, "\n"))),
		right: ends(state, refused), why: same(strings.Join(told, "\n")), rule: "breaker-open",
	}
	for _, s := range []breaker.State{breaker.Open, breaker.Closed, breaker.HalfOpen} {
		d.wrong = append(d.wrong, ends(s, refused))
	}
	d.wrong = append([]text{ends(state, max(refused-1, 0))}, d.wrong...)
	return d, nil
}

func retriesMultiply(r *rand.Rand) (draft, error) {
	layers, attempts := int(between(r, 2, 4)), int(between(r, 2, 4))
	names := []string{"web", "api", "cart", "db"}[4-layers:]
	var services []service.Service
	policy := retry.Policy{Attempts: attempts, Base: ms}
	for i, name := range names {
		s := service.Service{Name: name, Work: dist.Dist{Mean: ms}}
		if i+1 < layers {
			s.Calls = []service.Call{{To: names[i+1], Retry: policy}}
		} else {
			s.Faults = []service.Fault{{To: time.Hour, Fail: 1}}
		}
		services = append(services, s)
	}
	client := service.Call{}
	outside := r.IntN(2) == 0
	if outside {
		client.Retry = policy
	}
	counts := map[string]int{}
	s, err := service.New(service.Config{
		Services: services, Client: client, Load: service.Load{Times: []time.Duration{0}},
		Span: func(p service.Span) { counts[p.Service]++ },
	})
	if err != nil {
		return draft{}, err
	}
	if err := s.Run(); err != nil {
		return draft{}, err
	}
	got, edges := counts[names[layers-1]], layers-1
	who := text{"Every service", "每个服务"}
	if outside {
		edges++
		who = text{"Every service, and the client, too,", "客户端和每个服务"}
	}
	power := func(n int) int {
		p := 1
		for range n {
			p *= attempts
		}
		return p
	}
	why := ""
	for _, name := range names {
		why += fmt.Sprintf("%s: %d requests\n", name, counts[name])
	}
	return draft{
		text: say("%s. %s makes up to %d attempts at what it calls. %s fails always. One request comes from outside: how many reach %[4]s?",
			"%s。%s对下游至多尝试 %d 次。%s 总是失败。外面来了一个请求：%[4]s 收到几个？", strings.Join(names, " -> "), who, attempts, names[layers-1]),
		right: same(got), wrong: each(power(edges-1), attempts*edges, power(edges+1), attempts, edges+1),
		why: same(why), rule: "retry",
	}, nil
}

func cacheKeys(r *rand.Rand) (draft, error) {
	size := int(between(r, 2, 3))
	c, err := cache.NewLRU[string, int](size, 0)
	if err != nil {
		return draft{}, err
	}
	var code []string
	var fifo []string // a cache that forgets what came first
	hits, fifoHits, n := 0, 0, int(between(r, 6, 9))
	told := ""
	for range n {
		key := pick(r, "a", "b", "c", "d")
		code = append(code, key)
		_, ok, err := c.Get(0, key)
		if err != nil {
			return draft{}, err
		}
		if ok {
			hits++
		} else if _, _, err := c.Add(0, key, 1); err != nil {
			return draft{}, err
		}
		in := strings.Contains(strings.Join(fifo, ""), key)
		if in {
			fifoHits++
		} else if fifo = append(fifo, key); len(fifo) > size {
			fifo = fifo[1:]
		}
		told += fmt.Sprintf("%s: hit %v, then %v\n", key, ok, c.Keys())
	}
	distinct := map[string]bool{}
	for _, k := range code {
		distinct[k] = true
	}
	return draft{
		text:  say("An LRU cache has room for %d entries, and is empty. These are asked for, and loaded if they are not there: %s. How many hits?", "LRU 缓存容量为 %d，开始是空的。依次访问（不在就加载）：%s。命中几次？", size, strings.Join(code, " ")),
		right: same(hits), wrong: each(fifoHits, n-len(distinct), max(hits-1, 0), hits+1, n),
		why: same(told), rule: "lru",
	}, nil
}

func backoff(r *rand.Rand) (draft, error) {
	p := retry.Policy{Attempts: int(between(r, 4, 6)), Base: time.Duration(between(r, 1, 5)) * 100 * ms, Factor: float64(between(r, 2, 3))}
	capped := r.IntN(2) == 0
	if capped {
		p.Cap = p.Base * time.Duration(between(r, 3, 5))
	}
	sum, uncapped, extra := time.Duration(0), time.Duration(0), time.Duration(0)
	told := ""
	delay, last := p.Base, time.Duration(0)
	for k := 1; k <= p.Attempts; k++ {
		d, err := p.Delay(k, last, 0)
		if err != nil {
			return draft{}, err
		}
		if k < p.Attempts {
			sum, uncapped = sum+d, uncapped+delay
			told += fmt.Sprintf("%v ", d)
		} else {
			extra = sum + d
		}
		delay, last = time.Duration(float64(delay)*p.Factor), d
	}
	until := text{"without a bound", "不设上限"}
	if capped {
		until = say("at most %v", "至多 %v", p.Cap)
	}
	return draft{
		text: say("A call is made up to %d times. The first delay is %v, each next one %v times as long, %s, without jitter. All attempts fail at once. After how long is the last one made?",
			"一个调用至多做 %d 次。第一次等 %v，以后每次乘以 %v，%s，没有抖动。每次都立即失败。最后一次在多久之后发出？", p.Attempts, p.Base, p.Factor, until),
		right: same(sum), wrong: each(extra, uncapped, p.Base*time.Duration(p.Attempts-1), p.Base*time.Duration(p.Attempts)),
		why: say("delays: %s", "各次等待：%s", told), rule: "retry",
	}, nil
}
