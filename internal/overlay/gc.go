package overlay

// gcRules are the steps of marking, and the switches for a program that marks by itself:
// no worker runs, no allocation assists, and the assist ratio is the program's.
var gcRules = []rule{
	{"mwbbuf.go", "wbBufFlush1", beforeText("pp.wbBuf.next = 0", "orreryFlushed(pp, ptrs)", 1)},
	{"mgcmark_greenteagc.go", "scanObject", beforeCall("sys.Prefetch", note(ScannedObject, "uint64(b)", "orreryP()", "-1", "0"), 1)},
	{"mgcmark_greenteagc.go", "scanSpan", each(
		beforeCall("scanObjectSmall", "orreryScannedOne(spanBase, b)", 1),
		beforeText("gcw.bytesMarked += uint64(objsMarked)", "orreryScannedMany(spanBase, elemsize, objsMarked, &toScan)", 1))},
	{"mgcmark.go", "scanstack", beforeText("if gp == getg()", note(ScannedStack, "gp.goid", "orreryP()", "-1", "0"), 1)},
	{"mheap.go", "internal_weak_runtime_makeStrongFromWeak", beforeCall("shade", note(ShadedWeak, "uint64(uintptr(ptr))", "orreryP()", "-1", "0"), 1)},
	{"mgc.go", "gcStart", beforeCall("work.cycles.Add", note(CycleBegan, "uint64(work.cycles.Load()+1)", "orreryP()", "-1", "uint32(trigger.kind)"), 1)},
	{"mgc.go", "gcMarkTermination", beforeText("work.heap1 = gcController.heapLive.Load()", note(CycleMarked, "uint64(work.cycles.Load())", "orreryP()", "-1", "0"), 1)},
	{"mgc.go", "GC", each(
		beforeText("gcWaitOnMark(n)", note(AskedGC, "uint64(n)", "orreryP()", "-1", "orreryG()"), 1),
		beforeCall("releasem", note(GotGC, "uint64(cycle)", "orreryP()", "-1", "orreryG()"), 1))},
	{"mgcmark.go", "gcAssistAlloc", beforeText("if getg() == gp.m.g0", "if orreryAlone && orreryRatio == 0 {\nreturn\n}", 1)},
	{"mgcmark.go", "gcAssistAlloc1", beforeText("if gcEndWork()", "orreryAssisted(gp, workDone)", 1)},
	{"mgcpacer.go", "gcControllerState.revise", beforeText("gcPercent := c.gcPercent.Load()", "if orreryRatio > 0 {\nc.assistWorkPerByte.Store(orreryRatio)\nc.assistBytesPerWork.Store(1 / orreryRatio)\nreturn\n}", 1)},
	{"mgcpacer.go", "gcControllerState.findRunnableGCWorker", beforeText("if now == 0", "if orreryAlone {\nreturn nil, now\n}", 1)},
	{"mgcpacer.go", "gcControllerState.addIdleMarkWorker", beforeText("for {", "if orreryAlone {\nreturn false\n}", 1)},
}
