// A buddy system with a bitmap per order, as a plugin of Framelab: small rather than fast.
//
// free_blocks[n] has one bit per block of order n, set while the block is free and not part of a
// larger free block. Blocks are counted from `base`, the range's start rounded down to the size of the
// largest block, so that a block's index and its alignment agree.
#include <framelab/frame_allocator.h>

#include <stdio.h>
#include <stdlib.h>

enum { orders = 11 };

struct framelab_allocator {
  uint64_t base, start, end; // frames start..<end are managed
  uint64_t free_frames, metadata_bytes;
  uint64_t free_count[orders];
  uint64_t word_count[orders];
  uint64_t lowest_word[orders]; // no bit is set in a word before this one
  uint64_t *free_blocks[orders];
};

static void set_free(framelab_allocator *buddy, uint32_t order, uint64_t block) {
  buddy->free_blocks[order][block / 64] |= 1ull << block % 64;
  buddy->free_count[order] += 1;
  if (block / 64 < buddy->lowest_word[order]) buddy->lowest_word[order] = block / 64;
}

static void clear_free(framelab_allocator *buddy, uint32_t order, uint64_t block) {
  buddy->free_blocks[order][block / 64] &= ~(1ull << block % 64);
  buddy->free_count[order] -= 1;
}

static int is_set(const framelab_allocator *buddy, uint32_t order, uint64_t block) {
  return block / 64 < buddy->word_count[order] &&
         buddy->free_blocks[order][block / 64] >> block % 64 & 1;
}

// Makes a block free, with every free buddy on the way up.
static void merge(framelab_allocator *buddy, uint32_t order, uint64_t block) {
  for (; order + 1 < orders && is_set(buddy, order, block ^ 1); order++, block /= 2)
    clear_free(buddy, order, block ^ 1);
  set_free(buddy, order, block);
}

static void destroy(framelab_allocator *buddy) {
  for (uint32_t order = 0; order < orders; order++) free(buddy->free_blocks[order]);
  free(buddy);
}

static framelab_allocator *create(const framelab_configuration *configuration, char *message,
                                  size_t room) {
  framelab_allocator *buddy = calloc(1, sizeof *buddy);
  const uint64_t largest = 1ull << (orders - 1), start = configuration->frames.start;
  if (configuration->options[0]) {
    snprintf(message, room, "no option is known: %s", configuration->options);
    goto failed;
  }
  if (!buddy) goto no_memory;
  buddy->start = start;
  buddy->end = start + configuration->frames.count;
  buddy->base = start / largest * largest;
  buddy->metadata_bytes = sizeof *buddy;
  for (uint32_t order = 0; order < orders; order++) {
    const uint64_t blocks = ((buddy->end - buddy->base) >> order) + 1;
    buddy->word_count[order] = blocks / 64 + 1;
    buddy->metadata_bytes += buddy->word_count[order] * 8;
    buddy->free_blocks[order] = calloc(buddy->word_count[order], 8);
    if (!buddy->free_blocks[order]) goto no_memory;
  }
  // Frame by frame: the odd ends of the range come out right by themselves.
  for (uint64_t frame = buddy->start; frame < buddy->end; frame++)
    merge(buddy, 0, frame - buddy->base);
  buddy->free_frames = configuration->frames.count;
  return buddy;

no_memory:
  snprintf(message, room, "no memory for the bitmaps");
failed:
  if (buddy) destroy(buddy);
  return NULL;
}

static uint64_t allocate(framelab_allocator *buddy, uint32_t order, uint32_t frame_class,
                         uint32_t core) {
  (void)frame_class, (void)core;
  uint32_t found = order;
  while (found < orders && buddy->free_count[found] == 0) found++;
  if (found >= orders) return FRAMELAB_NO_FRAME;
  uint64_t word = buddy->lowest_word[found];
  while (!buddy->free_blocks[found][word]) word++;
  buddy->lowest_word[found] = word;
  uint64_t block = word * 64 + (uint64_t)__builtin_ctzll(buddy->free_blocks[found][word]);
  clear_free(buddy, found, block);
  // The lower half is handed out, the upper one is free.
  for (; found > order; found--) {
    block *= 2;
    set_free(buddy, found - 1, block + 1);
  }
  buddy->free_frames -= 1ull << order;
  return buddy->base + (block << order);
}

static int32_t is_free(framelab_allocator *buddy, uint64_t frame) {
  if (frame < buddy->start || frame >= buddy->end) return 0;
  for (uint32_t order = 0; order < orders; order++)
    if (is_set(buddy, order, (frame - buddy->base) >> order)) return 1;
  return 0;
}

static int32_t free_block(framelab_allocator *buddy, uint64_t frame, uint32_t order, uint32_t core) {
  (void)core;
  // Of a double free only the first frame is looked at: what is allocated is not recorded.
  if (order >= orders || frame < buddy->start || frame + (1ull << order) > buddy->end ||
      frame % (1ull << order) || is_free(buddy, frame))
    return FRAMELAB_REFUSED;
  merge(buddy, order, (frame - buddy->base) >> order);
  buddy->free_frames += 1ull << order;
  return FRAMELAB_DONE;
}

static void statistics(framelab_allocator *buddy, framelab_statistics *result) {
  result->free_frames = buddy->free_frames;
  result->held_frames = 0;
  result->metadata_bytes = buddy->metadata_bytes;
}

static void counts(framelab_allocator *buddy, uint64_t *result) {
  for (uint32_t order = 0; order < orders; order++) result[order] = buddy->free_count[order];
}

const framelab_frame_allocator_table *framelab_frame_allocator(void) {
  static const framelab_frame_allocator_table table = {
      .size = sizeof table,
      .version = FRAMELAB_FRAME_ALLOCATOR_VERSION,
      .capabilities = FRAMELAB_PARTIAL_FREE | FRAMELAB_IS_FREE | FRAMELAB_COUNTS,
      .name = "bitmap buddy (example in C)",
      .largest_order = orders - 1,
      .create = create,
      .destroy = destroy,
      .allocate = allocate,
      .free = free_block,
      .statistics = statistics,
      .is_free = is_free,
      .counts = counts,
  };
  return &table;
}
