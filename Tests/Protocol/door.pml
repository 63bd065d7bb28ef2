/* The protocol of Sources/Driver/HandleTable.swift: calls that enter an engine by its handle and leave it, and the thread
 * that closes it, which waits for the last one out. Every atomic operation of the code is one step here.
 *
 * Held everywhere: nobody is inside an engine that was freed; the closing thread does not sleep for ever (an invalid end
 * state); nobody is turned away before a close was accepted, however many closes are refused meanwhile. With one of the
 * BROKEN_ names defined a step is wrong, and spin must find it. */
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
bit accepted; /* a close that may wait has begun */

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
        :: else -> assert(accepted)
        fi;
        leave()
     :: else -> assert(accepted)
     fi
  :: else -> break
  od
}

/* A close that is refused: it asks from inside, like any other call. */
proctype refused() {
  bit last, is_open;
#ifdef BROKEN_REFUSE
  atomic { is_open = !closing && !stale; if :: is_open -> closing = 1 :: else fi }
  /* looks whether it may wait, and may not */
  if
  :: is_open -> closing = 0
  :: else
  fi
#else
  atomic { is_open = !closing && !stale };
  if
  :: is_open ->
     atomic { users++; is_open = !closing && !stale };
     if
     :: is_open -> assert(!freed)
     :: else -> assert(accepted)
     fi;
     leave()
  :: else -> assert(accepted)
  fi
#endif
}

proctype closer() {
  byte seen;
  bit last, is_shut;
  users++; /* asks from inside whether it may wait */
  assert(!freed);
  atomic { is_shut = closing; if :: is_shut -> skip :: else -> accepted = 1; closing = 1 fi };
  leave();
  if
  :: is_shut -> goto over /* another close came first */
  :: else
  fi;
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
  atomic { stale = 1; closing = 0 };
over:
  skip
}

init {
  byte number;
  atomic {
    do
    :: number < CALLERS -> run caller(); number++
    :: else -> break
    od;
    number = 0;
#ifdef REFUSED
    run refused();
#endif
    run closer()
  }
}
