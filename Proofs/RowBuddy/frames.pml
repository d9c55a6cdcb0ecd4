/*
 * Rows, lanes and owners: claim, pop, free, shared free, release, huge claims, splitting, drain.
 *
 * A pair of two blocks; a block has 4 frames in 4/ROW rows. The names of the real sizes:
 *   order 0            one frame, popped from a local word
 *   order 1            two frames: a run inside a local word (ROW = 2), or two full rows (ROW = 1)
 *   order 2, "huge"    a block: its lane, by compare-exchange
 *   order 3, "pair"    both lanes of the pair, in one compare-exchange
 * Each CORE does OPS operations of its own choice (any order, any live block or any part of one, any
 * hint), a drainer stops the world at any time.
 *
 * An atomic step is one access to one shared word. A stopped world is one step that is possible when
 * no core is inside an operation: stop.pml shows that request, barrier and busy flag give exactly
 * that.
 *
 * Holds:
 *   once      no frame is handed out that somebody has (`handOut`)
 *   none lost in every still world, shared and local bits are exactly the frames that nobody has,
 *             and each lane counts its bits (`conserved`)
 *   huge      a lane that counts a whole block means rows of ones
 *   justified a failing allocation looked at a still world in which no block was free: with
 *             conservation, no suitable block existed (`search`)
 *   double    with MISFREES = 1, one core once frees a frame whose free has ended: that free or a
 *             later step ends the process before the frame is handed out again; where the frame is
 *             handed out while that free runs, the free came after it, and the run is left
 *   deadlock  none
 *
 * Mutants: NO_POP_CHECK, NO_FLUSH_CHECK, NO_LOCAL_CHECK, NO_SHARED_CHECK (double frees); LATE_FLUSH
 * (the lane is released before the local bits are back), LANE_FIRST (a free counts before its bits
 * are there), HUGE_OWNED (a huge claim does not look at the owner), NO_SPLITTING (a partial free makes the lane small before
 * the rows are empty), TWO_OWNERS (ownership is taken without looking whether somebody has it),
 * SPLIT_HALF (a partial free of a pair forgets its other half).
 */
#ifndef CORES
#define CORES 2
#endif
#ifndef ROW
#define ROW 2
#endif
#ifndef OPS
#define OPS 2
#endif
#ifndef MISFREES
#define MISFREES 0
#endif

#define FULL 15
/* The bits of a block of order 0 or 1 in its block's rows. */
#define BITS(frame, order) MASK((frame) & 3, order)
#define NONE 2

#define SMALL 0
#define HUGE 1
#define HALF 2
#define SPLITTING 3

/* Bits of a row of a block. */
#define ROWMASK(r) (((1 << ROW) - 1) << ((r) * ROW))
#define ROWOF(mask, r) ((mask) & ROWMASK(r))

typedef Lane { short count; bool owned; byte kind };
Lane lane[2];
/* The shared bits of a block, row by row; each access touches one row. */
byte shared[2] = FULL;

/* A core's slot: its block, the bits in its hands, and how many more frames of the block were
 * handed out than given back while it was in the slot. */
typedef Slot { byte block; byte bits; short out };
Slot slot[CORES];
bool inside[CORES];

/* Ghosts. Frames that callers have; blocks that callers have, by order + 1 at their first frame. */
byte taken;
byte live[8];
#if MISFREES
/* Frames of frees under way. */
byte returning;
#define NOTFREE (taken | returning)
#endif
/* 0: no misfree yet; 1: under way; 2: ended without notice. */
byte misfree;
byte misframe;
/* The process has ended, or the run is left. */
bool over;

#define ONES(m) (((m) & 1) + ((m) >> 1 & 1) + ((m) >> 2 & 1) + ((m) >> 3 & 1))
#define MASK(frame, order) (((1 << (1 << (order))) - 1) << (frame))

/* Scratch of single steps: always 0 between them. */
byte i, c, m;
short n;

/* The process ends with a message. No legal caller may see that. */
inline fault() { assert(misfree != 0); over = true }

