/*
 * Dining philosophers, N of them. The twin of the machine in
 * example_philosophers_test.go: every statement is one of its steps.
 */
#ifndef N
#define N 4
#endif

bool taken[N];

#ifdef ORDERED
#define FIRST (_pid == N - 1 -> 0 : _pid)
#define SECOND (_pid == N - 1 -> N - 1 : _pid + 1)
#else
#define FIRST (_pid)
#define SECOND ((_pid + 1) % N)
#endif

active [N] proctype philosopher()
{
	do
	:: d_step { !taken[FIRST] -> taken[FIRST] = true };
	   d_step { !taken[SECOND] -> taken[SECOND] = true };
	   taken[FIRST] = false;
	   taken[SECOND] = false
	od
}
