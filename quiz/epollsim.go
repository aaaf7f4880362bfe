package quiz

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"

	"github.com/orrery-go/orrery/epollsim"
)

var epollsimForms = []form{{"level or edge", levelOrEdge}, {"turns", epollTurns}, {"cost", pollCost}, {"error", epollError}, {"sleeper", epollSleeper}}

// modes are the ways in which an item can be added.
var modes = []struct {
	name string
	flag epollsim.Events
	rule string
}{{"EPOLLIN", 0, "level"}, {"EPOLLIN | EPOLLET", epollsim.ET, "callback"}, {"EPOLLIN | EPOLLONESHOT", epollsim.ONESHOT, "oneshot"}}

// A pipeStep is one step of a program on a pipe: what is written, read, or 0 for a wait.
type pipeStep struct{ write, read int }

// waits runs the steps with a mode, and lists how many events each wait reports.
func waits(flag epollsim.Events, steps []pipeStep) (got, told string, err error) {
	var b strings.Builder
	k, err := epollsim.New(epollsim.Config{Trace: func(e epollsim.Event) { fmt.Fprintln(&b, e) }})
	if err != nil {
		return "", "", err
	}
	ep, err := k.Create()
	if err != nil {
		return "", "", err
	}
	r, w, err := k.Pipe()
	if err != nil {
		return "", "", err
	}
	if err := k.Ctl(ep, epollsim.ADD, r, epollsim.IN|flag, 0); err != nil {
		return "", "", err
	}
	b.Reset()
	var counts []string
	for _, s := range steps {
		switch {
		case s.write > 0:
			_, err = k.Write(w, s.write)
		case s.read > 0:
			_, err = k.Read(r, s.read)
		default:
			var ready []epollsim.Ready
			ready, err = k.Wait(ep, 8)
			counts = append(counts, fmt.Sprint(len(ready)))
		}
		if err != nil {
			return "", "", err
		}
	}
	return strings.Join(counts, " "), b.String(), nil
}

func levelOrEdge(r *rand.Rand) (draft, error) {
	var steps []pipeStep
	code, inside, waited := "", 0, 0
	for waited < 3 || len(steps) < 5 {
		n := 100 * int(between(r, 1, 5))
		switch k := r.IntN(4); {
		case inside == 0 && (len(steps) == 0 || k > 1):
			steps = append(steps, pipeStep{write: n})
			code += fmt.Sprintf("write(w, %d bytes)\n", n)
			inside += n
		case inside > 0 && k == 0:
			n = min(n, inside)
			steps = append(steps, pipeStep{read: n})
			code += fmt.Sprintf("read(r, %d bytes)\n", n)
			inside -= n
		case inside > 0 && k == 1:
			steps = append(steps, pipeStep{write: n})
			code += fmt.Sprintf("write(w, %d bytes)\n", n)
			inside += n
		default:
			steps = append(steps, pipeStep{})
			code += "epoll_wait\n"
			waited++
		}
		if len(steps) > 12 {
			return draft{}, nil
		}
	}
	which := r.IntN(len(modes))
	d := draft{rule: modes[which].rule}
	for i, m := range modes {
		got, told, err := waits(m.flag, steps)
		if err != nil {
			return draft{}, err
		}
		if i == which {
			d.right, d.why = same(got), same(told)
		} else {
			d.wrong = append(d.wrong, same(got))
		}
	}
	d.wrong = append(d.wrong, same(strings.TrimSuffix(strings.Repeat("1 ", waited), " ")), same(strings.TrimSuffix(strings.Repeat("0 ", waited), " ")))
	d.text = say("The reading end r of an empty pipe is added with %s:\n%s\nHow many events do the calls of epoll_wait report, in order?",
		"空管道的读端 r 以 %s 加入 epoll：\n%s\n各次 epoll_wait 依次报告几个事件？", modes[which].name, indent(code))
	return d, nil
}

