package sched

import "time"

// Stats are the statistics of a simulation since its beginning.
type Stats struct {
	Events         uint64        `json:"events"`
	Switches       uint64        `json:"switches"` // goroutines that were started, or went on
	Created        uint64        `json:"created"`
	Reused         uint64        `json:"reused"` // of them, in a g that had ended
	Exited         uint64        `json:"exited"`
	MostGoroutines int           `json:"mostGoroutines"` // at a time
	Threads        int           `json:"threads"`        // largest number, including sysmon's
	Preemptions    uint64        `json:"preemptions"`
	Syscalls       uint64        `json:"syscalls"`
	Retakes        uint64        `json:"retakes"` // Ps that sysmon took
	Handoffs       uint64        `json:"handoffs"`
	Overflows      uint64        `json:"overflows"` // of a P's ring
	StackCopies    uint64        `json:"stackCopies"`
	StackBytes     int64         `json:"stackBytes"` // of all goroutines now, those that ended included
	ForcedGCs      uint64        `json:"forcedGCs"`
	Waits          uint64        `json:"waits"`   // how often a runnable goroutine started to run
	Latency        time.Duration `json:"latency"` // that this took, on average
	MaxLatency     time.Duration `json:"maxLatency"`
	Ps             []PStats      `json:"ps"`

	sum time.Duration
}

// PStats are the statistics of one P.
type PStats struct {
	P       P             `json:"p"`
	Busy    time.Duration `json:"busy"`
	Idle    time.Duration `json:"idle"`
	Started uint64        `json:"started"` // goroutines
	Steals  uint64        `json:"steals"`  // from other Ps
	Stolen  uint64        `json:"stolen"`  // goroutines, in those steals
}

func (t *Stats) waited(d time.Duration) {
	t.Waits++
	t.sum += d
	t.MaxLatency = max(t.MaxLatency, d)
}

// GStats are the statistics of one goroutine.
type GStats struct {
	G       G             `json:"g"`
	Run     time.Duration `json:"run"`
	Latency time.Duration `json:"latency"` // it could run, and did not
	Wait    time.Duration `json:"wait"`    // time in which it waited, or was in system calls
}

// Threads reports how many threads there are now, including sysmon's.
func (s *Sim) Threads() int { return s.liveThreads + 1 }

// IdleThreads reports how many threads are idle.
func (s *Sim) IdleThreads() int { return int(s.nmidle) }

// Stats returns the statistics so far.
func (s *Sim) Stats() Stats {
	t := s.stats
	t.Events = s.seq
	t.StackBytes = s.stackBytes
	if t.Waits > 0 {
		t.Latency = t.sum / time.Duration(t.Waits)
	}
	for _, pp := range s.ps {
		k := PStats{P: P(pp.id), Busy: pp.busy, Idle: pp.idle, Started: pp.started, Steals: pp.steals, Stolen: pp.stolen}
		if d := s.now - pp.since; pp.status == pIdle || pp.status == pDead {
			k.Idle += d
		} else {
			k.Busy += d
		}
		t.Ps = append(t.Ps, k)
	}
	return t
}

func (s *Sim) gStats(gp *g) GStats {
	k := GStats{G: gp.id, Run: gp.ran, Latency: gp.waited}
	switch d := s.now - gp.since; gp.status {
	case gRunning:
		k.Run += d
	case gRunnable:
		k.Latency += d
	}
	k.Wait = s.now - gp.created - k.Run - k.Latency
	return k
}
