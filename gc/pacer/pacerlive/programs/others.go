package main

import "fmt"

// The programs below are those with which predictions from two logs are compared. They
// differ in the order in which they replace what they keep, and so in how far live objects
// are apart when there is much garbage.

// rubbish is garbage that takes less time for each byte.
func rubbish(bytes int) {
	for bytes > 0 {
		n := 64 + r.next(1000)
		sink = make([]byte, n)
		read(sink)
		bytes -= n
	}
}

func read(s []byte) {
	sum := uint64(0)
	for i := range s {
		sum += uint64(i) ^ uint64(s[i])
	}
	work += sum
}

// quick is cache with rubbish.
func quick() any {
	entries := make([]*entry, 200_000)
	for i := range entries {
		entries[i] = &entry{key: uint64(i)}
		rubbish(100)
	}
	for range 1_500_000 {
		i := r.next(len(entries))
		entries[i] = &entry{key: uint64(i)}
		rubbish(500)
	}
	return entries
}

// small keeps 500,000 small entries, and replaces one at a time.
func small() any {
	type entry struct {
		value *[6]uint64
		_     [3]uint64
	}
	entries := make([]*entry, 500_000)
	for i := range entries {
		entries[i] = &entry{value: new([6]uint64)}
		rubbish(40)
	}
	for range 3_000_000 {
		entries[r.next(len(entries))] = &entry{value: new([6]uint64)}
		rubbish(300)
	}
	return entries
}

// queue keeps a list of 600,000, and drops the oldest for each new one.
func queue() any {
	type node struct {
		next *node
		_    [7]uint64
	}
	head := new(node)
	tail := head
	for range 600_000 {
		tail.next = new(node)
		tail = tail.next
		rubbish(30)
	}
	for range 3_000_000 {
		tail.next = new(node)
		tail, head = tail.next, head.next
		rubbish(250)
	}
	return head
}

// buffers keeps 1,500 buffers without pointers, of 4 to 64 KiB, and replaces one at a time.
func buffers() any {
	all := make([][]byte, 1500)
	for i := range all {
		all[i] = make([]byte, 4096+r.next(60<<10))
	}
	for range 40_000 {
		i := r.next(len(all))
		all[i] = make([]byte, 4096+r.next(60<<10))
		read(all[i])
		rubbish(4000)
	}
	return all
}

// maps keeps 200,000 strings in a map, and replaces one at a time.
func maps() any {
	const keys = 200_000
	m := map[string]string{}
	set := func(i int) { m[fmt.Sprintf("key-%08d", i)] = string(make([]byte, 40+r.next(200))) }
	for i := range keys {
		set(i)
	}
	for range 2_000_000 {
		set(r.next(keys))
		rubbish(200)
	}
	return m
}

// A leaf is a tree's node.
type leaf struct {
	left, right *leaf
	_           [4]uint64
}

func build(depth int) *leaf {
	if depth == 0 {
		return nil
	}
	return &leaf{left: build(depth - 1), right: build(depth - 1)}
}

// tree keeps a million nodes, and replaces 127 of a branch at a time.
func tree() any {
	root := build(20)
	for range 120_000 {
		at := &root
		for range 13 {
			if r.next(2) == 0 {
				at = &(*at).left
			} else {
				at = &(*at).right
			}
		}
		*at = build(7)
		rubbish(6000)
	}
	return root
}

// arrays keeps 25,000 arrays of 256 pointers, and replaces one at a time.
func arrays() any {
	pool := make([]*[16]uint64, 4096)
	for i := range pool {
		pool[i] = new([16]uint64)
	}
	fill := func() *[256]*[16]uint64 {
		a := new([256]*[16]uint64)
		for i := range a {
			a[i] = pool[(i*7+r.next(64))%len(pool)]
		}
		return a
	}
	all := make([]*[256]*[16]uint64, 25_000)
	for i := range all {
		all[i] = fill()
	}
	for range 300_000 {
		all[r.next(len(all))] = fill()
		rubbish(2000)
	}
	return all
}
