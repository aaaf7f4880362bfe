package quiz

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strings"

	"github.com/orrery-go/orrery/lb"
)

var lbForms = []form{{"turns", lbTurns}, {"least connections", lbLeast}, {"moved keys", lbMoves}, {"failures", lbFails}, {"layers", lbLayers}}

func letter(b lb.Backend) string { return string(rune('a' + b)) }

// turns sends n requests that are done at once.
func turns(c lb.Config, n int) (string, error) {
	p, err := lb.New(c)
	if err != nil {
		return "", err
	}
	var b strings.Builder
	for range n {
		k, err := p.Pick(lb.Request{})
		if err != nil {
			return "", err
		}
		b.WriteString(letter(k))
		if err := p.Done(k, lb.Response{}); err != nil {
			return "", err
		}
	}
	return b.String(), nil
}

func lbTurns(r *rand.Rand) (draft, error) {
	n := int(between(r, 2, 3))
	var weights []int
	sum := 0
	for range n {
		w := int(between(r, 1, 5))
		weights, sum = append(weights, w), sum+w
	}
	methods := []struct {
		m    lb.Method
		name text
		rule string
	}{{lb.SmoothMethod, text{"nginx (smooth weighted round robin)", "nginx（平滑加权轮询）"}, "smooth"}, {lb.HARoundRobinMethod, text{"HAProxy's roundrobin", "HAProxy 的 roundrobin"}, "haproxy-roundrobin"}, {lb.HAStaticMethod, text{"HAProxy's static-rr", "HAProxy 的 static-rr"}, "haproxy-map"}}
	which := r.IntN(len(methods))
	d := draft{rule: methods[which].rule}
	why := ""
	for i, k := range methods {
		got, err := turns(lb.Config{Method: k.m, Servers: lb.Weighted(weights...)}, sum)
		if err != nil {
			return draft{}, err
		}
		why += fmt.Sprintf("%v: %s\n", k.m, got)
		if i == which {
			d.right = same(got)
		} else {
			d.wrong = append(d.wrong, same(got))
		}
	}
	naive := ""
	for i, w := range weights {
		naive += strings.Repeat(letter(lb.Backend(i)), w)
	}
	d.wrong = append([]text{same(naive)}, append(d.wrong, same(strings.Repeat("abc"[:n], sum)[:sum]))...)
	d.why = same(why)
	d.text = say("Servers a, b, ... of weights %s, behind %s: where do the first %d requests go, each done before the next?",
		"服务器 a、b……权重为 %s，前面是 %s：前 %d 个请求（一个完成才来下一个）各到哪台？", strings.Trim(fmt.Sprint(weights), "[]"), methods[which].name, sum)
	return d, nil
}

func lbLeast(r *rand.Rand) (draft, error) {
	n := int(between(r, 2, 4))
	var weights []int
	for range n {
		weights = append(weights, int(between(r, 1, 4)))
	}
	p, err := lb.New(lb.Config{Method: lb.LeastConnMethod, Servers: lb.Weighted(weights...)})
	if err != nil {
		return draft{}, err
	}
	// Some stay, so that each server has some requests.
	for range between(r, 4, 10) {
		b, err := p.Pick(lb.Request{})
		if err != nil {
			return draft{}, err
		}
		if r.IntN(3) == 0 {
			if err := p.Done(b, lb.Response{}); err != nil {
				return draft{}, err
			}
		}
	}
	var active []int
	fewest, fewestAt, tied := 1<<30, 0, 0
	for i, b := range p.Snapshot().Backends {
		active = append(active, b.Active)
		if b.Active < fewest {
			fewest, fewestAt = b.Active, i
		}
	}
	best := -1
	for i := range n {
		if best < 0 || active[i]*weights[best] < active[best]*weights[i] {
			best, tied = i, 1
		} else if active[i]*weights[best] == active[best]*weights[i] {
			tied++
		}
	}
	if tied > 1 {
		return draft{}, nil // what decides among equals does not show in the question
	}
	b, err := p.Pick(lb.Request{})
	if err != nil {
		return draft{}, err
	}
	heaviest := 0
	for i, w := range weights {
		if w > weights[heaviest] {
			heaviest = i
		}
	}
	d := draft{
		text: say("nginx, least_conn: servers a, b, ... of weights %s have %s requests. Which one gets the next?",
			"nginx 的 least_conn：服务器 a、b……权重为 %s，正在处理的请求数为 %s。下一个请求给谁？", strings.Trim(fmt.Sprint(weights), "[]"), strings.Trim(fmt.Sprint(active), "[]")),
		right: same(letter(b)), wrong: each(letter(lb.Backend(fewestAt)), letter(lb.Backend(heaviest))),
		why: text{"the fewest requests by weight", "请求数除以权重，取最小者"}, rule: "least-conn",
	}
	for i := range n {
		d.wrong = append(d.wrong, same(letter(lb.Backend(i))))
	}
	return d, nil
}

