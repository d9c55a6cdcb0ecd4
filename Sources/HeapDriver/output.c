#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "driver.h"

// One line; keys and values are ours and short, texts are cut rather than overrun.
static char line[8192];
static size_t used;

static void add(const char *text, size_t length) {
    // Room for the end of the line stays.
    if (length > sizeof line - used - 4) length = sizeof line - used - 4;
    memcpy(line + used, text, length);
    used += length;
}

static void add_number(uint64_t value) {
    char digits[20];
    size_t at = sizeof digits;
    do {
        digits[--at] = (char)('0' + value % 10);
        value /= 10;
    } while (value != 0);
    add(digits + at, sizeof digits - at);
}

static void add_key(const char *key) {
    if (used > 1) add(",", 1);
    add("\"", 1);
    add(key, strlen(key));
    add("\":", 2);
}

void line_begin(const char *key, uint64_t value) {
    used = 0;
    add("{", 1);
    line_number(key, value);
}

void line_number(const char *key, uint64_t value) {
    add_key(key);
    add_number(value);
}

void line_text(const char *key, const char *value) {
    add_key(key);
    add("\"", 1);
    for (; *value != 0; value++) {
        // Versions of allocators are plain text; what would need an escape is left out.
        if (*value >= ' ' && *value < 127 && *value != '"' && *value != '\\') add(value, 1);
    }
    add("\"", 1);
}

static void send(int file, const char *text, size_t length) {
    while (length > 0) {
        ssize_t sent = write(file, text, length);
        if (sent < 0 && errno == EINTR) continue;
        // The reader is gone, and with it the need for this program.
        if (sent < 0) _exit(EXIT_HOST_LACKS);
        text += sent;
        length -= (size_t)sent;
    }
}

void line_send(void) {
    add("}\n", 2);
    send(STDOUT_FILENO, line, used);
}

_Noreturn void fail(enum exit_code code, const char *message, uint64_t number) {
    used = 0;
    add("heap-driver: ", 13);
    for (; *message != 0; message++) {
        if (*message == '%') add_number(number);
        else add(message, 1);
    }
    add("\n", 1);
    send(STDERR_FILENO, line, used);
    _exit(code);
}