func epollTurns(r *rand.Rand) (draft, error) {
	n, most, calls := int(between(r, 3, 5)), int(between(r, 1, 2)), int(between(r, 3, 4))
	var told strings.Builder
	k, err := epollsim.New(epollsim.Config{Trace: func(e epollsim.Event) {
		if e.Kind == epollsim.Listed || e.Kind == epollsim.Sent {
			fmt.Fprintln(&told, e)
		}
	}})
	if err != nil {
		return draft{}, err
	}
	ep, err := k.Create()
	if err != nil {
		return draft{}, err
	}
	edge := r.IntN(3) == 0
	flag, mode := epollsim.Events(0), "EPOLLIN"
	if edge {
		flag, mode = epollsim.ET, "EPOLLIN | EPOLLET"
	}
	var fds []epollsim.FD
	for i := range n {
		fd, err := k.EventFD(0, false)
		if err != nil {
			return draft{}, err
		}
		if err := k.Ctl(ep, epollsim.ADD, fd, epollsim.IN|flag, uint64(i)); err != nil {
			return draft{}, err
		}
		fds = append(fds, fd)
	}
	var order, sorted, first []string
	for _, i := range r.Perm(n) {
		if _, err := k.Signal(fds[i], 1); err != nil {
			return draft{}, err
		}
		order = append(order, string(rune('A'+i)))
	}
	sorted = slices.Sorted(slices.Values(order))
	first = order[:most]
	told.Reset()
	var got, stuck, byNumber []string
	for i := range calls {
		ready, err := k.Wait(ep, most)
		if err != nil {
			return draft{}, err
		}
		names := ""
		for _, e := range ready {
			names += string(rune('A' + e.Data))
		}
		if names == "" {
			names = "-"
		}
		got = append(got, names)
		stuck = append(stuck, strings.Join(first, ""))
		at := i * most % n
		byNumber = append(byNumber, strings.Join(append(slices.Clone(sorted), sorted...)[at:at+most], ""))
	}
	drained := slices.Clone(got)
	for i := range drained {
		if at := i * most; at >= n {
			drained[i] = "-"
		} else {
			drained[i] = strings.Join(order[at:min(at+most, n)], "")
		}
	}
	turned := slices.Clone(drained)
	for i := range turned {
		at := i * most % n
		turned[i] = strings.Join(append(slices.Clone(order), order...)[at:at+most], "")
	}
	return draft{
		text: say("%d eventfds are added with %s, and become ready in the order %s. Nobody reads them. What do %d calls of epoll_wait with maxevents = %d report, in order (-: nothing)?",
			"%d 个 eventfd 以 %s 加入，就绪的顺序是 %s，一直没有人读。连续 %d 次 epoll_wait，maxevents = %d，依次报告哪些（-：什么也没有）？",
			n, mode, strings.Join(order, " "), calls, most),
		right: same(strings.Join(got, ", ")),
		wrong: each(strings.Join(stuck, ", "), strings.Join(drained, ", "), strings.Join(turned, ", "), strings.Join(byNumber, ", ")),
		why: say("level-triggered items go to the end of the list when they were reported, edge-triggered ones leave it\n%s",
			"水平触发的项报告之后放到链尾，边缘触发的项离开链表\n%s", told.String()),
		rule: "level",
	}, nil
}

func pollCost(r *rand.Rand) (draft, error) {
	n, ready := int(between(r, 10, 500)), int(between(r, 1, 5))
	k, err := epollsim.New(epollsim.Config{})
	if err != nil {
		return draft{}, err
	}
	ep, err := k.Create()
	if err != nil {
		return draft{}, err
	}
	var fds []epollsim.PollFD
	for i := range n {
		initial := uint32(0)
		if i < ready {
			initial = 1
		}
		fd, err := k.EventFD(initial, false)
		if err != nil {
			return draft{}, err
		}
		if err := k.Ctl(ep, epollsim.ADD, fd, epollsim.IN, 0); err != nil {
			return draft{}, err
		}
		fds = append(fds, epollsim.PollFD{FD: fd, Events: epollsim.IN})
	}
	_, cost, err := k.Poll(fds)
	if err != nil {
		return draft{}, err
	}
	before := k.Counts()
	if _, err := k.Wait(ep, n); err != nil {
		return draft{}, err
	}
	copied, looked := k.Counts().Copied-before.Copied, k.Counts().Polls-before.Polls
	both := func(a, b int) text { return say("poll: %d, epoll_wait: %d", "poll：%d，epoll_wait：%d", a, b) }
	d := draft{
		why: say("poll copies %d bytes in and %d out, and looks at %d; epoll_wait copies %d out, and looks at %d",
			"poll 拷入 %d 字节、拷出 %d 字节，查看 %d 个；epoll_wait 拷出 %d 字节，查看 %d 个", cost.In, cost.Out, cost.Scanned, copied, looked),
		rule: "select-poll",
	}
	if r.IntN(2) == 0 {
		d.text = say("%d descriptors are watched, %d are ready. How many does the kernel look at?", "监听 %d 个描述符，其中 %d 个就绪。内核要查看几个？", n, ready)
		d.right, d.wrong = both(cost.Scanned, looked), []text{both(n, n), both(ready, ready), both(n, ready+1)}
	} else {
		d.text = say("%d descriptors are watched, %d are ready. How many bytes do user space and the kernel exchange, on amd64?",
			"监听 %d 个描述符，其中 %d 个就绪。amd64 上，用户空间与内核之间一共拷贝多少字节？", n, ready)
		d.right, d.wrong = both(cost.In+cost.Out, copied), []text{both(cost.In+cost.Out, 12*n), both(8*ready, copied), both(cost.In, 0)}
	}
	return d, nil
}

