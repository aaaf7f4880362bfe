//go:build !orrery_lean || orrery_epollsim

package playground

import (
	"errors"

	"github.com/orrery-go/orrery/draw"
	"github.com/orrery-go/orrery/epollsim"
)

func init() { add(&epollsimView) }

var epollsimView = View{
	ID:    "epollsim",
	Title: Words{"epoll", "epoll"},
	About: Words{"The kernel's side of epoll: the tree of what is watched, the ready list, the callbacks that fill it, and what a wait gives, edge- or level-triggered.",
		"epoll 的内核侧：监视项的红黑树、就绪链表、填充它的回调，以及边沿/水平触发时 wait 返回什么。"},
	Language: Words{`do "ep := epoll_create1()", do "r, w := pipe()", eventfd(0), socketpair(), tcp(); do "add(ep, r, IN|ET)", mod, del; do "write(w, 5)", read(r, 5), signal(e, 1), close(r); do "wait(ep, 8)", block(ep, 8, 50ms), poll(a, b), select(a, b); advance 50ms`,
		`do "ep := epoll_create1()"、do "r, w := pipe()"、eventfd(0)、socketpair()、tcp()；do "add(ep, r, IN|ET)"、mod、del；do "write(w, 5)"、read(r, 5)、signal(e, 1)、close(r)；do "wait(ep, 8)"、block(ep, 8, 50ms)、poll(a, b)、select(a, b)；advance 50ms`},
	Model: "epollsim", Fidelity: epollsim.Fidelity, Prefix: "kind.", Run: epollsimScripted.run,
	Releases: func() []string { return []string{} },
	Words: map[string]Words{
		"kind.opened":       {"descriptor {fd} is opened: {what}", "打开描述符 {fd}：{what}"},
		"kind.closed":       {"descriptor {fd} is closed; {n} others refer to its file", "关闭描述符 {fd}；还有 {n} 个引用其文件"},
		"kind.released":     {"the file of {file} is released: its last descriptor is gone", "释放 {file} 的文件：最后一个描述符已关闭"},
		"kind.writes":       {"{n} bytes are written to {fd}", "向 {fd} 写入 {n} 字节"},
		"kind.read":         {"{n} bytes are read from {fd}", "从 {fd} 读出 {n} 字节"},
		"kind.failed":       {"the call fails: {errno}", "调用失败：{errno}"},
		"kind.woken":        {"the file of {file} wakes all in its wait queue: {events}", "{file} 的文件唤醒等待队列：{events}"},
		"kind.ignored":      {"the item of {fd} ignores it: it does not ask for {events}", "{fd} 的监视项忽略：没有请求 {events}"},
		"kind.inserted":     {"{fd} goes into the tree of epoll {epoll}", "{fd} 插入 epoll {epoll} 的树"},
		"kind.erased":       {"{fd} leaves the tree of epoll {epoll}", "{fd} 移出 epoll {epoll} 的树"},
		"kind.modified":     {"the item of {fd} asks for {events}", "{fd} 的监视项改为请求 {events}"},
		"kind.rotated":      {"the tree is rotated {what} at {fd}", "在 {fd} 处旋转：{what}"},
		"kind.painted":      {"{fd} becomes {what} in the tree", "{fd} 在树中变为 {what}"},
		"kind.polled":       {"the file of {fd} is asked: ready for {events}", "查询 {fd} 的文件：就绪 {events}"},
		"kind.listed":       {"{fd} joins the ready list of epoll {epoll}", "{fd} 加入 epoll {epoll} 的就绪链表"},
		"kind.overflowed":   {"{fd} waits beside the ready list: a scan has it", "就绪链表正被扫描，{fd} 先记在一旁"},
		"kind.scan started": {"a scan of epoll {epoll} takes the ready list", "扫描 epoll {epoll}：取走就绪链表"},
		"kind.scan done":    {"the scan of epoll {epoll} is done", "epoll {epoll} 扫描完毕"},
		"kind.sent":         {"{events} of {fd} is given to the process", "把 {fd} 的 {events} 交给进程"},
		"kind.dropped":      {"{fd} leaves the list: it is not ready any more", "{fd} 移出链表：已不再就绪"},
		"kind.disarmed":     {"{fd} is disarmed: ONESHOT", "{fd} 失效：ONESHOT"},
		"kind.sleeps":       {"call {waiter} sleeps", "调用 {waiter} 睡眠"},
		"kind.wakes":        {"call {waiter} wakes", "调用 {waiter} 醒来"},
		"kind.returns":      {"call {waiter} returns", "调用 {waiter} 返回"},
		"kind.looked":       {"{fd} is looked at, as select and poll do with each", "查看 {fd}：select 和 poll 对每个都要看"},
	},
	Examples: []Example{
		{ID: "edge", Title: Words{"Edge or level", "边沿还是水平"}, Claims: []string{"27-17", "27-18"}, Program: `# Both have two bytes. One is told once, the other each time.
do "ep := epoll_create1()"
do "r, w := pipe()"
do "s, v := pipe()"
do "add(ep, r, IN)"
do "add(ep, s, IN|ET)"
do "write(w, 2)"
do "write(v, 2)"
do "wait(ep, 8)"
do "read(r, 1)"
do "read(s, 1)"
do "wait(ep, 8)"
do "write(v, 1)"
do "wait(ep, 8)"
`},
		{ID: "tree", Title: Words{"The red-black tree", "红黑树"}, Claims: []string{"27-9"}, Program: `# Watch it being balanced.
do "ep := epoll_create1()"
do "a := eventfd(0)"
do "b := eventfd(0)"
do "c := eventfd(0)"
do "d := eventfd(0)"
do "e := eventfd(0)"
do "add(ep, a, IN)"
do "add(ep, b, IN)"
do "add(ep, c, IN)"
do "add(ep, d, IN)"
do "add(ep, e, IN)"
do "signal(c, 1)"
do "wait(ep, 8)"
do "del(ep, b)"
`},
		{ID: "poll", Title: Words{"What poll looks at, and epoll does not", "poll 要逐个查看，epoll 不必"}, Claims: []string{"27-4", "27-11"}, Program: `do "ep := epoll_create1()"
do "a := eventfd(0)"
do "b := eventfd(0)"
do "c := eventfd(0)"
do "add(ep, a, IN)"
do "add(ep, b, IN)"
do "add(ep, c, IN)"
do "signal(c, 1)"
do "poll(a, b, c)"
do "wait(ep, 8)"
`},
		{ID: "sleep", Title: Words{"A call that sleeps", "睡眠的调用"}, Claims: []string{"27-12"}, Program: `# Until there is something, or its time is over.
do "ep := epoll_create1()"
do "e := eventfd(0)"
do "add(ep, e, IN)"
do "block(ep, 8, 50ms)"
do "signal(e, 1)"
do "resume(1)"
do "read(e, 8)"
do "block(ep, 8, 50ms)"
advance 50ms
do "resume(2)"
`},
	},
}

var epollsimScripted = scripted{
	model: "epollsim",
	begin: func(_ *Input, line string) string { return line },
	tell: func(in *Input, what any, name namer) (Step, bool) {
		e, ok := what.(epollsim.Event)
		if !ok {
			return Step{}, false
		}
		return Step{Kind: string(e.Kind), Rule: e.Rule, Time: e.At.String(), Text: in.Say("kind."+string(e.Kind),
			"epoll", name.or(e.Epoll, int(e.Epoll)), "file", name.or(e.File, int(e.File)), "fd", name.and(e.FD, int(e.FD)), "events", e.Events, "what", e.What, "waiter", e.Waiter, "n", e.N, "errno", e.Errno)}, true
	},
	line: quoted("do"),
	goesOn: func(err error) bool {
		var errno epollsim.Errno
		return errors.As(err, &errno)
	},
	panels: func(_ *Input, state, _ any, _ namer) []Panel {
		s, ok := state.(epollsim.Snapshot)
		if !ok {
			return nil
		}
		return []Panel{{Kind: "svg", SVG: draw.EpollsimTree(s)}}
	},
}
