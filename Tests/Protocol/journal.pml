/* The protocol of Sources/Journal, step by step as there: records go into the ring, in batches to a segment, a segment
 * is turned or given up after a failed sync, a snapshot makes segments needless, and the process dies or the power goes
 * between any two steps. `scripts/protocol` has spin look at every order in which these can fall.
 *
 * Held everywhere: after a death all that was recorded is read back; after a power cut all that was acknowledged as
 * durable, and nothing that was never recorded; no source is read behind a gap.
 *
 * With one of the BROKEN_ names defined a step is wrong, and spin must find it. */
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
  :: recorded < RECORDS -> atomic { recorded++ }

  /* SegmentWriter.begin */
  :: worker == 0 && !is_open && head < recorded && current < SEGMENTS - 1 ->
     atomic { current++; entry[current] = 1; after[current] = place; written[current] = place; kept[current] = place;
              worker = 1 }
  :: worker == 1 ->
     atomic {
#ifndef BROKEN_FOLDER
       sync_folder();
#endif
       is_open = 1; worker = 0
     }

  /* Journal.step: a batch of some of what waits. */
  :: worker == 0 && is_open && head < recorded ->
     atomic {
       if
       :: to = head + 1
       :: to = recorded
       fi;
#ifdef BROKEN_EARLY
       durable = to;
#endif
#ifdef BROKEN_ROOM
       head = to;
#endif
       worker = 2
     }
  :: worker == 2 -> atomic { written[current] = to; worker = 3 }
  :: worker == 3 ->
     atomic {
       if
#ifdef BROKEN_SYNC
       :: worker = 4
#else
       :: kept[current] = to; worker = 4
#endif
       :: failures < FAILURES ->
          /* Its pages are forgotten, and look good. */
          failures++;
#ifdef BROKEN_RETRY
          worker = 4
#else
          is_open = 0; worker = 0
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
  :: worker == 5 -> atomic { durable = to; worker = 0 }

  /* A segment is full. */
  :: worker == 0 && is_open && turns < TURNS -> atomic { turns++; is_open = 0 }

  /* SnapshotWriter */
  :: maker == 0 && snapshots < 1 && recorded > 0 ->
     atomic { snapshots++; snapshot = recorded; whole = 0; maker = 1 }
  :: maker == 1 -> atomic { whole = 1; maker = 2 } /* written, synced, read back */
  :: maker == 2 && durable >= snapshot -> maker = 3
  :: maker == 3 -> atomic { named = 1; maker = 4 }
  :: maker == 4 ->
     atomic {
#ifndef BROKEN_NAME
       sync_folder();
#endif
       maker = 5
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
       maker = 0
     }

  /* The process dies. */
  :: crashes < CRASHES ->
     atomic {
       crashes++;
       recover();
       assert(last == recorded)
     }

  /* The power goes. */
  :: crashes < CRASHES ->
     atomic {
       crashes++;
       cut_power();
       recover();
       assert(last >= durable && last <= recorded);
       recorded = last; head = last;
       if
       :: durable > last -> durable = last
       :: else
       fi
     }

  :: recorded == RECORDS && head == recorded && worker == 0 && crashes == CRASHES -> break
  od
}
