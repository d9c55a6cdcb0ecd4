// libframelab-heap.so: records what a program asks of its heap. Loaded through LD_PRELOAD, so the
// functions below stand before those of the C library (or of another malloc that is preloaded behind
// this one), which do the real work.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "ring.h"

#define EXPORT __attribute__((visibility("default")))
#define PAGE 4096u

static struct {
    void *(*malloc)(size_t);
    void *(*calloc)(size_t, size_t);
    void *(*realloc)(void *, size_t);
    void (*free)(void *);
    void *(*aligned_alloc)(size_t, size_t);
    void *(*memalign)(size_t, size_t);
    int (*posix_memalign)(void **, size_t, size_t);
    void *(*valloc)(size_t);
    void *(*pvalloc)(size_t);
    void *(*reallocarray)(void *, size_t, size_t);
    void *(*mmap)(void *, size_t, int, int, int, off_t);
    int (*munmap)(void *, size_t);
    void *(*mremap)(void *, size_t, size_t, int, ...);
    int (*mprotect)(void *, size_t, int);
} real;

// What dlsym itself allocates while the real functions are looked up. Never given back.
static struct {
    _Alignas(16) uint8_t bytes[64 * 1024];
    size_t used;
} bootstrap;

static __thread int resolving __attribute__((tls_model("initial-exec")));

static void *bootstrap_allocate(size_t size) {
    size_t rounded = (size + 15) & ~(size_t)15;
    if (rounded < size) return NULL;
    size_t start = __atomic_fetch_add(&bootstrap.used, rounded, __ATOMIC_RELAXED);
    if (rounded > sizeof bootstrap.bytes || start > sizeof bootstrap.bytes - rounded) return NULL;
    return bootstrap.bytes + start;
}

static int is_bootstrap(const void *pointer) {
    return (uintptr_t)pointer - (uintptr_t)bootstrap.bytes < sizeof bootstrap.bytes;
}

// 0 while the look-up is running in this thread: the caller then has to do without.
static int resolve(void) {
    if (resolving) return 0;
    resolving = 1;
    real.calloc = dlsym(RTLD_NEXT, "calloc");
    real.realloc = dlsym(RTLD_NEXT, "realloc");
    real.free = dlsym(RTLD_NEXT, "free");
    real.aligned_alloc = dlsym(RTLD_NEXT, "aligned_alloc");
    real.memalign = dlsym(RTLD_NEXT, "memalign");
    real.posix_memalign = dlsym(RTLD_NEXT, "posix_memalign");
    real.valloc = dlsym(RTLD_NEXT, "valloc");
    real.pvalloc = dlsym(RTLD_NEXT, "pvalloc");
    real.reallocarray = dlsym(RTLD_NEXT, "reallocarray");
    real.mmap = dlsym(RTLD_NEXT, "mmap");
    real.munmap = dlsym(RTLD_NEXT, "munmap");
    real.mremap = dlsym(RTLD_NEXT, "mremap");
    real.mprotect = dlsym(RTLD_NEXT, "mprotect");
    // Last, because the others look whether it is there.
    __atomic_store_n(&real.malloc, dlsym(RTLD_NEXT, "malloc"), __ATOMIC_RELEASE);
    resolving = 0;
    return real.malloc != NULL;
}

static inline int is_resolved(void) { return !UNLIKELY(real.malloc == NULL) || resolve(); }

// Begins a call to the real function; 0 inside another one, which is then passed on unrecorded.
static inline int enter(struct thread_state *thread) {
    if (UNLIKELY(thread->busy)) return 0;
    thread->busy = 1;
    __atomic_signal_fence(__ATOMIC_SEQ_CST);
    return 1;
}

static inline void leave(struct thread_state *thread) {
    __atomic_signal_fence(__ATOMIC_SEQ_CST);
    thread->busy = 0;
}

static inline unsigned alignment_shift(size_t alignment) {
    return alignment ? (unsigned)__builtin_ctzll(alignment) : 0;
}

static inline void record_allocation(struct thread_state *thread, void *pointer, size_t size,
                                     size_t alignment) {
    if (pointer != NULL) {
        ring_append(thread, FRAMELAB_RING_ALLOCATE, ring_stamp(), (uint64_t)pointer, size,
                    alignment_shift(alignment));
    }
}

EXPORT void *malloc(size_t size) {
    if (!is_resolved()) return bootstrap_allocate(size);
    struct thread_state *thread = &thread_state;
    if (!enter(thread)) {
        ring_count_nested();
        return real.malloc(size);
    }
    void *pointer = real.malloc(size);
    record_allocation(thread, pointer, size, 0);
    leave(thread);
    return pointer;
}

