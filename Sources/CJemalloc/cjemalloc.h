// jemalloc 5.3 for Swift: what the header leaves to macros, and what it does not declare.
#pragma once
#include <jemalloc/jemalloc.h>
#include <stddef.h>

/// Argument of mallctl("experimental.arenas_create_ext"), arena_config_s in jemalloc's sources.
struct framelab_arena_config {
    extent_hooks_t *extent_hooks;
    bool metadata_use_hooks;
};

/// What jemalloc hands back to every hook: its own table first, then whose table it is.
struct framelab_extent_hooks {
    extent_hooks_t hooks;
    void *owner;
};

_Static_assert(offsetof(struct framelab_extent_hooks, hooks) == 0, "a hook finds its owner");

/// Flag of mallocx: from this arena, past the tcache.
static inline int framelab_mallocx_arena(unsigned arena) {
    return MALLOCX_ARENA(arena) | MALLOCX_TCACHE_NONE;
}
