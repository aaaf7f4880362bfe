package overlay

// semaRules are the steps at semaphores.
var semaRules = []rule{
	{"sema.go", "semacquire1", each(
		beforeText("return", "orreryAcquired(addr)", 1),
		beforeText("root.nwait.Add(-1)", "orreryAcquired(addr)", 1),
		beforeCall("goparkunlock", "orreryQueued(root, addr, lifo)", 1),
		beforeEach("break", "", "orreryWoken(addr, s.ticket)"))},
	{"sema.go", "semrelease1", each(
		beforeEach("if root.nwait.Load() == 0", "orreryReleased(addr)", ""),
		beforeEach("unlock(&root.lock)", "", "orreryDequeued(root, addr, s)"),
		beforeText("s.ticket = 1", "orreryHanded(addr, s)", 1))},
}
