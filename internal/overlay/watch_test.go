package overlay

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
)

// A watcher follows the notes of a run and says which rule one of them breaks. What was
// there before the run it does not know.
type watcher struct {
	turn    *Note          // the last of sysmon
	retook  int            // since then
	in      map[int]uint64 // when sysmon saw a P in a system call, by its clock
	free    map[int]int    // lengths of the lists of ended goroutines, by P
	idle    []int          // Ps, the last of which is taken first
	seen    map[Kind]int
	exits   map[uint64]Note // goroutines that are back from a system call and have not begun since
	exited  [4]int
	doubled int // stacks that became twice as large
	heap    int // the largest of timers
	binary  int // heaps that would be none if timers had two children
	next    int // Ps taken right after a change of GOMAXPROCS
	fresh   bool
	marked  map[int]Note // Ps that a collection has yet to flush
	flushed int          // idle Ps that had pages in their caches
	kept    int          // others
}

func newWatcher() *watcher {
	return &watcher{in: map[int]uint64{}, free: map[int]int{}, seen: map[Kind]int{}, exits: map[uint64]Note{}, marked: map[int]Note{}}
}

// note returns the rule that is broken, or "". Notes have to be in the order of time.
func (w *watcher) note(n Note) string {
	w.seen[n.Kind]++
	switch n.Kind {
	case Watched:
		return w.watched(n)
	case SeenInCall:
		w.in[n.P] = n.Object
	case Retook:
		w.retook++
		if at, ok := w.in[n.P]; n.Count == 0 && (!ok || n.Object < 20_000 || uint64(n.At) < at+n.Object) {
			return "sysmon takes a P from a call that it has seen before, 20 microseconds ago or more"
		}
	case Asked:
		if n.Object < 10_000_000 {
			return "a time slice has 10 milliseconds"
		}
	case Polled:
		if n.Object <= 10_000_000 {
			return "sysmon polls if nothing has for 10 milliseconds"
		}
	case Exited:
		return w.back(n)
	case Started:
		return w.started(n)
	case Freed, Reused:
		return w.listed(n)
	case Idled:
		w.idle, w.fresh = append(w.idle, n.P), false
	case Busied:
		last := len(w.idle) - 1
		if last < 0 {
			return ""
		}
		was := w.idle
		w.idle = w.idle[:last]
		switch {
		case was[last] != n.P:
			return fmt.Sprintf("the P that has been idle for the shortest time is used first: of %v", was)
		case w.fresh && n.P != slices.Max(was):
			return fmt.Sprintf("after a change of GOMAXPROCS the last P is used first: of %v", was)
		case w.fresh:
			w.next++
		}
		w.fresh = false
	case Changed:
		w.fresh = len(w.idle) > 1
		maps.DeleteFunc(w.free, func(p, _ int) bool { return p >= int(n.Object) }) // to the shared lists
	case Heaped:
		w.heap = max(w.heap, int(n.Object))
		if n.Extra > 0 {
			w.binary++
		}
		if n.Count > 0 {
			return "timers have four children"
		}
	case MarkedP:
		w.marked[n.P] = n
	case FlushedP:
		return w.flushes(n)
	case Grew:
		times := n.Object / uint64(n.Count)
		if times*uint64(n.Count) != n.Object || times < 2 || times&(times-1) != 0 {
			return "a stack becomes twice as large, or twice that"
		}
		if times == 2 {
			w.doubled++
		}
	}
	return ""
}

// watched: 20 microseconds, until nothing has been to do for 50 turns; then twice as long
// each time, up to 10 milliseconds.
func (w *watcher) watched(n Note) string {
	last, retook := w.turn, w.retook
	w.turn, w.retook = &n, 0
	if last == nil {
		return ""
	}
	woken := n.Object == 1 && n.Count == 20 && retook == 0 // something ran again when nothing had
	delay := last.Count
	switch {
	case n.Object == 0:
		delay = 20
	case woken:
		delay = n.Count
	case n.Object > 50:
		delay *= 2
	}
	switch {
	case retook > 0 != (n.Object == 0):
		return fmt.Sprintf("sysmon begins anew if it has taken a P: %d", retook)
	case n.Object != 0 && !woken && n.Object != last.Object+1:
		return fmt.Sprintf("sysmon counts its turns: %d", last.Object)
	case n.Count != min(delay, 10_000):
		return fmt.Sprintf("sysmon sleeps for %d microseconds after %d", min(delay, 10_000), last.Count)
	}
	return ""
}

