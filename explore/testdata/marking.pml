/*
 * Tri-colour marking of a heap of four objects with one field each, by a
 * collector that runs beside one mutator with two stack slots. The twin of the
 * machine in marking_test.go: every d_step is one of its steps.
 *
 * BARRIER is 0 none, 1 insertion, 2 deletion, 3 hybrid.
 */
#ifndef BARRIER
#define BARRIER 3
#endif

#define IDLE 0
#define GREY 1
#define BLACK 2
#define STOPPED 3

#define FREE 0
#define WHITEOBJ 1
#define GREYOBJ 2
#define BLACKOBJ 3

/* Pointers are 0 for nil and i for object i, so element 0 goes unused. */
byte phase;
byte slot[2];
byte colour[5];
byte field[5];

byte pending;	/* 1+2a+b: the barrier of store(a, b) has run, and the store has not */

#define shade(p) if :: p != 0 && colour[p] == WHITEOBJ -> colour[p] = GREYOBJ :: else fi

#define alloc(a, o) d_step { pending == 0 && phase != STOPPED && colour[o] == FREE -> \
	slot[a] = o; colour[o] = (phase == IDLE -> WHITEOBJ : BLACKOBJ) }

#define drop(a) d_step { pending == 0 && phase != STOPPED && slot[a] != 0 -> slot[a] = 0 }

#define load(a, b) d_step { pending == 0 && phase != STOPPED && slot[b] != 0 -> slot[a] = field[slot[b]] }

#define plain(a, b) d_step { phase == IDLE && slot[a] != 0 -> field[slot[a]] = slot[b] }

#define barrier(a, b) d_step { pending == 0 && (phase == GREY || phase == BLACK) && slot[a] != 0 -> \
	if \
	:: BARRIER == 2 || BARRIER == 3 -> shade(field[slot[a]]) \
	:: else \
	fi; \
	if \
	:: BARRIER == 1 || (BARRIER == 3 && phase == GREY) -> shade(slot[b]) \
	:: else \
	fi; \
	pending = 1+2*a+b }

#define store(a, b) d_step { pending == 1+2*a+b -> field[slot[a]] = slot[b]; pending = 0 }

#define mark(o) d_step { colour[o] == GREYOBJ -> shade(field[o]); colour[o] = BLACKOBJ }

#define swept(o) if \
	:: colour[o] == WHITEOBJ -> colour[o] = FREE; field[o] = 0 \
	:: colour[o] == BLACKOBJ -> colour[o] = WHITEOBJ \
	:: else \
	fi

/* Nil is black, so that following four pointers from a slot needs no test. */
#define isblack(p) (p == 0 || colour[p] == BLACKOBJ)
#define kept(p) (isblack(p) && isblack(field[p]) && isblack(field[field[p]]) && \
	isblack(field[field[field[p]]]))

active proctype heap()
{
	do
	:: alloc(0, 1) :: alloc(0, 2) :: alloc(0, 3) :: alloc(0, 4)
	:: alloc(1, 1) :: alloc(1, 2) :: alloc(1, 3) :: alloc(1, 4)
	:: drop(0) :: drop(1)
	:: load(0, 0) :: load(0, 1) :: load(1, 0) :: load(1, 1)
	:: plain(0, 0) :: plain(0, 1) :: plain(1, 0) :: plain(1, 1)
	:: barrier(0, 0) :: barrier(0, 1) :: barrier(1, 0) :: barrier(1, 1)
	:: store(0, 0) :: store(0, 1) :: store(1, 0) :: store(1, 1)
	:: d_step { phase == IDLE -> phase = GREY }
	:: d_step { pending == 0 && phase == GREY -> shade(slot[0]); shade(slot[1]); phase = BLACK }
	:: mark(1) :: mark(2) :: mark(3) :: mark(4)
	:: d_step { pending == 0 && phase == BLACK && colour[1] != GREYOBJ && colour[2] != GREYOBJ &&
		colour[3] != GREYOBJ && colour[4] != GREYOBJ ->
		phase = STOPPED; assert(kept(slot[0]) && kept(slot[1])) }
	:: d_step { phase == STOPPED -> swept(1); swept(2); swept(3); swept(4); phase = IDLE }
	od
}
