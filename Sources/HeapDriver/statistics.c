// The allocator's own view of itself, through functions that exist only where it is preloaded: weak
// references, because dlsym allocates when it finds nothing.
#define _GNU_SOURCE
#include <gnu/libc-version.h>
#include <malloc.h>
#include <string.h>

#include "driver.h"

#define OPTIONAL __attribute__((weak, visibility("default")))

OPTIONAL int mallctl(const char *name, void *old, size_t *old_size, void *new, size_t new_size);
OPTIONAL int mi_version(void);
OPTIONAL void mi_process_info(
    size_t *elapsed_ms, size_t *user_ms, size_t *system_ms, size_t *resident,
    size_t *peak_resident, size_t *commit, size_t *peak_commit, size_t *page_faults);
OPTIONAL int MallocExtension_GetNumericProperty(const char *name, size_t *value);
OPTIONAL const char *tc_version(int *major, int *minor, const char **patch);

static void jemalloc_number(const char *key, const char *name, size_t bytes) {
    // Little-endian: smaller types fill the low bytes.
    uint64_t value = 0;
    size_t size = bytes;
    // Settings that are switched off are -1.
    if (mallctl(name, &value, &size, NULL, 0) == 0 && value != UINT64_MAX) {
        line_number(key, value);
    }
}

static void identify_jemalloc(void) {
    const char *version = "";
    size_t size = sizeof version;
    mallctl("version", &version, &size, NULL, 0);
    line_text("allocator", "jemalloc");
    line_text("version", version);
    bool hpa = false;
    size = sizeof hpa;
    mallctl("opt.hpa", &hpa, &size, NULL, 0);
    jemalloc_number("opt.narenas", "opt.narenas", sizeof(unsigned));
    jemalloc_number("opt.dirty_decay_ms", "opt.dirty_decay_ms", sizeof(ssize_t));
    jemalloc_number("opt.muzzy_decay_ms", "opt.muzzy_decay_ms", sizeof(ssize_t));
    if (hpa) {
        jemalloc_number("opt.hpa", "opt.hpa", sizeof hpa);
        jemalloc_number("opt.hpa_slab_max_alloc", "opt.hpa_slab_max_alloc", sizeof(size_t));
        jemalloc_number("opt.hpa_hugify_delay_ms", "opt.hpa_hugify_delay_ms", sizeof(uint64_t));
    }
}

void statistics_identify(void) {
    if (mallctl != NULL) {
        identify_jemalloc();
    } else if (mi_version != NULL) {
        // 209 is 2.0.9.
        int version = mi_version();
        char text[] = {(char)('0' + version / 100 % 10), '.', (char)('0' + version / 10 % 10), '.',
            (char)('0' + version % 10), 0};
        line_text("allocator", "mimalloc");
        line_text("version", text);
    } else if (MallocExtension_GetNumericProperty != NULL) {
        line_text("allocator", "tcmalloc");
        line_text("version", tc_version != NULL ? tc_version(NULL, NULL, NULL) : "");
    } else {
        line_text("allocator", "glibc");
        line_text("version", gnu_get_libc_version());
    }
}

static void add_jemalloc(void) {
    uint64_t old = 0, new = 1;
    size_t size = sizeof old;
    // Statistics are a snapshot that advancing the epoch takes.
    mallctl("epoch", &old, &size, &new, sizeof new);
    jemalloc_number("jemalloc.stats.allocated", "stats.allocated", sizeof(size_t));
    jemalloc_number("jemalloc.stats.active", "stats.active", sizeof(size_t));
    jemalloc_number("jemalloc.stats.metadata", "stats.metadata", sizeof(size_t));
    jemalloc_number("jemalloc.stats.resident", "stats.resident", sizeof(size_t));
    jemalloc_number("jemalloc.stats.mapped", "stats.mapped", sizeof(size_t));
    jemalloc_number("jemalloc.stats.retained", "stats.retained", sizeof(size_t));
    bool hpa = false;
    size = sizeof hpa;
    if (mallctl("opt.hpa", &hpa, &size, NULL, 0) != 0 || !hpa) return;
    // 4096 stands for all arenas together (MALLCTL_ARENAS_ALL).
    jemalloc_number("jemalloc.hpa_shard.npurges",
        "stats.arenas.4096.hpa_shard.npurges", sizeof(size_t));
    jemalloc_number("jemalloc.hpa_shard.nhugifies",
        "stats.arenas.4096.hpa_shard.nhugifies", sizeof(size_t));
    jemalloc_number("jemalloc.hpa_shard.ndehugifies",
        "stats.arenas.4096.hpa_shard.ndehugifies", sizeof(size_t));
}

static void tcmalloc_size(const char *key, const char *name) {
    size_t value = 0;
    if (MallocExtension_GetNumericProperty(name, &value)) line_number(key, value);
}

void statistics_add(void) {
    if (mallctl != NULL) {
        add_jemalloc();
    } else if (mi_process_info != NULL) {
        size_t none, commit = 0, peak_commit = 0;
        mi_process_info(&none, &none, &none, &none, &none, &commit, &peak_commit, &none);
        line_number("mimalloc.commit", commit);
        line_number("mimalloc.peak_commit", peak_commit);
    } else if (MallocExtension_GetNumericProperty != NULL) {
        tcmalloc_size("tcmalloc.current_allocated_bytes", "generic.current_allocated_bytes");
        tcmalloc_size("tcmalloc.heap_size", "generic.heap_size");
        tcmalloc_size("tcmalloc.pageheap_free_bytes", "tcmalloc.pageheap_free_bytes");
        tcmalloc_size("tcmalloc.pageheap_unmapped_bytes", "tcmalloc.pageheap_unmapped_bytes");
        tcmalloc_size(
            "tcmalloc.thread_cache_bytes", "tcmalloc.current_total_thread_cache_bytes");
    } else {
        struct mallinfo2 info = mallinfo2();
        line_number("glibc.arena", info.arena);
        line_number("glibc.mmapped", info.hblkhd);
        line_number("glibc.in_use", info.uordblks);
        line_number("glibc.free", info.fordblks);
        line_number("glibc.trimmable", info.keepcost);
    }
}
