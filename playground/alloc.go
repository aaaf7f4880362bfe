//go:build !orrery_lean || orrery_alloc

package playground

import (
	"fmt"
	"strings"

	"github.com/orrery-go/orrery/alloc"
	"github.com/orrery-go/orrery/draw"
)

func init() { add(&allocView) }

var allocView = View{
	ID:    "alloc",
	Title: Words{"Allocator", "内存分配"},
	About: Words{"An allocation asks a P's mcache, then the mcentral, then the mheap, then the system. Spans, slots and pages, and what a collection gives back.",
		"一次分配依次询问 P 的 mcache、mcentral、mheap，最后是操作系统。观察 span、槽位、页，以及 GC 归还了什么。"},
	Language: Words{`malloc 48 (scan, times=100, p=1); gc keep=3: every third object lives; mark keep=0, sweep spans=1; free object=2; new procs=2 limit=8388608 begins again`,
		`malloc 48（scan、times=100、p=1）；gc keep=3：每三个对象活一个；mark keep=0、sweep spans=1；free object=2；new procs=2 limit=8388608 重新开始`},
	Model: "alloc", Fidelity: alloc.Fidelity, Prefix: "kind.", Run: allocScripted.run,
	Words: map[string]Words{
		"kind.zero size":                 {"no memory: all values of size 0 lie at one address", "不占内存：所有零大小的值都在同一地址"},
		"kind.tiny: combined":            {"{bytes} bytes go into the P's block of tiny objects", "{bytes} 字节并入该 P 的微小对象块"},
		"kind.tiny: new block":           {"a slot becomes a block for tiny objects", "一个槽位成为微小对象块"},
		"kind.mcache: slot":              {"P{p} takes a slot of its span of class {class}: {bytes} bytes at {addr}", "P{p} 从自己的 {class} 级 span 取一个槽位：{bytes} 字节，位于 {addr}"},
		"kind.mcache: reused":            {"P{p} takes a slot that was given back: {addr}", "P{p} 取用归还的槽位：{addr}"},
		"kind.mheap: large object":       {"a large object gets a span of its own: {bytes} bytes at {addr}", "大对象独占一个 span：{bytes} 字节，位于 {addr}"},
		"kind.mcache: uncache":           {"P{p} gives its span back to the mcentral: {addr}", "P{p} 把 span 还给 mcentral：{addr}"},
		"kind.mcache: refill":            {"P{p} gets a span of class {class}: {addr}", "P{p} 得到一个 {class} 级 span：{addr}"},
		"kind.mcentral: partial swept":   {"the mcentral has a span with room", "mcentral 有一个有空位的 span"},
		"kind.mcentral: partial unswept": {"the mcentral sweeps a span for it", "mcentral 为此清扫一个 span"},
		"kind.mcentral: full unswept":    {"the mcentral sweeps a full span, which has room then", "mcentral 清扫一个满的 span，腾出了空位"},
		"kind.mcentral: grow":            {"the mcentral asks the mheap for a span of class {class}, {bytes} bytes", "mcentral 向 mheap 要一个 {class} 级 span，{bytes} 字节"},
		"kind.mheap: ":                   {"the mheap: {what}, {bytes} bytes at {addr}", "mheap：{what}，{bytes} 字节，位于 {addr}"},
		"kind.mheap: reclaim":            {"before the heap grows: sweeping 512 pages from {addr} on frees {bytes} bytes", "堆增长之前：清扫从 {addr} 起的 512 页，释放 {bytes} 字节"},
		"kind.mheap: span freed":         {"a span is empty: its pages are free again", "span 已空：它的页重新空闲"},
		"kind.sweep":                     {"a span is swept: {bytes} bytes are free", "清扫一个 span：释放 {bytes} 字节"},
		"kind.work buffers":              {"the collector takes pages for its work buffers", "回收器为工作缓冲区取页"},
		"kind.mark done":                 {"marking has ended: spans are to be swept", "标记结束：span 等待清扫"},
		"kind.free":                      {"{bytes} bytes at {addr} are given back", "归还 {addr} 处的 {bytes} 字节"},
	},
	Examples: []Example{
		{ID: "first", Title: Words{"The first object asks every level", "第一个对象要问遍每一层"}, Program: `# The second asks nobody, and the first of another class begins again.
malloc 48
malloc 48
malloc 100
`},
		{ID: "tiny", Title: Words{"Tiny objects share a block", "微小对象共用一块"}, Beside: "go1.2", Program: `# Sixteen bytes hold several, if they have no pointers.
malloc 1
malloc 4
malloc 8
malloc 8 scan
malloc 2
`},
		{ID: "gc", Title: Words{"A collection, and lazy sweeping", "回收与惰性清扫"}, Program: `# Marking ends at once; spans are swept when they are needed.
malloc 1024 times=20
mark keep=4
malloc 1024 times=3
sweep spans=2
`},
		{ID: "large", Title: Words{"A large object", "大对象"}, Program: `# More than 32 KiB is the mheap's own business, in whole pages.
malloc 40000
malloc 48
gc
`},
	},
}

var allocScripted = scripted{
	model: "alloc",
	begin: func(in *Input, line string) string { return beginWith(line, "release", in.Release) },
	tell: func(in *Input, what any, _ namer) (Step, bool) {
		e, ok := what.(alloc.Event)
		if !ok {
			return Step{}, false
		}
		key, page := string(e.Kind), ""
		if rest, ok := strings.CutPrefix(key, string(alloc.Pages)); ok && e.Kind != alloc.LargeObject && e.Kind != alloc.SpanFreed {
			key, page = string(alloc.Pages), rest
		}
		return Step{Kind: string(e.Kind), Rule: e.Rule, Text: in.Say("kind."+key, "p", e.P, "class", e.Class, "addr", fmt.Sprintf("%#x", uint64(e.Addr)), "bytes", e.Bytes, "what", page)}, true
	},
	line: func(_ *Input, text string) (string, string) { return text, "" },
	panels: func(_ *Input, state, _ any, _ namer) []Panel {
		s, ok := state.(alloc.Snapshot)
		if !ok {
			return nil
		}
		return []Panel{{Kind: "svg", SVG: draw.AllocHeap(s)}}
	},
}
