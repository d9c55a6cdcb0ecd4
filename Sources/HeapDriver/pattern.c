// What an object holds is a function of its slot and the offset alone, so that a realloc that moves
// it must carry it along, and two objects that overlap destroy each other's content.
#include "driver.h"

static unsigned char expected(uint64_t slot, uint64_t offset) {
    uint64_t mixed = (slot + 1) * 0x9e3779b97f4a7c15ull ^ (offset >> 3) * 0xbf58476d1ce4e5b9ull;
    return (unsigned char)(mixed >> (32 + (offset & 7)));
}

void pattern_write(const struct object *object, uint64_t slot, uint64_t from) {
    for (uint64_t at = from; at < object->size; at++) object->start[at] = expected(slot, at);
}

void pattern_check(
    const struct object *object, uint64_t slot, uint64_t bytes, uint64_t record_index) {
    for (uint64_t at = 0; at < bytes; at++) {
        if (object->start[at] != expected(slot, at)) {
            fail(EXIT_HEAP_BROKEN, "record %: the object's content was changed", record_index);
        }
    }
}

void pattern_check_zero(const struct object *object, uint64_t record_index) {
    for (uint64_t at = 0; at < object->size; at++) {
        if (object->start[at] != 0) {
            fail(EXIT_HEAP_BROKEN, "record %: memory that must be zero is not", record_index);
        }
    }
}
