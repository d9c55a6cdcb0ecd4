/*
 * The interface between Framelab and page-frame allocators from elsewhere; C11 and C++17.
 *
 * An allocator is a shared library that exports one function, `framelab_frame_allocator`. It returns
 * a table of functions. `framelab bench --plugin LIBRARY.so[:OPTIONS]` loads the library in a process
 * of its own, checks what it does against a map of every frame, and then measures it.
 *
 * Units. Memory is frames of 4 KiB, named by number: a frame's number is its address divided by 4096.
 * There is no memory behind a frame, only its number; an allocator keeps its state elsewhere. A block
 * of order n is 2^n frames, and starts at a number that is a multiple of 2^n.
 *
 * Threads. `core` is below `core_count`. Two calls with the same core never overlap in time, and each
 * happens before the next. Without FRAMELAB_THREADS no two calls on one allocator overlap at all.
 * With it calls with different cores may overlap, and so may those without a core. `create` and
 * `destroy` overlap nothing. A block may be freed with another core than it was allocated with.
 *
 * Failure. A function that cannot serve says so by its result and changes nothing; it throws no
 * exception through this interface. The host makes no wrong call on purpose: a table need not detect
 * a double free, and one that does may return FRAMELAB_REFUSED or end the process.
 *
 * Versions. `version` is major << 16 | minor. What a field means changes only with the major number;
 * a host refuses tables of another one. A new minor number appends fields to structures and adds
 * capabilities. Every structure starts with its own size in bytes as its maker knew it, and a reader
 * uses no field that lies beyond it. So tables and hosts of different minor numbers work together.
 */
#ifndef FRAMELAB_FRAME_ALLOCATOR_H
#define FRAMELAB_FRAME_ALLOCATOR_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Pointers are never NULL unless they are marked so: for Swift, and for clang's warnings. */
#ifdef __clang__
#pragma clang diagnostic push
#pragma clang diagnostic ignored "-Wnullability-extension"
#pragma clang assume_nonnull begin
#define FRAMELAB_NULLABLE _Nullable
#define FRAMELAB_NONNULL _Nonnull /* where the compiler wants to hear it */
#else
#define FRAMELAB_NULLABLE
#define FRAMELAB_NONNULL
#endif

/* Version 1.0. */
#define FRAMELAB_FRAME_ALLOCATOR_VERSION 0x00010000u

/* No block: what a failing `allocate` returns. */
#define FRAMELAB_NO_FRAME 0xffffffffffffffffull

/* Results of the functions that return int32_t. */
#define FRAMELAB_DONE 0
#define FRAMELAB_REFUSED (-1)

/* What the owner of a block promises about moving it; an allocator may ignore it. */
#define FRAMELAB_MOVABLE 0u
#define FRAMELAB_UNMOVABLE 1u
#define FRAMELAB_RECLAIMABLE 2u

/* Capabilities: bits of `capabilities`. A reader ignores bits that it does not know. The first two
 * loosen what the host may do; each of the others says that the function of that name is there. */
#define FRAMELAB_THREADS 0x1ull    /* calls may overlap, see above */
#define FRAMELAB_PARTIAL_FREE 0x2ull /* an allocated block may be freed in aligned parts */
#define FRAMELAB_CLAIM 0x4ull
#define FRAMELAB_RELEASE 0x8ull
#define FRAMELAB_IS_FREE 0x10ull
#define FRAMELAB_COUNTS 0x20ull
#define FRAMELAB_DRAIN 0x40ull
#define FRAMELAB_HOLES 0x80ull /* `create` obeys `holes`; else the host passes none */

/* One allocator over one range of frames: what `create` makes is its own. */
typedef struct framelab_allocator framelab_allocator;

typedef struct framelab_frame_range {
  uint64_t start;
  uint64_t count;
} framelab_frame_range;

/* What `create` is asked for. Valid during the call only. */
typedef struct framelab_configuration {
  uint32_t size;
  uint32_t core_count; /* 1 or more */
  framelab_frame_range frames; /* all free at first but `holes`; start and count may be any numbers */
  const char *options; /* what stands behind the colon of --plugin, perhaps nothing */
  /* Never to be handed out; ascending, disjoint, inside `frames`. NULL when there are none. */
  const framelab_frame_range *FRAMELAB_NULLABLE holes;
  uint64_t hole_count;
} framelab_configuration;

/* Exact when no other call is under way. `size` is set by the caller. */
typedef struct framelab_statistics {
  uint32_t size;
  uint32_t reserved;
  uint64_t free_frames; /* what cores hold included */
  uint64_t held_frames; /* free, but held back for the next calls of some core */
  uint64_t metadata_bytes; /* memory of the allocator's own, touched or not */
} framelab_statistics;

typedef struct framelab_frame_allocator_table {
  uint32_t size;
  uint32_t version; /* FRAMELAB_FRAME_ALLOCATOR_VERSION as the library was compiled */
  uint64_t capabilities;
  const char *name; /* as a table shows it, with a version if there is one: "RowBuddy 1.0" */
  uint32_t largest_order; /* the host asks for orders 0...largest_order */
  uint32_t reserved;

  /* Always there. */

  /* An allocator whose frames are all free. NULL when it cannot be had; then one line of text that
   * says why, with its zero byte, is in `message`, which has room for `room` bytes. */
  framelab_allocator *FRAMELAB_NULLABLE (*FRAMELAB_NONNULL create)(
      const framelab_configuration *configuration, char *message, size_t room);
  void (*destroy)(framelab_allocator *allocator);
  /* The number of the first frame of a block that was free; FRAMELAB_NO_FRAME when there is none. */
  uint64_t (*allocate)(framelab_allocator *allocator, uint32_t order, uint32_t frame_class,
                       uint32_t core);
  /* FRAMELAB_DONE, or FRAMELAB_REFUSED for a block that was not allocated so. */
  int32_t (*free)(framelab_allocator *allocator, uint64_t frame, uint32_t order, uint32_t core);
  void (*statistics)(framelab_allocator *allocator, framelab_statistics *statistics);

  /* There with the capability of the name, else NULL. */

  /* Allocates exactly these frames if all are free. FRAMELAB_REFUSED: one was not, none is taken. */
  int32_t (*FRAMELAB_NULLABLE claim)(framelab_allocator *allocator, framelab_frame_range frames);
  /* Frees these frames, all of them allocated, whatever blocks they were allocated or claimed in. */
  int32_t (*FRAMELAB_NULLABLE release)(framelab_allocator *allocator, framelab_frame_range frames);
  /* 1 for a free frame, what cores hold included, else 0; 0 for frames outside of the range. */
  int32_t (*FRAMELAB_NULLABLE is_free)(framelab_allocator *allocator, uint64_t frame);
  /* Free blocks of the orders 0...largest_order: each free frame counts once, in the largest block
   * that could be allocated with it. Frames that cores hold may be left out. */
  void (*FRAMELAB_NULLABLE counts)(framelab_allocator *allocator, uint64_t *counts);
  /* Gives back what `core` holds. */
  void (*FRAMELAB_NULLABLE drain)(framelab_allocator *allocator, uint32_t core);
} framelab_frame_allocator_table;

/* What a library exports. The table is constant and valid as long as the library is loaded; the
 * function may be called at any time from any thread. */
#if defined(__GNUC__)
__attribute__((visibility("default")))
#endif
const framelab_frame_allocator_table *
framelab_frame_allocator(void);

#ifdef __clang__
#pragma clang assume_nonnull end
#pragma clang diagnostic pop
#endif
#ifdef __cplusplus
}
#endif
#endif
