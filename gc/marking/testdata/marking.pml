/*
 * The twin of the machine with one goroutine of two stack slots: every d_step is
 * one of its steps.
 *
 * N objects of F fields. OLD, NEW: what the barrier shades, 0 nothing, 1 always,
 * 2 while the stack is grey, 3 if the holder is black. HOLDER: 1, it makes a black
 * holder grey. BUFFERED, SNAPSHOT, RESCAN, BLACK (allocate black), CONCURRENT,
 * SWEEPINPAUSE as in an algorithm.
 */
#define IDLE 0
#define MARKS 1
#define FINAL 2
#define SWEEPING 3

#define FREE 0
#define WHITEOBJ 1
#define GREYOBJ 2
#define BLACKOBJ 3
#define DOOMED 2

/* Pointers are 0 for nil and i for object i, so the first elements go unused. */
byte phase;
byte slot[2];
byte colour[N+1];
byte field[(N+1)*F];
bit scanned;
byte cursor;	/* the object that is being scanned, and how many of its fields were: (o-1)*F+k */
byte pending;	/* the store whose barrier has run */
byte tmp;
#if BUFFERED
bit buf[N+1];
#define nobuf (!buf[1] && !buf[2] && !buf[N] && !buf[N-1])
#define unbuffer(p) buf[p] = 0
#define bshade(p) if :: p != 0 && colour[p] == WHITEOBJ -> buf[p] = 1 :: else fi
#else
#define nobuf true
#define unbuffer(p) skip
#define bshade(p) shade(p)
#endif

#define shade(p) if :: p != 0 && colour[p] == WHITEOBJ -> colour[p] = GREYOBJ; unbuffer(p) :: else fi
#define acts (pending == 0 && phase != FINAL)
#define fld(p, k) field[(p)*F+k]
#define nogrey (colour[1] != GREYOBJ && colour[2] != GREYOBJ && colour[N-1] != GREYOBJ && colour[N] != GREYOBJ)
#define settled (nogrey && cursor == 0)

#define alloc(a, o) d_step { acts && colour[o] == FREE -> slot[a] = o; \
	colour[o] = (BLACK && phase == MARKS -> BLACKOBJ : WHITEOBJ) }
#define drop(a) d_step { acts && slot[a] != 0 -> slot[a] = 0 }
#define load(a, b, k) d_step { acts && slot[b] != 0 -> slot[a] = fld(slot[b], k) }
#define code(a, k, b) (1 + (a*F+k)*2 + b)
#define hasbarrier (OLD != 0 || NEW != 0 || HOLDER != 0)
#define plain(a, k, b) d_step { acts && slot[a] != 0 && (phase != MARKS || !hasbarrier) -> fld(slot[a], k) = slot[b] }
#define fires(what, holder) (what == 1 || (what == 2 && !scanned) || (what == 3 && colour[holder] == BLACKOBJ))
#define barrier(a, k, b) d_step { acts && slot[a] != 0 && phase == MARKS && hasbarrier -> \
	tmp = 0; \
	if :: HOLDER && slot[b] != 0 && colour[slot[b]] == WHITEOBJ && colour[slot[a]] >= GREYOBJ -> tmp = slot[a] :: else fi; \
	if :: fires(OLD, slot[a]) -> bshade(fld(slot[a], k)) :: else fi; \
	if :: fires(NEW, slot[a]) -> bshade(slot[b]) :: else fi; \
	if :: tmp != 0 -> colour[tmp] = GREYOBJ; \
		if :: cursor != 0 && (cursor-1)/F == tmp-1 -> cursor = 0 :: else fi \
	:: else fi; \
	tmp = 0; pending = code(a, k, b) }
#define store(a, k, b) d_step { pending == code(a, k, b) -> pending = 0; fld(slot[a], k) = slot[b] }
#define look0(o) d_step { (phase == MARKS || phase == FINAL) && cursor == 0 && colour[o] == GREYOBJ -> \
	shade(fld(o, 0)); cursor = (o-1)*F+1 }