EXPORT void *calloc(size_t count, size_t size) {
    // Static memory is zero already.
    if (!is_resolved()) return bootstrap_allocate(count * size);
    struct thread_state *thread = &thread_state;
    if (!enter(thread)) {
        ring_count_nested();
        return real.calloc(count, size);
    }
    void *pointer = real.calloc(count, size);
    if (pointer != NULL) {
        ring_append(thread, FRAMELAB_RING_ALLOCATE_ZEROED, ring_stamp(), (uint64_t)pointer,
                    count * size, 0);
    }
    leave(thread);
    return pointer;
}

EXPORT void free(void *pointer) {
    if (pointer == NULL || UNLIKELY(is_bootstrap(pointer)) || !is_resolved()) return;
    struct thread_state *thread = &thread_state;
    if (!enter(thread)) {
        ring_count_nested();
        real.free(pointer);
        return;
    }
    ring_append(thread, FRAMELAB_RING_RELEASE, ring_stamp(), (uint64_t)pointer, 0, 0);
    real.free(pointer);
    leave(thread);
}

// After the real call: what became of the object.
static inline void record_reallocated(struct thread_state *thread, void *pointer, size_t size) {
    // Without a new object one of size 0 was freed (an end at address 0), any other one stays.
    unsigned operation =
        pointer != NULL || size == 0 ? FRAMELAB_RING_REALLOC_END : FRAMELAB_RING_REALLOC_FAILED;
    ring_append(thread, operation, ring_stamp(), (uint64_t)pointer, pointer ? size : 0, 0);
}

static void *move_from_bootstrap(void *old, size_t size) {
    void *pointer = malloc(size);
    if (pointer == NULL) return NULL;
    size_t readable = (size_t)(bootstrap.bytes + sizeof bootstrap.bytes - (uint8_t *)old);
    return memcpy(pointer, old, size < readable ? size : readable);
}

EXPORT void *realloc(void *old, size_t size) {
    if (old == NULL) return malloc(size);
    if (UNLIKELY(is_bootstrap(old))) return move_from_bootstrap(old, size);
    if (!is_resolved()) return NULL;
    struct thread_state *thread = &thread_state;
    if (!enter(thread)) {
        ring_count_nested();
        return real.realloc(old, size);
    }
    ring_append(thread, FRAMELAB_RING_REALLOC_BEGIN, ring_stamp(), (uint64_t)old, 0, 0);
    void *pointer = real.realloc(old, size);
    record_reallocated(thread, pointer, size);
    leave(thread);
    return pointer;
}

EXPORT void *reallocarray(void *old, size_t count, size_t size) {
    size_t bytes;
    if (__builtin_mul_overflow(count, size, &bytes)) {
        errno = ENOMEM;
        return NULL;
    }
    return realloc(old, bytes);
}

EXPORT void *aligned_alloc(size_t alignment, size_t size) {
    if (!is_resolved()) return NULL;
    struct thread_state *thread = &thread_state;
    if (!enter(thread)) {
        ring_count_nested();
        return real.aligned_alloc(alignment, size);
    }
    void *pointer = real.aligned_alloc(alignment, size);
    record_allocation(thread, pointer, size, alignment);
    leave(thread);
    return pointer;
}

EXPORT void *memalign(size_t alignment, size_t size) {
    if (!is_resolved()) return NULL;
    struct thread_state *thread = &thread_state;
    if (!enter(thread)) {
        ring_count_nested();
        return real.memalign(alignment, size);
    }
    void *pointer = real.memalign(alignment, size);
    record_allocation(thread, pointer, size, alignment);
    leave(thread);
    return pointer;
}

EXPORT int posix_memalign(void **result, size_t alignment, size_t size) {
    if (!is_resolved()) return ENOMEM;
    struct thread_state *thread = &thread_state;
    if (!enter(thread)) {
        ring_count_nested();
        return real.posix_memalign(result, alignment, size);
    }
    int code = real.posix_memalign(result, alignment, size);
    if (code == 0) record_allocation(thread, *result, size, alignment);
    leave(thread);
    return code;
}

EXPORT void *valloc(size_t size) {
    if (!is_resolved()) return NULL;
    struct thread_state *thread = &thread_state;
    if (!enter(thread)) {
        ring_count_nested();
        return real.valloc(size);
    }
    void *pointer = real.valloc(size);
    record_allocation(thread, pointer, size, PAGE);
    leave(thread);
    return pointer;
}

