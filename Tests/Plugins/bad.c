// Allocators that break one promise each, around the example buddy: the options say which, and the
// tests say how it must be reported. Compiled with -D for what no option can change: WRONG_VERSION,
// NO_ENTRY, NO_TABLE, NULL_FREE, NULL_CLAIM, SHORT_TABLE; CLAIM and HOLES do not what they announce;
// THREADS fails where threads meet, and NEWER is good, of a later minor version.
#define framelab_frame_allocator good_frame_allocator
#include "../../Examples/plugins/buddy.c"
#undef framelab_frame_allocator

#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

static char what[64];
static uint64_t calls; // of allocate and free
static uint64_t previous = FRAMELAB_NO_FRAME;

static int is_examined; // the world of 128 MiB that every plugin meets first

static pthread_t maker;

static uint64_t allocations, lent = FRAMELAB_NO_FRAME, last, real;
static int in_row; // pairs of allocate and free of the same frame

static int is(const char *word) { return strcmp(what, word) == 0; }

static framelab_allocator *bad_create(const framelab_configuration *configuration, char *message,
                                      size_t room) {
  maker = pthread_self();
  snprintf(what, sizeof what, "%s", configuration->options);
  framelab_configuration plain = *configuration;
  plain.options = "";
  is_examined = configuration->frames.count == 1 << 15;
  if (is("no create")) {
    snprintf(message, room, "it is the wrong day");
    return NULL;
  }
  if (is("odd") && configuration->frames.start % 1024) {
    snprintf(message, room, "the start is no multiple of 1024");
    return NULL;
  }
  return create(&plain, message, room);
}

static void bad_destroy(framelab_allocator *buddy) {
  if (is("crash in destroy")) raise(SIGSEGV);
  destroy(buddy);
}

static uint64_t allocate_alone(framelab_allocator *buddy, uint32_t order, uint32_t frame_class,
                               uint32_t core) {
  calls++;
  const int now = calls % 1000 == 999;
  if (now && is("crash")) *(volatile int *)8 = 1;
  if (now && is("abort")) {
    fputs("bad: a broken heap\n", stderr);
    abort();
  }
  if (now && is("exit")) _exit(0);
  if (now && is("hang")) for (;;) pause();
  if (now && is("spin")) for (volatile int turn = 0;; turn++) {}
  if (now && is("overlap") && previous != FRAMELAB_NO_FRAME) return previous;
  if (now && is("out of range")) return 1ull << 31;
  if (now && is("enormous")) return 1ull << 40;
  if (now && is("refuse at times") && is_examined) return FRAMELAB_NO_FRAME;
  if (order == 0 && is("chatter")) puts("{\"fault\":null}");
  const uint64_t frame = allocate(buddy, order, frame_class, core);
  if (is("lend") && !is_examined) { // a frame that is live, where a loop allocates and frees
    if (++allocations == 2048 + 500) lent = frame;
    in_row = frame == last ? in_row + 1 : 0;
    last = frame;
    if (in_row > 200) {
      real = frame;
      return lent;
    }
  }
  if (order > 0 && is("misalign") && frame != FRAMELAB_NO_FRAME) return frame + 1;
  if (order == 0) previous = frame;
  return frame;
}

static int32_t free_alone(framelab_allocator *buddy, uint64_t frame, uint32_t order,
                          uint32_t core) {
  calls++;
  if (frame == previous) previous = FRAMELAB_NO_FRAME;
  if (is("lend") && frame == lent && in_row > 200) frame = real;
  if (calls % 1000 == 1 && is("leak")) return FRAMELAB_DONE;
  if (calls % 1000 == 1 && is("refuse a free")) return FRAMELAB_REFUSED;
  return free_block(buddy, frame, order, core);
}

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static uint64_t bad_allocate(framelab_allocator *buddy, uint32_t order, uint32_t frame_class,
                             uint32_t core) {
  pthread_mutex_lock(&lock);
  uint64_t frame = allocate_alone(buddy, order, frame_class, core);
#ifdef THREADS
  static uint64_t shared = FRAMELAB_NO_FRAME;
  if (order == 0 && !pthread_equal(pthread_self(), maker)) {
    if (is("crash in a thread")) raise(SIGBUS);
    if (shared == FRAMELAB_NO_FRAME) shared = frame;
    else frame = shared;
  }
#endif
  pthread_mutex_unlock(&lock);
  return frame;
}

static int32_t bad_free(framelab_allocator *buddy, uint64_t frame, uint32_t order, uint32_t core) {
  pthread_mutex_lock(&lock);
  const int32_t result = free_alone(buddy, frame, order, core);
  pthread_mutex_unlock(&lock);
  return result;
}

static void bad_statistics(framelab_allocator *buddy, framelab_statistics *result) {
  statistics(buddy, result);
  if (is("miscount")) result->free_frames -= result->free_frames != 0;
}

static int32_t bad_is_free(framelab_allocator *buddy, uint64_t frame) {
  return is("miscount one") && frame == 77 ? 1 : is_free(buddy, frame);
}

static int32_t bad_claim(framelab_allocator *buddy, framelab_frame_range frames) {
  (void)buddy, (void)frames;
  return FRAMELAB_REFUSED;
}

static framelab_frame_allocator_table table = {
#if defined(SHORT_TABLE)
    .size = 64,
#elif defined(NEWER)
    .size = sizeof table + 64,
#else
    .size = sizeof table,
#endif
#if defined(WRONG_VERSION)
    .version = 0x00070002,
#elif defined(NEWER)
    .version = FRAMELAB_FRAME_ALLOCATOR_VERSION + 3,
#else
    .version = FRAMELAB_FRAME_ALLOCATOR_VERSION,
#endif
    .capabilities = FRAMELAB_PARTIAL_FREE | FRAMELAB_IS_FREE
#if defined(CLAIM) || defined(NULL_CLAIM)
                    | FRAMELAB_CLAIM
#endif
#ifdef HOLES
                    | FRAMELAB_HOLES
#endif
#ifdef THREADS
                    | FRAMELAB_THREADS
#endif
#ifdef NEWER
                    | 1ull << 40
#endif
    ,
    .name = "bad",
    .largest_order = 10,
    .create = bad_create,
    .destroy = bad_destroy,
    .allocate = bad_allocate,
#ifndef NULL_FREE
    .free = bad_free,
#endif
    .statistics = bad_statistics,
    .is_free = bad_is_free,
#ifdef CLAIM
    .claim = bad_claim,
#endif
};

#ifdef NO_ENTRY
const framelab_frame_allocator_table *another_name(void) {
#else
const framelab_frame_allocator_table *framelab_frame_allocator(void) {
#endif
  (void)good_frame_allocator;
  (void)bad_claim;
#ifdef NO_TABLE
  return NULL;
#else
  return &table;
#endif
}