inline handOut(first, order) {
  if
  :: misfree != 0 && (MASK(first, order) >> misframe & 1) -> assert(over || misfree != 2); over = true
  :: else
  fi;
  assert(over || (taken & MASK(first, order)) == 0);
  taken = taken | MASK(first, order);
  live[first] = (order) + 1
}

/* Of a still world. */
inline conserved() {
  i = 0;
  do
  :: i < 2 ->
    m = shared[i];
    n = lane[i].count;
    c = 0;
    do
    :: c < CORES ->
      if
      :: slot[c].block == i ->
        assert(lane[i].owned && (slot[c].bits & m) == 0);
        m = m | slot[c].bits;
        n = n - slot[c].out
      :: else
      fi;
      c++
    :: else -> break
    od;
    if
    :: lane[i].kind == SMALL ->
      assert(m == (FULL & ~(taken >> (4 * i))));
      assert(n == ONES(m))
    :: else ->
      assert(lane[i].kind != SPLITTING && !lane[i].owned);
      assert((taken >> (4 * i) & FULL) == FULL)
    fi;
    i++
  :: else -> break
  od;
  i = 0; m = 0; n = 0; c = 0
}

/* Stops the world and gives back all that cores hold. */
inline flushAll() {
  if
  :: misfree == 0 -> conserved()
  :: else
  fi;
  do
  :: c < CORES ->
    if
    :: slot[c].block != NONE ->
#ifndef NO_FLUSH_CHECK
      if
      :: shared[slot[c].block] & slot[c].bits -> fault()
      :: else
      fi;
#endif
      shared[slot[c].block] = shared[slot[c].block] | slot[c].bits;
      lane[slot[c].block].count = lane[slot[c].block].count - slot[c].out;
      lane[slot[c].block].owned = false;
      slot[c].block = NONE; slot[c].bits = 0; slot[c].out = 0
    :: else
    fi;
    c++
  :: else -> break
  od;
  c = 0;
  if
  :: !over -> conserved()
  :: else
  fi
}

#if CORES == 2
#define STILL (!inside[0] && !inside[1] && !over)
#else
#define STILL (!inside[0] && !inside[1] && !inside[2] && !over)
#endif

#define BLOCKISFREE(b) (lane[b].kind == SMALL && !lane[b].owned && shared[b] == FULL)

/* Exact search of a still world whose cores hold nothing. */
inline search(order) {
  if
  :: order == 3 ->
    if
    :: BLOCKISFREE(0) && BLOCKISFREE(1) -> lane[0].kind = HALF; lane[1].kind = HALF
    :: else -> i = 8
    fi
  :: order == 2 ->
    if
    :: BLOCKISFREE(0) -> lane[0].kind = HUGE
    :: !BLOCKISFREE(0) && BLOCKISFREE(1) -> lane[1].kind = HUGE; i = 4
    :: else -> i = 8
    fi
  :: else ->
    do
    :: i < 8 && (lane[i / 4].kind != SMALL ||
          (shared[i / 4] & BITS(i, order)) != BITS(i, order)) -> i = i + (1 << order)
    :: else -> break
    od;
    if
    :: i < 8 ->
      shared[i / 4] = shared[i / 4] & ~BITS(i, order);
      lane[i / 4].count = lane[i / 4].count - (1 << order)
    :: else
    fi
  fi;
  if
  :: i < 8 -> handOut(i, order)
  :: else ->
    /* A refusal: no block that suits is free. */
    i = 0;
    do
    :: i < 8 -> assert(taken & MASK(i, order)); i = i + (1 << order)
    :: else -> break
    od
  fi;
  i = 0
}

/* Gives the bits in the core's hands back to their rows. */
inline flushRows() {
  row = 0;
  do
  :: row < 4 / ROW ->
    d_step {
#ifndef NO_FLUSH_CHECK
      if
      :: ROWOF(shared[mine] & slot[t].bits, row) -> fault()
      :: else
      fi;
#endif
      shared[mine] = shared[mine] | ROWOF(slot[t].bits, row);
      slot[t].bits = slot[t].bits & ~ROWMASK(row);
      row++
    }
  :: else -> break
  od;
  row = 0
}

