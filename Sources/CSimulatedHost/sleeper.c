#define _GNU_SOURCE
#include <asm/prctl.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <sys/auxv.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "CSimulatedHost.h"

// Bit 1 of AT_HWCAP2: the kernel lets programs write the base of fs, which on x86-64 is the thread
// pointer (Documentation/arch/x86/x86_64/fsgs.rst).
#define HWCAP2_FSGSBASE 2ul

// There may be thousands of them, and they sleep.
#define STACK_BYTES (256 * 1024)

struct start {
    sem_t ready;
    uintptr_t thread_pointer;
    void (*prepare)(void *context);
    void *context;
};

static void *sleep_for_ever(void *argument) {
    struct start *start = argument;
    start->prepare(start->context);
    start->thread_pointer = (uintptr_t)__builtin_thread_pointer();
    sem_post(&start->ready);
    for (;;) pause();
    return NULL;
}

uintptr_t framelab_start_sleeper(void (*prepare)(void *context), void *context) {
    struct start start = {.thread_pointer = 0, .prepare = prepare, .context = context};
    pthread_attr_t attributes;
    pthread_t thread;
    sigset_t all, before;
    if (sem_init(&start.ready, 0, 0) != 0 || pthread_attr_init(&attributes) != 0 ||
        pthread_attr_setstacksize(&attributes, STACK_BYTES) != 0) {
        return 0;
    }
    // It inherits the mask and so never runs a handler, whose thread-local data would be in use here.
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    int status = pthread_create(&thread, &attributes, sleep_for_ever, &start);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    pthread_attr_destroy(&attributes);
    if (status != 0) return 0;
    while (sem_wait(&start.ready) != 0) {}
    sem_destroy(&start.ready);
    return start.thread_pointer;
}

static void set_thread_pointer(uintptr_t value, int is_fast) {
    if (is_fast) {
        __asm__ volatile("wrfsbase %0" : : "r"(value) : "memory");
    } else {
        long result;
        // Not through glibc, whose syscall() writes errno into thread-local data.
        __asm__ volatile("syscall"
                         : "=a"(result)
                         : "a"(SYS_arch_prctl), "D"(ARCH_SET_FS), "S"(value)
                         : "rcx", "r11", "memory");
    }
}

uintptr_t framelab_thread_data(void) {
    uintptr_t own;
    __asm__ volatile("mov %%fs:0, %0" : "=r"(own) : : "memory");
    return own;
}

__attribute__((noinline, no_stack_protector)) uintptr_t
framelab_switch_thread_data(uintptr_t thread_pointer) {
    static int is_fast = -1;
    if (is_fast < 0) is_fast = (getauxval(AT_HWCAP2) & HWCAP2_FSGSBASE) != 0;
    // The first word of the block that the thread pointer points to is the thread pointer itself.
    uintptr_t own;
    __asm__ volatile("mov %%fs:0, %0" : "=r"(own) : : "memory");
    set_thread_pointer(thread_pointer, is_fast);
    return own;
}
