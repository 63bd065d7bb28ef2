/* The protocol of Sources/Driver/HandleTable.swift: calls that enter an engine by its handle and leave it, and the thread
 * that closes it, which waits for the last one out. Every atomic operation of the code is one step here.
 *
 * Held everywhere: nobody is inside an engine that was freed; the closing thread does not sleep for ever (an invalid end
 * state). With one of the BROKEN_ names defined a step is wrong, and spin must find it. */
#ifndef CALLERS
#define CALLERS 3
#endif
#ifndef CALLS
#define CALLS 2
#endif

/* The slot's state: one atomic word. */
bit closing;
bit stale; /* the generation has moved on */
byte users;
bit asleep; /* the closing thread, in hujia_sleep */

/* What is proved, no part of the code. */
byte inside;
bit freed;

inline leave() {
#ifdef BROKEN_LAST
  last = closing && users == 1; /* looked at first, then subtracted: two steps where the code has one */
  users--;
#else
  atomic { users--; last = closing && users == 0 };
#endif
  if
  :: last -> asleep = 0
  :: else
  fi;
  last = 0
}

proctype caller() {
  byte calls;
  bit last, is_open;
  do
  :: calls < CALLS ->
     calls++;
     atomic { is_open = !closing && !stale };
     if
     :: is_open ->
#ifdef BROKEN_ENTER
        users++; /* what it saw before it was counted is believed */
#else
        atomic { users++; is_open = !closing && !stale };
#endif
        if
        :: is_open ->
           inside++;
           assert(!freed);
           inside--
        :: else
        fi;
        leave()
     :: else
     fi
  :: else -> break
  od
}

proctype closer() {
  byte seen;
  closing = 1;
  do
  :: seen = users;
     if
     :: seen == 0 -> break
     :: else
     fi;
     atomic { /* hujia_sleep */
       if
       :: users == seen -> asleep = 1
       :: else
       fi
     };
     !asleep
  od;
  assert(inside == 0);
  freed = 1;
  atomic { stale = 1; closing = 0 }
}

init {
  byte number;
  atomic {
    do
    :: number < CALLERS -> run caller(); number++
    :: else -> break
    od;
    number = 0;
    run closer()
  }
}
