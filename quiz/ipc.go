package quiz

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"

	"github.com/orrery-go/orrery/ipc"
)

var ipcForms = []form{{"copies", ipcCopies}, {"pipe", pipeFull}, {"priority", queueOrder}, {"signals", signalsTaken}, {"bounds", messageBounds}}

func ipcCopies(r *rand.Rand) (draft, error) {
	n := int(between(r, 1, 8192))
	costs, err := ipc.Costs(n)
	if err != nil {
		return draft{}, err
	}
	c := costs[r.IntN(len(costs))]
	ways := map[ipc.Way]text{
		"pipe": {"a pipe", "管道"}, "unix stream": {"a unix stream socket", "流式 unix 套接字"}, "unix datagram": {"a unix datagram socket", "数据报 unix 套接字"},
		"message queue": {"a message queue", "消息队列"}, "shared memory": {"shared memory with a semaphore that nobody waits for", "共享内存，外加没有人等待的信号量"},
	}
	way, ok := ways[c.Way]
	if !ok {
		return draft{}, fmt.Errorf("no words for %q", c.Way)
	}
	bytes := func(n int) text { return say("%d bytes", "%d 字节", n) }
	var why strings.Builder
	for _, c := range costs {
		fmt.Fprintf(&why, "%-14s %d copies, %d bytes, %d calls\n", c.Way, c.Copies, c.Bytes, c.Calls)
	}
	return draft{
		text: say("A process sends another one a message of %d bytes through %s. How many bytes are copied between the processes and the kernel?",
			"一个进程通过%[2]s把 %[1]d 字节的消息发给另一个进程。进程与内核之间一共拷贝多少字节？", n, way),
		right: bytes(c.Bytes), wrong: []text{bytes(n), bytes(2 * n), bytes(0), bytes(3 * n)}, why: same(why.String()), rule: "copy-in",
	}, nil
}

func pipeFull(r *rand.Rand) (draft, error) {
	s, err := ipc.New(ipc.Config{Nonblock: true})
	if err != nil {
		return draft{}, err
	}
	_, w, err := s.Pipe(1)
	if err != nil {
		return draft{}, err
	}
	n := int(pick(r, between(r, 1, 100), between(r, 1000, 4096), between(r, 4097, 9000)))
	writes, total := 0, 0
	for {
		o, err := s.Write(1, w, make([]byte, n))
		if err == ipc.EAGAIN {
			break
		}
		if err != nil {
			return draft{}, err
		}
		writes++
		total += o.N
	}
	told := s.Snapshot().String()
	count := func(n int) text { return say("%d writes", "%d 次", n) }
	return draft{
		text: say("A pipe of the usual size (16 pages of 4,096 bytes) does not block, and nobody reads. How many writes of %d bytes does it take, whole or in part, before one returns EAGAIN?",
			"一个默认大小的管道（16 页，每页 4096 字节），非阻塞，没有人读。每次写 %d 字节，能写进去（全部或部分）几次才返回 EAGAIN？", n),
		right: count(writes), wrong: []text{count(65536 / n), count((65536 + n - 1) / n), count(16), count(4096/n*16 + 1), count(writes + 1)},
		why: say("%d bytes are in it then. A write goes into whole pages; only the rest that fits the last page joins it\n%s",
			"此时里面有 %d 字节。写入以页为单位：只有放得下的尾巴才并入最后一页\n%s", total, told),
		rule: "pipe-merge",
	}, nil
}

func queueOrder(r *rand.Rand) (draft, error) {
	s, err := ipc.New(ipc.Config{Nonblock: true})
	if err != nil {
		return draft{}, err
	}
	const most = 10
	q, err := s.Queue(1, most, 16)
	if err != nil {
		return draft{}, err
	}
	n := int(between(r, 4, 6))
	var posted, came, byName []string
	var priorities []int
	for i := range n {
		name, priority := string(rune('a'+i)), int(between(r, 0, 3))
		if _, err := s.Post(1, q, []byte(name), priority); err != nil {
			return draft{}, err
		}
		posted = append(posted, fmt.Sprintf("mq_send(%s, priority %d)", name, priority))
		byName, priorities = append(byName, name), append(priorities, priority)
	}
	for range n {
		o, err := s.Fetch(1, q, 16)
		if err != nil {
			return draft{}, err
		}
		came = append(came, string(o.Data))
	}
	lowest, newest := slices.Clone(byName), slices.Clone(byName)
	at := func(name string) int { return priorities[name[0]-'a'] }
	slices.SortStableFunc(lowest, func(a, b string) int { return at(a) - at(b) })
	slices.Reverse(newest)
	slices.SortStableFunc(newest, func(a, b string) int { return at(b) - at(a) })
	return draft{
		text:  say("A POSIX message queue:\n%s\nIn which order do the messages come?", "一个 POSIX 消息队列：\n%s\n消息按什么顺序取出？", indent(strings.Join(posted, "\n"))),
		right: same(strings.Join(came, " ")), wrong: each(strings.Join(byName, " "), strings.Join(newest, " "), strings.Join(lowest, " ")),
		why:  text{"the highest priority first, of one priority the oldest", "优先级最高的先取，同一优先级里最早的先取"},
		rule: "mq-order",
	}, nil
}