#define look1(o) d_step { cursor == (o-1)*F+1 -> shade(fld(o, 1)); cursor = (o-1)*F+2 }
#define blacken(o) d_step { cursor == (o-1)*F+F -> colour[o] = BLACKOBJ; cursor = 0 }

#if F == 2
#define clear(o) fld(o, 0) = 0; fld(o, 1) = 0
#else
#define clear(o) fld(o, 0) = 0
#endif
#define swept(o) if \
	:: colour[o] == DOOMED -> colour[o] = FREE; clear(o) \
	:: colour[o] == BLACKOBJ -> colour[o] = WHITEOBJ \
	:: else fi
#define ends if :: nogrey && colour[1] != BLACKOBJ && colour[2] != BLACKOBJ && colour[N-1] != BLACKOBJ && colour[N] != BLACKOBJ -> \
	phase = IDLE :: else fi
#define sweep(o) d_step { phase == SWEEPING && pending == 0 && colour[o] >= DOOMED -> swept(o); ends }
#define doom(o) if :: colour[o] == WHITEOBJ -> colour[o] = DOOMED :: else fi

/* What the slots lead to is marked; a mark of it that is not black is a loss. The
 * objects that are reached are added one step of the way after the other. */
bit seen[N+1];
#define reachfrom(p) if :: p != 0 -> seen[p] = 1 :: else fi
#if F == 2
#define follow(o) if :: seen[o] -> reachfrom(fld(o, 0)); reachfrom(fld(o, 1)) :: else fi
#else
#define follow(o) if :: seen[o] -> reachfrom(fld(o, 0)) :: else fi
#endif
#define kept(o) assert(!seen[o] || colour[o] == BLACKOBJ); seen[o] = 0

#if N == 3
#define each(f) f(1); f(2); f(3)
#define choice(f) :: f(1) :: f(2) :: f(3)
#elif N == 4
#define each(f) f(1); f(2); f(3); f(4)
#define choice(f) :: f(1) :: f(2) :: f(3) :: f(4)
#else
#define each(f) f(1); f(2)
#define choice(f) :: f(1) :: f(2)
#endif
#define alloc0(o) alloc(0, o)
#define alloc1(o) alloc(1, o)
#define pairs(f, k) :: f(0, k, 0) :: f(0, k, 1) :: f(1, k, 0) :: f(1, k, 1)
#define loads(k) :: load(0, 0, k) :: load(0, 1, k) :: load(1, 0, k) :: load(1, 1, k)

active proctype heap()
{
	do
	choice(alloc0)
	choice(alloc1)
	:: drop(0) :: drop(1)
	loads(0)
	pairs(plain, 0)
	pairs(barrier, 0)
	pairs(store, 0)
#if F == 2
	loads(1)
	pairs(plain, 1)
	pairs(barrier, 1)
	pairs(store, 1)
	choice(look1)
#endif
	:: d_step { phase == IDLE && pending == 0 ->
		if
		:: CONCURRENT && !SNAPSHOT -> phase = MARKS
		:: CONCURRENT && SNAPSHOT -> shade(slot[0]); shade(slot[1]); scanned = 1; phase = MARKS
		:: else -> shade(slot[0]); shade(slot[1]); scanned = 1; phase = FINAL
		fi }
	:: d_step { phase == MARKS && !scanned && pending == 0 -> shade(slot[0]); shade(slot[1]); scanned = 1 }
	choice(look0)
	choice(blacken)
#if BUFFERED
#define flush(o) if :: buf[o] -> shade(o) :: else fi
	:: d_step { phase == MARKS && !nobuf -> each(flush) }
#endif
	:: d_step { phase == MARKS && scanned && settled && nobuf && pending == 0 ->
		phase = FINAL;
		if :: RESCAN -> shade(slot[0]); shade(slot[1]) :: else fi }
	:: d_step { phase == FINAL && settled ->
		reachfrom(slot[0]); reachfrom(slot[1]);
		each(follow); each(follow); each(follow);
		each(kept);
		phase = SWEEPING; scanned = 0;
		each(doom);
		if :: SWEEPINPAUSE -> each(swept) :: else fi;
		ends }
	choice(sweep)
	od
}
