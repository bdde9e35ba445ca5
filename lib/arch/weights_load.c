/* Reading and packing a model's weights, stripe by stripe on all threads. See weights.h.
 *
 * Invariant: the memory taken besides the weights is one stripe a thread; the first failure of any thread is the one
 * reported. */
#include "arch/tensor_name.h"
#include "arch/weights.h"
#include "base/checked.h"
#include "base/os.h"
#include "quant/quant.h"
#include <string.h>

/* Rows are read in stripes of about this many bytes (more, where 16 rows are longer). */
#define STRIPE_BYTES (512u * 1024u)

static uint32_t stripe_rows(const pith__matrix *m) {
    uint64_t rows = STRIPE_BYTES / m->row_bytes & ~(uint64_t)(PITH__GROUP - 1);
    return rows < PITH__GROUP ? PITH__GROUP
           : rows > m->rows   ? (uint32_t)pith__round_up(m->rows, PITH__GROUP)
                              : (uint32_t)rows;
}

typedef struct load_job {
    pith__mem *mem;
    const pith__source *source;
    const pith__tensor_info *tensor;
    pith__matrix *matrix;
    uint8_t *at;      /* where the next matrix goes */
    pith__mutex lock; /* over the two below */
    int32_t status;
    char error[PITH__ERROR_CAPACITY];
} load_job;

static void note_failure(load_job *job, int32_t status) {
    pith__mutex_lock(&job->lock);
    if (job->status == PITH_OK) {
        job->status = status;
        pith__format(job->error, sizeof(job->error), "%s", pith__error_text());
    }
    pith__mutex_unlock(&job->lock);
}

static int32_t load_stripe(const load_job *job, uint32_t first, uint32_t count) {
    const pith__matrix *m = job->matrix;
    void *rows;
    PITH_TRY(pith__mem_alloc(job->mem, &rows, count, m->row_bytes, 64, "stripe of weights"));
    int32_t status = pith__source_read(job->source, job->tensor->part, rows, m->row_bytes * count,
                                       job->tensor->offset + m->row_bytes * first);
    if (status == PITH_OK) {
        pith__matrix_store(job->matrix, first, count, rows);
    }
    pith__mem_free(job->mem, rows);
    return status;
}

static void load_task(void *arg, uint32_t index) {
    load_job *job = arg;
    uint32_t per = stripe_rows(job->matrix);
    uint32_t first = index * per;
    uint32_t left = job->matrix->rows - first;
    int32_t status = load_stripe(job, first, left < per ? left : per);
    if (status != PITH_OK) {
        note_failure(job, status);
    }
}

static uint64_t matrix_room(const pith__matrix *m) {
    return pith__round_up(pith__matrix_bytes(m), 64);
}

static uint64_t block_bytes(const pith__weights *w) {
    uint64_t bytes = 0;
    for (uint64_t i = 0; i < (uint64_t)PITH__ROLES * (w->layers + 1); i++) {
        bytes += w->slots[i].matrix.rows > 0 ? matrix_room(&w->slots[i].matrix) : 0;
    }
    return bytes;
}

static int32_t load_matrix(load_job *job, pith__pool *pool) {
    pith__matrix *m = job->matrix;
    m->data = job->at;
    job->at += matrix_room(m);
    job->status = PITH_OK;
    pith__pool_run(pool, load_task, job, (uint32_t)pith__div_up(m->rows, stripe_rows(m)));
    return job->status == PITH_OK ? PITH_OK : pith__error_adopt(job->status, job->error);
}

static int32_t load_vector(const load_job *job, float **out) {
    const pith__tensor_info *t = job->tensor;
    void *raw;
    PITH_TRY(PITH_NEW_ARRAY(job->mem, out, pith__round_up(t->dims[0], PITH__GROUP), "vector of weights"));
    PITH_TRY(pith__mem_calloc(job->mem, &raw, 1, t->bytes, "vector of weights, as stored"));
    int32_t status = pith__source_read(job->source, t->part, raw, t->bytes, t->offset);
    if (status == PITH_OK) {
        pith__row_to_float(t->dtype, raw, t->dims[0], *out);
    }
    pith__mem_free(job->mem, raw);
    return status;
}

