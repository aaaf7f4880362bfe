package ipc

// A Way is a mechanism that [Costs] compares.
type Way string

// The ways.
const (
	ByPipe     Way = "pipe"
	ByStream   Way = "unix stream"
	ByDatagram Way = "unix datagram"
	ByQueue    Way = "message queue"
	ByShared   Way = "shared memory"
)

// A Cost is the cost of a message from one process to another.
type Cost struct {
	Way    Way `json:"way"`
	Size   int `json:"size"`   // of the message, in bytes
	Copies int `json:"copies"` // between a process and the kernel
	Bytes  int `json:"bytes"`  // bytes that these copy
	Calls  int `json:"calls"`  // system calls
	Sleeps int `json:"sleeps"`
}

// Costs sends a message of n bytes, 1 to 8,192, by each Way to a receiver that waits
// already, and returns the costs. It returns an error if n is out of range.
func Costs(n int) ([]Cost, error) {
	if n < 1 || n > 8192 {
		return nil, EMSGSIZE
	}
	var out []Cost
	for _, way := range []Way{ByPipe, ByStream, ByDatagram, ByQueue, ByShared} {
		s, err := New(Config{})
		if err != nil {
			return nil, err
		}
		send, receive, err := ways(s, way, n)
		if err != nil {
			return nil, err
		}
		before := s.counts
		o, err := receive()
		if err == nil {
			err = send()
		}
		if err == nil && o.Waiter != 0 {
			o, err = s.Resume(o.Waiter)
		}
		if err != nil {
			return nil, err
		}
		c := s.counts
		out = append(out, Cost{way, n, c.Copies - before.Copies, c.Bytes - before.Bytes, c.Calls - before.Calls, c.Sleeps - before.Sleeps})
	}
	return out, nil
}

// ways returns the two halves of a way, from process 1 to 2.
func ways(s *System, way Way, n int) (send func() error, receive func() (Outcome, error), err error) {
	data := make([]byte, n)
	var from, to FD
	switch way {
	case ByPipe:
		to, from, err = s.Pipe(1)
	case ByStream, ByDatagram:
		to, from, err = s.SocketPair(1, way == ByDatagram)
	case ByQueue:
		from, err = s.Queue(1, 10, n)
		to = from
	case ByShared:
		r, err := s.Map(1, n)
		if err != nil {
			return nil, nil, err
		}
		sem, err := s.Semaphore(1, 0)
		send = func() error {
			if err := s.Store(1, r, 0, data); err != nil {
				return err
			}
			return s.Up(1, sem)
		}
		return send, func() (Outcome, error) { return s.Down(2, sem) }, err
	}
	if err == nil {
		to, err = s.Give(1, to, 2)
	}
	if way == ByQueue {
		return func() error { _, err := s.Post(1, from, data, 0); return err }, func() (Outcome, error) { return s.Fetch(2, to, n) }, err
	}
	return func() error { _, err := s.Write(1, from, data); return err }, func() (Outcome, error) { return s.Read(2, to, n) }, err
}