// flushes: the end of a collection takes the page cache of a P that is idle.
func (w *watcher) flushes(n Note) string {
	last, ok := w.marked[n.P]
	delete(w.marked, n.P)
	switch idle := last.Object == 0; {
	case !ok || n.Object != last.Object:
		return "each P is flushed by itself"
	case idle && n.Count > 0:
		return "an idle P keeps no page cache"
	case !idle && n.Count != last.Count:
		return "a P that is not idle keeps its page cache"
	case last.Count > 0 && idle:
		w.flushed++
	case last.Count > 0:
		w.kept++
	}
	return ""
}

func (w *watcher) back(n Note) string {
	if n.Count > ToQueue {
		return "there is no other way back from a system call"
	}
	w.exited[n.Count]++
	if n.Count != InCall {
		w.exits[n.Object] = n
	}
	switch {
	case n.Count == BackToOld && n.P != n.Victim:
		return "a P that was kept is the former one"
	case n.Count == ToQueue && n.Victim != 0:
		return "a goroutine joins the global queue if no P is idle"
	}
	return ""
}

// started compares what a goroutine does next with the way in which it came back.
func (w *watcher) started(n Note) string {
	n0, ok := w.exits[n.Object]
	if !ok {
		return ""
	}
	delete(w.exits, n.Object)
	switch n0.Count {
	case BackToOld, ToIdle:
		if n.P != n0.P || n.From != Syscall && n.From != SyscallIdle {
			return "with a P it goes on at once"
		}
	case ToQueue:
		if n.From == Syscall || n.From == SyscallIdle || n.From == Next && n.Flags&LockedToM == 0 {
			return "without a P it has to be taken from a queue"
		}
	}
	return ""
}

// listed: a list of ended goroutines has at most 63, of which 31 are left when it gets
// another. An empty one gets up to 32 from the shared lists.
func (w *watcher) listed(n Note) string {
	was, known := w.free[n.P]
	has := int(n.Object)
	switch {
	case n.Kind == Freed && known && has != was, n.Kind == Reused && known && was > 0 && has != was:
		return fmt.Sprintf("the list of ended goroutines had %d", was)
	case has > 63, n.Kind == Reused && known && was == 0 && has > 32:
		return "a list of ended goroutines has at most 63, and gets at most 32"
	case n.Kind == Reused:
		has = max(has-1, 0)
	default:
		if has++; has >= 64 {
			has = 31
		}
	}
	w.free[n.P] = has
	return ""
}

// add adds what another watcher has counted.
func (w *watcher) add(of *watcher) {
	if w.seen == nil {
		w.seen = map[Kind]int{}
	}
	for k, n := range of.seen {
		w.seen[k] += n
	}
	for i, n := range of.exited {
		w.exited[i] += n
	}
	w.doubled += of.doubled
	w.binary += of.binary
	w.next += of.next
	w.flushed += of.flushed
	w.kept += of.kept
	w.heap = max(w.heap, of.heap)
}

