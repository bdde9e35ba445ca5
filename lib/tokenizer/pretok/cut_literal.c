/* Cutting at a literal: see cut.h. */
#include "tokenizer/pretok/cut.h"
#include <string.h>

/* Where the literal stands next in the text, or `n`. */
static uint64_t find_literal(const pith__cut_step *step, const uint8_t *p, uint64_t n, uint64_t from) {
    uint64_t size = step->literal.len;
    while (n - from >= size) {
        const uint8_t *found = memchr(p + from, (uint8_t)step->literal.ptr[0], (size_t)(n - from - size + 1));
        if (found == NULL) {
            break;
        }
        from = (uint64_t)(found - p);
        if (memcmp(found, step->literal.ptr, (size_t)size) == 0) {
            return from;
        }
        from++;
    }
    return n;
}

/* The end of the run of literals at the beginning. */
static uint64_t run_of_literals(const pith__cut_step *step, const uint8_t *p, uint64_t n) {
    uint64_t end = 0, size = step->literal.len;
    while (n - end >= size && memcmp(p + end, step->literal.ptr, (size_t)size) == 0) {
        end += size;
    }
    return end;
}

uint64_t pith__cut_literal(const pith__cut_step *step, const uint8_t *p, uint64_t n, bool *dropped) {
    uint64_t size = step->literal.len;
    uint64_t found = find_literal(step, p, n, 0);
    *dropped = false;
    switch (step->at_literal) {
    case PITH__LITERAL_WITH_PREVIOUS: return found < n ? found + size : n;
    case PITH__LITERAL_WITH_NEXT: return found > 0 ? found : find_literal(step, p, n, size);
    case PITH__LITERAL_CONTIGUOUS: return found > 0 ? found : run_of_literals(step, p, n);
    case PITH__LITERAL_REMOVED: *dropped = found == 0; break;
    case PITH__LITERAL_ISOLATED: break;
    }
    return found > 0 ? found : size;
}
