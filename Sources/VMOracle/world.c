// A sequence, in a process of its own and the children it forks.
#define _GNU_SOURCE
#include <errno.h>
#include <linux/futex.h>
#include <setjmp.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "oracle.h"

// Nothing but sequences may lie within this distance of the range.
#define MARGIN (1ull << 30)
#define ADDRESS_END 0x7ffffffff000ull

struct shared *shared;
int files[FILES];
struct file_identity identities[FILES];

static sigjmp_buf after_fault;
static volatile sig_atomic_t touching;
static volatile uint8_t fault_signal, fault_code;
static volatile uint64_t fault_address;
static pid_t children[MAX_PROCESSES];
static struct prctl_mm_map layout;
static unsigned me;

static void handler(int signal, siginfo_t *info, void *context)
{
    (void)context;
    if (!touching) _exit(100 + signal);
    fault_signal = (uint8_t)signal;
    fault_code = (uint8_t)info->si_code;
    fault_address = (uint64_t)info->si_addr;
    siglongjmp(after_fault, 1);
}

// Where /proc/self/stat says that the parts of the program lie: fields 26 to 28 and 45 to 51.
static void read_layout(void)
{
    char text[2048];
    FILE *file = fopen("/proc/self/stat", "r");
    size_t count = file ? fread(text, 1, sizeof text - 1, file) : 0;
    if (file) fclose(file);
    text[count] = 0;
    uint64_t fields[52] = {0};
    char *at = strrchr(text, ')');
    for (unsigned i = 3; at && i < 52; i++) {
        at = strchr(at, ' ');
        if (at) fields[i] = strtoull(++at, NULL, 10);
    }
    layout = (struct prctl_mm_map){.start_code = fields[26], .end_code = fields[27],
        .start_stack = fields[28], .start_data = fields[45], .end_data = fields[46],
        .arg_start = fields[48], .arg_end = fields[49], .env_start = fields[50],
        .env_end = fields[51], .exe_fd = (uint32_t)-1};
}

void world_prepare(void)
{
    read_layout();
    struct sigaction action = {.sa_sigaction = handler, .sa_flags = SA_SIGINFO | SA_NODEFER};
    if (sigaction(SIGSEGV, &action, NULL) || sigaction(SIGBUS, &action, NULL)) fail("sigaction");
    // 41: PR_SET_THP_DISABLE.
    if (prctl(41, 1, 0, 0, 0)) fail("no way to switch huge pages off");
}

void world_files(const struct sequence *sequence)
{
    static uint8_t content[MAX_PAGES * PAGE];
    for (unsigned f = 0; f < FILES; f++) {
        uint64_t bytes = sequence->file_bytes[f];
        if (bytes > sizeof content) fail("file too long");
        for (uint64_t i = 0; i < bytes; i++) content[i] = file_byte(f, i);
        if (ftruncate(files[f], 0) || pwrite(files[f], content, bytes, 0) != (ssize_t)bytes)
            fail("cannot write the file");
    }
}

// Space for BYTES more, from a multiple of 8 on.
static void *grow(size_t bytes)
{
    bytes = (bytes + 7) & ~7ull;
    if (shared->used + bytes > shared->capacity) {
        shared->overflow = 1;
        _exit(3);
    }
    void *place = shared->data + shared->used;
    shared->used += bytes;
    return place;
}

static long turn(int operation, uint32_t value)
{
    static const struct timespec limit = {.tv_sec = 20};
    return syscall(SYS_futex, &shared->step, operation, value, &limit, NULL, 0);
}

// Waits until operation STEP is this process's to do; the count of operations when all are done.
static uint32_t wait_turn(const struct sequence *sequence, const struct operation *operations)
{
    for (;;) {
        uint32_t step = atomic_load(&shared->step);
        if (step >= sequence->operations || operations[step].process == me) return step;
        if (turn(FUTEX_WAIT, step) != 0 && errno == ETIMEDOUT) _exit(4);
    }
}

static bool inside(const struct sequence *sequence, uint64_t address)
{
    return address >= sequence->base && address < sequence->base + (uint64_t)sequence->pages * PAGE;
}

