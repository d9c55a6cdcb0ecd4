/*
 * Stopping the world: request flag, asymmetric barrier, busy flag.
 *
 * Cores do operations that touch nothing but their own local word, with plain loads and stores.
 * Anybody (a core whose allocation found nothing, or a thread that drains) may stop the world: take
 * the gate, set every core's request, run the barrier, wait until no core is busy; then the local
 * words lie still and may be read and written.
 *
 * Memory is x86's: every thread has a FIFO store buffer, a plain store waits there for as long as it
 * likes, a thread reads its own waiting stores first; a locked instruction empties the buffer of the
 * thread that executes it, the barrier (membarrier PRIVATE_EXPEDITED) its own thread's first and then
 * that of every other, one after the other.
 *
 * Holds for any number of operations and stops (the loops never end):
 *   still     while the world is stopped, no core is inside an operation, and no store of a local
 *             word waits in a buffer
 *   exact     frames held in local words and in the pool are all frames: none is lost or doubled
 *   deadlock  none (an end state that is no end label is an error)
 *
 * Mutants, each of which must produce a counterexample: NO_BARRIER, NO_CHECK (an operation does not
 * look at its request), CHECK_FIRST (it looks before it sets busy), NO_WAIT (the stopper does not
 * wait for busy cores), STOP_BUSY (a core keeps its busy flag while it stops the world), EARLY_CLEAR
 * (requests are cleared before the local words are written).
 */
#ifndef CORES
#define CORES 2
#endif
#ifndef DRAINERS
#define DRAINERS 1
#endif
#define THREADS (CORES + DRAINERS)
#define FRAMES 2

/* What the store buffers write to. Local words count frames. */
byte memory[3 * CORES + 1];
#define BUSY(c) (c)
#define REQUEST(c) (CORES + (c))
#define LOCAL(c) (2 * CORES + (c))
#define GATE (3 * CORES)

chan buffer[THREADS] = [5] of { byte, byte };
/* The newest value that waits, and how many wait, per thread and word: what makes a thread read its
 * own stores first. */
typedef Waiting { byte count[3 * CORES + 1]; byte value[3 * CORES + 1] };
Waiting waiting[THREADS];

/* Shared frames; touched by locked instructions alone. */
byte pool = FRAMES;

/* Ghosts: who is inside an operation, and who has stopped the world. */
bool inside[CORES];
bool stopped;

inline store(t, word, new) {
  atomic {
    nfull(buffer[t]) -> buffer[t]!word, new;
    waiting[t].count[word]++;
    waiting[t].value[word] = new
  }
}

inline load(t, word, into) {
  d_step {
    if
    :: waiting[t].count[word] > 0 -> into = waiting[t].value[word]
    :: else -> into = memory[word]
    fi
  }
}

/* Empties a buffer, as a locked instruction or the barrier does. */
inline flush(t) {
  do
  :: buffer[t]?word, value ->
    memory[word] = value;
    waiting[t].count[word]--;
    if
    :: waiting[t].count[word] == 0 -> waiting[t].value[word] = 0
    :: else
    fi
  :: empty(buffer[t]) -> break
  od;
  word = 0;
  value = 0
}

/* Stores reach memory at any time, in their order. */
active [THREADS] proctype Buffer() {
  byte word, value;
endBuffer:
  do
  :: atomic {
      buffer[_pid]?word, value ->
      memory[word] = value;
      waiting[_pid].count[word]--;
      if
      :: waiting[_pid].count[word] == 0 -> waiting[_pid].value[word] = 0
      :: else
      fi;
      word = 0;
      value = 0
    }
  od
}

/* Between its look at the request and its last store, a core may rely on being alone with its local
 * word. */
inline enter(t) { atomic { assert(!stopped); inside[t] = true } }

inline storeInside(t) {
  atomic { assert(!stopped); store(t, LOCAL(t), held) }
}

inline leave(t) {
  inside[t] = false;
  store(t, BUSY(t), 0)
}

/* Does `body` of a stopped world: takes all that cores hold into the pool. */
inline stopWorld(t) {
  /* The gate: a locked instruction. */
  atomic { memory[GATE] == 0 -> flush(t); memory[GATE] = 1 };
  i = 0;
  do
  :: i < CORES -> store(t, REQUEST(i), 1); i++
  :: else -> break
  od;
  atomic { flush(t) };
#ifndef NO_BARRIER
  i = 0;
  do
  :: i < THREADS -> atomic { flush(i); i++ }
  :: else -> break
  od;
#endif
  i = 0;
#ifndef NO_WAIT
  do
  :: i < CORES -> atomic { memory[BUSY(i)] == 0 -> i++ }
  :: else -> break
  od;
  i = 0;
#endif
  assert(!stopped);
  stopped = true;
#ifdef EARLY_CLEAR
  do
  :: i < CORES -> store(t, REQUEST(i), 0); i++
  :: else -> break
  od;
  i = 0;
#endif
  do
  :: i < CORES ->
    atomic {
      assert(!inside[i] && (i == t || waiting[i].count[LOCAL(i)] == 0));
      load(t, LOCAL(i), held)
    };
    if
    :: held > 0 -> atomic { flush(t); pool = pool + held }; store(t, LOCAL(i), 0)
    :: else
    fi;
    i++
  :: else -> break
  od;
  held = 0;
  i = 0;
  assert(pool == FRAMES);
  stopped = false;
#ifndef EARLY_CLEAR
  do
  :: i < CORES -> store(t, REQUEST(i), 0); i++
  :: else -> break
  od;
  i = 0;
#endif
  store(t, GATE, 0)
}

proctype Core(byte t) {
  byte i, held, word, value;
endCore:
  do
  :: /* An operation; a core that finds its request set waits outside and begins again. */
#ifdef CHECK_FIRST
    load(t, REQUEST(t), held);
#endif
    store(t, BUSY(t), 1);
#if !defined(CHECK_FIRST) && !defined(NO_CHECK)
    load(t, REQUEST(t), held);
#endif
    if
#ifndef NO_CHECK
    :: held != 0 ->
      held = 0;
      store(t, BUSY(t), 0);
      memory[REQUEST(t)] == 0
    :: held == 0 ->
#else
    :: true ->
#endif
      enter(t);
      load(t, LOCAL(t), held);
      if
      :: /* Take a frame from the pool into the local word: the claim is a locked instruction. */
        atomic {
          pool > 0 -> assert(!stopped);
          flush(t);
          pool--;
          held++
        };
        storeInside(t)
      :: /* Hand a local frame over to the caller, who puts it into the pool. */
        held > 0 ->
        held--;
        storeInside(t);
        atomic { assert(!stopped); flush(t); pool++ }
      :: /* Find nothing, and stop the world. */
        held = 0;
#ifndef STOP_BUSY
        leave(t);
#endif
        stopWorld(t);
#ifdef STOP_BUSY
        enter(t)
#else
        goto endCore
#endif
      fi;
      held = 0;
      leave(t)
    fi
  od
}

proctype Drainer(byte t) {
  byte i, held, word, value;
endDrainer:
  do
  :: stopWorld(t)
  od
}

init {
  byte i;
  atomic {
    do
    :: i < CORES -> run Core(i); i++
    :: i >= CORES && i < THREADS -> run Drainer(i); i++
    :: i >= THREADS -> break
    od
  }
}
