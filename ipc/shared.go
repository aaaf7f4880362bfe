package ipc

import "fmt"

// A region is memory that processes share (mmap with MAP_SHARED).
type region struct{ data []byte }

// A semaphore is a counter on which processes sleep.
type semaphore struct {
	count    int
	sleepers waitlist
}

// Map makes memory of n bytes, up to 2^24, that all processes share, and returns its
// number, from 1 on. It takes no other system call.
func (s *System) Map(p Proc, n int) (int, error) {
	if err := s.call(p); err != nil {
		return 0, err
	}
	total := n
	for _, r := range s.regions {
		total += len(r.data)
	}
	if n <= 0 {
		return 0, EINVAL
	}
	if n > 1<<24 || total > 1<<26 || len(s.regions) > maxFDs {
		return 0, ENOMEM
	}
	s.regions = append(s.regions, region{make([]byte, n)})
	return len(s.regions) - 1, nil
}

// shared is part of a region.
func (s *System) shared(p Proc, r, at, n int) ([]byte, error) {
	if err := s.enter(p); err != nil {
		return nil, err
	}
	if r < 1 || r >= len(s.regions) || at < 0 || n < 0 || at > len(s.regions[r].data)-n {
		return nil, EFAULT
	}
	return s.regions[r].data[at : at+n], nil
}

// Store writes bytes to shared memory, without a system call or a copy in the kernel.
func (s *System) Store(p Proc, r, at int, data []byte) error {
	to, err := s.shared(p, r, at, len(data))
	if err == nil {
		copy(to, data)
		s.tell(Event{Kind: Stored, Rule: "shared", Proc: p, N: len(data)})
	}
	return err
}

// Load reads bytes from shared memory. Between a Load and a Store another process may
// store, and then one of the two updates is lost, unless a semaphore keeps them apart.
func (s *System) Load(p Proc, r, at, n int) ([]byte, error) {
	from, err := s.shared(p, r, at, n)
	if err != nil {
		return nil, err
	}
	s.tell(Event{Kind: Loaded, Rule: "shared", Proc: p, N: n})
	return append([]byte{}, from...), nil
}

// MaxCount is the highest count of a semaphore (SEM_VALUE_MAX).
const MaxCount = 1<<31 - 1

// Semaphore makes a semaphore with an initial count, and returns its number, from 1 on
// (sem_init). It returns EINVAL if the count is not in [0,MaxCount].
func (s *System) Semaphore(p Proc, count int) (int, error) {
	if err := s.call(p); err != nil {
		return 0, err
	}
	if count < 0 || count > MaxCount {
		return 0, EINVAL
	}
	if len(s.sems) > maxFDs {
		return 0, ENOMEM
	}
	s.sems = append(s.sems, semaphore{count: count})
	return len(s.sems) - 1, nil
}

func (s *System) semaphore(n int) error {
	if n < 1 || n >= len(s.sems) {
		return fmt.Errorf("ipc: no semaphore %d", n)
	}
	return nil
}

// Down subtracts 1 from a semaphore. If that is 0 the call sleeps.
func (s *System) Down(p Proc, n int) (Outcome, error) {
	if err := s.enter(p); err != nil {
		return Outcome{}, err
	}
	if err := s.semaphore(n); err != nil {
		return Outcome{}, err
	}
	try := func() (Outcome, bool, error) {
		if s.sems[n].count == 0 {
			return Outcome{}, false, nil
		}
		s.sems[n].count--
		return Outcome{}, true, nil
	}
	if o, done, err := try(); done {
		return o, err
	}
	s.counts.Calls++ // futex, only to sleep
	var me *waiter
	o, err := s.block(p, nil, &s.sems[n].sleepers, func() (Outcome, bool, error) {
		o, done, err := try()
		if !done && !me.intr {
			s.asleep(me, &s.sems[n].sleepers)
		}
		return o, done, err
	})
	if err == nil {
		me = s.waiters[len(s.waiters)-1]
	}
	return o, err
}

// Up adds 1 to a semaphore, and wakes the call that has slept longest (sem_post). It
// returns EOVERFLOW if the count is [MaxCount].
func (s *System) Up(p Proc, n int) error {
	if err := s.enter(p); err != nil {
		return err
	}
	if err := s.semaphore(n); err != nil {
		return err
	}
	if s.sems[n].count == MaxCount {
		return EOVERFLOW
	}
	s.sems[n].count++
	if len(s.sems[n].sleepers) > 0 {
		s.counts.Calls++
		s.wake(&s.sems[n].sleepers)
	}
	return nil
}
