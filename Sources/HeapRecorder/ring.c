// The thread's side of the ring: files, chunks, forks. Everything here runs seldom, may run in a signal
// handler or between fork and exec, and leaves errno as it was. It allocates nothing.
#define _GNU_SOURCE
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
static char file_path[192];
static uint32_t given_clock = FRAMELAB_CLOCK_MONOTONIC;
static uint32_t given_shift = 5;
static uint8_t *chunk_addresses[FRAMELAB_RING_CHUNKS];
static uint32_t mapped_chunks;  // all chunk_addresses beyond are null
static uint64_t generations;    // survives a fork, so that a child's generation is never its parent's
static pthread_key_t thread_exit_key;
static int has_exit_key;

extern char **environ;

// The raw calls: the names of the library are interposed, by this library among others.
static void *raw_map(size_t bytes, int protection, int flags, int file, off_t offset) {
    long result = syscall(SYS_mmap, NULL, bytes, protection, flags, file, offset);
    return result == -1 ? MAP_FAILED : (void *)result;
}

static int raw_open(const char *path, int flags) {
    return (int)syscall(SYS_openat, AT_FDCWD, path, flags | O_CLOEXEC, 0600);
}

static void raw_close(int file) { syscall(SYS_close, file); }

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
    char *end = append_text(file_path, folder);
    *end++ = '/';
    end = append_number(end, now, 10);
    *end++ = '-';
    end = append_number(end, (uint64_t)syscall(SYS_getpid), 10);
    *end = 0;
    if (file_size_is_limited()) return NULL;
    int file = raw_open(file_path, O_RDWR | O_CREAT | O_EXCL);
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
    for (uint32_t index = 0; index < mapped_chunks; index++) chunk_addresses[index] = NULL;
    mapped_chunks = 0;
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

static void switch_off(void) { process->off = 1; }

// Whether the framelab process is gone: then nobody holds the lock on its file.
static int parent_is_gone(void) {
    char path[160];
    char *end = append_text(path, folder);
    end = append_text(end, "/alive");
    *end = 0;
    int file = raw_open(path, O_RDONLY);
    if (file < 0) return errno == ENOENT;
    int gone = syscall(SYS_flock, file, LOCK_SH | LOCK_NB) == 0;
    raw_close(file);
    if (gone) {
        // Tidy up what it cannot any more.
        syscall(SYS_unlink, file_path);
        syscall(SYS_unlink, path);
        syscall(SYS_rmdir, folder);
    }
    return gone;
}

// Gives chunk `index` memory, and an address if it has none.
static int provide_chunk(uint32_t index) {
    off_t offset = FRAMELAB_RING_DATA + (off_t)index * FRAMELAB_RING_CHUNK;
    int file = raw_open(file_path, O_RDWR);
    if (file < 0) return 0;
    int provided = 0;
    if (syscall(SYS_fallocate, file, 0, offset, (off_t)FRAMELAB_RING_CHUNK) == 0) {
        provided = chunk_addresses[index] != NULL;
        if (!provided) {
            void *address = raw_map(FRAMELAB_RING_CHUNK, PROT_READ | PROT_WRITE,
                                    MAP_SHARED | MAP_POPULATE, file, offset);
            if (address != MAP_FAILED) {
                syscall(SYS_madvise, address, (size_t)FRAMELAB_RING_CHUNK, MADV_DONTFORK);
                chunk_addresses[index] = address;
                uint32_t seen = __atomic_load_n(&mapped_chunks, __ATOMIC_RELAXED);
                while (seen <= index && !__atomic_compare_exchange_n(
                    &mapped_chunks, &seen, index + 1, 0, __ATOMIC_RELAXED, __ATOMIC_RELAXED)) {
                }
                provided = 1;
            }
        }
    }
    raw_close(file);
    return provided;
}

// A chunk of this thread's own, or -1.
static int64_t take_chunk(void) {
    enum { CHUNKS_BEFORE_DOUBT = 32 };
    struct framelab_ring_header *header = process->header;
    uint32_t *states = (uint32_t *)((uint8_t *)header + FRAMELAB_RING_STATES);
    if (framelab_ring_load32(&header->stop)) {
        switch_off();
        return -1;
    }
    uint32_t count = framelab_ring_load32(&header->chunk_count);
    if (count > FRAMELAB_RING_CHUNKS) count = FRAMELAB_RING_CHUNKS;
    for (uint32_t index = 0; index < count; index++) {
        if (framelab_ring_load32(&states[index]) == FRAMELAB_RING_FREE &&
            framelab_ring_exchange(&states[index], FRAMELAB_RING_FREE, FRAMELAB_RING_OWNED)) {
            return index;
        }
    }
    // Nothing is free: the parent is slow, or gone.
    if (count >= CHUNKS_BEFORE_DOUBT && parent_is_gone()) {
        switch_off();
        return -1;
    }
    for (uint32_t index = 0; index < count; index++) {
        if (framelab_ring_load32(&states[index]) == FRAMELAB_RING_EMPTY &&
            chunk_addresses[index] != NULL &&
            framelab_ring_exchange(&states[index], FRAMELAB_RING_EMPTY, FRAMELAB_RING_OWNED)) {
            if (provide_chunk(index)) return index;
            framelab_ring_store32(&states[index], FRAMELAB_RING_EMPTY);
            return -1;
        }
    }
    if (count >= FRAMELAB_RING_CHUNKS) return -1;
    uint32_t index = __atomic_fetch_add(&header->chunk_count, 1, __ATOMIC_ACQ_REL);
    if (index >= FRAMELAB_RING_CHUNKS) {
        __atomic_store_n(&header->chunk_count, FRAMELAB_RING_CHUNKS, __ATOMIC_RELEASE);
        return -1;
    }
    // Owned before it has an address, so that no other thread takes it for one to provide again.
    framelab_ring_store32(&states[index], FRAMELAB_RING_OWNED);
    if (provide_chunk(index)) return index;
    framelab_ring_store32(&states[index], FRAMELAB_RING_EMPTY);
    return -1;
}

int ring_make_room(struct thread_state *thread) {
    if (process->off) return 0;
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
        if (!process->off) __atomic_add_fetch(&process->header->lost, 1, __ATOMIC_RELAXED);
        goto done;
    }
    struct framelab_ring_chunk *chunk = (void *)chunk_addresses[index];
    chunk->stream = thread->stream;
    chunk->sequence = thread->sequence++;
    chunk->first_stamp = thread->last_stamp != 0 ? thread->last_stamp : process->header->start_stamp;
    chunk->thread_id = (uint32_t)syscall(SYS_gettid);
    __atomic_store_n(&chunk->published, 0, __ATOMIC_RELEASE);
    thread->last_stamp = chunk->first_stamp;
    thread->last_address = 0;
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
