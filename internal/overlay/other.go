package overlay

// otherRules are steps of the collector, of select and of channels.
var otherRules = []rule{
	{"mgcpacer.go", "gcControllerState.startCycle", beforeCall("c.revise", "orreryWorkers(c, dedicatedMarkWorkersNeeded, procs, trigger)", 1)},
	{"select.go", "selectgo", each(
		beforeText("if casi >= nsends", "orreryCase(33, c, casi, nsends)", 1),
		beforeText("if casi < nsends {\n\t\t\tc.sendq.enqueue", "orreryCase(34, c, casi, nsends)", 1))},
	{"chan.go", "chansend", locks(1, 4)},
	{"chan.go", "chanrecv", locks(1, 4)},
	{"chan.go", "closechan", locks(1, 2)},
	{"chan.go", "timerchandrain", locks(1, 1)},
	{"chan.go", "chanparkcommit", beforeText("unlock((*mutex)(chanLock))", "orreryUnlock(orreryChanOf(chanLock), gp)", 1)},
	{"select.go", "sellock", locks(1, 0)},
	{"select.go", "selunlock", locks(0, 1)},
	{"select.go", "selparkcommit", beforeText("unlock(&lastc.lock)", "orreryUnlock(lastc, gp)", 2)},
}

// locks notes how often a function takes the lock of its channel c, and releases it.
func locks(locks, unlocks int) func(*function) error {
	return each(
		beforeText("lock(&c.lock)", "orreryLock(c, getg())", locks),
		beforeText("unlock(&c.lock)", "orreryUnlock(c, getg())", unlocks))
}
