// Package playground is the engine of a page on which the models run a step at a time:
// one function, [Ask], takes a question in JSON and returns the answer in JSON. It keeps
// no state between two questions: a step back is another run from the beginning. The same
// function serves the page in a program and as WebAssembly in a browser;
// examples/playground is both.
//
// # Questions and answers
//
// A [Question] names a view, a program, a release and perhaps a second one beside it, a
// seed, options, and the step after which to show the state. The [Answer] has the step in
// words, in English or Chinese, with the rule that it follows and how well that rule is
// known; the state, as panels; the lines of the program that are being executed; a window
// of the log; and the first step in which the two releases differ. Other questions list
// the views, and turn a question into a link and back.
//
// # In a page of your own
//
// The tags orrery_lean and orrery_sched build an engine with the view sched alone. It
// needs the file of the same toolchain that starts WebAssembly, and calls orreryReady
// when it can answer:
//
//	GOOS=js GOARCH=wasm go build -tags orrery_lean,orrery_sched -o sched.wasm ./playground/wasm
//	cp "$(go env GOROOT)/lib/wasm/wasm_exec.js" .
//
//	<script src="wasm_exec.js"></script>
//	<script type="module">
//	const go = new Go();
//	globalThis.orreryReady = () => {
//	  const question = {ask: "run", view: "sched", program: "main:\n\tgo w 3\nw:\n\tmark hello\n", step: 5};
//	  console.log(JSON.parse(orreryAsk(JSON.stringify(question))));
//	};
//	const {instance} = await WebAssembly.instantiateStreaming(fetch("sched.wasm"), go.importObject);
//	go.run(instance);
//	</script>
//
// A program that calls [Ask] itself needs none of this. The whole page, for a host of
// files, is written by go run ./examples/playground -static DIR.
//
// # How a view is added
//
// A view is a [View] in a file of its own, and an entry in the list of views.go. The file
// begins with a build constraint and adds its view:
//
//	//go:build !orrery_lean || orrery_chanq
//
//	func init() { add(&chanqView) }
//
// so that the tags orrery_lean and orrery_chanq build an engine with this view alone, and
// with what it needs: a page on a host of files loads that. Its verbs in package script
// have the same constraint; verbs of a model without a view are left out of such a build.
//
//  1. The model must export its fidelity.md: copy sched/fidelity.go into its folder.
//  2. Its programs are text. The simplest language is that of the model's verbs in package
//     script: set the fields state and watch of its script.Interpreter, as script/chanq.go
//     does, and let a scripted of script.go here do the rest. It needs words for events
//     and outcomes, and panels for a snapshot. chanq.go is a view of this kind. A model
//     that runs by itself, like sched, or that has no steps of its own, makes a [Run]: the
//     number of steps, step n in words, and the state after step n.
//  3. The state is a list of panels: rows of cells, lanes over time, a graph on a grid,
//     curves, a file of package draw, or a text. They are data; the page draws them. A
//     cell that keeps its ID moves visibly from place to place. Bound every list: 20 to
//     60 elements, and the number of those left out.
//  4. Words are in the view's own table, by key, in both languages, and [Input].Say fills
//     them. Every Kind of the model has one, whose key begins with Prefix. The runtime's
//     names (runnext, sudog) are the same in both languages.
//  5. Add three examples or more, those of the ledger first, with the ids of its rows.
//     IDs of views, examples and options are in links, and must never change. Rules that
//     the steps name get a line in rules.zh.tsv: a test gives their digests.
//  6. go test ./playground runs every example in both languages and several releases,
//     looks for words and constraints that are missing, and gives each view bad programs.
//     The browser's tests in internal/browser step through all examples; nothing needs to
//     be added there.
//
// Look at the view: go run ./examples/playground.
//
// # Bounds
//
// A program has at most [MaxProgram] bytes and a run at most [MaxSteps] steps; a longer
// run is cut, and the answer says so.
//
// # Concurrent use
//
// All functions may be called by several goroutines at once.
package playground
