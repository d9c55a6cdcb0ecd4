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

void statistics_identify(void) {
    if (mallctl != NULL) {
        const char *version = "";
        size_t size = sizeof version;
        bool hpa = false;
        size_t hpa_size = sizeof hpa;
        mallctl("version", &version, &size, NULL, 0);
        line_text("allocator", "jemalloc");
        line_text("version", version);
        if (mallctl("opt.hpa", &hpa, &hpa_size, NULL, 0) == 0) line_number("opt.hpa", hpa);
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

static void jemalloc_size(const char *key, const char *name) {
    size_t value = 0, size = sizeof value;
    if (mallctl(name, &value, &size, NULL, 0) == 0) line_number(key, value);
}

static void add_jemalloc(void) {
    uint64_t old = 0, new = 1;
    size_t size = sizeof old;
    // Statistics are a snapshot that advancing the epoch takes.
    mallctl("epoch", &old, &size, &new, sizeof new);
    jemalloc_size("jemalloc.stats.allocated", "stats.allocated");
    jemalloc_size("jemalloc.stats.active", "stats.active");
    jemalloc_size("jemalloc.stats.metadata", "stats.metadata");
    jemalloc_size("jemalloc.stats.resident", "stats.resident");
    jemalloc_size("jemalloc.stats.mapped", "stats.mapped");
    jemalloc_size("jemalloc.stats.retained", "stats.retained");
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
