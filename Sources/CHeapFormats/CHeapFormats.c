#include "heap_record.h"