/* Leaves the slot empty. */
inline release() {
  if
  :: slot[t].block != NONE ->
    mine = slot[t].block;
#ifndef LATE_FLUSH
    flushRows();
#endif
    d_step {
      lane[mine].count = lane[mine].count - slot[t].out;
      lane[mine].owned = false;
      slot[t].out = 0; slot[t].block = NONE
    };
#ifdef LATE_FLUSH
    flushRows();
#endif
    mine = 0
  :: else
  fi
}

#ifdef TWO_OWNERS
#define OWNABLE(b) (lane[b].kind == SMALL)
#else
#define OWNABLE(b) (lane[b].kind == SMALL && !lane[b].owned)
#endif

inline own(b) { lane[b].owned = true; slot[t].block = b }

/* Orders 0 and 1. */
inline allocateSmall() {
  tries = 0;
  row = 0;
  do
  :: over -> break
  :: !over && slot[t].block != NONE ->
    /* A run in the local word: the first one. */
    d_step {
      frame = 0;
      do
      :: frame < 4 && (slot[t].bits & MASK(frame, order)) != MASK(frame, order) ->
        frame = frame + (1 << order)
      :: else -> break
      od
    };
    if
    :: frame < 4 ->
#ifndef NO_POP_CHECK
#if ROW == 1
      if
      :: order == 1 ->
        d_step {
          if
          :: shared[slot[t].block] & MASK(frame + 1, 0) -> fault()
          :: else
          fi
        }
      :: else
      fi;
#define FIRSTROW ROWMASK(frame)
#else
#define FIRSTROW FULL
#endif
#endif
      d_step {
#ifndef NO_POP_CHECK
        if
        :: shared[slot[t].block] & MASK(frame, order) & FIRSTROW -> fault()
        :: else
        fi;
#endif
        if
        :: !over ->
          slot[t].bits = slot[t].bits & ~MASK(frame, order);
          slot[t].out = slot[t].out + (1 << order);
          handOut(4 * slot[t].block + frame, order);
          done = true
        :: else
        fi
      };
      break
    :: else
    fi;
    if
    :: row < 4 / ROW ->
      d_step {
        if
        :: ROWOF(shared[slot[t].block] & slot[t].bits, row) -> fault()
        :: else
        fi;
        slot[t].bits = slot[t].bits | ROWOF(shared[slot[t].block], row);
        shared[slot[t].block] = shared[slot[t].block] & ~ROWMASK(row);
        row++
      }
    :: else -> release()
    fi
  :: !over && slot[t].block == NONE && tries < 2 ->
    /* Any hint: both blocks are looked at, in any order. */
    atomic {
      tries++;
      row = 0;
      if
      :: lane[0].count > 0 && OWNABLE(0) -> own(0)
      :: lane[1].count > 0 && OWNABLE(1) -> own(1)
      :: true
      fi
    }
  :: !over && slot[t].block == NONE -> break
  od
}

#ifdef HUGE_OWNED
#define WHOLE(b) (lane[b].kind == SMALL && lane[b].count == 4)
#else
#define WHOLE(b) (lane[b].kind == SMALL && lane[b].count == 4 && !lane[b].owned)
#endif

inline huge(b) {
  assert(over || shared[b] == FULL);
  lane[b].kind = HUGE;
  handOut(4 * (b), 2);
  done = true
}

/* Orders 2 and 3: one compare-exchange. */
inline allocateLarge() {
  d_step {
    if
    :: order == 2 && WHOLE(0) -> huge(0)
    :: order == 2 && WHOLE(1) -> huge(1)
    :: order == 3 && WHOLE(0) && WHOLE(1) ->
      assert(over || (shared[0] == FULL && shared[1] == FULL));
      lane[0].kind = HALF;
      lane[1].kind = HALF;
      handOut(0, 3);
      done = true
    :: else
    fi
  }
}

