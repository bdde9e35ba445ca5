/* Models: opening them, and what they tell of themselves in numbers and texts. The long account is in model_json.c. */
#include "api/args.h"
#include "api/default_host.h"
#include "api/options_apply.h"
#include "api/source_object.h"

/* ---- opening ---- */

/* The host's progress hook runs in the host's floating-point mode, not in ours. */
typedef struct progress_call {
    pith__hook hook;
    pith__fpmode saved;
} progress_call;

static int32_t report_progress(void *user, double fraction) {
    progress_call *call = user;
    pith__fpmode_leave(call->saved);
    int32_t answer = call->hook.call.progress(call->hook.user, fraction);
    call->saved = pith__fpmode_enter();
    return answer;
}

static int32_t open_model(pith_host *host, pith_source *source, const pith_options *options, pith_model **out) {
    pith__model_options o = pith__model_options_of(options);
    progress_call call = {{{NULL}, NULL}, pith__fpmode_enter()};
    if (o.progress) {
        call.hook = options->progress;
        o.progress = report_progress;
        o.progress_user = &call;
    }
    int32_t status = pith__model_open(host, source->inner, &o, out);
    pith__fpmode_leave(call.saved);
    return status;
}

int32_t pith_model_open(pith_host *host, pith_source *source, const pith_options *options, pith_model **out) {
    PITH_OUT(out, NULL);
    PITH_REQUIRE(source);
    PITH_TRY(pith__host_or_default(host, &host));
    PITH_TRY(pith__source_check(__func__, source, host));
    PITH_TRY(pith__options_check(__func__, options, PITH_SCOPE_MODEL));
    return open_model(host, source, options, out);
}

int32_t pith_model_open_path(const char *path, pith_model **out) {
    PITH_OUT(out, NULL);
    PITH_REQUIRE(path);
    pith_source *source;
    PITH_TRY(pith_source_from_path(NULL, path, PITH_MEASURE, &source));
    int32_t status = pith_model_open(NULL, source, NULL, out);
    pith_source_release(source);
    return status;
}

void pith_model_release(pith_model *model) {
    pith__model_release(model);
}

/* ---- reading ---- */

int32_t pith_model_get_i64(const pith_model *model, int32_t field, int64_t *value) {
    PITH_OUT(value, 0);
    PITH_REQUIRE(model);
    const pith__tokenizer *t = model->tokenizer;
    switch (field) {
    case PITH_MODEL_VOCABULARY:
        *value = model->hparams.vocab;
        return PITH_OK;
    case PITH_MODEL_CONTEXT:
        *value = model->hparams.context;
        return PITH_OK;
    case PITH_MODEL_WIDTH:
        *value = model->hparams.width;
        return PITH_OK;
    case PITH_MODEL_LAYERS:
        *value = model->hparams.layers;
        return PITH_OK;
    case PITH_MODEL_PARAMETERS:
        *value = (int64_t)model->parameters;
        return PITH_OK;
    case PITH_MODEL_BYTES:
        *value = (int64_t)model->weight_bytes;
        return PITH_OK;
    case PITH_MODEL_BOS:
        *value = t ? pith__tokenizer_bos(t) : -1;
        return PITH_OK;
    case PITH_MODEL_EOS:
        *value = t ? pith__tokenizer_eos(t) : -1;
        return PITH_OK;
    default:
        return pith__unknown_field(__func__, field, "PITH_MODEL_VOCABULARY (1) to PITH_MODEL_EOS (8)");
    }
}

static int32_t text_field(const pith_model *model, int32_t field, pith__str *out) {
    *out = pith__str_of("");
    switch (field) {
    case PITH_MODEL_NAME:
        *out = model->name;
        return PITH_OK;
    case PITH_MODEL_FAMILY:
        *out = pith__str_of(model->family->name);
        return PITH_OK;
    case PITH_MODEL_FORMAT:
        *out = pith__str_of(pith__model_format(model));
        return PITH_OK;
    case PITH_MODEL_CHAT_TEMPLATE:
        *out = model->chat_template;
        return PITH_OK;
    default:
        return pith__unknown_field("pith_model_get_str", field,
                                   "PITH_MODEL_NAME (101) to PITH_MODEL_CHAT_TEMPLATE (104)");
    }
}

int32_t pith_model_get_str(const pith_model *model, int32_t field, const char **text, uint64_t *length) {
    PITH_OUT(text, NULL);
    PITH_OUT(length, 0);
    PITH_REQUIRE(model);
    pith__str value;
    PITH_TRY(text_field(model, field, &value));
    *text = value.ptr;
    *length = value.len;
    return PITH_OK;
}
