/* The protocol of Sources/Driver/PostRoom.swift, step by step as there: threads that post and wait for room in a full ring,
 * the thread that empties it, and one that closes the engine. `scripts/protocol` has spin look at every order in which
 * their steps can fall.
 *
 * Held everywhere: a thread without a time limit does not sleep for ever while the ring is emptied (an invalid end state);
 * what was accepted, refused and sent home is what was offered; nobody is left asleep by a close.
 *
 * With one of the BROKEN_ names defined a step is wrong, and spin must find it. HASTY: the last poster's time may be up
 * at any moment. CLOSES: the engine closes at some moment. DRAINS: it is drained at some moment: the ring is closed,
 * those that wait are sent home, what is in the ring is taken out, and then the engine is at rest; nothing that was
 * accepted may be left behind. */
#ifndef POSTERS
#define POSTERS 3
#endif
#ifndef POSTS
#define POSTS 2
#endif
#define CAPACITY 1

byte ring; /* the ring of posts, itself modelled as one step each way (Containers/SharedRing.swift) */
byte turn; /* the word that is slept on */
byte waiting;
bit closed;
bit ring_closed;
bit at_rest;
bit asleep[POSTERS + 1];

/* What is proved, no part of the code. */
byte accepted, refused, stale, popped, finished;

/* hujia_wake_some: any of those asleep; the code wakes the oldest, which is one of them. */
inline wake(most) {
  atomic {
    k = 0;
    do
    :: k < most ->
       if
       :: asleep[1] -> asleep[1] = 0
       :: POSTERS > 1 && asleep[2] -> asleep[2] = 0
       :: POSTERS > 2 && asleep[POSTERS] -> asleep[POSTERS] = 0
       :: else -> break
       fi;
       k++
    :: else -> break
    od;
    k = 0
  }
}

proctype poster(byte me) {
  byte calls, seen;
  bit is_late;
  do
  :: calls < POSTS ->
     calls++;
     is_late = 0;
#ifdef BROKEN_DRAIN
     if /* looks whether the ring is closed first, and appends in a second step */
     :: ring_closed -> stale++; goto over
     :: else
     fi;
     atomic {
       if
       :: ring < CAPACITY -> ring++; accepted++; goto over
       :: else
       fi
     };
#else
     atomic { /* post */
       if
       :: ring_closed -> stale++; goto over
       :: !ring_closed && ring < CAPACITY -> ring++; accepted++; goto over
       :: else
       fi
     };
#endif
     waiting++;
again:
#ifndef BROKEN_COUNT
     seen = turn;
#endif
     if
     :: closed -> stale++; goto left
     :: else
     fi;
#ifdef BROKEN_TIMEOUT
     if
     :: is_late -> refused++; goto left /* leaves without looking once more */
     :: else
     fi;
#endif
     atomic {
       if
       :: ring_closed -> stale++; goto left
       :: !ring_closed && ring < CAPACITY -> ring++; accepted++; goto left
       :: else
       fi
     };
     if
     :: is_late -> refused++; goto left
     :: else
     fi;
#ifdef BROKEN_COUNT
     seen = turn;
#endif
     atomic { /* hujia_sleep_for */
       if
       :: turn == seen -> asleep[me] = 1
       :: else
       fi
     };
#ifdef HASTY
     if
     :: !asleep[me]
     :: !asleep[me] && me == POSTERS -> is_late = 1 /* woken, and its time is up by then */
     :: me == POSTERS -> atomic { asleep[me] = 0; is_late = 1 }
     fi;
#else
     !asleep[me];
#endif
     goto again;
left:
     waiting--;
over:
     seen = 0
  :: else -> break
  od;
  finished++
}

/* decidePosts and `made`: takes out what is there, up to two, then counts, then looks whether anybody waits. */
active proctype consumer() {
  byte taken, k;
  bit is_awaited;
end:
  do
  :: ring > 0 && !at_rest ->
#ifdef BROKEN_LOOK
     is_awaited = waiting > 0; /* before anything is taken out */
#endif
     atomic { /* the baton is ours, and the ring not empty */
       if
       :: at_rest || ring == 0 -> goto end
       :: else -> ring--; popped++; taken = 1
       fi
     };
     if
     :: atomic { ring > 0 && !at_rest -> ring--; popped++; taken = 2 }
     :: skip
     fi;
     turn++;
#ifndef BROKEN_LOOK
     is_awaited = waiting > 0;
#endif
     if
     :: is_awaited -> wake(taken)
     :: else
     fi;
     taken = 0;
     is_awaited = 0
  :: finished == POSTERS && (ring == 0 || at_rest) -> break
  od
}

#ifdef DRAINS
active proctype drainer() {
  byte k;
  ring_closed = 1;
  closed = 1;
  turn++;
  wake(POSTERS);
  do /* slices under the baton, as the consumer's */
  :: atomic { ring > 0 -> ring--; popped++ };
     turn++;
     if
     :: waiting > 0 -> wake(1)
     :: else
     fi
  :: atomic { ring == 0 -> at_rest = 1; break }
  od
}
#endif

#ifdef CLOSES
active proctype closer() {
  byte k;
#ifdef BROKEN_CLOSE
  turn++;
  wake(POSTERS);
  closed = 1
#else
  closed = 1;
  turn++;
  wake(POSTERS)
#endif
}
#endif

init {
  byte number;
  atomic {
    number = 1;
    do
    :: number <= POSTERS -> run poster(number); number++
    :: else -> break
    od;
    number = 0
  };
#ifdef DRAINS
  finished == POSTERS && at_rest; /* what is in the ring now would never be decided */
#else
  finished == POSTERS && ring == 0;
#endif
  assert(accepted + refused + stale == POSTERS * POSTS);
  assert(accepted == popped);
  assert(waiting == 0)
}
