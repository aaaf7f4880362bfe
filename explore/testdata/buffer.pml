/*
 * A bounded buffer with one condition variable. The twin of the machine in
 * example_buffer_test.go: every d_step is one of its steps.
 */
#ifndef SIZE
#define SIZE 1
#endif
#ifndef PRODUCERS
#define PRODUCERS 2
#endif
#ifndef CONSUMERS
#define CONSUMERS 1
#endif
#define WORKERS (PRODUCERS + CONSUMERS)

byte items;
bool waits[WORKERS];
byte waiting;	/* how many wait */

#define CANNOT (_pid < PRODUCERS && items == SIZE || _pid >= PRODUCERS && items == 0)
#define work if :: _pid < PRODUCERS -> items++ :: else -> items-- fi; assert(items <= SIZE)
#define wake(i) d_step { !waits[_pid] && !CANNOT && waits[i] -> waits[i] = false; waiting--; work }

active [WORKERS] proctype worker()
{
	byte i;
	do
	:: d_step { !waits[_pid] && CANNOT -> waits[_pid] = true; waiting++ }
	:: d_step { !waits[_pid] && !CANNOT && waiting == 0 -> work }
#ifdef BROADCAST
	:: d_step { !waits[_pid] && !CANNOT && waiting > 0 ->
		work; waiting = 0;
		i = 0;
		do
		:: i < WORKERS -> waits[i] = false; i++
		:: else -> break
		od;
		i = 0 }
#else
	:: wake(0)
	:: wake(1)
#if WORKERS > 2
	:: wake(2)
#endif
#if WORKERS > 3
	:: wake(3)
#endif
#endif
	od
}
