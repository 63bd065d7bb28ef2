/* The protocol of Sources/Journal, step by step as there: records go into the ring, in batches to a segment, a segment
 * is turned or given up after a failed sync, a snapshot makes segments needless, and the process dies or the power goes
 * between any two steps. `scripts/protocol` has spin look at every order in which these can fall.
 *
 * Held everywhere: after a death all that was recorded is read back; after a power cut all that was acknowledged as
 * durable, and nothing that was never recorded; no source is read behind a gap.
 *
 * With one of the BROKEN_ names defined a step is wrong, and spin must find it.
 *
 * With TRACE a simulation says each step, and the orders are those that the code itself can be stopped in: it decides
 * what comes into a batch before it begins a segment, and a snapshot is made while nothing else is. JournalTests plays
 * such traces (Tests/Golden/journal-traces.txt, made by scripts/traces) on the code. */
#ifdef TRACE
byte steps, calm = CALM; /* no end comes before so many steps, nor so soon after another */
#define SAY(step) printf(step); steps++
#else
#define SAY(step) skip
#endif
#ifndef RECORDS
#define RECORDS 4
#endif
#ifndef TURNS
#define TURNS 2
#endif
#ifndef CRASHES
#define CRASHES 2
#endif
#ifndef FAILURES
#define FAILURES 1
#endif
#define SEGMENTS 10

/* The ring: records head + 1 to recorded stand in it. It outlives the process, not the power. */
byte recorded, head;
/* What waiters were told. */
byte durable;

/* Segments: what came before, the last record as programs see it and as the disk has it, the entry in the folder as
 * programs see it and as the disk has it. */
byte after[SEGMENTS], written[SEGMENTS], kept[SEGMENTS];
bit entry[SEGMENTS], entry_kept[SEGMENTS];
byte current; /* 0: none was begun */
bit is_open;
byte place; /* the last record of the chain */
byte to;    /* of the batch on its way */

/* The snapshot: which record it has, its name in the folder, its content. */
byte snapshot;
bit named, named_kept, whole;

byte worker, maker; /* where they are in their work */
byte turns, crashes, failures, snapshots;
#ifdef TRACE
bit again, has_begun, is_over; /* a batch comes once more; its segment was begun for it; the power went */
#define DECIDED has_begun
#define BESIDE_SNAPSHOT maker == 0 && !is_over
#define BESIDE_WORKER worker == 0 && !again && !has_begun && durable == recorded && !is_over
#define GOES_ON !is_over
#define MAY_END !is_over && steps >= calm
#else
#define DECIDED 0
#define BESIDE_SNAPSHOT 1
#define BESIDE_WORKER 1
#define GOES_ON 1
#define MAY_END 1
#endif
hidden byte s, last, next, bound;

inline sync_folder() {
  s = 0;
  do
  :: s < SEGMENTS -> entry_kept[s] = entry[s]; s++
  :: else -> break
  od;
  s = 0;
  named_kept = named
}

/* Recovery.swift: each source up to where the next one begins. */
inline recover() {
  last = 0;
  if
  :: named -> assert(whole); last = snapshot
  :: else
  fi;
  s = 1;
  do
  :: s < SEGMENTS ->
     if
     :: entry[s] && written[s] > after[s] ->
        /* The next segment with something in it, else the ring. */
        bound = 255;
        next = s + 1;
        do
        :: next < SEGMENTS && !(entry[next] && written[next] > after[next]) -> next++
        :: else -> break
        od;
        if
        :: next < SEGMENTS -> bound = after[next]
        :: else ->
           if
           :: head < recorded -> bound = head
           :: else
           fi
        fi;
        assert(after[s] <= last);
        if
        :: written[s] < bound -> next = written[s]
        :: else -> next = bound
        fi;
        if
        :: next > last -> last = next
        :: else
        fi
     :: else
     fi;
     s++
  :: else -> break
  od;
  /* The chain goes on where the disk ends; the ring's records come into the next segment. */
  if
  :: head < recorded -> assert(head <= last); place = head
  :: else -> place = last
  fi;
  if
  :: head < recorded -> last = recorded
  :: else
  fi;
  s = 0; next = 0; bound = 0;
#ifdef TRACE
  again = 0; has_begun = 0;
#endif
  is_open = 0; worker = 0; maker = 0; to = 0
}

inline cut_power() {
  head = recorded; /* the ring is gone */
  s = 1;
  do
  :: s < SEGMENTS ->
     if
     :: entry[s] != entry_kept[s] ->
        if
        :: entry[s] = entry_kept[s]
        :: skip
        fi
     :: else
     fi;
     if
     :: written[s] != kept[s] ->
        if
        :: written[s] = kept[s]
        :: kept[s] = written[s]
        fi
     :: else
     fi;
     entry_kept[s] = entry[s];
     s++
  :: else -> break
  od;
  if
  :: named != named_kept ->
     if
     :: named = named_kept
     :: skip
     fi
  :: else
  fi;
  named_kept = named
}