func epollError(r *rand.Rand) (draft, error) {
	k, err := epollsim.New(epollsim.Config{})
	if err != nil {
		return draft{}, err
	}
	ep, err := k.Create()
	if err != nil {
		return draft{}, err
	}
	fd, other, err := k.Pipe()
	if err != nil {
		return draft{}, err
	}
	file, err := k.RegularFile()
	if err != nil {
		return draft{}, err
	}
	if err := k.Ctl(ep, epollsim.ADD, fd, epollsim.IN, 0); err != nil {
		return draft{}, err
	}
	copied, err := k.Dup(fd)
	if err != nil {
		return draft{}, err
	}
	const closed = 999
	cases := []struct {
		op     epollsim.CtlOp
		fd     epollsim.FD
		what   text
		events epollsim.Events
	}{
		{epollsim.ADD, fd, text{"a pipe that has been added", "一个已经加入的管道"}, epollsim.IN},
		{epollsim.ADD, copied, text{"a dup of a descriptor that has been added", "已加入的描述符的 dup"}, epollsim.IN},
		{epollsim.ADD, file, text{"a regular file", "一个普通文件"}, epollsim.IN},
		{epollsim.ADD, ep, text{"the epoll itself", "这个 epoll 自己"}, epollsim.IN},
		{epollsim.ADD, closed, text{"a descriptor that is not open", "一个没有打开的描述符"}, epollsim.IN},
		{epollsim.MOD, other, text{"a pipe's end that has not been added", "没有加入的管道端"}, epollsim.IN},
		{epollsim.DEL, other, text{"a pipe's end that has not been added", "没有加入的管道端"}, 0},
		{epollsim.DEL, copied, text{"a dup of a descriptor that has been added, which itself has not", "已加入的描述符的 dup，它自己没有加入"}, 0},
		{epollsim.MOD, fd, text{"a pipe that has been added", "一个已经加入的管道"}, epollsim.IN | epollsim.OUT},
		{epollsim.ADD, other, text{"a pipe's end that has not been added", "没有加入的管道端"}, epollsim.OUT},
		{epollsim.DEL, fd, text{"a pipe that has been added", "一个已经加入的管道"}, 0},
	}
	c := cases[r.IntN(len(cases))]
	ok := text{"0: success", "0：成功"}
	d := draft{
		text:  say("epoll_ctl(ep, EPOLL_CTL_%v, ...) with %s returns what?", "epoll_ctl(ep, EPOLL_CTL_%v, ...)，对象是%s：返回什么？", c.op, c.what),
		right: ok, rule: "errno",
		why: text{
			"EEXIST: this file by this descriptor is there; ENOENT: it is not (a dup is another one); EPERM: what cannot be polled, such as a regular file; EINVAL: the epoll itself; EBADF: no such descriptor",
			"EEXIST：这个文件连同这个描述符已在其中；ENOENT：不在（dup 出来的算另一个）；EPERM：不支持 poll 的，如普通文件；EINVAL：epoll 自己；EBADF：没有这个描述符",
		},
	}
	if err := k.Ctl(ep, c.op, c.fd, c.events, 0); err != nil {
		d.right = same(err)
	}
	all := []text{ok, same(epollsim.EEXIST), same(epollsim.ENOENT), same(epollsim.EPERM), same(epollsim.EINVAL), same(epollsim.EBADF)}
	r.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
	d.wrong = all
	return d, nil
}

func epollSleeper(r *rand.Rand) (draft, error) {
	var told strings.Builder
	k, err := epollsim.New(epollsim.Config{Trace: func(e epollsim.Event) { fmt.Fprintln(&told, e) }})
	if err != nil {
		return draft{}, err
	}
	ep, err := k.Create()
	if err != nil {
		return draft{}, err
	}
	n, events := int(between(r, 2, 5)), int(between(r, 1, 2))
	edge := r.IntN(2) == 0
	flag, mode := epollsim.Events(0), "EPOLLIN"
	if edge {
		flag, mode = epollsim.ET, "EPOLLIN | EPOLLET"
	}
	var fds []epollsim.FD
	for range events {
		fd, err := k.EventFD(0, false)
		if err != nil {
			return draft{}, err
		}
		if err := k.Ctl(ep, epollsim.ADD, fd, epollsim.IN|flag, 0); err != nil {
			return draft{}, err
		}
		fds = append(fds, fd)
	}
	for range n {
		if _, err := k.Block(ep, 1, -1); err != nil {
			return draft{}, err
		}
	}
	told.Reset()
	for _, fd := range fds {
		if _, err := k.Signal(fd, 1); err != nil {
			return draft{}, err
		}
	}
	awake := k.Awake()
	which := text{"an eventfd", "一个 eventfd"}
	if events > 1 {
		which = text{"two eventfds, one after the other,", "两个 eventfd 先后"}
	}
	list := func(ids []int) text { return same(strings.Trim(fmt.Sprint(ids), "[]")) }
	var all []int
	for i := range n {
		all = append(all, i+1)
	}
	return draft{
		text: say("%d threads, 1 to %[1]d, call epoll_wait in this order on one epoll and sleep. Then %s of it, added with %s, become ready. Which threads has the kernel woken by then, before any of them runs?",
			"%d 个线程（1 到 %[1]d）依次在同一个 epoll 上调用 epoll_wait 并睡眠。随后其中%s（以 %s 加入）就绪。在任何线程运行之前，内核已经唤醒了哪些？", n, which, mode),
		right: list(awake), wrong: []text{list([]int{1}), list(all), list([]int{n}), list(all[:min(2, n)])},
		why: same(told.String()), rule: "wake-one",
	}, nil
}
