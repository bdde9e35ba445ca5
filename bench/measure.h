/* Times a model through the public interface: loading, prompts, generation in one stream and in several.
 *
 * Every prompt is made of other random tokens, so that no cached prefix helps. Failures end the program with pith's own
 * words: a benchmark has nothing else to do. */
#ifndef BENCH_MEASURE_H
#define BENCH_MEASURE_H

#include <pith/pith.h>

/* Ends the program unless the status is PITH_OK. */
void check(int32_t status, const char *doing);

/* Opens the model with the option blas_columns (0: pith's choice); *seconds is what that took. */
pith_model *measure_load(pith_host *host, const char *path, uint32_t blas_columns, double *seconds);

/* Tokens a second of one prompt, from its first step to the first token it gives. */
double measure_prompt(pith_engine *engine, pith_model *model, uint32_t tokens);

/* Tokens a second of all streams together, once, each generating `tokens` behind a prompt of `depth`; the prompts do
 * not count. */
double measure_streams(pith_engine *engine, pith_model *model, uint32_t streams, uint32_t depth, uint32_t tokens);

/* Bytes of memory: most the process has held so far (from the operating system). */
double measure_process_peak(void);

#endif
