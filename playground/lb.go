//go:build !orrery_lean || orrery_lb

package playground

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/orrery-go/orrery/lb"
	"github.com/orrery-go/orrery/script"
)

func init() { add(&lbView) }

var lbView = View{
	ID:    "lb",
	Title: Words{"Load balancing", "负载均衡"},
	About: Words{"Which server the next request goes to: nginx's methods, HAProxy's and others, while servers fail, drain and change weights.",
		"下一个请求去哪台服务器：nginx、HAProxy 等的算法，以及服务器故障、下线、改权重时的表现。"},
	Language: Words{`new smooth servers=a*5,b,c max-fails=1 fail-timeout=10s, with a method; pick n=5 (key=k*, source=10.0.0.*, hold); done a; break a, mend a; set a drain; weight a 3; add d*2; remove b; advance 10s`,
		`new smooth servers=a*5,b,c max-fails=1 fail-timeout=10s，先写算法；pick n=5（key=k*、source=10.0.0.*、hold）；done a；break a、mend a；set a drain；weight a 3；add d*2；remove b；advance 10s`},
	Model: "lb", Fidelity: lb.Fidelity, Prefix: "kind.", Run: runLB,
	Releases: func() []string { return []string{} },
	Words: map[string]Words{
		"kind.skipped":    {"a server is skipped", "跳过一台服务器"},
		"kind.hashed":     {"the request is hashed", "对请求求哈希"},
		"kind.picked":     {"a server is picked", "选中一台服务器"},
		"kind.refused":    {"no server can be used", "没有可用的服务器"},
		"kind.finished":   {"a request ends", "一个请求结束"},
		"kind.ejected":    {"a server is left out", "摘除一台服务器"},
		"kind.returned":   {"a server is back", "恢复一台服务器"},
		"kind.state set":  {"a server's state is set", "设置服务器状态"},
		"kind.weight set": {"a weight is set", "设置权重"},
		"kind.added":      {"a server is added", "增加服务器"},
		"kind.removed":    {"a server is removed", "移除服务器"},
		"kind.probed":     {"a server is checked", "健康检查"},
		"kind.stuck":      {"the client keeps its server", "会话保持"},
		"kind.elected":    {"a balancer takes over", "主备切换"},
		"request":         {"the request goes to {to}", "请求去往 {to}"},
		"tried":           {"the request goes to {to}, after {failed} failed", "请求先试 {failed}（失败），再去往 {to}"},
		"command":         {"{text}", "{text}"},
		"picks":           {"requests so far", "累计请求"},
		"active":          {"open now", "进行中"},
		"weight":          {"weight", "权重"},
		"current":         {"current weight", "当前权重"},
		"fails":           {"failures", "失败"},
		"ejected":         {"left out", "已摘除"},
		"servers":         {"Servers", "服务器"},
		"many":            {"want n from 1 to {most}", "n 应在 1 到 {most} 之间"},
	},
	Examples: []Example{
		{ID: "smooth", Title: Words{"nginx's smooth round robin", "nginx 的平滑加权轮询"}, Claims: []string{"25-11"}, Program: `# Five to one to one, and yet not five in a row.
new smooth servers=a*5,b,c
pick n=7
`},
		{ID: "failure", Title: Words{"A server fails", "一台服务器故障"}, Claims: []string{"25-10"}, Program: `# The next one is tried at once. After max_fails failures it is left out a while.
new smooth servers=a*2,b max-fails=2 fail-timeout=10s
pick
break a
pick n=4
mend a
advance 11s
pick n=3
`},
		{ID: "least", Title: Words{"Fewest connections", "最少连接"}, Claims: []string{"25-12"}, Program: `# Long requests stay where they are; new ones go elsewhere.
new "least conn" servers=a,b,c
pick n=4 hold
done b
pick hold
pick hold
`},
		{ID: "source", Title: Words{"By the client's address", "按客户端地址"}, Claims: []string{"25-13"}, Program: `# nginx's ip_hash looks at three of the four bytes.
new "ip hash" servers=a,b,c
pick source=10.0.0.1
pick source=10.0.0.2
pick source=10.0.9.1
pick source=10.0.0.1
`},
		{ID: "ketama", Title: Words{"Consistent hashing, a server removed", "一致性哈希，移除一台"}, Program: `# The keys of the others stay.
new ketama servers=a,b,c
pick n=6 key=k*
remove c
pick n=6 key=k*
`},
	},
}

// An lbStep is a command for one request at most.
type lbStep struct {
	line int // from 1
	text string
	out  string
}