static int32_t load_slot(load_job *job, pith__pool *pool, pith__weight *slot) {
    if (slot->matrix.rows > 0) {
        job->matrix = &slot->matrix;
        return load_matrix(job, pool);
    }
    return load_vector(job, &slot->vector);
}

static int32_t load_all(load_job *job, const pith__modelfile *file, const pith__family *family, pith__pool *pool,
                        pith_progress_fn progress, void *user, pith__weights *w) {
    uint64_t done = 0, total = pith__modelfile_tensor_count(file);
    for (uint32_t i = 0; i < family->n_tensors; i++) {
        const pith__tensor_rule *rule = &family->tensors[i];
        uint32_t layers = rule->role < PITH__FIRST_LAYER_ROLE ? 1 : w->layers;
        for (uint32_t layer = 0; layer < layers; layer++) {
            char name[PITH__TENSOR_NAME];
            pith__weight *slot = pith__weight_slot(w, rule->role, layer);
            if (!slot->present) {
                continue;
            }
            pith__tensor_name(rule->name, layer, name);
            job->tensor = pith__modelfile_tensor(file, name);
            PITH_TRY(load_slot(job, pool, slot));
            if (progress && progress(user, (double)++done / (double)total) != 0) {
                return pith__fail(PITH_E_CANCELED, "the progress hook stopped the load after tensor %s", name);
            }
        }
    }
    return PITH_OK;
}

static int32_t make_frequencies(pith__mem *mem, const pith__hparams *h, pith__weights *w) {
    const pith__rope rope = {
        h->n_rot,          h->rope_base,      h->rope_scaling,    h->rope_factor, h->rope_original_context,
        h->rope_beta_fast, h->rope_beta_slow, h->rope_attn_factor};
    const float *divisors = pith__weight_vector(w, PITH__ROPE_FREQS, 0);
    PITH_TRY(PITH_NEW_ARRAY(mem, &w->frequencies, h->n_rot / 2, "RoPE frequencies"));
    w->rope_magnitude = pith__rope_frequencies(&rope, divisors, w->frequencies);
    if (h->rope_magnitude > 0 && h->rope_scaling == PITH__ROPE_YARN) {
        w->rope_magnitude = (float)h->rope_magnitude; /* converters write the reference implementation's value here */
    }
    return PITH_OK;
}

int32_t pith__weights_load(pith__mem *mem, const pith__modelfile *file, const pith__family *family,
                           const pith__hparams *h, pith__pool *pool, pith_progress_fn progress, void *user,
                           pith__weights *w) {
    load_job job = {.mem = mem, .source = pith__modelfile_source(file)};
    PITH_TRY(pith__mem_alloc(mem, (void **)&w->block, 1, block_bytes(w), 64, "weights"));
    job.at = w->block;
    PITH_TRY(pith__mutex_init(&job.lock));
    int32_t status = load_all(&job, file, family, pool, progress, user, w);
    pith__mutex_destroy(&job.lock);
    return status == PITH_OK ? make_frequencies(mem, h, w) : status;
}

uint64_t pith__weights_bytes(const pith__weights *w, const pith__hparams *h) {
    uint64_t slots = (uint64_t)PITH__ROLES * (w->layers + 1);
    uint64_t bytes = pith__mem_cost(slots * sizeof(pith__weight), 16) +
                     pith__mem_cost(h->n_rot / 2 * sizeof(float), 16) + pith__mem_cost(block_bytes(w), 64);
    for (uint64_t i = 0; i < slots; i++) {
        const pith__weight *slot = &w->slots[i];
        if (slot->present && slot->matrix.rows == 0) {
            bytes += pith__mem_cost((uint64_t)h->width * sizeof(float), 16); /* about: vectors are small */
        }
    }
    return bytes;
}

uint64_t pith__weights_loading_bytes(const pith__weights *w, uint32_t threads) {
    uint64_t largest = 0;
    for (uint64_t i = 0; i < (uint64_t)PITH__ROLES * (w->layers + 1); i++) {
        const pith__matrix *m = &w->slots[i].matrix;
        uint64_t stripe = m->rows > 0 ? m->row_bytes * stripe_rows(m) : 0;
        largest = stripe > largest ? stripe : largest;
    }
    return pith__mem_cost(largest, 64) * threads;
}