/* Makes a huge block one of small frames, all of them taken. `block` is its lane. */
inline split() {
  d_step {
    if
    :: lane[block].kind == HALF ->
#ifndef SPLIT_HALF
      lane[1 - block].kind = HUGE;
#endif
      lane[block].kind = SPLITTING
    :: lane[block].kind == HUGE -> lane[block].kind = SPLITTING
    :: else -> row = 255
    fi;
#ifdef NO_SPLITTING
    if
    :: row == 0 -> lane[block].kind = SMALL; lane[block].count = 0
    :: else
    fi
#endif
  };
  if
  :: row == 0 ->
    do
    :: row < 4 / ROW -> d_step { shared[block] = shared[block] & ~ROWMASK(row); row++ }
    :: else -> break
    od;
#ifndef NO_SPLITTING
    skip;
    d_step { lane[block].kind = SMALL; lane[block].count = 0 };
#endif
  :: else
  fi;
  row = 0
}

/* Orders 0 and 1: `frame` is the first frame in its block, `block` its lane. */
inline freeSmall() {
  do
  :: over -> break
  :: !over && slot[t].block == block ->
    /* In the core's own slot. */
    d_step {
#ifndef NO_LOCAL_CHECK
      if
      :: slot[t].bits & MASK(frame, order) -> fault()
      :: else
      fi;
#endif
#ifndef NO_SHARED_CHECK
      if
      :: shared[block] & MASK(frame, order) -> fault()
      :: else
      fi;
#endif
      slot[t].bits = slot[t].bits | MASK(frame, order);
      slot[t].out = slot[t].out - (1 << order)
    };
    break
  :: !over && slot[t].block != block && lane[block].kind == SMALL ->
#ifdef LANE_FIRST
    lane[block].count = lane[block].count + (1 << order);
#endif
    do
    :: row < 4 / ROW && (MASK(frame, order) & ROWMASK(row)) ->
      d_step {
        if
        :: shared[block] & MASK(frame, order) & ROWMASK(row) -> fault()
        :: else
        fi;
        shared[block] = shared[block] | (MASK(frame, order) & ROWMASK(row));
        row++
      }
    :: row < 4 / ROW && !(MASK(frame, order) & ROWMASK(row)) -> row++
    :: else -> break
    od;
    row = 0;
#ifndef LANE_FIRST
    lane[block].count = lane[block].count + (1 << order);
#endif
    /* The next frees may be local ones. */
    if
    :: true ->
      release();
      d_step {
        if
        :: OWNABLE(block) -> own(block)
        :: else
        fi
      }
    :: true
    fi;
    break
  :: !over && slot[t].block != block && (lane[block].kind == HUGE || lane[block].kind == HALF) ->
    split()
  od
}

inline freeLarge() {
  d_step {
    if
    :: order == 2 && lane[block].kind == HUGE -> lane[block].kind = SMALL
    :: order == 2 && lane[block].kind == HALF ->
      lane[block].kind = SMALL;
      lane[1 - block].kind = HUGE
    :: order == 3 && lane[0].kind == HALF && lane[1].kind == HALF ->
      lane[0].kind = SMALL;
      lane[1].kind = SMALL
    :: else -> fault()
    fi
  }
}

