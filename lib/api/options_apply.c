/* What settings mean to the rest of the library: each scope's keys become the plain struct of the layer that takes
 * them. Nothing can fail here; the setters have checked everything.
 *
 * Must not know: defaults and ranges (keys.c), where values lie (settings.c). */
#include "api/options_apply.h"

static uint32_t u32_of(const pith_options *options, int32_t key) {
    return (uint32_t)pith__options_i64(options, key);
}

static bool flag_of(const pith_options *options, int32_t key) {
    return pith__options_i64(options, key) != 0;
}

static float f32_of(const pith_options *options, int32_t key) {
    return (float)pith__options_f64(options, key);
}

static int32_t choice_of(const pith_options *options, int32_t key) {
    return pith__key_choice(pith__key_get(key), pith__options_str(options, key));
}

pith__model_options pith__model_options_of(const pith_options *options) {
    return (pith__model_options){
        .exact = flag_of(options, PITH_KEY_EXACT),
        .load_threads = u32_of(options, PITH_KEY_LOAD_THREADS),
        .metadata_limit = (uint64_t)pith__options_i64(options, PITH_KEY_METADATA_LIMIT),
        .blas_columns = u32_of(options, PITH_KEY_BLAS_COLUMNS),
        .vocabulary_family = pith__options_str(options, PITH_KEY_VOCABULARY_FAMILY),
        .progress = options ? options->progress.call.progress : NULL,
        .progress_user = options ? options->progress.user : NULL,
    };
}

pith__engine_options pith__engine_options_of(const pith_options *options) {
    return (pith__engine_options){
        .threads = u32_of(options, PITH_KEY_THREADS),
        .context = u32_of(options, PITH_KEY_CONTEXT),
        .kv_tokens = (uint64_t)pith__options_i64(options, PITH_KEY_KV_TOKENS),
        .kv_type = (pith__kv_type)choice_of(options, PITH_KEY_KV_TYPE),
        .batch_tokens = u32_of(options, PITH_KEY_BATCH_TOKENS),
        .max_sequences = u32_of(options, PITH_KEY_MAX_SEQUENCES),
        .queue_limit = u32_of(options, PITH_KEY_QUEUE_LIMIT),
    };
}

static pith__sampler_params sampler_of(const pith_options *options) {
    int64_t last_n = pith__options_i64(options, PITH_KEY_PENALTY_LAST_N);
    pith__sampler_params params = {
        .temperature = f32_of(options, PITH_KEY_TEMPERATURE),
        .top_k = u32_of(options, PITH_KEY_TOP_K),
        .top_p = f32_of(options, PITH_KEY_TOP_P),
        .min_p = f32_of(options, PITH_KEY_MIN_P),
        .typical_p = f32_of(options, PITH_KEY_TYPICAL_P),
        .repeat_penalty = f32_of(options, PITH_KEY_REPEAT_PENALTY),
        .frequency_penalty = f32_of(options, PITH_KEY_FREQUENCY_PENALTY),
        .presence_penalty = f32_of(options, PITH_KEY_PRESENCE_PENALTY),
        .penalty_last_n = last_n < 0 ? UINT32_MAX : (uint32_t)last_n,
        .seed = (uint64_t)pith__options_i64(options, PITH_KEY_SEED),
    };
    params.biases = pith__options_items(options, PITH_KEY_LOGIT_BIAS, &params.n_biases);
    return params;
}

pith__request_options pith__request_options_of(const pith_options *options) {
    static const pith__pooling poolings[] = {PITH__POOL_MEAN, PITH__POOL_LAST, PITH__POOL_FIRST, PITH__POOL_NONE};
    pith__request_options out = {
        .max_tokens = (uint64_t)pith__options_i64(options, PITH_KEY_MAX_TOKENS),
        .sampler = sampler_of(options),
        .loop_guard = flag_of(options, PITH_KEY_LOOP_GUARD),
        .logprobs = u32_of(options, PITH_KEY_LOGPROBS),
        .deadline_ms = (uint64_t)pith__options_i64(options, PITH_KEY_DEADLINE_MS),
        .add_bos = (int32_t)pith__options_i64(options, PITH_KEY_ADD_BOS),
        .ignore_eog = flag_of(options, PITH_KEY_IGNORE_EOG),
        .show_special = flag_of(options, PITH_KEY_SHOW_SPECIAL),
        .pooling = poolings[choice_of(options, PITH_KEY_POOLING)],
        .normalize = flag_of(options, PITH_KEY_NORMALIZE),
    };
    out.stops = pith__options_items(options, PITH_KEY_STOP, &out.n_stops);
    out.stop_tokens = pith__options_items(options, PITH_KEY_STOP_TOKENS, &out.n_stop_tokens);
    return out;
}