func lbMoves(r *rand.Rand) (draft, error) {
	n := int(between(r, 3, 12))
	grows := r.IntN(2) == 0
	var servers []lb.Server
	for i := range n + 1 {
		servers = append(servers, lb.Server{Name: fmt.Sprintf("10.0.0.%d:80", i+1), Weight: 1})
	}
	methods := []struct {
		m    lb.Method
		name text
		rule string
	}{{lb.HashMethod, text{"the hash modulo their number (nginx's hash)", "哈希取模（nginx 的 hash）"}, "hash"}, {lb.KetamaMethod, text{"a consistent hash (nginx's hash consistent)", "一致性哈希（nginx 的 hash consistent）"}, "ketama"}, {lb.RendezvousMethod, text{"the highest random weight (rendezvous)", "最高随机权重（rendezvous）"}, "rendezvous"}}
	k := methods[r.IntN(len(methods))]
	before, after, from, to := servers[:n], servers[:n-1], n, n-1
	if grows {
		before, after, from, to = servers[:n], servers, n, n+1
	}
	const keys = 2000
	m, err := lb.CountMoves(lb.Config{Method: k.m, Servers: before}, lb.Config{Method: k.m, Servers: after}, keys)
	if err != nil {
		return draft{}, err
	}
	percent := func(x float64) text {
		return say("about %d%%", "约 %d%%", int(x*100+2.5)/5*5)
	}
	share, moved := 1/float64(max(from, to)), float64(m.Moved)/keys
	d := draft{
		text:  say("Keys are spread by %s over %d servers, which become %d. How many keys go to another server?", "键按%s分布在 %d 台服务器上，后来变成 %d 台。多少键换了服务器？", k.name, from, to),
		right: percent(moved), why: same(m), rule: k.rule,
	}
	for _, other := range []float64{share, 1 - share, 0.5, 0, 1} {
		if math.Abs(other-moved) > 0.12 { // what is near is no other answer
			d.wrong = append(d.wrong, percent(other))
		}
	}
	return d, nil
}

func lbFails(r *rand.Rand) (draft, error) {
	const n = 3
	p, err := lb.New(lb.Config{Method: lb.RoundRobinMethod, Servers: lb.Weighted(1, 1, 1)})
	if err != nil {
		return draft{}, err
	}
	first := int(between(r, 1, 4))
	out, state := lb.Backend(r.IntN(n)), pick(r, lb.Down, lb.Drain)
	got := ""
	send := func(k int) error {
		for range k {
			b, err := p.Pick(lb.Request{})
			if err != nil {
				return err
			}
			got += letter(b)
			if err := p.Done(b, lb.Response{}); err != nil {
				return err
			}
		}
		return nil
	}
	if err := send(first); err != nil {
		return draft{}, err
	}
	if err := p.SetState(out, state); err != nil {
		return draft{}, err
	}
	then := int(between(r, 3, 5))
	if err := send(then); err != nil {
		return draft{}, err
	}
	before := got[:first]
	got = got[first:]
	rest := strings.ReplaceAll("abc", letter(out), "")
	skip := ""
	for i := range then {
		skip += string("abc"[(first+i)%n])
	}
	instead := map[lb.State]text{lb.Down: {"fails its checks", "健康检查失败"}, lb.Drain: {"is drained", "被摘流（drain）"}}[state]
	return draft{
		text: say("Round robin among a, b and c. After %d requests (%s) %s %s. Where do the next %d requests go?",
			"在 a、b、c 之间轮询。%d 个请求（%s）之后，%s %s。接下来的 %d 个请求各到哪台？", first, before, letter(out), instead, then),
		right: same(got),
		wrong: each(strings.Repeat(rest, then)[:then], skip, strings.Repeat(string(rest[1])+string(rest[0]), then)[:then], strings.Repeat(rest[:1], then), strings.ReplaceAll(skip, letter(out), rest[:1])),
		why:   text{"the list goes on where it was; one that is down or drained is left out", "从上次的位置继续往下，跳过宕机或摘流的那台"}, rule: "state",
	}, nil
}

func lbLayers(r *rand.Rand) (draft, error) {
	p, err := lb.New(lb.Config{Servers: lb.Equal("a", "b")})
	if err != nil {
		return draft{}, err
	}
	protocols := []struct {
		protocol  lb.Protocol
		terminate bool
		name      text
	}{{lb.HTTP1, false, text{"HTTP", "HTTP"}}, {lb.HTTPS, true, text{"HTTPS that it terminates (it has the certificate)", "由它终止 TLS 的 HTTPS（证书在它手里）"}}, {lb.HTTPS, false, text{"HTTPS that it passes on", "它只透传的 HTTPS"}}, {lb.TCP, false, text{"TCP", "TCP"}}, {lb.UDP, false, text{"UDP", "UDP"}}}
	keys := []struct {
		key  string
		name text
	}{{"path", text{"the path", "路径"}}, {"host", text{"the name of the host in the request", "请求里的主机名"}}, {"source", text{"the client's address", "客户端地址"}}}
	proto, key := protocols[r.IntN(len(protocols))], keys[r.IntN(len(keys))]
	_, err = lb.NewListener(lb.ListenerConfig{Protocol: proto.protocol, Terminate: proto.terminate, Key: key.key}, p)
	right, wrong := yesNo(err == nil)
	why := text{"it sees that", "它看得到"}
	if err != nil {
		why = same(err)
	}
	return draft{
		text:  say("A balancer for %s: can it choose the server by %s?", "均衡器负责的是%s：它能不能按%s选择服务器？", proto.name, key.name),
		right: right, wrong: wrong, why: why, rule: "layers",
	}, nil
}
