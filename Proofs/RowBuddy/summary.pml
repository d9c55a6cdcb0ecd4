/*
 * Summary bitmaps: hints that may be stale, but never miss a block when nothing is under way.
 *
 * A bit of a leaf belongs to a block whose lane is unowned and counts at least WORTH frames; a bit of
 * the level above says that a leaf is not 0, and so on: here leaves of PERLEAF blocks, one word above
 * them, and one bit at the top. One bucket: the bitmaps of different buckets share nothing.
 *   set     after the change of the lane, by whoever took an unowned lane over the boundary or
 *           released the block: fetch-or; a word that was 0 is announced one level up
 *   clear   by anybody who found the lane not to belong: fetch-and; a word that became 0 is cleared
 *           one level up, then read again and announced again if it is not 0; last, the lane is read
 *           again and its bit set again if it belongs; by an owner, without the last step
 * Nobody clears a bit when a lane leaves the bucket: the next searcher does.
 *
 * PROCESSES do any operation, for ever: add a frame, search and own, own without a search, release
 * with fewer or as many frames, take a whole block.
 *
 * Holds: whenever no operation is under way, every block that belongs is found from the top.
 *
 * Mutants: NO_LANE_AGAIN (the lane is not read again after its bit was cleared), NO_LEAF_AGAIN,
 * NO_UPPER_AGAIN (likewise one and two levels up), BIT_FIRST (the bit is set before the lane is
 * changed), SILENT_RELEASE (a release does not set the bit), FREE_OF_OWNED_ONLY (an add to an unowned
 * lane does not set it).
 */
#ifndef PROCESSES
#define PROCESSES 2
#endif
#ifndef BLOCKS
#define BLOCKS 2
#endif
#ifndef PERLEAF
#define PERLEAF 2
#endif
#define MOST 2
#define WORTH 2

typedef Lane { byte count; bool owned };
Lane lane[BLOCKS];
/* Block b is bit b % PERLEAF of leaf b / PERLEAF. */
byte leaf[(BLOCKS + PERLEAF - 1) / PERLEAF];
byte upper;
bool top;

byte running;

#define BELONGS(b) (!lane[b].owned && lane[b].count >= WORTH)
#define FOUND(b) (top && (upper >> ((b) / PERLEAF) & 1) && (leaf[(b) / PERLEAF] >> ((b) % PERLEAF) & 1))
#define NOTMISSED(b) (!BELONGS(b) || FOUND(b))
#if BLOCKS > 2
#define NONEMISSED (NOTMISSED(0) && NOTMISSED(1) && NOTMISSED(2))
#else
#define NONEMISSED (NOTMISSED(0) && NOTMISSED(1))
#endif

/* Every step below is one access. `was` is what the last one returned. With LOOK_FIRST, as in the
 * program, a bit that is seen set is not set again. */
inline announceUpper() {
#ifdef LOOK_FIRST
  was = top;
  if
  :: was != 0
  :: else -> top = true
  fi
#else
  top = true
#endif
}

inline announce(w) {
#ifdef LOOK_FIRST
  was = upper >> (w) & 1;
  if
  :: was != 0
  :: else ->
#endif
    d_step { was = upper; upper = upper | (1 << (w)) };
    if
    :: was == 0 -> announceUpper()
    :: else
    fi
#ifdef LOOK_FIRST
  fi
#endif
}

inline set(b) {
#ifdef LOOK_FIRST
  was = leaf[(b) / PERLEAF] >> ((b) % PERLEAF) & 1;
  if
  :: was != 0
  :: else ->
#endif
    d_step {
      was = leaf[(b) / PERLEAF];
      leaf[(b) / PERLEAF] = leaf[(b) / PERLEAF] | (1 << ((b) % PERLEAF))
    };
    if
    :: was == 0 -> announce((b) / PERLEAF)
    :: else
    fi
#ifdef LOOK_FIRST
  fi
#endif
}