active proctype journal() {
  do
  /* The baton's holder: one store makes a record visible. */
  :: recorded < RECORDS && GOES_ON -> atomic { recorded++; SAY("append\n") }

  /* SegmentWriter.begin */
  :: worker == 0 && !is_open && head < recorded && current < SEGMENTS - 1 && BESIDE_SNAPSHOT ->
     atomic {
#ifdef TRACE
       if
       :: !again -> to = recorded
       :: else
       fi;
       again = 0; has_begun = 1;
#endif
       SAY("begin\n");
       current++; entry[current] = 1; after[current] = place; written[current] = place; kept[current] = place;
              worker = 1 }
  :: worker == 1 ->
     atomic {
#ifndef BROKEN_FOLDER
       sync_folder();
#endif
       is_open = 1; worker = 0; SAY("begun\n")
     }

  /* Journal.step: a batch of some of what waits. */
  :: worker == 0 && is_open && head < recorded && BESIDE_SNAPSHOT ->
     atomic {
       if
       :: DECIDED -> skip
       :: !DECIDED -> to = recorded
#ifndef TRACE
       :: to = head + 1
#endif
       fi;
#ifdef TRACE
       has_begun = 0;
#endif
       SAY("batch\n");
#ifdef BROKEN_EARLY
       durable = to;
#endif
#ifdef BROKEN_ROOM
       head = to;
#endif
       worker = 2
     }
  :: worker == 2 -> atomic { written[current] = to; worker = 3; SAY("write\n") }
  :: worker == 3 ->
     atomic {
       if
#ifdef BROKEN_SYNC
       :: worker = 4
#else
       :: kept[current] = to; worker = 4; SAY("synced\n")
#endif
       :: failures < FAILURES ->
          /* Its pages are forgotten, and look good. */
          failures++;
#ifdef BROKEN_RETRY
          worker = 4
#else
#ifdef TRACE
          again = 1;
#endif
          is_open = 0; worker = 0; SAY("failed\n")
#endif
       fi
     }
  :: worker == 4 ->
     atomic {
       place = to;
       if
       :: head < to -> head = to
       :: else
       fi;
       worker = 5
     }
  :: worker == 5 -> atomic { durable = to; worker = 0; SAY("durable\n") }

  /* A segment is full. */
  :: worker == 0 && is_open && turns < TURNS && BESIDE_SNAPSHOT && !DECIDED ->
     atomic { turns++; is_open = 0; SAY("turn\n") }

  /* SnapshotWriter */
  :: maker == 0 && snapshots < 1 && recorded > 0 && BESIDE_WORKER ->
     atomic { SAY("snap\n"); snapshots++; snapshot = recorded; whole = 0; maker = 1 }
  :: maker == 1 -> atomic { whole = 1; maker = 2 } /* written, synced, read back */
  :: maker == 2 && durable >= snapshot -> maker = 3
  :: maker == 3 -> atomic { named = 1; maker = 4; SAY("named\n") }
  :: maker == 4 ->
     atomic {
#ifndef BROKEN_NAME
       sync_folder();
#endif
       maker = 5; SAY("kept\n")
     }
  :: maker == 5 ->
     /* Journal.prune: from the front, as far as the snapshot covers what counts of each, one after the other on the
      * disk as well. Of a segment counts what the next one does not begin with. */
     atomic {
       s = 1;
       do
       :: s < current ->
          next = s + 1;
          do
          :: next < current && !entry[next] -> next++
          :: else -> break
          od;
          bound = after[next];
          next = 0;
          if
          :: !entry[s] -> skip
#ifdef BROKEN_PRUNE
          :: entry[s] && after[s] < snapshot -> entry[s] = 0; entry_kept[s] = 0
#else
          :: entry[s] && (written[s] <= snapshot || bound <= snapshot) -> entry[s] = 0; entry_kept[s] = 0
#endif
          :: else -> break
          fi;
          s++
       :: else -> break
       od;
       s = 0; bound = 0;
       maker = 0; SAY("pruned\n")
     }

  /* The process dies. */
  :: crashes < CRASHES && MAY_END ->
     atomic {
       crashes++;
       recover();
       assert(last == recorded);
       SAY("die\n")
#ifdef TRACE
       ; calm = steps + CALM
#endif
     }

  /* The power goes. */
  :: crashes < CRASHES && MAY_END ->
     atomic {
       crashes++;
       SAY("cut\n");
       cut_power();
       recover();
       assert(last >= durable && last <= recorded);
       recorded = last; head = last;
       if
       :: durable > last -> durable = last
       :: else
       fi;
#ifdef TRACE
       is_over = 1
#endif
     }

  :: recorded == RECORDS && head == recorded && worker == 0 && crashes == CRASHES -> break
#ifdef TRACE
  :: is_over -> break
#endif
  od
}
