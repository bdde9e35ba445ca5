/* The host that stands for NULL, and the counting of references to hosts. */
#ifndef PITH_API_DEFAULT_HOST_H
#define PITH_API_DEFAULT_HOST_H

#include "base/host.h"

/* Its memory: the C library's, without limit. Usable at any time, even before the host itself is. */
pith__mem *pith__default_mem(void);

/* `given`, or the default host when NULL, made ready at its first use. PITH_E_OPTION when PITH_CPU names a level that
 * is not there. */
int32_t pith__host_or_default(pith_host *given, pith_host **out);

#endif