func signalsTaken(r *rand.Rand) (draft, error) {
	s, err := ipc.New(ipc.Config{})
	if err != nil {
		return draft{}, err
	}
	var sent, taken []int
	for range between(r, 4, 6) {
		sig := int(pick(r, 10, 12, 14, 34, 35)) // USR1, USR2, ALRM and two that are queued
		if err := s.Kill(1, 2, sig); err != nil {
			return draft{}, err
		}
		sent = append(sent, sig)
	}
	for {
		o, err := s.Take(2, ^uint64(0))
		if err == ipc.EAGAIN {
			break
		}
		if err != nil {
			return draft{}, err
		}
		taken = append(taken, o.Signal)
	}
	list := func(sigs []int) string { return strings.Trim(fmt.Sprint(sigs), "[]") }
	sorted := slices.Sorted(slices.Values(sent))
	return draft{
		text: say("A process has blocked all signals, and is sent these, in this order: %s (34 and above are real-time signals). Then it takes what is pending, one by one. What?",
			"一个进程屏蔽了所有信号，依次收到：%s（34 起是实时信号）。然后它逐个取出挂起的信号，取到什么？", list(sent)),
		right: same(list(taken)), wrong: each(list(sent), list(sorted), list(slices.Compact(slices.Clone(sorted)))),
		why: text{
			"a signal below 32 is a bit: which, but not how often; from 32 on each is queued; the lowest number comes first",
			"32 以下的信号只是一个位：知道有，不知道有几次；32 起每次都排队；编号小的先取",
		}, rule: "signal-once",
	}, nil
}

func messageBounds(r *rand.Rand) (draft, error) {
	dgram := r.IntN(2) == 0
	reads := int(between(r, 2, 3))
	var messages []int
	for range reads + int(between(r, 0, 1)) {
		messages = append(messages, int(between(r, 5, 30)))
	}
	size := int(between(r, 10, 20))
	results := map[bool][]string{}
	for _, kind := range []bool{false, true} {
		s, err := ipc.New(ipc.Config{Nonblock: true})
		if err != nil {
			return draft{}, err
		}
		a, b, err := s.SocketPair(1, kind)
		if err != nil {
			return draft{}, err
		}
		for _, n := range messages {
			if _, err := s.Send(1, a, make([]byte, n)); err != nil {
				return draft{}, err
			}
		}
		for range reads {
			o, err := s.Recv(1, b, size)
			if err == ipc.EAGAIN {
				results[kind] = append(results[kind], "EAGAIN")
				continue
			}
			if err != nil {
				return draft{}, err
			}
			results[kind] = append(results[kind], fmt.Sprint(o.N))
		}
	}
	kind := map[bool]text{false: {"stream", "流式"}, true: {"datagram", "数据报"}}[dgram]
	var whole, cut []string
	left := 0
	for i := range reads {
		whole = append(whole, fmt.Sprint(messages[i]))
		n := min(size, messages[i])
		cut = append(cut, fmt.Sprint(n))
		left += n
	}
	return draft{
		text: say("A pair of unix %s sockets: one end sends messages of %s bytes, then the other receives %d times with a buffer of %d bytes. How many bytes does each receive return?",
			"一对%s unix 套接字：一端依次发送 %s 字节的消息，另一端随后用 %[4]d 字节的缓冲接收 %[3]d 次。每次返回几个字节？", kind, strings.Trim(fmt.Sprint(messages), "[]"), reads, size),
		right: same(strings.Join(results[dgram], " ")),
		wrong: each(strings.Join(results[!dgram], " "), strings.Join(whole, " "), strings.Join(cut, " "), fmt.Sprint(left)),
		why: text{
			"a stream is bytes, without bounds between messages; a datagram is received by one call, and what does not fit is lost",
			"流只是字节，消息之间没有边界；数据报一次接收一个，放不下的部分就丢了",
		}, rule: "unix-datagram",
	}, nil
}