proctype Core(byte t) {
  byte ops, order, frame, block, mine, row, tries;
  bool freeing, done;
  do
  :: ops < OPS && !over ->
    /* What to do; a caller gives up what it frees before the call. */
    atomic {
      inside[t] = true;
      ops++;
      if
      :: order = 0
      :: order = 1
      :: order = 2
      :: order = 3
      :: taken != 0 ->
        freeing = true;
        if
        :: live[0] != 0 -> frame = 0
        :: live[1] != 0 -> frame = 1
        :: live[2] != 0 -> frame = 2
        :: live[3] != 0 -> frame = 3
        :: live[4] != 0 -> frame = 4
        :: live[5] != 0 -> frame = 5
        :: live[6] != 0 -> frame = 6
        :: live[7] != 0 -> frame = 7
        fi;
        order = live[frame] - 1;
        live[frame] = 0;
        /* Any part of it: the other halves stay live. */
        do
        :: order > 0 ->
          order--;
          if
          :: live[frame + (1 << order)] = order + 1
          :: live[frame] = order + 1; frame = frame + (1 << order)
          fi
        :: break
        od;
        taken = taken & ~MASK(frame, order);
#if MISFREES
        returning = returning | MASK(frame, order)
      :: misfree == 0 && NOTFREE != 255 ->
        freeing = true;
        if
        :: !(NOTFREE & 1) -> frame = 0
        :: !(NOTFREE & 2) -> frame = 1
        :: !(NOTFREE & 4) -> frame = 2
        :: !(NOTFREE & 8) -> frame = 3
        :: !(NOTFREE & 16) -> frame = 4
        :: !(NOTFREE & 32) -> frame = 5
        :: !(NOTFREE & 64) -> frame = 6
        :: !(NOTFREE & 128) -> frame = 7
        fi;
        misfree = 1;
        misframe = frame;
        tries = 1
#endif
      fi;
      if
      :: freeing -> block = frame / 4
      :: else
      fi
    };
    if
    :: freeing && order >= 2 -> freeLarge()
    :: freeing && order < 2 -> frame = frame % 4; freeSmall()
    :: !freeing && order >= 2 -> allocateLarge()
    :: !freeing && order < 2 -> allocateSmall()
    fi;
    skip;
    d_step {
      inside[t] = false;
#if MISFREES
      if
      :: freeing && misfree == 1 && tries == 1 ->
        misfree = 2;
        /* Unnoticed only where another core holds the frame. */
        do
        :: c < CORES && (c == t || slot[c].block != block || !(slot[c].bits >> frame & 1)) -> c++
        :: else -> break
        od;
        assert(over || c < CORES);
        c = 0
      :: freeing && tries == 0 ->
        if
        :: order < 2 -> returning = returning & ~MASK(4 * block + frame, order)
        :: else -> returning = returning & ~MASK(frame, order)
        fi
      :: else
      fi;
#endif
      frame = 0; block = 0; row = 0; tries = 0
    };
    if
    :: !freeing && !done ->
      /* Nothing found: stop the world and look at everything. */
      d_step {
        STILL ->
        flushAll();
        if
        :: !over -> search(order)
        :: else
        fi
      }
    :: else
    fi;
    d_step { freeing = false; done = false; order = 0 }
  :: ops == OPS -> break
  od
}

proctype Drainer() {
endDrainer:
  do
  :: d_step { STILL -> flushAll() }
  od
}

#if ANYSTART
/* A row: free, taken by one block of order 1, or by two frames, of which the second is free. */
inline start(first) {
  if
  :: true
  :: taken = taken | MASK(first, 1); live[first] = 2
  :: taken = taken | MASK(first, 0); live[first] = 1
  fi
}

/* A block: huge, or small and owned by nobody or by core `b`, who holds all, some or no free bits. */
inline startBlock(b) {
  if
  :: taken = taken | MASK(4 * b, 2); live[4 * b] = 3; lane[b].kind = HUGE
  :: start(4 * b);
#if ANYSTART == 1
    if
    :: b == 0 -> start(2)
    :: else
    fi;
#else
    start(4 * b + 2);
#endif
    shared[b] = FULL & ~(taken >> (4 * b));
    lane[b].count = ONES(shared[b]);
    if
    :: true
    :: slot[b].block = b; lane[b].owned = true;
      if
      :: slot[b].bits = shared[b]
#if ANYSTART > 1
      :: slot[b].bits = shared[b] & 3
      :: true
#endif
      fi;
      shared[b] = shared[b] & ~slot[b].bits
    fi
  fi
}
#endif

init {
  atomic {
    slot[0].block = NONE;
    slot[1].block = NONE;
#if CORES > 2
    slot[2].block = NONE;
#endif
    lane[0].count = 4;
    lane[1].count = 4;
#if ANYSTART
    if
    :: taken = 255; live[0] = 4; lane[0].kind = HALF; lane[1].kind = HALF
    :: startBlock(0);
      startBlock(1)
    fi;
#endif
    run Core(0);
    run Core(1);
#if CORES > 2
    run Core(2);
#endif
    run Drainer()
  }
}