// Each rule can be broken.
func TestWatcher(t *testing.T) {
	after := func(n int, notes ...Note) []Note { // n operations of a P's list of ended goroutines
		var all []Note
		for i := range n {
			all = append(all, Note{Kind: Freed, Object: uint64(i)})
		}
		return append(all, notes...)
	}
	for _, c := range []struct {
		want  string // "": none is broken
		notes []Note
	}{
		{"", []Note{{Kind: Watched, Object: 50, Count: 20}, {Kind: Watched, Object: 51, Count: 40}, {Kind: Watched, Object: 52, Count: 80}}},
		{"", []Note{{Kind: Watched, Object: 60, Count: 9000}, {Kind: Watched, Object: 61, Count: 10000}, {Kind: Watched, Object: 1, Count: 20}, {Kind: Watched, Object: 2, Count: 20}}},
		{"sleeps for 20 microseconds after 20", []Note{{Kind: Watched, Object: 49, Count: 20}, {Kind: Watched, Object: 50, Count: 40}}},
		{"sleeps for 40 microseconds after 20", []Note{{Kind: Watched, Object: 50, Count: 20}, {Kind: Watched, Object: 51, Count: 20}}},
		{"sleeps for 10000 microseconds after 9000", []Note{{Kind: Watched, Object: 60, Count: 9000}, {Kind: Watched, Object: 61, Count: 18000}}},
		{"counts its turns", []Note{{Kind: Watched, Object: 3, Count: 20}, {Kind: Watched, Object: 5, Count: 20}}},
		{"begins anew if", []Note{{Kind: Watched, Object: 3, Count: 20}, {Kind: Watched, Object: 0, Count: 20}}},
		{"begins anew if", []Note{{Kind: Watched, Object: 3, Count: 20}, {Kind: Retook, Count: 1}, {Kind: Watched, Object: 4, Count: 20}}},
		{"", []Note{{Kind: SeenInCall, P: 1, Object: 100}, {Kind: Retook, P: 1, At: 20_100, Object: 20_000}}},
		{"that it has seen before", []Note{{Kind: SeenInCall, P: 1, Object: 100}, {Kind: Retook, P: 1, At: 20_100, Object: 19_999}}},
		{"that it has seen before", []Note{{Kind: SeenInCall, P: 1, Object: 100}, {Kind: Retook, P: 2, At: 90_000, Object: 20_000}}},
		{"that it has seen before", []Note{{Kind: SeenInCall, P: 1, Object: 200}, {Kind: Retook, P: 1, At: 20_100, Object: 20_000}}},
		{"10 milliseconds", []Note{{Kind: Asked, Object: 9_999_999}}},
		{"nothing has for 10 milliseconds", []Note{{Kind: Polled, Object: 10_000_000}}},
		{"the former one", []Note{{Kind: Exited, Count: BackToOld, P: 1, Victim: 2}}},
		{"if no P is idle", []Note{{Kind: Exited, Count: ToQueue, P: -1, Victim: 1}}},
		{"no other way", []Note{{Kind: Exited, Count: 4}}},
		{"it goes on at once", []Note{{Kind: Exited, Object: 7, Count: ToIdle, P: 1}, {Kind: Started, Object: 7, P: 2, From: Syscall}}},
		{"it goes on at once", []Note{{Kind: Exited, Object: 7, Count: ToIdle, P: 1}, {Kind: Started, Object: 7, P: 1, From: Ring}}},
		{"", []Note{{Kind: Exited, Object: 7, Count: ToIdle, P: 1}, {Kind: Started, Object: 7, P: 1, From: Syscall}, {Kind: Started, Object: 7, From: Ring}}},
		{"taken from a queue", []Note{{Kind: Exited, Object: 7, Count: ToQueue}, {Kind: Started, Object: 7, From: Next}}},
		{"the shortest time", []Note{{Kind: Idled, P: 1}, {Kind: Idled, P: 2}, {Kind: Busied, P: 1}}},
		{"the last P is used", []Note{{Kind: Idled, P: 2}, {Kind: Idled, P: 1}, {Kind: Changed, Object: 3}, {Kind: Busied, P: 1}}},
		{"", []Note{{Kind: Idled, P: 2}, {Kind: Changed, Object: 3}, {Kind: Idled, P: 1}, {Kind: Busied, P: 1}}},
		{"four children", []Note{{Kind: Heaped, Object: 9, Count: 1}}},
		{"twice as large", []Note{{Kind: Grew, Object: 2048, Count: 2048}}},
		{"twice as large", []Note{{Kind: Grew, Object: 3 * 2048, Count: 2048}}},
		{"ended goroutines had 3", after(3, Note{Kind: Freed, Object: 2})},
		{"ended goroutines had 3", after(3, Note{Kind: Reused, Object: 0})},
		{"", after(64, Note{Kind: Reused, Object: 31}, Note{Kind: Freed, Object: 30})},
		{"ended goroutines had 31", after(64, Note{Kind: Reused, Object: 32})},
		{"at most 63", []Note{{Kind: Freed, Object: 64}}},
		{"gets at most 32", []Note{{Kind: Reused, Object: 1}, {Kind: Reused, Object: 33}}},
		{"", []Note{{Kind: MarkedP, Count: 9}, {Kind: FlushedP}, {Kind: MarkedP, P: 1, Object: 1, Count: 9}, {Kind: FlushedP, P: 1, Object: 1, Count: 9}}},
		{"keeps no page cache", []Note{{Kind: MarkedP, Count: 9}, {Kind: FlushedP, Count: 9}}},
		{"not idle keeps", []Note{{Kind: MarkedP, Object: 1, Count: 9}, {Kind: FlushedP, Object: 1}}},
		{"by itself", []Note{{Kind: MarkedP, Count: 9}, {Kind: FlushedP, P: 1}}},
		{"by itself", []Note{{Kind: MarkedP, Count: 9}, {Kind: FlushedP}, {Kind: FlushedP}}},
		{"by itself", []Note{{Kind: MarkedP, Object: 1}, {Kind: FlushedP}}},
		{"", after(3, Note{Kind: Changed, Object: 0}, Note{Kind: Freed, Object: 0})},
	} {
		w, got := newWatcher(), ""
		for i, n := range c.notes {
			if msg := w.note(n); msg != "" && i < len(c.notes)-1 {
				t.Errorf("%v: the %dth: %s", c.notes, i, msg)
			} else {
				got = msg
			}
		}
		if c.want == "" && got != "" || !strings.Contains(got, c.want) {
			t.Errorf("%v: %q, want %q", c.notes, got, c.want)
		}
	}
}
