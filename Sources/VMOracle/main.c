// vm-oracle: reads batches of sequences and answers them (oracle.h has the protocol).
//
//     vm-oracle              serves standard input until its end
//     vm-oracle --self-test  a few sequences with known answers; exit status 0 when they come
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>
#include <unistd.h>

#include "oracle.h"

#define CAPACITY (1ull << 30)

_Noreturn void fail(const char *what)
{
    fprintf(stderr, "vm-oracle: %s: %s\n", what, strerror(errno));
    _exit(1);
}

// False at the end of input before the first byte.
static bool receive(void *place, size_t bytes)
{
    for (size_t got = 0; got < bytes;) {
        ssize_t more = read(0, (char *)place + got, bytes - got);
        if (more < 0 && errno == EINTR) continue;
        if (more == 0 && got == 0) return false;
        if (more <= 0) fail("input ends early");
        got += (size_t)more;
    }
    return true;
}

static void send_all(const void *place, size_t bytes)
{
    while (bytes > 0) {
        ssize_t some = write(1, place, bytes);
        if (some < 0 && errno == EINTR) continue;
        if (some <= 0) fail("cannot write");
        place = (const char *)place + some;
        bytes -= (size_t)some;
    }
}

void serve(const struct sequence *sequence, const struct operation *operations)
{
    uint64_t begin = shared->used;
    struct sequence_result *header = (void *)(shared->data + begin);
    shared->used += sizeof *header;
    shared->overflow = 0;
    atomic_store(&shared->step, 0);
    atomic_store(&shared->results, 0);
    world_files(sequence);
    pid_t child = fork();
    if (child < 0) fail("fork");
    if (child == 0) {
        alarm(60);
        world_run(sequence, operations);
    }
    int status;
    while (waitpid(child, &status, 0) < 0)
        if (errno != EINTR) fail("waitpid");
    uint32_t results = atomic_load(&shared->results);
    *header = (struct sequence_result){
        .outcome = shared->overflow ? OUTCOME_OVERFLOW
            : status != 0 || results != sequence->operations ? OUTCOME_DIED : OUTCOME_COMPLETE,
        .results = results, .bytes = shared->used - begin - sizeof *header};
}

static void batch(const struct request *request)
{
    if (request->magic != REQUEST_MAGIC || request->version != PROTOCOL_VERSION) fail("not a request");
    uint8_t *body = mmap(NULL, request->bytes + 1, PROT_READ | PROT_WRITE,
        MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (body == MAP_FAILED) fail("request too long");
    if (request->bytes && !receive(body, request->bytes)) fail("input ends early");
    shared->used = 0;
    const uint8_t *at = body, *end = body + request->bytes;
    for (uint32_t i = 0; i < request->sequences; i++) {
        const struct sequence *sequence = (const void *)at;
        if ((size_t)(end - at) < sizeof *sequence) fail("request too short");
        at += sizeof *sequence;
        size_t bytes = sequence->operations * sizeof(struct operation);
        if (sequence->operations > MAX_OPERATIONS || sequence->pages > MAX_PAGES
            || (size_t)(end - at) < bytes)
            fail("sequence too long");
        serve(sequence, (const void *)at);
        at += bytes;
    }
    struct response response = {RESPONSE_MAGIC, request->sequences, shared->used};
    send_all(&response, sizeof response);
    send_all(shared->data, shared->used);
    munmap(body, request->bytes + 1);
}

static void prepare(void)
{
    shared = mmap(NULL, CAPACITY, PROT_READ | PROT_WRITE,
        MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (shared == MAP_FAILED) fail("no memory");
    shared->capacity = CAPACITY - sizeof *shared;
    for (unsigned i = 0; i < FILES; i++) {
        // Its own name would show in /proc/PID/maps; nothing else differs from a file on a disk here.
        files[i] = memfd_create("vm-oracle", MFD_CLOEXEC);
        struct stat stat;
        if (files[i] < 0 || fstat(files[i], &stat)) fail("no file");
        identities[i] = (struct file_identity){stat.st_dev, stat.st_ino};
    }
    world_prepare();
    observe_prepare();
}

int main(int count, char **arguments)
{
    prepare();
    if (count == 2 && strcmp(arguments[1], "--self-test") == 0) return self_test();
    if (count != 1) {
        fprintf(stderr, "usage: vm-oracle [--self-test]\n");
        return 2;
    }
    struct request request;
    while (receive(&request, sizeof request)) batch(&request);
    return 0;
}
