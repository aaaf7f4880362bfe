//go:build js && wasm

// Wasm is the engine of the playground in a browser: it waits in a worker for questions.
// The tags orrery_lean and orrery_sched, say, build one that has the view sched alone.
package main

import (
	"syscall/js"

	"github.com/orrery-go/orrery/playground"
)

func main() {
	js.Global().Set("orreryAsk", js.FuncOf(func(_ js.Value, args []js.Value) any {
		if len(args) != 1 || args[0].Type() != js.TypeString {
			return ""
		}
		return string(playground.Ask([]byte(args[0].String())))
	}))
	js.Global().Call("orreryReady")
	select {}
}
