// The replay: one thread per recorded thread, in the order of the recording. One of them at a time
// has the turn and hands it on when the next record is another thread's; thread 0 is the main thread.
// A thread is made at its first record and ends after its last one, and its end is awaited, so that
// what an allocator does when a thread ends has its fixed place in the order too.
#define _GNU_SOURCE
#include <linux/futex.h>
#include <pthread.h>
#include <stdatomic.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "driver.h"

enum { WAITING = 0, GO = 1, SLEEPING = 2 };
enum { SPINS = 200, STACK_BYTES = 256 << 10, HEARTBEAT = 1 << 16 };

struct worker {
    _Atomic uint32_t turn;
    uint32_t number;
    bool is_started;
    pthread_t thread;
    void *stack;
    // Who handed over the turn and ended: to be joined first.
    struct worker *ended;
};

static const struct flat *flat;
static struct worker *workers;
// Stacks of ended threads, linked through their first bytes.
static void *free_stacks;
static bool can_spin;

// Held by whoever has the turn.
static uint64_t next_record, next_sample, next_heartbeat;
static uint64_t cpu_ns, sampling_ns, spin_cycles, hand_overs, threads_made;

static void wait_for_turn(struct worker *self) {
    uint64_t start = __builtin_ia32_rdtsc();
    for (int i = 0; can_spin && i < SPINS; i++) {
        if (atomic_load_explicit(&self->turn, memory_order_acquire) == GO) break;
        __builtin_ia32_pause();
    }
    uint64_t spun = __builtin_ia32_rdtsc() - start;
    uint32_t waiting = WAITING;
    if (atomic_compare_exchange_strong(&self->turn, &waiting, SLEEPING)) {
        while (atomic_load_explicit(&self->turn, memory_order_acquire) == SLEEPING) {
            syscall(SYS_futex, &self->turn, FUTEX_WAIT_PRIVATE, SLEEPING, NULL, NULL, 0);
        }
    }
    atomic_store_explicit(&self->turn, WAITING, memory_order_relaxed);
    spin_cycles += spun;
    if (self->ended != NULL) {
        pthread_join(self->ended->thread, NULL);
        *(void **)self->ended->stack = free_stacks;
        free_stacks = self->ended->stack;
        self->ended = NULL;
    }
}

static void take_sample(uint64_t time) {
    uint64_t cpu = real_thread_cpu_ns();
    clock_set(time);
    struct resident resident = sampler_take();
    line_begin("time_ns", time);
    line_number("records", next_record);
    line_number("live_bytes", heap.live_bytes);
    line_number("live_objects", heap.live_objects);
    line_number("live_blocks", resident.live_blocks);
    line_number("resident_bytes", resident.bytes);
    line_number("anon_huge_bytes", resident.huge_bytes);
    line_number("resident_blocks", resident.blocks);
    line_number("empty_blocks", resident.empty_blocks);
    statistics_add();
    line_send();
    sampling_ns += real_thread_cpu_ns() - cpu;
}

// Samples whose time is before UNTIL: a sampling point comes after all events of its time.
static void take_samples(uint64_t until) {
    while (next_sample < flat->header->sample_count && flat->sample_times[next_sample] < until) {
        take_sample(flat->sample_times[next_sample++]);
    }
}

static void apply_run(uint32_t thread) {
    const struct framelab_heap_record *records = flat->records;
    uint64_t count = flat->header->record_count;
    uint64_t sample_time = next_sample < flat->header->sample_count
        ? flat->sample_times[next_sample] : UINT64_MAX;
    while (next_record < count && records[next_record].thread == thread) {
        const struct framelab_heap_record *record = records + next_record;
        if (record->time_ns > sample_time) {
            take_samples(record->time_ns);
            sample_time = next_sample < flat->header->sample_count
                ? flat->sample_times[next_sample] : UINT64_MAX;
        }
        clock_set(record->time_ns);
        heap_apply(record, next_record);
        next_record++;
        if (next_record >= next_heartbeat) {
            next_heartbeat += HEARTBEAT;
            line_begin("progress", next_record);
            line_send();
        }
    }
}

