// Uses an allocator library as a C program would, and checks it: exhausts it, frees at random, claims
// and drains, with threads where the library permits them.
//
//   clang -std=c11 -O2 -pthread -I INCLUDE exercise.c -o exercise
//   ./exercise ./libbuddy.so[:OPTIONS]
#include <framelab/frame_allocator.h>

#include <dlfcn.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { core_count = 4, steps = 100000, kept = 1500 };
static const framelab_frame_range frames = {1003, 20011};

static const framelab_frame_allocator_table *table;
static framelab_allocator *allocator;
static atomic_uchar taken[20011]; // the map: 1 for frames that somebody was given
static atomic_int running;

static void fail(const char *what, uint64_t frame, uint32_t order) {
  fprintf(stderr, "exercise: %s: frame %llu, order %u\n", what, (unsigned long long)frame, order);
  exit(1);
}

static void check(int holds, const char *what) {
  if (!holds) fail(what, 0, 0);
}

// Whether a block could be had; its frames are entered in the map.
static int take(uint32_t order, uint32_t core, uint64_t *frame) {
  *frame = table->allocate(allocator, order, FRAMELAB_MOVABLE, core);
  if (*frame == FRAMELAB_NO_FRAME) return 0;
  const uint64_t count = 1ull << order;
  if (*frame % count) fail("misaligned", *frame, order);
  if (*frame < frames.start || *frame + count > frames.start + frames.count)
    fail("out of range", *frame, order);
  for (uint64_t index = 0; index < count; index++)
    if (atomic_exchange(&taken[*frame - frames.start + index], 1))
      fail("handed out twice", *frame + index, order);
  return 1;
}

static void give(uint64_t frame, uint32_t order, uint32_t core) {
  for (uint64_t index = 0; index < 1ull << order; index++)
    atomic_store(&taken[frame - frames.start + index], 0);
  if (table->free(allocator, frame, order, core) != FRAMELAB_DONE) fail("refused", frame, order);
}

static uint64_t random_number(uint64_t *state) {
  *state ^= *state << 13;
  *state ^= *state >> 7;
  return *state ^= *state << 17;
}

// Random requests of all orders; at the end everything is free again.
static void *churn(void *argument) {
  const uint32_t core = (uint32_t)(uintptr_t)argument;
  uint64_t state = 88172645463325252ull + core, block[kept];
  uint32_t order[kept];
  size_t count = 0;
  for (int step = 0; step < steps; step++) {
    const uint64_t chance = random_number(&state);
    if (count == kept || (count && chance % 100 < 45)) {
      const size_t index = chance / 128 % count;
      give(block[index], order[index], core);
      block[index] = block[--count];
      order[index] = order[count];
    } else {
      order[count] = chance / 128 % 4 ? 0 : (uint32_t)(chance / 512 % (table->largest_order + 1));
      if (take(order[count], core, &block[count])) count++;
    }
  }
  while (count--) give(block[count], order[count], core);
  atomic_fetch_sub(&running, 1);
  return NULL;
}

static uint64_t free_frames(void) {
  framelab_statistics statistics = {.size = sizeof statistics};
  table->statistics(allocator, &statistics);
  check(statistics.held_frames <= statistics.free_frames, "more held than free");
  return statistics.free_frames;
}

// Every frame can be had once, by cores in turn, and given back.
static void exhaust(void) {
  static uint64_t all[20011];
  uint64_t count = 0;
  while (count < frames.count && take(0, (uint32_t)count % core_count, &all[count])) count++;
  check(count == frames.count, "exhausted too early");
  check(free_frames() == 0, "frames are free after exhaustion");
  check(table->allocate(allocator, 0, 0, 0) == FRAMELAB_NO_FRAME, "a frame too many");
  for (uint64_t index = 0; index < count; index++) give(all[index], 0, core_count - 1);
  check(free_frames() == frames.count, "frames are lost after freeing all");
}

static void optional(void) {
  const framelab_frame_range part = {frames.start + 5, 700};
  if (table->capabilities & FRAMELAB_CLAIM) {
    check(table->claim(allocator, part) == FRAMELAB_DONE, "claim of free frames");
    check(table->claim(allocator, part) == FRAMELAB_REFUSED, "claim of taken frames");
    check(free_frames() == frames.count - part.count, "free frames after the claim");
    if (table->capabilities & FRAMELAB_IS_FREE) {
      check(!table->is_free(allocator, part.start), "a claimed frame is free");
      check(table->is_free(allocator, part.start - 1), "its neighbour is not");
    }
    if (table->capabilities & FRAMELAB_RELEASE)
      check(table->release(allocator, part) == FRAMELAB_DONE, "release");
    else
      for (uint64_t frame = 0; frame < part.count; frame++)
        check(table->free(allocator, part.start + frame, 0, 0) == FRAMELAB_DONE, "free of a frame");
    check(free_frames() == frames.count, "free frames after the release");
  }
  if (table->capabilities & FRAMELAB_DRAIN)
    for (uint32_t core = 0; core < core_count; core++) table->drain(allocator, core);
  if (table->capabilities & FRAMELAB_COUNTS) {
    uint64_t counts[64], sum = 0;
    table->counts(allocator, counts);
    for (uint32_t order = 0; order <= table->largest_order; order++) sum += counts[order] << order;
    check(sum == frames.count, "counts per order");
  }
}

static void load(char *plugin) {
  char *options = strchr(plugin, ':');
  if (options) *options++ = 0;
  void *library = dlopen(plugin, RTLD_NOW | RTLD_LOCAL);
  if (!library) { fprintf(stderr, "exercise: %s\n", dlerror()); exit(2); }
  const framelab_frame_allocator_table *(*entry)(void);
  *(void **)&entry = dlsym(library, "framelab_frame_allocator");
  check(entry != NULL, "no framelab_frame_allocator");
  table = entry();
  check(table->version >> 16 == FRAMELAB_FRAME_ALLOCATOR_VERSION >> 16, "another version");
  char message[200] = "";
  const framelab_configuration configuration = {
      .size = sizeof configuration,
      .core_count = core_count,
      .frames = frames,
      .options = options ? options : "",
  };
  allocator = table->create(&configuration, message, sizeof message);
  if (!allocator) { fprintf(stderr, "exercise: create: %s\n", message); exit(1); }
}

int main(int argument_count, char **arguments) {
  if (argument_count != 2) { fprintf(stderr, "usage: exercise LIBRARY.so[:OPTIONS]\n"); return 2; }
  load(arguments[1]);
  const int with_threads = (table->capabilities & FRAMELAB_THREADS) != 0;
  const uint32_t threads = with_threads ? core_count : 1;
  exhaust();
  pthread_t thread[core_count];
  atomic_store(&running, (int)threads);
  for (uint32_t core = 0; core < threads; core++)
    pthread_create(&thread[core], NULL, churn, (void *)(uintptr_t)core);
  // This thread has no core of its own and drains those of the others.
  while (with_threads && table->capabilities & FRAMELAB_DRAIN && atomic_load(&running))
    for (uint32_t core = 0; core < core_count; core++) table->drain(allocator, core);
  for (uint32_t core = 0; core < threads; core++) pthread_join(thread[core], NULL);
  check(free_frames() == frames.count, "frames are lost after churn");
  exhaust();
  optional();
  table->destroy(allocator);
  printf("%s: %u thread%s, %d random steps each, every frame had and freed\n", table->name, threads,
         threads == 1 ? "" : "s", steps);
}