EXPORT void *pvalloc(size_t size) {
    if (!is_resolved()) return NULL;
    struct thread_state *thread = &thread_state;
    if (!enter(thread)) {
        ring_count_nested();
        return real.pvalloc(size);
    }
    void *pointer = real.pvalloc(size);
    record_allocation(thread, pointer, (size + PAGE - 1) & ~(size_t)(PAGE - 1), PAGE);
    leave(thread);
    return pointer;
}

// Mappings. Looked up like the others, for another library may stand between; before that the kernel.

static void *real_map(void *address, size_t size, int protection, int flags, int file,
                      off_t offset) {
    if (is_resolved() && real.mmap) {
        return real.mmap(address, size, protection, flags, file, offset);
    }
    return (void *)syscall(SYS_mmap, address, size, protection, flags, file, offset);
}

EXPORT void *mmap(void *address, size_t size, int protection, int flags, int file, off_t offset) {
    struct thread_state *thread = &thread_state;
    int is_anonymous = (flags & MAP_ANONYMOUS) != 0;
    int replaces = (flags & MAP_FIXED) != 0;
    if ((!is_anonymous && !replaces) || !enter(thread)) {
        return real_map(address, size, protection, flags, file, offset);
    }
    uint64_t before = ring_stamp();
    void *start = real_map(address, size, protection, flags, file, offset);
    int saved_errno = errno;
    if (start != MAP_FAILED) {
        if (replaces) {
            ring_append(thread, FRAMELAB_RING_UNMAP, before, (uint64_t)start, size, 0);
        }
        if (is_anonymous) {
            unsigned operation =
                protection == PROT_NONE ? FRAMELAB_RING_RESERVE : FRAMELAB_RING_MAP;
            if (protection == PROT_NONE) process->has_reservations = 1;
            ring_append(thread, operation, ring_stamp(), (uint64_t)start, size, 0);
        }
    }
    leave(thread);
    errno = saved_errno;
    return start;
}

EXPORT void *mmap64(void *address, size_t size, int protection, int flags, int file, off_t offset) {
    return mmap(address, size, protection, flags, file, offset);
}

EXPORT int munmap(void *address, size_t size) {
    struct thread_state *thread = &thread_state;
    int records = enter(thread);
    uint64_t before = records ? ring_stamp() : 0;
    int code = is_resolved() && real.munmap ? real.munmap(address, size)
                                            : (int)syscall(SYS_munmap, address, size);
    if (!records) return code;
    int saved_errno = errno;
    if (code == 0) {
        ring_append(thread, FRAMELAB_RING_UNMAP, before, (uint64_t)address, size, 0);
    }
    leave(thread);
    errno = saved_errno;
    return code;
}

EXPORT void *mremap(void *old, size_t old_size, size_t size, int flags, ...) {
    void *wanted = NULL;
    if (flags & MREMAP_FIXED) {
        va_list rest;
        va_start(rest, flags);
        wanted = va_arg(rest, void *);
        va_end(rest);
    }
    struct thread_state *thread = &thread_state;
    int records = enter(thread);
    uint64_t before = records ? ring_stamp() : 0;
    void *start = is_resolved() && real.mremap
                      ? real.mremap(old, old_size, size, flags, wanted)
                      : (void *)syscall(SYS_mremap, old, old_size, size, flags, wanted);
    if (!records) return start;
    int saved_errno = errno;
    if (start != MAP_FAILED) {
        if (wanted != NULL) {
            ring_append(thread, FRAMELAB_RING_UNMAP, before, (uint64_t)start, size, 0);
        }
        ring_append(thread, FRAMELAB_RING_REMAP_BEGIN, before, (uint64_t)old, old_size, 0);
        ring_append(thread, FRAMELAB_RING_REMAP_END, ring_stamp(), (uint64_t)start, size, 0);
    }
    leave(thread);
    errno = saved_errno;
    return start;
}

EXPORT int mprotect(void *address, size_t size, int protection) {
    struct thread_state *thread = &thread_state;
    // Only address space that was reserved without access becomes memory here.
    int records = protection != PROT_NONE && process->has_reservations && enter(thread);
    int code = is_resolved() && real.mprotect
                   ? real.mprotect(address, size, protection)
                   : (int)syscall(SYS_mprotect, address, size, protection);
    if (!records) return code;
    int saved_errno = errno;
    if (code == 0) {
        ring_append(thread, FRAMELAB_RING_OPEN, ring_stamp(), (uint64_t)address, size, 0);
    }
    leave(thread);
    errno = saved_errno;
    return code;
}