// Whether [ADDRESS, ADDRESS + LENGTH) may be worked on: near the range, or no address at all.
static bool harmless(const struct sequence *sequence, uint64_t address, uint64_t length)
{
    uint64_t end = address + length;
    if (end < address || address >= ADDRESS_END || length > ADDRESS_END) return true;
    return address >= sequence->base - MARGIN && end <= sequence->base + 2 * MARGIN;
}

static int64_t answer(long value) { return value == -1 ? -errno : value; }

// An address that a call returned. One outside of the range is the kernel's own choice: it says nothing,
// and is unmapped.
static int64_t placed(const struct sequence *sequence, void *address, uint64_t length)
{
    if (address == MAP_FAILED) return -errno;
    if (inside(sequence, (uint64_t)address)) return (int64_t)address;
    munmap(address, length);
    return OUTSIDE;
}

static uint64_t hash_page(const uint64_t *words)
{
    uint64_t hash = 0;
    for (unsigned i = 0; i < PAGE / 8; i++) hash = (hash ^ words[i]) * 0x9e3779b97f4a7c15ull;
    return hash | 4096;
}

static void touch(const struct operation *operation, struct result *result)
{
    volatile uint8_t *byte = (volatile uint8_t *)operation->address;
    if (sigsetjmp(after_fault, 0) == 0) {
        touching = 1;
        if (operation->kind == KIND_READ) result->value = *byte;
        else *byte = (uint8_t)operation->flags;
    } else {
        result->signal = fault_signal;
        result->code = fault_code;
        result->value = (int64_t)fault_address;
    }
    touching = 0;
}

static void sweep(const struct sequence *sequence, uint64_t *hashes)
{
    for (volatile unsigned i = 0; i < sequence->pages; i++) {
        if (sigsetjmp(after_fault, 0) == 0) {
            touching = 1;
            hashes[i] = hash_page((const uint64_t *)(sequence->base + (uint64_t)i * PAGE));
        } else {
            hashes[i] = (uint64_t)fault_signal << 8 | fault_code;
        }
        touching = 0;
    }
}

static int64_t forked(const struct operation *operation)
{
    unsigned number = (unsigned)operation->other;
    if (number >= MAX_PROCESSES) return -EINVAL;
    pid_t parent = getpid(), child = fork();
    if (child < 0) return -errno;
    if (child > 0) {
        children[number] = child;
        return 0;
    }
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent) _exit(5);
    memset(children, 0, sizeof children);
    me = number;
    observe_begin();
    return 0;
}

static int64_t ended(const struct operation *operation)
{
    unsigned number = (unsigned)operation->other;
    if (number >= MAX_PROCESSES || children[number] == 0) return -ECHILD;
    kill(children[number], SIGKILL);
    if (waitpid(children[number], NULL, 0) < 0) return -errno;
    children[number] = 0;
    return 0;
}

