package race_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/orrery-go/orrery/race"
)

// eventTexts are operations, and the events that they have: those of the operations that
// come before are not looked at. An event is written as eventLine does it.
var eventTexts = []struct {
	name         string
	c            race.Config
	before, text string
	want         string
}{
	{
		"go and exit", race.Config{}, "", "main: go g; g: exit",
		`1 did/op g1 "go"; 1 started/go g2 of g1; = started, races 0, woken 0, panics 0, g2, on 0; 2 did/op g2 "exit"`,
	},
	{
		"make", race.Config{}, "", "main: make r raw; main: make c chan 2 4",
		`1 did/op g1 "make"; 1 made/op g1 on 1; = made, races 0, woken 0, panics 0, g0, on 1; 2 did/op g1 "make"+4; 2 made/op g1 on 2; = made, races 0, woken 0, panics 0, g0, on 2`,
	},
	{
		"an access", race.Config{}, "main: go g", "g: write 0x10 4; main: read 0x12 8",
		`2 did/op g2 "write" at 0x10+4; 3 did/op g1 "read" at 0x12+8; 3 raced/race g1 of g2 "read" at 0x12+2; = done, races 1, woken 0, panics 0, g0, on 0`,
	},
	{
		"new", race.Config{}, "main: go g; g: write 0x10", "main: new 0x10 8; main: read 0x10",
		`3 did/op g1 "new" at 0x10+8; 4 did/op g1 "read" at 0x10+8`,
	},
	{
		"a lock, and one that waits for it", race.Config{}, "main: go g; main: lock mu", "g: lock mu; main: unlock mu; g: unlock mu",
		`4 did/op g2 "lock" on 1; 4 waits/wait g2 "lock" on 1; = waits, races 0, woken 0, panics 0, g0, on 0; 5 did/op g1 "unlock" on 1; 5 released/unlock g1; 5 woken/wait g2; 5 acquired/lock g2; 6 did/op g2 "unlock" on 1; 6 released/unlock g2`,
	},
	{
		"read locks", race.Config{}, "main: go g; main: go h; main: rlock mu", "g: rlock mu; h: lock mu; main: runlock mu; g: runlock mu; h: unlock mu; g: rlock mu",
		`5 did/op g2 "rlock" on 1; 6 did/op g3 "lock" on 1; 6 waits/wait g3 "lock" on 1; = waits, races 0, woken 0, panics 0, g0, on 0; 7 did/op g1 "runlock" on 1; 7 released/runlock g1; 8 did/op g2 "runlock" on 1; 8 released/runlock g2; 8 woken/wait g3; 8 acquired/lock g3; 9 did/op g3 "unlock" on 1; 9 released/unlock g3; 10 did/op g2 "rlock" on 1; 10 acquired/rlock g2`,
	},
	{
		"readers and a writer that wait", race.Config{}, "main: go g; main: go h; main: go i; main: lock mu", "g: rlock mu; h: lock mu; i: rlock mu; main: unlock mu; g: runlock mu; i: runlock mu",
		`6 did/op g2 "rlock" on 1; 6 waits/wait g2 "rlock" on 1; = waits, races 0, woken 0, panics 0, g0, on 0; 7 did/op g3 "lock" on 1; 7 waits/wait g3 "lock" on 1; = waits, races 0, woken 0, panics 0, g0, on 0; 8 did/op g4 "rlock" on 1; 8 waits/wait g4 "rlock" on 1; = waits, races 0, woken 0, panics 0, g0, on 0; 9 did/op g1 "unlock" on 1; 9 released/unlock g1; 9 woken/wait g2; 9 acquired/rlock g2; 9 woken/wait g4; 9 acquired/rlock g4; 10 did/op g2 "runlock" on 1; 10 released/runlock g2; 11 did/op g4 "runlock" on 1; 11 released/runlock g4; 11 woken/wait g3; 11 acquired/lock g3; 11 acquired/lock g3`,
	},
	{
		"unbuffered, the receiver first", race.Config{}, "main: go g; main: make c chan 0", "g: recv c; main: send c",
		`3 did/op g2 "recv" on 1; 3 waits/wait g2 "recv" on 1; = waits, races 0, woken 0, panics 0, g0, on 0; 4 did/op g1 "send" on 1; 4 woken/wait g2; 4 released/unbuffered g1; 4 acquired/unbuffered g2; 4 released/unbuffered g2; 4 acquired/unbuffered g1; = done, races 0, woken 1, panics 0, g0, on 0`,
	},
	{
		"unbuffered, the sender first", race.Config{}, "main: go g; main: make c chan 0", "g: send c; main: recv c",
		`3 did/op g2 "send" on 1; 3 waits/wait g2 "send" on 1; = waits, races 0, woken 0, panics 0, g0, on 0; 4 did/op g1 "recv" on 1; 4 woken/wait g2; 4 released/unbuffered g1; 4 acquired/unbuffered g2; 4 released/unbuffered g2; 4 acquired/unbuffered g1; = done, races 0, woken 1, panics 0, g0, on 0`,
	},
	{
		"a buffer", race.Config{}, "main: go g; main: make c chan 1", "g: send c; main: recv c",
		`3 did/op g2 "send" on 1; 3 acquired/buffered g2; 3 released/buffered g2; 4 did/op g1 "recv" on 1; 4 acquired/buffered g1; 4 released/buffered g1`,
	},
	{
		"a buffer, and a receiver that waits", race.Config{}, "main: go g; main: make c chan 1", "g: recv c; main: send c",
		`3 did/op g2 "recv" on 1; 3 waits/wait g2 "recv" on 1; = waits, races 0, woken 0, panics 0, g0, on 0; 4 did/op g1 "send" on 1; 4 woken/wait g2; 4 acquired/buffered g1; 4 released/buffered g1; 4 acquired/buffered g2; 4 released/buffered g2; = done, races 0, woken 1, panics 0, g0, on 0`,
	},
	{
		"a full buffer", race.Config{}, "main: go g; main: make c chan 1; main: send c", "g: send c; main: recv c",
		`4 did/op g2 "send" on 1; 4 waits/wait g2 "send" on 1; = waits, races 0, woken 0, panics 0, g0, on 0; 5 did/op g1 "recv" on 1; 5 woken/wait g2; 5 acquired/buffered g1; 5 released/buffered g1; 5 acquired/buffered g2; 5 released/buffered g2; = done, races 0, woken 1, panics 0, g0, on 0`,
	},
	{
		"a buffer up to 1.15", race.Config{Release: "go1.15"}, "main: go g; main: make c chan 1", "g: send c; main: recv c",
		`3 did/op g2 "send" on 1; 3 released/buffered g2; 4 did/op g1 "recv" on 1; 4 acquired/buffered g1; 4 released/buffered g1`,
	},
	{
		"elements of size 0", race.Config{}, "main: go g; main: make c chan 1 0", "g: send c; main: recv c",
		`3 did/op g2 "send" on 1; 3 released/elem-zero g2; 4 did/op g1 "recv" on 1; 4 acquired/elem-zero g1; 4 released/elem-zero g1`,
	},
	{
		"elements of size 0, strict", race.Config{Strict: true}, "main: go g; main: make c chan 1 0", "g: send c; main: recv c",
		`3 did/op g2 "send" on 1; 3 acquired/buffered g2; 3 released/buffered g2; 4 did/op g1 "recv" on 1; 4 acquired/buffered g1; 4 released/buffered g1`,
	},
	{
		"close, and receivers that wait", race.Config{}, "main: go g; main: go h; main: make c chan 0; g: recv c; h: recv c", "main: close c; main: recv c",
		`6 did/op g1 "close" on 1; 6 released/close g1; 6 woken/wait g2; 6 acquired/close g2; 6 woken/wait g3; 6 acquired/close g3; = done, races 0, woken 2, panics 0, g0, on 0; 7 did/op g1 "recv" on 1; 7 acquired/close g1`,
	},
	{
		"close, and senders that wait", race.Config{}, "main: go g; main: make c chan 1; main: send c", "main: go h; g: send c; h: send c; main: close c",
		`4 did/op g1 "go"; 4 started/go g3 of g1; = started, races 0, woken 0, panics 0, g3, on 0; 5 did/op g2 "send" on 1; 5 waits/wait g2 "send" on 1; = waits, races 0, woken 0, panics 0, g0, on 0; 6 did/op g3 "send" on 1; 6 waits/wait g3 "send" on 1; = waits, races 0, woken 0, panics 0, g0, on 0; 7 did/op g1 "close" on 1; 7 raced/race g1 of g3 "close" at 0x4000000000000008+1; 7 raced/race g1 of g2 "close" at 0x4000000000000008+1; 7 released/close g1; 7 woken/wait g2; 7 acquired/close g2; 7 woken/wait g3; 7 acquired/close g3; = done, races 2, woken 2, panics 2, g0, on 0`,
	},
	{
		"a WaitGroup", race.Config{}, "main: go g; main: add 2 wg", "main: wait wg; g: add -1 wg; g: add -1 wg; g: wait wg",
		`4 did/op g1 "wait" on 1; 4 waits/wait g1 "wait" on 1; = waits, races 0, woken 0, panics 0, g0, on 0; 5 did/op g2 "add" on 1; 5 released/wg-done g2; 6 did/op g2 "add" on 1; 6 released/wg-done g2; 6 woken/wait g1; 6 acquired/wg-wait g1; = done, races 0, woken 1, panics 0, g0, on 0; 7 did/op g2 "wait" on 1; 7 acquired/wg-wait g2`,
	},
	{
		"a WaitGroup, more while one waits", race.Config{}, "main: go g; main: add 1 wg; main: wait wg", "g: add 1 wg; g: add -1 wg; g: add -1 wg; main: add 1 wg; g: wait wg",
		`5 did/op g2 "add" on 1; 6 did/op g2 "add" on 1; 6 released/wg-done g2; 7 did/op g2 "add" on 1; 7 released/wg-done g2; 7 woken/wait g1; 7 acquired/wg-wait g1; = done, races 0, woken 1, panics 0, g0, on 0; 8 did/op g1 "add" on 1; 9 did/op g2 "wait" on 1; 9 raced/race g2 of g1 "wait" at 0x4000000000000008+1; 9 waits/wait g2 "wait" on 1; = waits, races 1, woken 0, panics 0, g0, on 0`,
	},
	{
		"a WaitGroup of several that wait", race.Config{}, "main: go g; main: go h; main: go i; main: add 1 wg", "g: wait wg; h: wait wg; main: wait wg; i: add -1 wg",
		`6 did/op g2 "wait" on 1; 6 raced/race g2 of g1 "wait" at 0x4000000000000008+1; 6 waits/wait g2 "wait" on 1; = waits, races 1, woken 0, panics 0, g0, on 0; 7 did/op g3 "wait" on 1; 7 waits/wait g3 "wait" on 1; = waits, races 0, woken 0, panics 0, g0, on 0; 8 did/op g1 "wait" on 1; 8 waits/wait g1 "wait" on 1; = waits, races 0, woken 0, panics 0, g0, on 0; 9 did/op g4 "add" on 1; 9 released/wg-done g4; 9 woken/wait g2; 9 acquired/wg-wait g2; 9 woken/wait g3; 9 acquired/wg-wait g3; 9 woken/wait g1; 9 acquired/wg-wait g1; = done, races 0, woken 3, panics 0, g0, on 0`,
	},
	{
		"a broadcast", race.Config{}, "main: go g; main: go h; main: lock mu; main: make c cond mu; main: cond wait c; g: lock mu; g: cond wait c", "h: broadcast c; h: broadcast c; h: signal c; main: unlock mu",
		`9 did/op g3 "broadcast" on 2; 9 woken/wait g1; 9 acquired/lock g1; 9 woken/wait g2; 9 waits/wait g2 "lock" on 1; = done, races 0, woken 1, panics 0, g0, on 0; 10 did/op g3 "broadcast" on 2; 11 did/op g3 "signal" on 2; 12 did/op g1 "unlock" on 1; 12 released/unlock g1; 12 woken/wait g2; 12 acquired/lock g2`,
	},
	{
		"a Once", race.Config{}, "main: go g; main: go h", "main: once o; g: once o; h: once o; main: ran o; main: once o",
		`3 did/op g1 "make"; 3 made/op g1 on 1; 4 did/op g1 "once" on 1; = runs, races 0, woken 0, panics 0, g0, on 0; 5 did/op g2 "once" on 1; 5 waits/wait g2 "once" on 1; = waits, races 0, woken 0, panics 0, g0, on 0; 6 did/op g3 "once" on 1; 6 waits/wait g3 "once" on 1; = waits, races 0, woken 0, panics 0, g0, on 0; 7 did/op g1 "ran" on 1; 7 released/once g1; 7 woken/wait g2; 7 acquired/once g2; 7 released/once g2; 7 woken/wait g3; 7 acquired/once g3; 7 acquired/once g3; 7 released/once g3; = done, races 0, woken 2, panics 0, g0, on 0; 8 did/op g1 "once" on 1; 8 acquired/once g1`,
	},
	{
		"a Once, strict", race.Config{Strict: true}, "main: go g; main: go h", "main: once o; g: once o; h: once o; main: ran o",
		`3 did/op g1 "make"; 3 made/op g1 on 1; 4 did/op g1 "once" on 1; = runs, races 0, woken 0, panics 0, g0, on 0; 5 did/op g2 "once" on 1; 5 waits/wait g2 "once" on 1; = waits, races 0, woken 0, panics 0, g0, on 0; 6 did/op g3 "once" on 1; 6 waits/wait g3 "once" on 1; = waits, races 0, woken 0, panics 0, g0, on 0; 7 did/op g1 "ran" on 1; 7 released/once g1; 7 woken/wait g2; 7 acquired/once g2; 7 woken/wait g3; 7 acquired/once g3; = done, races 0, woken 2, panics 0, g0, on 0`,
	},
	{
		"a Cond", race.Config{}, "main: go g; main: lock mu; main: make c cond mu", "main: cond wait c; g: signal c; g: lock mu; main: unlock mu; g: cond wait c; main: lock mu; main: broadcast c; main: unlock mu",
		`5 did/op g1 "cond wait" on 2; 5 released/unlock g1; 5 waits/wait g1 "cond wait" on 2; = waits, races 0, woken 0, panics 0, g0, on 0; 6 did/op g2 "signal" on 2; 6 woken/wait g1; 6 acquired/lock g1; = done, races 0, woken 1, panics 0, g0, on 0; 7 did/op g2 "lock" on 1; 7 waits/wait g2 "lock" on 1; = waits, races 0, woken 0, panics 0, g0, on 0; 8 did/op g1 "unlock" on 1; 8 released/unlock g1; 8 woken/wait g2; 8 acquired/lock g2; 9 did/op g2 "cond wait" on 2; 9 released/unlock g2; 9 waits/wait g2 "cond wait" on 2; = waits, races 0, woken 0, panics 0, g0, on 0; 10 did/op g1 "lock" on 1; 10 acquired/lock g1; 11 did/op g1 "broadcast" on 2; 11 woken/wait g2; 11 waits/wait g2 "lock" on 1; 12 did/op g1 "unlock" on 1; 12 released/unlock g1; 12 woken/wait g2; 12 acquired/lock g2`,
	},
	{
		"a Cond, strict", race.Config{Strict: true}, "main: go g; main: lock mu; main: make c cond mu", "main: cond wait c; g: signal c",
		`5 did/op g1 "cond wait" on 2; 5 released/unlock g1; 5 waits/wait g1 "cond wait" on 2; = waits, races 0, woken 0, panics 0, g0, on 0; 6 did/op g2 "signal" on 2; 6 released/cond g2; 6 acquired/cond g1; 6 woken/wait g1; 6 acquired/lock g1; = done, races 0, woken 1, panics 0, g0, on 0`,
	},
	{
		"atomics", race.Config{}, "main: go g; main: go h", "g: atomic load 0x10; g: failed cas 0x10; g: atomic store 0x10; h: atomic store 0x10; main: atomic load 0x10; g: atomic add 0x10; h: failed cas 0x10",
		`3 did/op g2 "atomic load" at 0x10+8; 4 did/op g2 "failed cas" at 0x10+8; 5 did/op g2 "atomic store" at 0x10+8; 5 released/store g2; 6 did/op g3 "atomic store" at 0x10+8; 6 released/store g3; 7 did/op g1 "atomic load" at 0x10+8; 7 acquired/load g1; 8 did/op g2 "atomic add" at 0x10+8; 8 acquired/modify g2; 8 released/modify g2; 9 did/op g3 "failed cas" at 0x10+8; 9 acquired/cas-failed g3`,
	},
	{
		"atomics up to 1.10", race.Config{Release: "go1.10"}, "main: go g; main: go h", "g: atomic store 0x10; h: atomic store 0x10; main: failed cas 0x10; g: atomic add 0x10; h: atomic load 0x10",
		`3 did/op g2 "atomic store" at 0x10+8; 3 released/store g2; 4 did/op g3 "atomic store" at 0x10+8; 4 released/store g3; 5 did/op g1 "failed cas" at 0x10+8; 5 acquired/modify g1; 5 released/modify g1; 6 did/op g2 "atomic add" at 0x10+8; 6 acquired/modify g2; 6 released/modify g2; 7 did/op g3 "atomic load" at 0x10+8; 7 acquired/load g3`,
	},
	{
		"raw", race.Config{}, "main: go g; main: make r raw", "main: acquire r; g: release r; main: release merge r; g: acquire r; main: release acquire r",
		`3 did/op g1 "acquire" on 1; 4 did/op g2 "release" on 1; 4 released/raw g2; 5 did/op g1 "release merge" on 1; 5 released/raw g1; 6 did/op g2 "acquire" on 1; 6 acquired/raw g2; 7 did/op g1 "release acquire" on 1; 7 acquired/raw g1; 7 released/raw g1`,
	},
	{
		"a race, limited", race.Config{Limits: race.Limits{Cells: 1}}, "main: go g; g: write 0x14 4", "main: write 0x10 8; g: read 0x10; main: write 0x10",
		`3 did/op g1 "write" at 0x10+8; 3 raced/race g1 of g2 "write" at 0x14+4; = done, races 1, woken 0, panics 0, g0, on 0; 4 did/op g2 "read" at 0x10+8; 5 did/op g1 "write" at 0x10+8; 5 raced/race g1 of g2 "write" at 0x10+8; = done, races 1, woken 0, panics 0, g0, on 0`,
	},
	{
		"a race up to 1.18", race.Config{Release: "go1.18", Limits: race.Limits{Cells: 1}}, "main: go g; g: write 0x14 4", "main: write 0x10 8; g: read 0x10; main: write 0x10",
		`3 did/op g1 "write" at 0x10+8; 3 raced/race g1 of g2 "write" at 0x14+4; = done, races 1, woken 0, panics 0, g0, on 0; 4 did/op g2 "read" at 0x10+8; 4 evicted/cells g2 of g2 at 0x14+4; 5 did/op g1 "write" at 0x10+8; 5 raced/race g1 of g2 "write" at 0x10+8; = done, races 1, woken 0, panics 0, g0, on 0`,
	},
	{
		"a cell for another", race.Config{Limits: race.Limits{Cells: 2}}, "main: go g; main: go h; main: read 0x12 2; g: read 0x12 4", "h: read 0x10",
		`5 did/op g3 "read" at 0x10+8; 5 evicted/cells g1 of g3 at 0x12+2`,
	},
	{
		"a cell for another, the second", race.Config{Limits: race.Limits{Cells: 2}, Choose: func(n int) int { return n - 1 }}, "main: go g; main: go h; main: read 0x12 2; g: read 0x12 4", "h: read 0x10",
		`5 did/op g3 "read" at 0x10+8; 5 evicted/cells g2 of g3 at 0x12+4`,
	},
	{
		"a cell for another up to 1.18", race.Config{Release: "go1.18", Limits: race.Limits{Cells: 2}}, "main: go g; main: go h; main: read 0x12 2; g: read 0x12 4", "h: read 0x10",
		`5 did/op g3 "read" at 0x10+8; 5 evicted/cells g1 of g3 at 0x12+2`,
	},
	{
		"a history that is gone", race.Config{Limits: race.Limits{Cells: 4, Parts: 1, PartSize: 1}}, "main: go g; g: write 0x14 4; g: read 0x20", "main: write 0x10 8",
		`4 did/op g1 "write" at 0x10+8; 4 lost/history g1 of g2 at 0x14`,
	},
	{
		"a history of one that has exited", race.Config{Limits: race.Limits{Cells: 4, Exited: 1}}, "main: go g; main: go h; g: write 0x10; g: exit; h: exit", "main: write 0x10 8",
		`6 did/op g1 "write" at 0x10+8; 6 lost/history g1 of g2 at 0x10`,
	},
	{
		"a slot that is lost: go c", race.Config{Limits: race.Limits{Slots: 2}}, "main: make r raw; main: release r; main: go a; main: go b", "main: go c",
		`5 did/op g1 "go"; 5 attached/slots g1; 5 started/go g4 of g1; = started, races 0, woken 0, panics 0, g4, on 0`,
	},
	{
		"a slot that is lost: acquire r", race.Config{Limits: race.Limits{Slots: 2}}, "main: make r raw; main: release r; main: go a; main: go b", "main: acquire r",
		`5 did/op g1 "acquire" on 1; 5 attached/slots g1; 5 acquired/raw g1`,
	},
	{
		"a slot that is lost: release r", race.Config{Limits: race.Limits{Slots: 2}}, "main: make r raw; main: release r; main: go a; main: go b", "main: release r",
		`5 did/op g1 "release" on 1; 5 attached/slots g1; 5 released/raw g1`,
	},
	{
		"a slot that is lost: release merge r", race.Config{Limits: race.Limits{Slots: 2}}, "main: make r raw; main: release r; main: go a; main: go b", "main: release merge r",
		`5 did/op g1 "release merge" on 1; 5 attached/slots g1; 5 released/raw g1`,
	},
	{
		"a slot that is lost: release acquire r", race.Config{Limits: race.Limits{Slots: 2}}, "main: make r raw; main: release r; main: go a; main: go b", "main: release acquire r",
		`5 did/op g1 "release acquire" on 1; 5 attached/slots g1; 5 acquired/raw g1; 5 released/raw g1`,
	},
	{
		"a slot that is lost: lock mu", race.Config{Limits: race.Limits{Slots: 2}}, "main: make r raw; main: release r; main: go a; main: go b", "main: lock mu",
		`5 did/op g1 "make"; 5 made/op g1 on 2; 6 did/op g1 "lock" on 2`,
	},
	{
		"a slot that is lost: send c", race.Config{Limits: race.Limits{Slots: 2}}, "main: make r raw; main: release r; main: make c chan 1; main: go a; main: go b", "main: send c",
		`6 did/op g1 "send" on 2; 6 attached/slots g1; 6 acquired/buffered g1; 6 released/buffered g1`,
	},
	{
		"a slot that is lost: close c", race.Config{Limits: race.Limits{Slots: 2}}, "main: make r raw; main: release r; main: make c chan 1; main: go a; main: go b", "main: close c",
		`6 did/op g1 "close" on 2; 6 attached/slots g1; 6 released/close g1`,
	},
	{
		"a slot that is lost: atomic add 0x10", race.Config{Limits: race.Limits{Slots: 2}}, "main: make r raw; main: release r; main: go a; main: go b", "main: atomic add 0x10",
		`5 did/op g1 "atomic add" at 0x10+8; 5 attached/slots g1; 5 acquired/modify g1; 5 released/modify g1`,
	},
	{
		"a slot that is lost: atomic store 0x10", race.Config{Limits: race.Limits{Slots: 2}}, "main: make r raw; main: release r; main: go a; main: go b", "main: atomic store 0x10",
		`5 did/op g1 "atomic store" at 0x10+8; 5 attached/slots g1; 5 released/store g1`,
	},
	{
		"a slot that is lost: add -1 wg", race.Config{Limits: race.Limits{Slots: 2}}, "main: make r raw; main: release r; main: add 1 wg; main: go a; main: go b", "main: add -1 wg",
		`7 did/op g1 "add" on 2; 7 attached/slots g1; 7 released/wg-done g1`,
	},
}