// playLB runs the program and calls step after each command, until step returns false.
func playLB(in *Input, step func(lbStep, any) bool) error {
	i, err := script.New("lb")
	if err != nil {
		return err
	}
	for n, line := range lines(in.Program) {
		text := strings.TrimSpace(line)
		if text == "" || strings.HasPrefix(text, "#") {
			continue
		}
		commands, err := apart(in, text)
		if err != nil {
			return &Error{n + 1, 1, err.Error()}
		}
		for _, c := range commands {
			out, err := i.Do(c)
			if err != nil {
				return wrong(err, n, c, 0)
			}
			if strings.HasPrefix(c, "new") {
				continue
			}
			if !step(lbStep{n + 1, c, strings.TrimSpace(out)}, i.State()) {
				return errEnough
			}
		}
	}
	return nil
}

// apart splits "pick n=5" into single requests, and replaces * by their numbers.
func apart(in *Input, text string) ([]string, error) {
	words := strings.Fields(text)
	if words[0] == "new" {
		return []string{beginWith(text, "seed", strconv.FormatUint(in.Seed&(1<<63-1), 10))}, nil
	}
	if words[0] != "pick" {
		return []string{text}, nil
	}
	n, kept := 1, words[:0:0]
	for _, w := range words {
		if number, ok := strings.CutPrefix(w, "n="); ok {
			k, err := strconv.Atoi(number)
			if err != nil || k < 1 || k > MaxSteps {
				return nil, fmt.Errorf("%s", in.Say("many", "most", MaxSteps))
			}
			n = k
			continue
		}
		kept = append(kept, w)
	}
	out := make([]string, n)
	for i := range out {
		out[i] = strings.ReplaceAll(strings.Join(kept, " "), "*", strconv.Itoa(i))
	}
	return out, nil
}

func runLB(in *Input) (*Run, error) {
	var steps []lbStep
	err := playLB(in, func(s lbStep, _ any) bool {
		steps = append(steps, s)
		return len(steps) < MaxSteps
	})
	cut := errors.Is(err, errEnough)
	if err != nil && !cut {
		return nil, err
	}
	r := &Run{Steps: len(steps), Cut: cut}
	r.Step = func(n int) Step {
		s := steps[n-1]
		if strings.HasPrefix(s.text, "pick") {
			if failed, to, ok := cutLast(s.out, "!"); ok {
				return Step{Kind: string(lb.Picked), Rule: "pick", Text: in.Say("tried", "to", to, "failed", strings.ReplaceAll(failed, "!", ", "))}
			}
			return Step{Kind: string(lb.Picked), Rule: "pick", Text: in.Say("request", "to", s.out)}
		}
		return Step{Kind: "command", Text: in.Say("command", "text", s.text)}
	}
	r.At = func(n int) (State, error) {
		out := State{Panels: []Panel{}}
		count := 0
		err := playLB(in, func(s lbStep, state any) bool {
			if count++; count < n {
				return true
			}
			if snapshot, ok := state.(lb.Snapshot); ok && n > 0 {
				out = State{Acting: []Acting{{Line: s.line, Now: true}}, Panels: lbPanels(in, snapshot, s.out)}
			}
			return false
		})
		if errors.Is(err, errEnough) {
			err = nil
		}
		return out, err
	}
	return r, nil
}

// cutLast cuts a text at the last separator.
func cutLast(text, sep string) (before, after string, found bool) {
	if i := strings.LastIndex(text, sep); i >= 0 {
		return text[:i], text[i+len(sep):], true
	}
	return text, "", false
}

func lbPanels(in *Input, s lb.Snapshot, out string) []Panel {
	const shown = 40
	p := Panel{Kind: "rows", Title: in.Say("servers"), Rows: []Row{}}
	backends, _ := most(s.Backends, shown)
	_, to, _ := cutLast("!"+out, "!")
	for i, b := range backends {
		row := Row{ID: fmt.Sprint("b", i), Label: b.Name, Note: b.State.String(), Acts: b.Name == to && to != ""}
		if b.Ejected {
			row.Note = in.Say("ejected")
		}
		word := func(mark string, v any) Cell {
			return Cell{ID: row.ID + "." + mark, Text: fmt.Sprint(v), Title: in.Say(mark), Mark: in.Say(mark)}
		}
		picks := word("picks", b.Picks)
		picks.Hue = hue(i + 1)
		row.Groups = []Group{{Cells: []Cell{picks, word("active", b.Active), word("weight", b.Weight), word("current", b.Current), word("fails", b.Fails)}}}
		p.Rows = append(p.Rows, row)
	}
	return []Panel{p}
}
