//go:build !orrery_lean || orrery_gomap

package playground

import (
	"strconv"

	"github.com/orrery-go/orrery/crash"
	"github.com/orrery-go/orrery/draw"
	"github.com/orrery-go/orrery/gomap"
)

func init() { add(&gomapView) }

var gomapView = View{
	ID:    "gomap",
	Title: Words{"Maps", "map"},
	About: Words{"A map slot by slot: Swiss tables since Go 1.24, buckets with overflow chains before. Keys and elements are words.",
		"逐格观察 map：Go 1.24 起是 Swiss table，此前是带溢出链的桶。键和值都是单词。"},
	Language: Words{`put K V, get K, delete K, clear, fill N puts k0, k1, ...; range, next 3; race: another goroutine is writing; new hint=100 hash=same key=int elem=[200]byte, or new nil, begins again`,
		`put K V、get K、delete K、clear，fill N 放入 k0、k1……；range、next 3；race：另一个 goroutine 正在写；new hint=100 hash=same key=int elem=[200]byte 或 new nil 重新开始`},
	Model: "gomap", Fidelity: gomap.Fidelity, Prefix: "kind.", Run: runGomap,
	Words: map[string]Words{
		"kind.allocated": {"allocated: {what}, {n} bytes", "分配 {what}，{n} 字节"},
		"kind.grew":      {"it grows: to {n}", "扩容到 {n}"},
		"kind.split":     {"table {of} is split into {table} and {and}", "表 {of} 分裂成 {table} 和 {and}"},
		"kind.doubled":   {"the directory doubles: {n} places", "目录翻倍：{n} 项"},
		"kind.pruned":    {"{n} tombstones of table {table} become empty slots", "表 {table} 的 {n} 个墓碑变回空格"},
		"kind.reseeded":  {"a new seed: every key has another hash", "换新种子：所有键的哈希都变了"},
		"kind.same size": {"a growth to {n} buckets, as many as before: too many have overflowed", "等量扩容：仍是 {n} 个桶，因为溢出桶太多"},
		"kind.evacuated": {"old bucket {unit} is evacuated: {n} entries", "搬迁旧桶 {unit}：{n} 个条目"},
		"kind.finished":  {"the growth is finished", "扩容完成"},
		"kind.overflow":  {"bucket {unit} gets an overflow bucket", "桶 {unit} 挂上一个溢出桶"},
		"kind.began":     {"a range begins at unit {unit}, slot {slot}", "range 从 {unit} 的第 {slot} 格开始"},
		"kind.yielded":   {"the range gives {unit}, slot {slot}", "range 给出 {unit} 的第 {slot} 格"},
		"kind.skipped":   {"the range skips an entry, which is gone", "range 跳过一个已删除的条目"},
		"kind.inserted":  {"inserted at {unit}, slot {slot}; {n} looked at", "插入 {unit} 的第 {slot} 格；看了 {n} 处"},
		"kind.updated":   {"updated at {unit}, slot {slot}; {n} looked at", "更新 {unit} 的第 {slot} 格；看了 {n} 处"},
		"kind.found":     {"found at {unit}, slot {slot}; {n} looked at", "在 {unit} 的第 {slot} 格找到；看了 {n} 处"},
		"kind.deleted":   {"deleted at {unit}, slot {slot}", "删除 {unit} 的第 {slot} 格"},
		"kind.absent":    {"it is not there", "不存在"},
		"kind.cleared":   {"all is cleared", "已清空"},

		"headline.swiss":   {"Swiss tables: groups of 8 slots, a control byte each", "Swiss table：每组 8 格，每格一个控制字节"},
		"headline.buckets": {"buckets of 8, with overflow chains; growth a bucket or two at a time", "8 格一桶，溢出成链；扩容时每次搬一两个桶"},
		"picture":          {"{n} entries", "{n} 个条目"},
	},
	Examples: []Example{
		{ID: "ninth", Title: Words{"The ninth entry", "第九个条目"}, Beside: "go1.23", Claims: []string{"map-30", "map-5"}, Program: `# Eight entries fit into one group, or one bucket.
new
fill 8
put ninth 9
`},
		{ID: "growth", Title: Words{"Growing, at once or bit by bit", "一次扩完，还是渐进扩容"}, Beside: "go1.23", Claims: []string{"map-6"}, Program: `# Who pays for the growth: one assignment, or many?
new
fill 13
put a 1
put b 2
put c 3
put d 4
`},
		{ID: "delete", Title: Words{"Empty, or a tombstone", "空格还是墓碑"}, Claims: []string{"map-33"}, Program: `# Deleting leaves a tombstone where a search has to go on.
new hash=same
fill 10
delete k1
delete k9
put again 1
get k8
`},
		{ID: "collide", Title: Words{"All keys have the same hash", "所有键哈希相同"}, Beside: "go1.23", Claims: []string{"map-32"}, Program: `# Probing on, or a chain.
new hash=same
fill 20
get k19
`},
		{ID: "range", Title: Words{"A range, and changes in it", "遍历中修改"}, Claims: []string{"map-9", "map-28"}, Program: `# What is deleted does not come; what is put may come or not.
new
fill 6
range
next
delete k3
put late 1
next 6
`},
		{ID: "race", Title: Words{"Another goroutine writes", "并发写"}, Beside: "go1.5", Claims: []string{"map-18"}, Program: `# Not a panic: it ends the program, and nothing recovers it.
new
put a 1
race
get a
`},
		{ID: "nil", Title: Words{"A nil map", "nil map"}, Claims: []string{"map-17"}, Program: `new nil
get a
delete a
put a 1
`},
	},
}

var gomapScripted = scripted{
	model: "gomap",
	begin: func(in *Input, line string) string {
		return beginWith(line, "release", in.Release, "seed", strconv.FormatUint(in.Seed&(1<<63-1), 10))
	},
	tell: func(in *Input, what any, _ namer) (Step, bool) {
		switch e := what.(type) {
		case gomap.Event:
			return Step{Kind: string(e.Kind), Rule: e.Rule, Text: in.Say("kind."+string(e.Kind),
				"table", e.Table, "and", e.And, "of", e.Of, "unit", e.Unit, "slot", e.Slot, "n", e.N, "what", e.What)}, true
		case *crash.Error:
			return Step{Kind: string(e.Kind), Text: e.Error()}, true
		}
		return Step{}, false
	},
	line: func(_ *Input, text string) (string, string) { return text, "" },
	panels: func(in *Input, state, _ any, _ namer) []Panel {
		s, ok := state.(gomap.Snapshot[string, string])
		if !ok {
			return nil
		}
		return []Panel{{Kind: "svg", SVG: draw.GomapSlots(in.Say("picture", "n", s.Len), s)}}
	},
}

func runGomap(in *Input) (*Run, error) {
	r, err := gomapScripted.run(in)
	if err == nil {
		r.Headline = in.Say("headline.swiss")
		if before(in.Release, "go1.24") {
			r.Headline = in.Say("headline.buckets")
		}
	}
	return r, err
}
