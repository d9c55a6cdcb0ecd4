// heap-driver: replays a heap recording against whatever malloc is in the process.
//
// The program itself never calls malloc: its tables come from mmap, its output is written by hand,
// so that the heap holds the recording's objects and nothing else. All its own mappings are files or
// shared memory, which is how the sampler tells them from the allocator's.
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "heap_record.h"

enum exit_code {
    EXIT_BAD_INPUT = 2,
    EXIT_HOST_LACKS = 3,
    EXIT_HEAP_BROKEN = 4,
};

// output.c: text without stdio, which allocates.

// Begins a JSON object on one line, adds to it, and sends the line to standard output.
void line_begin(const char *key, uint64_t value);
void line_number(const char *key, uint64_t value);
void line_text(const char *key, const char *value);
void line_send(void);
// One line `heap-driver: MESSAGE` on standard error, then exit. NUMBER stands for %.
_Noreturn void fail(enum exit_code code, const char *message, uint64_t number);

// clock.c

// The recording's clock, which everything in this process sees that asks for the time.
void clock_set(uint64_t recording_ns);
// This host's clocks, past the functions that clock.c replaces.
uint64_t real_monotonic_ns(void);
uint64_t real_thread_cpu_ns(void);

// memory.c

// Zeroed shared memory that no sample counts. POPULATE takes its page faults now. Ends the program
// when there is none.
void *own_memory(size_t bytes, bool populate);

// flat.c

struct flat {
    const struct framelab_flat_header *header;
    const struct framelab_heap_record *records;
    const uint64_t *sample_times;
    // Index of the last record of each thread; UINT64_MAX for threads without one.
    uint64_t *last_record;
};
// Maps and checks the file PATH, "-" for standard input; ends the program when it is not well formed.
struct flat flat_open(const char *path);

// objects.c: the recording's objects.

struct object {
    unsigned char *start;
    uint64_t size;
};
struct heap {
    struct object *objects;
    uint64_t slot_count;
    uint64_t live_bytes;
    uint64_t live_objects;
    uint64_t failed;
    uint64_t touch_stride;
    bool touch_last;
    // Content of every object is written whole and compared before it is freed or moved.
    bool verify;
};
extern struct heap heap;
void heap_begin(const struct flat *flat, bool verify);
void heap_apply(const struct framelab_heap_record *record, uint64_t index);

// pattern.c: verified content.
void pattern_write(const struct object *object, uint64_t slot, uint64_t from);
void pattern_check(
    const struct object *object, uint64_t slot, uint64_t bytes, uint64_t record_index);
void pattern_check_zero(const struct object *object, uint64_t record_index);

// sampler.c

struct resident {
    uint64_t bytes;
    uint64_t huge_bytes;
    // Aligned 2 MiB blocks with a resident page, and those among them without live data.
    uint64_t blocks;
    uint64_t empty_blocks;
    // Aligned 2 MiB blocks with at least one byte of a live object.
    uint64_t live_blocks;
};
void sampler_begin(void);
struct resident sampler_take(void);

// statistics.c

// Adds the allocator's name and version to the current line.
void statistics_identify(void);
// Adds the allocator's own statistics to the current line.
void statistics_add(void);

// replay.c
void replay(const struct flat *flat);