static int64_t system_call(
    const struct sequence *sequence, const struct operation *o, struct result *result)
{
    void *address = (void *)o->address;
    bool safe = true;
    switch (o->kind) {
    case KIND_MMAP:
        safe = !(o->flags & MAP_FIXED) || harmless(sequence, o->address, o->length);
        break;
    case KIND_MREMAP:
        safe = harmless(sequence, o->address, o->length)
            && harmless(sequence, o->address, o->other_length)
            && (!(o->flags & MREMAP_FIXED) || harmless(sequence, o->other, o->other_length));
        break;
    case KIND_MUNMAP: case KIND_MPROTECT: case KIND_MADVISE: case KIND_MLOCK: case KIND_MUNLOCK:
    case KIND_MSYNC: case KIND_MINCORE:
        safe = harmless(sequence, o->address, o->length);
        break;
    }
    unsigned file = o->file;
    if (file > FILES) safe = false;
    if (!safe) {
        result->refused = 1;
        return 0;
    }
    switch (o->kind) {
    case KIND_NOTHING: return 0;
    case KIND_MMAP: {
        void *got = mmap(address, o->length, o->protection, (int)o->flags,
            file ? files[file - 1] : -1, (off_t)o->other);
        return placed(sequence, got, o->length);
    }
    case KIND_MUNMAP: return answer(munmap(address, o->length));
    case KIND_MPROTECT: return answer(syscall(SYS_mprotect, address, o->length, o->protection));
    case KIND_MREMAP: {
        void *got = (void *)syscall(
            SYS_mremap, address, o->length, o->other_length, o->flags, o->other);
        return placed(sequence, got, o->other_length);
    }
    case KIND_MADVISE: return answer(madvise(address, o->length, (int)o->flags));
    case KIND_MLOCK: return answer(syscall(SYS_mlock2, address, o->length, o->flags));
    case KIND_MUNLOCK: return answer(syscall(SYS_munlock, address, o->length));
    case KIND_MSYNC: return answer(syscall(SYS_msync, address, o->length, o->flags));
    case KIND_BRK: {
        // Without a heap of its own it would move the oracle's.
        if (sequence->heap == 0 || !harmless(sequence, o->address, 0)) {
            result->refused = 1;
            return 0;
        }
        return syscall(SYS_brk, address);
    }
    case KIND_FORK: return forked(o);
    case KIND_END: return ended(o);
    case KIND_FILE_WRITE: {
        uint8_t byte = (uint8_t)o->flags;
        if (!file) return -EBADF;
        return answer(pwrite(files[file - 1], &byte, 1, (off_t)o->address));
    }
    case KIND_TRUNCATE:
        if (!file) return -EBADF;
        return answer(ftruncate(files[file - 1], (off_t)o->length));
    case KIND_MINCORE: {
        unsigned char flags[MAX_PAGES * 4];
        if (o->length > sizeof flags * PAGE) return -EINVAL;
        long got = mincore(address, o->length, flags);
        if (got != 0) return -errno;
        for (unsigned i = 0; i < (o->length + PAGE - 1) / PAGE; i++) got += flags[i] & 1;
        return got;
    }
    }
    return -ENOSYS;
}

static void step(const struct sequence *sequence, const struct operation *operation)
{
    struct result *result = grow(sizeof *result);
    *result = (struct result){.process = (uint8_t)me};
    unsigned before = me;
    uint64_t hashes[MAX_PAGES];
    if (operation->kind == KIND_READ || operation->kind == KIND_WRITE) {
        if (inside(sequence, operation->address)) touch(operation, result);
        else result->refused = 1;
    } else if (operation->kind == KIND_SWEEP) {
        sweep(sequence, hashes);
    } else {
        result->value = system_call(sequence, operation, result);
        if (me != before) return;  // the child: its parent goes on with the result
    }
    static struct area areas[MAX_PAGES];
    struct page pages[MAX_PAGES];
    unsigned count = observe_areas(sequence, areas);
    if (sequence->observe & OBSERVE_PAGES) {
        result->pages = (uint16_t)observe_pages(sequence, pages);
        memcpy(grow(result->pages * sizeof *pages), pages, result->pages * sizeof *pages);
    }
    if (sequence->observe & OBSERVE_AREAS || operation->kind == KIND_SWEEP) {
        result->areas = (uint16_t)count;
        memcpy(grow(count * sizeof *areas), areas, count * sizeof *areas);
    }
    if (operation->kind == KIND_SWEEP)
        memcpy(grow(sequence->pages * 8ull), hashes, sequence->pages * 8ull);
    shared->results++;
}

// Puts an empty heap at ADDRESS. PR_SET_MM_BRK would take CAP_SYS_RESOURCE, the whole map does not.
static void place_heap(uint64_t address)
{
    struct prctl_mm_map map = layout;
    map.start_brk = map.brk = address;
    if (prctl(PR_SET_MM, PR_SET_MM_MAP, &map, sizeof map, 0)) _exit(6);
}

_Noreturn void world_run(const struct sequence *sequence, const struct operation *operations)
{
    if (sequence->heap) place_heap(sequence->heap);
    observe_begin();
    for (;;) {
        uint32_t at = wait_turn(sequence, operations);
        if (at >= sequence->operations) break;
        unsigned before = me;
        step(sequence, &operations[at]);
        if (me != before) continue;
        atomic_store(&shared->step, at + 1);
        if (at + 1 == sequence->operations || operations[at + 1].process != me)
            turn(FUTEX_WAKE, INT32_MAX);
    }
    while (wait(NULL) > 0) {}
    _exit(0);
}