/* A leaf that was seen to be 0: its bit goes, and comes back if the leaf is not 0 any more; a word
 * that became 0 by that, likewise one level up. */
inline withdraw(w) {
  d_step { upper = upper & ~(1 << (w)); left = upper };
#ifndef NO_LEAF_AGAIN
  was = leaf[w];
#else
  was = 0;
#endif
  if
  :: was != 0 -> announce(w)
  :: was == 0 && left == 0 ->
    top = false;
#ifndef NO_UPPER_AGAIN
    was = upper;
    if
    :: was != 0 -> announceUpper()
    :: else
    fi
#endif
  :: else
  fi;
  left = 0
}

inline remove(b) {
  d_step {
    leaf[(b) / PERLEAF] = leaf[(b) / PERLEAF] & ~(1 << ((b) % PERLEAF));
    was = leaf[(b) / PERLEAF]
  };
  if
  :: was == 0 -> withdraw((b) / PERLEAF)
  :: else
  fi
}

inline clear(b) {
  remove(b);
#ifndef NO_LANE_AGAIN
  was = BELONGS(b);
  if
  :: was != 0 -> set(b)
  :: else
  fi
#endif
}

proctype Process() {
  byte b, was, left, mine;
  bool crossing;
  mine = BLOCKS;
endProcess:
  do
  :: atomic {
      running++;
      if
      :: b = 0
      :: b = 1
#if BLOCKS > 2
      :: b = 2
#endif
      fi
    };
    if
    :: /* Add a frame. */
      lane[b].count < MOST ->
#ifdef BIT_FIRST
      crossing = !lane[b].owned && lane[b].count + 1 == WORTH;
      if
      :: crossing -> set(b)
      :: else
      fi;
#endif
      d_step {
        if
        :: lane[b].count < MOST ->
          crossing = !lane[b].owned && lane[b].count + 1 == WORTH;
          lane[b].count++
        :: else -> crossing = false
        fi
      };
#if !defined(BIT_FIRST) && !defined(FREE_OF_OWNED_ONLY)
      if
      :: crossing -> set(b)
      :: else
      fi
#endif
    :: /* Search, from the top; own what is found. */
      mine == BLOCKS ->
      if
      :: top && !(upper >> (b / PERLEAF) & 1)
      :: top && (upper >> (b / PERLEAF) & 1) ->
        was = leaf[b / PERLEAF];
        if
        :: was == 0 -> withdraw(b / PERLEAF)
        :: was >> (b % PERLEAF) & 1 ->
          d_step {
            crossing = BELONGS(b);
            if
            :: crossing -> lane[b].owned = true; mine = b
            :: else
            fi
          };
          if
          :: !crossing -> clear(b)
          :: else ->
            /* The bit of a block that one owns may go at once, or stay as a leftover. */
            if
            :: remove(b)
            :: true
            fi
          fi
        :: else
        fi
      :: !top
      fi
    :: /* Own without a search, or take a whole block. */
      mine == BLOCKS ->
      d_step {
        if
        :: !lane[b].owned -> lane[b].owned = true; mine = b
        :: else
        fi
      }
    :: /* Release, with as many frames as at the last look, or with fewer. */
      mine < BLOCKS ->
      b = mine;
      if
      :: true
      :: crossing = true
      fi;
      d_step {
        if
        :: crossing && lane[b].count > 0 -> lane[b].count--
        :: else
        fi;
        lane[b].owned = false;
        crossing = BELONGS(b);
        mine = BLOCKS
      };
#ifndef SILENT_RELEASE
      if
      :: crossing -> set(b)
      :: else
      fi
#endif
    fi;
    atomic {
      crossing = false; was = 0; b = 0;
      running--;
      assert(running > 0 || NONEMISSED)
    }
  od
}

init {
  byte n;
  atomic {
    do
    :: n < PROCESSES -> run Process(); n++
    :: else -> break
    od
  }
}
