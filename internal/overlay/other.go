package overlay

// otherRules are steps of the collector and of select.
var otherRules = []rule{
	{"mgcpacer.go", "gcControllerState.startCycle", beforeCall("c.revise", "orreryWorkers(c, dedicatedMarkWorkersNeeded, procs, trigger)", 1)},
	{"select.go", "selectgo", each(
		beforeText("if casi >= nsends", "orreryCase(33, c, casi, nsends)", 1),
		beforeText("if casi < nsends {\n\t\t\tc.sendq.enqueue", "orreryCase(34, c, casi, nsends)", 1))},
}
