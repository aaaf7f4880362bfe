package overlay

import "fmt"

// allocRules are the steps of the allocator above the pages, and the switch for its
// background sweeper and scavenger.
var allocRules = []rule{
	{"mcentral.go", "mcentral.cacheSpan", each(
		beforeEach("goto havespan", cached(PartialSwept), cached(PartialUnswept), cached(FullUnswept)),
		beforeText("if s == nil {\n\t\treturn nil", "if s != nil {\n"+cached(Fresh)+"\n}", 1))},
	{"mgcsweep.go", "sweepLocked.sweep", each(
		beforeText("atomic.Store(&s.sweepgen, sweepgen)", "orrerySwept(s.base(), uint32(nfreed))", 1),
		beforeCall("mheap_.freeSpan", note(FreedSpan, "uint64(s.base())", "orreryP()", "-1", "uint32(s.npages)"), 2))},
	{"mheap.go", "mheap.reclaim", beforeText("if nfound <= npage", note(Reclaimed, "uint64(arenaBase(arenas[idx/pagesPerArena])+idx%pagesPerArena*pageSize)", "orreryP()", "-1", "uint32(nfound)"), 1)},
	{"malloc.go", "mallocgcLarge", beforeText("if needzero && span.needzero != 0", flagged(LargeSpan, "span", "0"), 1)},
	{"mgcscavenge.go", "pageAlloc.scavengeOne", beforeText("if !p.test", note(Scavenged, "uint64(addr)", "orreryP()", "-1", "uint32(npages)"), 1)},
	{"mgcscavenge.go", "scavengerState.run", beforeText("if s.shouldStop()", "if orreryHeld && s == &scavenger {\nbreak\n}", 1)},
	{"mgcwork.go", "getempty", beforeText("s = mheap_.allocManual", note(WorkBufs, "1", "-1", "-1", "0"), 1)},
	{"mgcwork.go", "freeSomeWbufs", beforeCall("mheap_.freeManual", note(WorkBufs, "0", "-1", "-1", "0"), 1)},
	{"mgc.go", "gcSweep", beforeText("lock(&sweep.lock)", "if orreryHeld {\nreturn false\n}", 1)},
	{"mgc.go", "gcMarkTermination", each(
		beforeText("if pp.status == _Pidle", "orreryPages(28, pp)", 1),
		beforeText("if debug.gctrace > 1 {\n\t\t\tpp.gcw", "orreryPages(29, pp)", 1))},
}

func cached(from int) string {
	return flagged(CachedSpan, "s", fmt.Sprint(from))
}

// flagged returns a statement that notes a span, with its needzero.
func flagged(k Kind, span, count string) string {
	return fmt.Sprintf("orreryNote(%d, uint64(%s.base()), 0, %[2]s.needzero, orreryP(), -1, %s, 0)", k, span, count)
}
