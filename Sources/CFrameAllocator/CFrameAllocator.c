// The layout of version 1.0, which compiled libraries rely on: a change here is a change of major.
#include "framelab/frame_allocator.h"

#define AT(type, field, offset) \
  _Static_assert(offsetof(framelab_##type, field) == offset, #field " has moved")

AT(configuration, frames, 8);
AT(configuration, options, 24);
AT(configuration, holes, 32);
AT(configuration, hole_count, 40);
_Static_assert(sizeof(framelab_configuration) == 48, "configuration");

AT(statistics, free_frames, 8);
AT(statistics, held_frames, 16);
AT(statistics, metadata_bytes, 24);
_Static_assert(sizeof(framelab_statistics) == 32, "statistics");

AT(frame_allocator_table, version, 4);
AT(frame_allocator_table, capabilities, 8);
AT(frame_allocator_table, name, 16);
AT(frame_allocator_table, largest_order, 24);
AT(frame_allocator_table, create, 32);
AT(frame_allocator_table, destroy, 40);
AT(frame_allocator_table, allocate, 48);
AT(frame_allocator_table, free, 56);
AT(frame_allocator_table, statistics, 64);
AT(frame_allocator_table, claim, 72);
AT(frame_allocator_table, release, 80);
AT(frame_allocator_table, is_free, 88);
AT(frame_allocator_table, counts, 96);
AT(frame_allocator_table, drain, 104);
_Static_assert(sizeof(framelab_frame_allocator_table) == 112, "table");
