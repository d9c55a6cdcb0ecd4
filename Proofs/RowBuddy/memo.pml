/*
 * Exhaustion and its memory: a call that failed leaves (order, frees counted so far); while no free
 * has begun since, a call of at least that order fails without stopping anybody.
 *
 * Two frames: order 0 takes one, order 1 both. A free counts itself in its core's counter before it
 * ends; the memory is written in a stopped world, and read by a core inside an operation, so
 * that its words belong together. Counters only grow and are read one by one; plain stores become
 * visible in their order.
 *
 * Each CORE does OPS operations of its own choice, from any state of the two frames.
 *
 * Holds: a call fails only if at some instant between its start and its end no suitable block was
 * free, where a frame is free from the end of its free to the instant it is handed out.
 *
 * Mutants: COUNT_LAST (a free counts itself after its end), SMALLER_TOO (a call of any order
 * believes the memory), READ_OUTSIDE (the memory is read by a core that is not inside an operation).
 */
#ifndef CORES
#define CORES 2
#endif
#ifndef OPS
#define OPS 3
#endif

byte shared;
byte frees[CORES];
/* The memory: calls of at least this order fail while the counters are these. */
byte order = 2;
byte counted[CORES];
bool inside[CORES];

/* Ghosts: frames that callers have; frames whose free has ended; for each call under way its order
 * (2: none), what it gives back if it is a free (and nobody was handed since), and whether at some instant since its start nothing suitable was free. */
byte taken;
byte settled;
byte calls[CORES] = 2;
byte returning[CORES];
bool none[CORES];
byte i;

#define SUITS(mask, o) ((o) == 0 && (mask) != 0 || (o) == 1 && (mask) == 3)

inline look() {
  i = 0;
  do
  :: i < CORES ->
    returning[i] = returning[i] & ~taken;
    if
    :: calls[i] < 2 && !SUITS(settled, calls[i]) -> none[i] = true
    :: else
    fi;
    i++
  :: else -> break
  od;
  i = 0
}

/* Any suitable block of the shared bits. */
inline handOut(o) {
  if
  :: o == 1 -> got = 3
  :: o == 0 && (shared & 1) -> got = 1
  :: else -> got = 2
  fi;
  assert((taken & got) == 0);
  shared = shared & ~got;
  taken = taken | got;
  settled = settled & ~got;
  got = 0;
  done = true;
  look()
}

#if CORES == 2
#define STILL (!inside[0] && !inside[1])
#else
#define STILL (!inside[0] && !inside[1] && !inside[2])
#endif

proctype Core(byte t) {
  byte ops, o, got, n;
  bool done;
  do
  :: ops < OPS && taken != 0 ->
    /* Free a frame. */
    atomic {
      inside[t] = true;
      ops++;
      if
      :: taken & 1 -> got = 1
      :: taken & 2 -> got = 2
      :: else -> got = 0
      fi;
      taken = taken & ~got;
      returning[t] = got
    };
#ifndef COUNT_LAST
    frees[t] = frees[t] + (got != 0);
#endif
    shared = shared | got;
    d_step {
      settled = settled | returning[t];
      returning[t] = 0;
#ifndef COUNT_LAST
      got = 0;
#endif
      inside[t] = false
    }
#ifdef COUNT_LAST
    d_step { frees[t] = frees[t] + (got != 0); got = 0 }
#endif
  :: ops < OPS ->
    /* Allocate. */
    d_step {
      inside[t] = true;
      ops++
    };
    if
    :: o = 0
    :: o = 1
    fi;
    d_step { calls[t] = o; look() };
    /* Hints may mislead: the search overlooks what it likes. */
    if
    :: d_step { SUITS(shared, o) -> handOut(o) }
    :: true
    fi;
    if
    :: !done ->
#ifdef READ_OUTSIDE
      inside[t] = false;
#endif
      n = 0;
#ifndef SMALLER_TOO
      if
      :: order <= o
      :: else -> n = CORES + 1
      fi;
#else
      if
      :: order < 2
      :: else -> n = CORES + 1
      fi;
#endif
      do
      :: n < CORES && frees[n] == counted[n] -> n++
      :: n < CORES && frees[n] != counted[n] -> n = CORES + 1
      :: n >= CORES -> break
      od;
      inside[t] = false;
      if
      :: n == CORES -> assert(none[t])
      :: else ->
        d_step {
          STILL ->
          look();
          if
          :: SUITS(shared, o) -> handOut(o)
          :: else ->
            assert(none[t]);
            order = o;
            do
            :: i < CORES -> counted[i] = frees[i]; i++
            :: else -> break
            od;
            i = 0
          fi
        }
      fi
    :: else -> skip
    fi;
    d_step {
      inside[t] = false;
      done = false; n = 0; o = 0;
      calls[t] = 2; none[t] = false
    }
  :: ops == OPS -> break
  od
}

init {
  atomic {
    if
    :: shared = 0
    :: shared = 1
    :: shared = 3
    fi;
    settled = shared;
    taken = 3 & ~shared;
    run Core(0);
    run Core(1);
#if CORES > 2
    run Core(2);
#endif
  }
}
