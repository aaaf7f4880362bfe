// The probe of schedlive: the harness of its child and this main function, in the
// Go of 1.2.
package main

func main() {
	if len(os.Args) > 1 {
		spinAlone()
		return
	}
	runtime.GOMAXPROCS(1)
	debug.SetGCPercent(-1)
	patient = false // up to Go 1.13 a timer has a goroutine of its own, that would take part
	var out struct {
		Logs    []string
		Orders  []string
		Threads counted
		Ends    bool
	}
	for i, text := range programs {
		for tries := 0; ; tries++ {
			r := run(text)
			if r.Elapsed < 800*time.Microsecond || r.Elapsed < 8*time.Millisecond && !strings.Contains(text, "l1") {
				if i < crowds {
					out.Orders = append(out.Orders, order(r.Log))
				} else {
					out.Logs = append(out.Logs, r.Log)
				}
				break
			}
			if tries == 2000 {
				panic("the machine is too busy")
			}
		}
	}
	out.Ends = loopEnds("")
	out.Threads = countThreads(50, 1000)
	json.NewEncoder(os.Stdout).Encode(out)
}

// order tells in which order goroutines ended, with those that follow each other
// as one: "1 258 2-129 131".
func order(log string) string {
	var out []string
	first, last := 0, -1
	flush := func() {
		if last == first {
			out = append(out, fmt.Sprint(first))
		} else if last > first {
			out = append(out, fmt.Sprintf("%d-%d", first, last))
		}
	}
	for _, w := range strings.Split(log, " ") {
		if !strings.HasSuffix(w, "x") {
			continue
		}
		g := number(w[:len(w)-1])
		if g != last+1 || last < 0 {
			flush()
			first = g
		}
		last = g
	}
	flush()
	return strings.Join(out, " ")
}
