/*
 * Peterson's lock. The twin of the machine in example_test.go: every
 * statement is one of its steps.
 */
bool flag[2];
byte turn, inside;

active [2] proctype p()
{
again:
#ifdef TURN_FIRST
	turn = 1 - _pid;
	flag[_pid] = true;
#else
	flag[_pid] = true;
	turn = 1 - _pid;
#endif
	d_step { !flag[1 - _pid] || turn == _pid -> inside++; assert(inside == 1) };
	d_step { inside--; flag[_pid] = false };
	goto again
}
