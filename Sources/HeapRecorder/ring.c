// The thread's side of the ring: its file, forks, who owns which chunk. Everything here runs seldom,
// may run in a signal handler or between fork and exec, and leaves errno as it was. It allocates nothing.
#define _GNU_SOURCE
#include "chunks.h"
#include "ring.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

__thread struct thread_state thread_state __attribute__((tls_model("initial-exec")));

// Before the page exists: generation 0, so that the first record initializes.
static struct process_state first_state;
struct process_state *process = &first_state;

static char folder[128];
char ring_path[192];
static uint32_t given_clock = FRAMELAB_CLOCK_MONOTONIC;
static uint32_t given_shift = 5;
static uint64_t generations;    // survives a fork, so that a child's generation is never its parent's
static pthread_key_t thread_exit_key;
static int has_exit_key;

extern char **environ;

static uint64_t monotonic_ns(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

static char *append_text(char *end, const char *text) {
    while (*text) *end++ = *text++;
    return end;
}

static char *append_number(char *end, uint64_t value, unsigned base) {
    char digits[24];
    unsigned count = 0;
    do {
        digits[count++] = "0123456789abcdef"[value % base];
        value /= base;
    } while (value);
    while (count) *end++ = digits[--count];
    return end;
}

static void after_fork_in_child(void) { memset(process, 0, sizeof *process); }

// The page that a fork zeroes. Made once for a process image and all children that it forks.
static int make_process_page(void) {
    if (process != &first_state) return 1;
    void *page =
        raw_map(4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (page == MAP_FAILED) return 0;
    if (syscall(SYS_madvise, page, 4096, MADV_WIPEONFORK) != 0) {
        // Kernels before 4.14, and valgrind. Children of raw clone calls are then not told apart.
        if (pthread_atfork(NULL, NULL, after_fork_in_child) != 0) return 0;
    }
    process = page;
    return 1;
}

// Keeps what the environment says, when the library is loaded or at the first record, whichever comes
// first: programs clear their environment.
__attribute__((constructor)) static void keep_environment(void) {
    if (folder[0] != 0 || environ == NULL) return;
    const char *given = getenv("FRAMELAB_HEAP_RING");
    if (given == NULL || strlen(given) >= sizeof folder) return;
    strcpy(folder, given);
    // `tsc:7` or `ns:5`: the clock, and by how many bits its values are shifted.
    given = getenv("FRAMELAB_HEAP_CLOCK");
    if (given != NULL && strncmp(given, "tsc:", 4) == 0) {
        given_clock = FRAMELAB_CLOCK_TSC;
        given_shift = (uint32_t)atoi(given + 4) & 31;
    }
}

static void read_settings(void) {
    keep_environment();
    process->shift = given_shift;
    process->clock = given_clock;
}

// A limit on file sizes would turn the first store into a SIGXFSZ.
static int file_size_is_limited(void) {
    struct rlimit limit;
    uint64_t needed = (uint64_t)FRAMELAB_RING_DATA +
                      (uint64_t)FRAMELAB_RING_CHUNKS * FRAMELAB_RING_CHUNK;
    return syscall(SYS_getrlimit, RLIMIT_FSIZE, &limit) != 0 || limit.rlim_cur < needed;
}

static struct framelab_ring_header *make_file(uint64_t now) {
    char *end = append_text(ring_path, folder);
    *end++ = '/';
    end = append_number(end, now, 10);
    *end++ = '-';
    end = append_number(end, (uint64_t)syscall(SYS_getpid), 10);
    *end = 0;
    if (file_size_is_limited()) return NULL;
    int file = raw_open(ring_path, O_RDWR | O_CREAT | O_EXCL);
    if (file < 0) return NULL;
    off_t bytes =
        FRAMELAB_RING_DATA + (off_t)FRAMELAB_RING_CHUNKS * FRAMELAB_RING_CHUNK;
    void *header = MAP_FAILED;
    // The header's pages get their memory now, for the same reason as a chunk's.
    if (syscall(SYS_ftruncate, file, bytes) == 0 &&
        syscall(SYS_fallocate, file, 0, (off_t)0, (off_t)FRAMELAB_RING_DATA) == 0) {
        header = raw_map(FRAMELAB_RING_DATA, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    }
    raw_close(file);
    if (header == MAP_FAILED) return NULL;
    // A child must not see what its parent goes on to record.
    syscall(SYS_madvise, header, (size_t)FRAMELAB_RING_DATA, MADV_DONTFORK);
    return header;
}

static void seal_at_thread_exit(void *unused) {
    (void)unused;
    struct thread_state *thread = &thread_state;
    if (thread->busy || thread->chunk == NULL || thread->generation != process->generation) return;
    thread->busy = 1;
    uint32_t *states = (uint32_t *)((uint8_t *)process->header + FRAMELAB_RING_STATES);
    framelab_ring_store32(&states[thread->chunk_index], FRAMELAB_RING_SEALED);
    thread->cursor = thread->limit = NULL;
    thread->chunk = NULL;
    thread->busy = 0;
}

// Begins the recording of this process image. Called with `initializing` held.
static void begin(void) {
    uint64_t generation = __atomic_add_fetch(&generations, 1, __ATOMIC_RELAXED);
    int is_fork = generation > 1;
    read_settings();
    if (folder[0] == 0) goto off;
    chunks_forget();
    uint64_t now = monotonic_ns();
    struct framelab_ring_header *header = make_file(now);
    if (header == NULL) goto off;
    if (!has_exit_key) has_exit_key = pthread_key_create(&thread_exit_key, seal_at_thread_exit) == 0;
    header->magic = FRAMELAB_RING_MAGIC;
    header->version = FRAMELAB_RING_VERSION;
    header->pid = (uint32_t)syscall(SYS_getpid);
    header->parent_pid = (uint32_t)syscall(SYS_getppid);
    header->clock = process->clock;
    header->stamp_shift = process->shift;
    header->is_fork = (uint32_t)is_fork;
    syscall(SYS_prctl, PR_GET_NAME, header->program, 0, 0, 0);
    header->start_stamp = ring_stamp();
    header->start_monotonic_ns = now;
    header->patience_ns = 10000000000u;
    framelab_ring_store32(&header->ready, 1);
    process->header = header;
    __atomic_store_n(&process->generation, generation, __ATOMIC_RELEASE);
    return;
off:
    process->off = 1;
    __atomic_store_n(&process->generation, generation, __ATOMIC_RELEASE);
}

// Whether recording is on; begins it at the first call in a process image or a forked child.
static int is_on(void) {
    if (__atomic_load_n(&process->generation, __ATOMIC_ACQUIRE) == 0) {
        // Too early: the C library has not yet stored the environment.
        if (folder[0] == 0 && environ == NULL) return 0;
        if (!make_process_page()) return 0;
        if (__atomic_exchange_n(&process->initializing, 1, __ATOMIC_ACQUIRE) == 0) {
            begin();
        } else {
            while (__atomic_load_n(&process->generation, __ATOMIC_ACQUIRE) == 0) {
                syscall(SYS_sched_yield);
            }
        }
    }
    return !process->off;
}

// Ends the recording of this image; what its other threads' chunks still have room for is kept.
static void switch_off(uint32_t end) {
    struct framelab_ring_header *header = process->header;
    if (framelab_ring_exchange(&header->end, FRAMELAB_RING_GOES_ON, end)) {
        framelab_ring_store64(&header->end_ns, monotonic_ns());
    }
    // Where the parent has ended nobody asks any more.
    process->counts_lost = end == FRAMELAB_RING_PARENT_SILENT;
    __atomic_store_n(&process->off, 1, __ATOMIC_RELEASE);
}

// Whether the framelab process is gone: FRAMELAB_RING_GOES_ON if not. A visit of late says that it is
// there; else its lock tells, which nobody holds when it is gone. Where the lock is out of sight (another
// root or user, no descriptors), a parent that stays away for long is taken for gone.
static uint32_t parent_end(void) {
    const uint64_t of_late_ns = 250000000;
    struct framelab_ring_header *header = process->header;
    uint64_t heard = framelab_ring_load64(&header->heard_ns);
    if (heard == 0) heard = header->start_monotonic_ns;
    uint64_t now = monotonic_ns();
    uint64_t silence = now > heard ? now - heard : 0;
    if (silence < of_late_ns) return FRAMELAB_RING_GOES_ON;
    char path[160];
    char *end = append_text(path, folder);
    end = append_text(end, "/alive");
    *end = 0;
    int file = raw_open(path, O_RDONLY);
    if (file < 0) {
        return silence < framelab_ring_load64(&header->patience_ns) ? FRAMELAB_RING_GOES_ON
                                                                    : FRAMELAB_RING_PARENT_SILENT;
    }
    int gone = syscall(SYS_flock, file, LOCK_SH | LOCK_NB) == 0;
    raw_close(file);
    if (!gone) return FRAMELAB_RING_GOES_ON;
    // Tidy up what it cannot any more.
    syscall(SYS_unlink, ring_path);
    syscall(SYS_unlink, path);
    syscall(SYS_rmdir, folder);
    return FRAMELAB_RING_PARENT_ENDED;
}

// Makes an empty chunk one of this thread's own; -1 when it can have no memory.
static int64_t fill(uint32_t *state, uint32_t index) {
    if (chunk_provide(index)) return index;
    framelab_ring_store32(state, FRAMELAB_RING_EMPTY);
    return -1;
}

// The first chunk in state `from` that this thread could take, or -1.
static int64_t claim(uint32_t *states, uint32_t count, uint32_t from) {
    for (uint32_t index = 0; index < count; index++) {
        if (framelab_ring_load32(&states[index]) == from &&
            framelab_ring_exchange(&states[index], from, FRAMELAB_RING_OWNED)) {
            return index;
        }
    }
    return -1;
}

// A chunk of this thread's own, or -1.
static int64_t take_chunk(void) {
    enum { CHUNKS_BEFORE_DOUBT = 32 };
    struct framelab_ring_header *header = process->header;
    uint32_t *states = (uint32_t *)((uint8_t *)header + FRAMELAB_RING_STATES);
    if (framelab_ring_load32(&header->stop)) {
        switch_off(FRAMELAB_RING_PARENT_ENDED);
        return -1;
    }
    uint32_t count = framelab_ring_load32(&header->chunk_count);
    if (count > FRAMELAB_RING_CHUNKS) count = FRAMELAB_RING_CHUNKS;
    int64_t index = claim(states, count, FRAMELAB_RING_FREE);
    if (index >= 0) return index;
    // Nothing is free: the parent is slow, or gone.
    uint32_t end = count >= CHUNKS_BEFORE_DOUBT ? parent_end() : FRAMELAB_RING_GOES_ON;
    if (end != FRAMELAB_RING_GOES_ON) {
        switch_off(end);
        return -1;
    }
    index = claim(states, count, FRAMELAB_RING_EMPTY);
    if (index >= 0) return fill(&states[index], (uint32_t)index);
    while (framelab_ring_load32(&header->chunk_count) < FRAMELAB_RING_CHUNKS) {
        uint32_t next = __atomic_fetch_add(&header->chunk_count, 1, __ATOMIC_ACQ_REL);
        if (next >= FRAMELAB_RING_CHUNKS) {
            __atomic_store_n(&header->chunk_count, FRAMELAB_RING_CHUNKS, __ATOMIC_RELEASE);
            return -1;
        }
        // Another thread may have found it empty in between.
        if (framelab_ring_exchange(&states[next], FRAMELAB_RING_EMPTY, FRAMELAB_RING_OWNED)) {
            return fill(&states[next], next);
        }
    }
    return -1;
}

static void count_lost(const struct thread_state *thread) {
    struct framelab_ring_counter *counters = process->header->counters;
    __atomic_add_fetch(&counters[thread->stream % FRAMELAB_RING_COUNTERS].lost, 1, __ATOMIC_RELAXED);
}

// About a millisecond in units of the stamps: a search and the kernel's refusal cost up to some tens of
// microseconds, which is too much for every event of a program that gets no chunk.
static uint64_t retry_interval(void) {
    return (process->clock == FRAMELAB_CLOCK_TSC ? 1u << 22 : 1u << 20) >> process->shift;
}

int ring_make_room(struct thread_state *thread, uint64_t stamp) {
    if (UNLIKELY(process->off)) {
        if (process->counts_lost) count_lost(thread);
        return 0;
    }
    if (thread->generation == process->generation && stamp < thread->retry_stamp) {
        count_lost(thread);
        return 0;
    }
    int saved_errno = errno;
    int has_room = 0;
    if (!is_on()) goto done;
    uint32_t *states = (uint32_t *)((uint8_t *)process->header + FRAMELAB_RING_STATES);
    if (thread->generation != process->generation) {
        // A new thread, or the thread that forked.
        thread->generation = process->generation;
        thread->chunk = NULL;
        thread->cursor = thread->limit = NULL;
        thread->sequence = 0;
        thread->last_stamp = 0;
        thread->retry_stamp = 0;
        thread->stream = __atomic_fetch_add(&process->header->stream_count, 1, __ATOMIC_RELAXED);
    }
    if (thread->chunk != NULL) {
        framelab_ring_store32(&states[thread->chunk_index], FRAMELAB_RING_SEALED);
        thread->chunk = NULL;
        thread->cursor = thread->limit = NULL;
    } else if (has_exit_key) {
        // May allocate; the thread is busy, so that is left out.
        pthread_setspecific(thread_exit_key, (void *)1);
    }
    int64_t index = take_chunk();
    if (index < 0) {
        if (!process->off || process->counts_lost) count_lost(thread);
        thread->retry_stamp = stamp + retry_interval();
        goto done;
    }
    struct framelab_ring_chunk *chunk = (void *)chunk_address((uint32_t)index);
    chunk->stream = thread->stream;
    chunk->sequence = thread->sequence++;
    chunk->first_stamp = thread->last_stamp != 0 ? thread->last_stamp : process->header->start_stamp;
    chunk->thread_id = (uint32_t)syscall(SYS_gettid);
    __atomic_store_n(&chunk->published, 0, __ATOMIC_RELEASE);
    thread->last_stamp = chunk->first_stamp;
    thread->last_address = 0;
    thread->retry_stamp = 0;
    thread->chunk = chunk;
    thread->chunk_index = (uint32_t)index;
    thread->cursor = (uint8_t *)chunk + sizeof *chunk;
    thread->limit = (uint8_t *)chunk + FRAMELAB_RING_CHUNK;
    has_room = 1;
done:
    errno = saved_errno;
    return has_room;
}

uint64_t ring_other_stamp(void) {
    if (process->clock == FRAMELAB_CLOCK_UNKNOWN) {
        int saved_errno = errno;
        is_on();
        errno = saved_errno;
    }
    if (process->off) return 0;
    if (process->clock == FRAMELAB_CLOCK_TSC) return __rdtsc() >> process->shift;
    return monotonic_ns() >> process->shift;
}

void ring_count_nested(void) {
    struct framelab_ring_header *header = process->header;
    if (header != NULL) __atomic_add_fetch(&header->nested, 1, __ATOMIC_RELAXED);
}
