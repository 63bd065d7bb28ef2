/* The protocol of Sources/Driver/EngineLoop.swift by which callers wake the loop: a flag makes wakings that nobody has
 * answered yet one, and a holder of the baton that only moves the next deadline arms the alarm instead. An operation on
 * the flag is one step here; what is done under the baton is one step.
 *
 * Left out: the order in which a machine shows one thread's steps to another (the fences of `wake` and of the async handle's callback are there for it), the inside of
 * libuv's handle, the wakings that the loop gives itself when a turn leaves more to do, and the count of wakings.
 *
 * Held everywhere: the loop does not sleep for ever while something is published, and it turns for every deadline (an
 * invalid end state otherwise). With one of the BROKEN_ names defined a step is wrong, and spin must find it. */
#ifndef CALLERS
#define CALLERS 3
#endif
#ifndef CALLS
#define CALLS 2
#endif

byte published; /* posts that nobody has decided */
bit is_woken;   /* the flag */
bit told;       /* libuv's handle: the loop's next look returns at once */
byte due;       /* deadlines that the loop has not turned for */
bit armed;      /* the alarm is set, or rings */
byte finished;

proctype caller() {
  byte calls;
  bit was;
  do
  :: calls < CALLS ->
     calls++;
     if
     :: /* a post */
#ifdef BROKEN_PUBLISH
        was = is_woken; /* looks at the flag before it has published */
        published++;
#else
        published++;
        was = is_woken;
#endif
        if
        :: !was ->
           atomic { was = is_woken; is_woken = 1 }; /* exchange */
           if
           :: !was -> told = 1
           :: else
           fi
        :: else
        fi
     :: /* a report: its deadline is the earliest, and the alarm is armed under the baton */
        atomic { due++; armed = 1 }
     fi;
     was = 0
  :: else -> break
  od;
  finished++
}

proctype loop() {
  bit by_async;
  do
  :: atomic { told -> told = 0; by_async = 1 };
     goto turn
  :: atomic { armed -> by_async = 0 }; /* it rings, and is read: the turn sets it anew under the baton */
turn:
#ifdef BROKEN_CLEAR
     atomic { published = 0; due = 0; armed = 0 };
     if
     :: by_async -> is_woken = 0
     :: else
     fi
#else
     if
     :: by_async -> is_woken = 0
     :: else
     fi;
#ifdef BROKEN_ARM
     atomic { published = 0; due = 0 };
     armed = 0 /* set when the baton was given back: over what a caller has set meanwhile */
#else
     atomic { published = 0; due = 0; armed = 0 } /* a turn: decides, fires, arms for the next or not at all */
#endif
#endif
  :: finished == CALLERS && published == 0 && due == 0 && !told && !armed -> break
  od
}

init {
  byte number;
  atomic {
    do
    :: number < CALLERS -> run caller(); number++
    :: else -> break
    od;
    number = 0;
    run loop()
  };
  finished == CALLERS && published == 0 && due == 0
}
