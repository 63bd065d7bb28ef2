/* The protocol of Sources/Driver/Baton.swift, step by step as there: every atomic operation of the code is one step here.
 * Callers that want a call done, or want the baton itself, and a thread that only tries (positions). `scripts/protocol`
 * has spin look at every order in which their steps can fall.
 *
 * Held everywhere: one at a time in the core; each call done exactly once; no thread sleeps for ever (an invalid end
 * state); nothing is left on the word or in the line; at most one call of each other thread goes ahead of one that waits.
 * With one of the BROKEN_ names defined a step is wrong, and spin must find it. PLAIN: callers that want their calls done,
 * and nobody else, so that more of them can be searched whole. */
#ifndef CALLERS
#define CALLERS 3
#endif
#ifndef CALLS
#define CALLS 2
#endif
#define MOST 1 /* calls of others that a holder carries out (mostHelped) */

#define WAITS 0
#define SLEEPS 1
#define DONE 2
#define YOURS 3

/* The word: held, and the request published last (0 = none). One atomic variable: only touched together. */
bit held;
byte top;
/* Requests, by caller 1 ... CALLERS. */
byte below[CALLERS + 1];
byte state[CALLERS + 1];
bit wants_itself[CALLERS + 1]; /* it brings no errand */
bit asleep[CALLERS + 1];       /* in hujia_sleep */
byte line;                     /* the holder's own */

/* What is proved, no part of the code. */
byte inside;
byte done[CALLERS + 1];
bit waiting[CALLERS + 1];
byte ahead[CALLERS + 1];
byte finished;

inline carry_out(whose) {
  atomic {
    inside++;
    assert(inside == 1);
  }
  atomic {
    done[whose]++;
    inside--;
    k = 1;
    do
    :: k <= CALLERS ->
       if
       :: k != whose && waiting[k] ->
          ahead[k]++;
          assert(ahead[k] <= CALLERS - 1)
       :: else
       fi;
       k++
    :: else -> break
    od;
    k = 0
  }
}

/* The last touch of a request. */
inline answer(whose, what) {
#ifdef BROKEN_WAKE
  before = state[whose]; /* looked at first, then set: two steps where the code has one */
  atomic {
    state[whose] = what;
    waiting[whose] = 0
  }
#else
  atomic {
    before = state[whose];
    state[whose] = what;
    waiting[whose] = 0
  }
#endif
}

/* Sleepers.wake: those that were served, once the baton has gone on. A wake that comes late may meet the next sleep. */
inline wake_served() {
  k = 1;
  do
  :: k <= CALLERS ->
     if
     :: served & (1 << k) -> asleep[k] = 0
     :: else
     fi;
     k++
  :: else -> break
  od;
  k = 0;
  served = 0
}

/* Baton.give: lets go, or serves waiting callers. */
inline give(most) {
  left = most;
  do
  :: line == 0 ->
#ifdef BROKEN_RELEASE
     /* Looks whether somebody waits, and lets go in a second step without looking again. */
     if
     :: top == 0 -> held = 0; break
     :: else
     fi;
#else
     atomic {
       if
       :: top == 0 -> held = 0; break /* compare-and-swap held -> free */
       :: else
       fi
     };
#endif
     d_step {
       at = top; /* exchange; what follows touches only what the holder alone can reach by now */
       top = 0;
#ifdef BROKEN_ORDER
       line = at;
       at = 0
#else
       do /* turned round: the oldest first */
       :: at != 0 ->
          next = below[at];
          below[at] = line;
          line = at;
          at = next
       :: else -> break
       od;
       next = 0
#endif
     }
  :: line != 0 ->
     d_step {
       request = line;
       line = below[request];
       below[request] = 0
     };
     if
     :: left > 0 && !wants_itself[request] ->
        left--;
        carry_out(request);
        answer(request, DONE);
        d_step { /* Sleepers.add */
          if
          :: before == SLEEPS -> served = served | (1 << request)
          :: else
          fi;
          before = 0
        }
     :: else ->
        answer(request, YOURS);
        if
        :: before == SLEEPS -> asleep[request] = 0
        :: else
        fi;
        before = 0;
#ifdef BROKEN_SERVED
        served = 0; /* the next holder is woken, and those that were served are not */
#endif
        break
     fi
  od;
  request = 0;
  left = 0;
  wake_served()
}

/* Baton.turn, take: one call of caller `me`. */
proctype caller(byte me) {
  byte calls, at, next, request, left, before, served, k, seen_top;
  bit seen_held;
  do
  :: calls < CALLS ->
     calls++;
#ifndef PLAIN
     if
     :: wants_itself[me] = 0
     :: wants_itself[me] = 1
     fi;
#endif
     state[me] = WAITS;
try: /* takeIfFree, and then the loop of `wait` */
     atomic { seen_held = held; seen_top = top };
     if
     :: !seen_held ->
        atomic {
          if
          :: !held && top == 0 -> held = 1; goto ours
          :: else -> goto try
          fi
        }
     :: else
     fi;
     atomic { /* `below` is nobody else's until the swap succeeds */
       below[me] = seen_top;
       if
       :: held && top == seen_top -> top = me; waiting[me] = 1; ahead[me] = 0; seen_top = 0; seen_held = 0
       :: else -> goto try
       fi
     };
     /* Spinning is looking at the state without changing it: any number of looks is one. */
     do
     :: state[me] >= DONE -> break
     :: atomic { state[me] == WAITS -> state[me] = SLEEPS }
     :: state[me] == SLEEPS -> /* hujia_sleep */
#ifdef BROKEN_SLEEP
        asleep[me] = 1; /* goes to sleep without looking again in the same step */
#else
        atomic {
          if
          :: state[me] == SLEEPS -> asleep[me] = 1
          :: else
          fi
        };
#endif
        !asleep[me]
     od;
     if
     :: state[me] == DONE -> goto over
     :: else
     fi;
ours:
     carry_out(me);
     give(MOST);
over:
     assert(done[me] == calls);
     atomic { state[me] = WAITS; ahead[me] = 0; wants_itself[me] = 0 }
  :: else -> break
  od;
  finished++
}

/* A thread that reports positions: tries once, helps nobody, hands over to a waiting caller. */
proctype reporter() {
  byte at, next, request, left, before, served, k;
  atomic {
    if
    :: !held && top == 0 -> held = 1
    :: else -> goto over
    fi
  };
  atomic {
    inside++;
    assert(inside == 1)
  };
  inside--;
  give(0);
over:
  finished++
}

init {
  byte number;
  atomic {
    number = 1;
    do
    :: number <= CALLERS -> run caller(number); number++
    :: else -> break
    od;
#ifdef PLAIN
    finished++;
#else
    run reporter();
#endif
    number = 0
  };
  finished == CALLERS + 1;
  assert(!held && top == 0 && line == 0 && inside == 0)
}
