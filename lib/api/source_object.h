/* What pith_source holds: the library's source and the host whose memory it is in.
 * Must not know: how bytes are read. */
#ifndef PITH_API_SOURCE_OBJECT_H
#define PITH_API_SOURCE_OBJECT_H

#include "base/host.h"
#include "base/source.h"

struct pith_source {
    pith_host *host;
    pith__source *inner; /* NULL: it became a part of another source */
};

/* PITH_E_ARGUMENT when the source is empty because it became a part of another, or its memory is of another host than
 * `host`. */
int32_t pith__source_check(const char *function, const pith_source *source, const pith_host *host);

#endif
