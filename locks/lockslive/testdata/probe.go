// The probe of lockslive: the harness of its child and this main function, in the
// Go of 1.2.
package main

func main() {
	runtime.GOMAXPROCS(1)
	debug.SetGCPercent(-1)
	if len(os.Args) > 1 {
		crash(os.Args[1])
		return
	}
	var out struct {
		Logs    []string
		Crashes map[string]string
		TryLock bool
	}
	for _, p := range programs {
		for tries := 0; ; tries++ {
			log, elapsed, spun := run(p)
			if elapsed-time.Duration(spun)*spinTime < 900*time.Microsecond {
				out.Logs = append(out.Logs, log)
				break
			}
			if tries == 2000 {
				panic("the machine is too busy")
			}
		}
	}
	out.Crashes = map[string]string{}
	for _, name := range []string{"unlock", "runlock", "wunlock", "wait", "asleep", "copied"} {
		out.Crashes[name] = says(name)
	}
	_, out.TryLock = interface{}(new(sync.Mutex)).(interface {
		TryLock() bool
	})
	json.NewEncoder(os.Stdout).Encode(out)
}
