/* What the letter by letter steps make of ASCII: by byte, the byte that takes its place, or 0 where the step has to
 * look closer (U+0000 and everything beyond ASCII too). */
#ifndef PITH_TOKENIZER_ASCII_MAPS_H
#define PITH_TOKENIZER_ASCII_MAPS_H

#include <stdint.h>

#define PITH__SAME_4(b)  (b), (b) + 1, (b) + 2, (b) + 3
#define PITH__SAME_16(b) PITH__SAME_4(b), PITH__SAME_4((b) + 4), PITH__SAME_4((b) + 8), PITH__SAME_4((b) + 12)
#define PITH__NONE_4     0, 0, 0, 0
#define PITH__NONE_16    PITH__NONE_4, PITH__NONE_4, PITH__NONE_4, PITH__NONE_4
#define PITH__CONTROLS   PITH__SAME_16(0), PITH__SAME_16(16)
#define PITH__NO_CONTROLS(tab, line_feed, form_feed, carriage_return)                                                  \
    PITH__NONE_4, PITH__NONE_4, 0, (tab), (line_feed), 0, (form_feed), (carriage_return), 0, 0, PITH__NONE_16
#define PITH__LETTERS PITH__SAME_16(64), PITH__SAME_16(80)
#define PITH__LOWERED                                                                                                  \
    64, 97, PITH__SAME_4(98), PITH__SAME_4(102), PITH__SAME_4(106), 110, 111, PITH__SAME_4(112), PITH__SAME_4(116),    \
        120, 121, 122, 91, 92, 93, 94, 95

/* 128 entries, the others are 0: controls (32), 0x40 to 0x5F, 0x7F. */
#define PITH__ASCII_MAP(controls, upper, del)                                                                          \
    {                                                                                                                  \
        controls, PITH__SAME_16(32), PITH__SAME_16(48), upper, PITH__SAME_16(96), PITH__SAME_4(112),                   \
            PITH__SAME_4(116), PITH__SAME_4(120), 124, 125, 126, (del)                                                 \
    }

#endif
