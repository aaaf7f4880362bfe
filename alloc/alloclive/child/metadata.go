package main

import (
	"os"
	"runtime"

	"github.com/orrery-go/orrery/alloc/alloclive"
)

// metadata returns the bytes of mcaches at first, with fifty more threads that wait in
// the kernel, and with eight Ps.
func metadata() alloclive.Metadata {
	var m alloclive.Metadata
	m.Before = mcacheInuse()
	r, w, err := os.Pipe()
	if err != nil {
		return m
	}
	const threads = 50
	ready := make(chan bool)
	fd := r.Fd() // blocking from here on
	_ = fd
	for range threads {
		go func() {
			runtime.LockOSThread()
			ready <- true
			var b [1]byte
			r.Read(b[:])
			ready <- true
		}()
	}
	for range threads {
		<-ready
	}
	for range 100 {
		runtime.Gosched()
	}
	m.Threads, _ = runtime.ThreadCreateProfile(nil)
	m.WithThreads = mcacheInuse()
	w.Write(make([]byte, threads))
	for range threads {
		<-ready
	}
	r.Close()
	w.Close()
	n := runtime.GOMAXPROCS(8)
	m.WithProcs = mcacheInuse()
	runtime.GOMAXPROCS(n)
	return m
}

func mcacheInuse() uint64 {
	runtime.ReadMemStats(&stats)
	return stats.MCacheInuse
}
