package ipc_test

import (
	"fmt"

	"github.com/orrery-go/orrery/ipc"
)

// A pipe costs two copies, and wakes a waiting reader.
func Example() {
	s, err := ipc.New(ipc.Config{Trace: func(e ipc.Event) { fmt.Println(" ", e) }})
	if err != nil {
		fmt.Println(err)
		return
	}
	r, w, _ := s.Pipe(1)
	r, _ = s.Give(1, r, 2)
	waits, _ := s.Read(2, r, 100)
	s.Write(1, w, []byte("hello"))
	got, err := s.Resume(waits.Waiter)
	fmt.Printf("%q %v, %d bytes copied\n", got.Data, err, s.Counts().Bytes)
	// Output:
	//   sleeps waiter 1, process 2
	//   paged 5 bytes
	//   copied in 5 bytes, process 1
	//   wakes waiter 1, process 2
	//   freed
	//   copied out 5 bytes, process 2
	// "hello" <nil>, 10 bytes copied
}

// The number of writes that fit into a pipe depends on how they fill its pages.
func ExampleSystem_Write() {
	for _, n := range []int{1, 100, 2049, 4096, 4097, 5000} {
		s, err := ipc.New(ipc.Config{Nonblock: true})
		if err != nil {
			fmt.Println(err)
			return
		}
		_, w, _ := s.Pipe(1)
		writes, bytes := 0, 0
		for {
			o, err := s.Write(1, w, make([]byte, n))
			if err != nil {
				break
			}
			writes++
			bytes += o.N
		}
		fmt.Printf("%d bytes: %d writes, %d bytes\n", n, writes, bytes)
	}
	// Output:
	// 1 bytes: 65536 writes, 65536 bytes
	// 100 bytes: 640 writes, 64000 bytes
	// 2049 bytes: 16 writes, 32784 bytes
	// 4096 bytes: 16 writes, 65536 bytes
	// 4097 bytes: 11 writes, 45066 bytes
	// 5000 bytes: 11 writes, 54096 bytes
}

// The cost of a message of 4,096 bytes.
func ExampleCosts() {
	costs, err := ipc.Costs(4096)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, c := range costs {
		fmt.Printf("%-14s %d copies, %4d bytes, %d calls\n", c.Way, c.Copies, c.Bytes, c.Calls)
	}
	// Output:
	// pipe           2 copies, 8192 bytes, 2 calls
	// unix stream    2 copies, 8192 bytes, 2 calls
	// unix datagram  2 copies, 8192 bytes, 2 calls
	// message queue  2 copies, 8192 bytes, 2 calls
	// shared memory  0 copies,    0 bytes, 2 calls
}

// Shared memory needs a lock: if two count at the same time, one count is lost.
func ExampleSystem_Load() {
	s, err := ipc.New(ipc.Config{})
	if err != nil {
		fmt.Println(err)
		return
	}
	counter, _ := s.Map(1, 1)
	a, _ := s.Load(1, counter, 0, 1)
	b, _ := s.Load(2, counter, 0, 1)
	s.Store(1, counter, 0, []byte{a[0] + 1})
	s.Store(2, counter, 0, []byte{b[0] + 1})
	got, _ := s.Load(1, counter, 0, 1)
	fmt.Println(got[0])
	// Output: 1
}

// A signal tells its number, but not how often it was sent.
func ExampleSystem_Kill() {
	s, err := ipc.New(ipc.Config{})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, sig := range []int{12, 10, 10, 10, 34, 34} {
		s.Kill(1, 2, sig)
	}
	for {
		o, err := s.Take(2, ^uint64(0))
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Print(o.Signal, " ")
	}
	// Output: 10 12 34 34 EAGAIN
}
