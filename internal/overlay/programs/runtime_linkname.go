//go:build overlay

package main

import _ "unsafe" // for go:linkname

//go:linkname semacquire sync.runtime_Semacquire
func semacquire(s *uint32)

//go:linkname semacquireMutex internal/sync.runtime_SemacquireMutex
func semacquireMutex(s *uint32, lifo bool, skip int)

//go:linkname semrelease sync.runtime_Semrelease
func semrelease(s *uint32, handoff bool, skip int)

//go:linkname timedCycle runtime.orreryTimed
func timedCycle()