// TestEvents checks which events operations have, in which order, and all their members,
// and the outcome of each operation that is not simply done.
func TestEvents(t *testing.T) {
	for _, tt := range eventTexts {
		var got []string
		tt.c.Trace = func(e race.Event) { got = append(got, eventLine(e)) }
		l := entries(t, tt.c, tt.before)
		got = nil
		list, err := race.ParseEntries(tt.text)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range list {
			o, err := l.Do(e)
			if err != nil {
				t.Fatal(err)
			}
			if o != (race.Outcome{What: race.DidOp}) {
				got = append(got, fmt.Sprintf("= %v, races %d, woken %d, panics %d, g%d, on %d", o, o.Races, o.Woken, o.Panics, o.G, o.Object))
			}
		}
		if diff := cmp.Diff(strings.Split(tt.want, "; "), got); diff != "" {
			t.Errorf("%s: -want +got\n%s", tt.name, diff)
		}
	}
}

// eventLine writes an event as its kind and its rule, with everything else that is set.
func eventLine(e race.Event) string {
	s := fmt.Sprintf("%d %s/%s", e.Op, e.Kind, e.Rule)
	if e.G != 0 {
		s += fmt.Sprintf(" g%d", e.G)
	}
	if e.Of != 0 {
		s += fmt.Sprintf(" of g%d", e.Of)
	}
	if e.Verb != "" {
		s += fmt.Sprintf(" %q", e.Verb)
	}
	if e.On != 0 {
		s += fmt.Sprintf(" on %d", e.On)
	}
	if e.Addr != 0 {
		s += fmt.Sprintf(" at %#x", e.Addr)
	}
	if e.Size != 0 {
		s += fmt.Sprintf("+%d", e.Size)
	}
	if e.Place != 0 {
		s += fmt.Sprintf(" place %d", e.Place)
	}
	return s
}