static void *worker_main(void *argument);

static void start(struct worker *worker) {
    if (free_stacks == NULL) {
        worker->stack = own_memory(STACK_BYTES, false);
    } else {
        worker->stack = free_stacks;
        free_stacks = *(void **)free_stacks;
    }
    pthread_attr_t attributes;
    pthread_attr_init(&attributes);
    pthread_attr_setstack(&attributes, worker->stack, STACK_BYTES);
    worker->is_started = true;
    threads_made++;
    if (pthread_create(&worker->thread, &attributes, worker_main, worker) != 0) {
        fail(EXIT_HOST_LACKS, "thread % cannot be made", worker->number);
    }
    pthread_attr_destroy(&attributes);
}

// Gives the turn to the thread of the next record, or back to the main thread at the end.
static void hand_over(struct worker *self, bool is_last) {
    bool at_end = next_record == flat->header->record_count;
    struct worker *next = workers + (at_end ? 0 : flat->records[next_record].thread);
    hand_overs++;
    next->ended = is_last ? self : NULL;
    if (!next->is_started) start(next);
    if (is_last) cpu_ns += real_thread_cpu_ns();
    if (atomic_exchange_explicit(&next->turn, GO, memory_order_acq_rel) == SLEEPING) {
        syscall(SYS_futex, &next->turn, FUTEX_WAKE_PRIVATE, 1, NULL, NULL, 0);
    }
}

static void *worker_main(void *argument) {
    struct worker *self = argument;
    uint64_t last = flat->last_record[self->number];
    for (;;) {
        wait_for_turn(self);
        apply_run(self->number);
        bool is_last = next_record > last;
        hand_over(self, is_last);
        if (is_last) return NULL;
    }
}

// Cycles per nanosecond, from the clocks at both ends of the replay.
static uint64_t cycles_to_ns(uint64_t cycles, uint64_t all_cycles, uint64_t all_ns) {
    return all_cycles == 0 ? 0 : (uint64_t)((double)cycles * (double)all_ns / (double)all_cycles);
}

void replay(const struct flat *the_flat) {
    flat = the_flat;
    workers = own_memory(flat->header->thread_count * sizeof *workers, true);
    for (uint32_t i = 0; i < flat->header->thread_count; i++) workers[i].number = i;
    workers[0].is_started = true;
    can_spin = sysconf(_SC_NPROCESSORS_ONLN) > 1;
    next_heartbeat = HEARTBEAT;

    uint64_t wall = real_monotonic_ns();
    uint64_t cycles = __builtin_ia32_rdtsc();
    uint64_t cpu = real_thread_cpu_ns();
    for (;;) {
        apply_run(0);
        if (next_record == flat->header->record_count) break;
        hand_over(workers, false);
        wait_for_turn(workers);
    }
    cpu_ns += real_thread_cpu_ns() - cpu;
    // The samples behind the last record are no part of the time read above.
    uint64_t not_replay = sampling_ns;
    take_samples(UINT64_MAX);
    wall = real_monotonic_ns() - wall;
    cycles = __builtin_ia32_rdtsc() - cycles;

    uint64_t spin_ns = cycles_to_ns(spin_cycles, cycles, wall);
    not_replay += spin_ns;
    line_begin("end", next_record);
    line_number("cpu_ns", cpu_ns > not_replay ? cpu_ns - not_replay : 0);
    line_number("wall_ns", wall);
    line_number("sampling_cpu_ns", sampling_ns);
    line_number("spin_ns", spin_ns);
    line_number("hand_overs", hand_overs);
    line_number("threads_made", threads_made);
    line_number("failed_allocations", heap.failed);
    line_number("live_objects", heap.live_objects);
    statistics_add();
    line_send();
}
