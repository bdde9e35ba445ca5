/* The "post_processor" of tokenizer.json as ids put around a text, and the "decoder" as rules of decoding. See hf.h. */
#include "vocabulary/hf.h"

/* ---- What is put around a text. ---- */

static int32_t put_id(pith__hf *hf, bool before, int64_t id) {
    uint32_t *count = before ? &hf->spec.n_prefix : &hf->spec.n_suffix;
    if (*count == PITH__AFFIX_LIMIT || id < 0 || id > INT32_MAX) {
        return pith__fail(PITH_E_UNSUPPORTED, "tokenizer.json: more than %d tokens around a text, or the id %lld", PITH__AFFIX_LIMIT,
                          (long long)id);
    }
    (before ? hf->spec.prefix : hf->spec.suffix)[(*count)++] = (int32_t)id;
    return PITH_OK;
}

static int32_t read_any_processor(pith__hf *hf, const pith__hf_object *object);

static int32_t read_sequence(pith__hf *hf, const pith__hf_object *object) {
    static const char *const known[] = {"processors", NULL};
    pith__str parts;
    PITH_TRY(pith__hf_object_check(hf, object, known));
    PITH_TRY(pith__hf_field(hf, object, "processors", &parts));
    return parts.len > 0 ? pith__hf_objects(hf, parts, read_any_processor) : PITH_OK;
}

/* The ids of special_tokens[name].ids. */
static int32_t put_special(pith__hf *hf, pith__str specials, pith__str name, bool before) {
    pith__jstream at;
    pith__str key;
    pith__jstream_open_part(&at, &hf->json, specials);
    pith__jstream_enter_object(&at);
    while (pith__jstream_next_key(&at, &key)) {
        if (!pith__str_equal(key, name)) {
            continue;
        }
        pith__hf_object special = {.type = name};
        pith__str ids;
        PITH_TRY(pith__jstream_raw(&at, &special.json));
        PITH_TRY(pith__hf_field(hf, &special, "ids", &ids));
        pith__jstream_open_part(&at, &hf->json, ids.len > 0 ? ids : pith__str_of("[]"));
        pith__jstream_enter_array(&at);
        while (pith__jstream_next_element(&at)) {
            int64_t id = -1;
            PITH_TRY(pith__jstream_integer(&at, &id));
            PITH_TRY(put_id(hf, before, id));
        }
        return at.status;
    }
    return at.status ? at.status : pith__fail(PITH_E_FORMAT, "tokenizer.json: the template names '%.*s', which is not among its special tokens",
                                              PITH__STR_ARG(name));
}

/* [{"SpecialToken": {"id": "[CLS]", ...}}, {"Sequence": {"id": "A", ...}}, ...] */
static int32_t read_template(pith__hf *hf, const pith__hf_object *object) {
    static const char *const known[] = {"single", "pair", "special_tokens", NULL};
    pith__str single, specials;
    pith__jstream at;
    bool before = true;
    PITH_TRY(pith__hf_object_check(hf, object, known));
    PITH_TRY(pith__hf_field(hf, object, "single", &single));
    PITH_TRY(pith__hf_field(hf, object, "special_tokens", &specials));
    pith__jstream_open_part(&at, &hf->json, single.len > 0 ? single : pith__str_of("[]"));
    pith__jstream_enter_array(&at);
    while (pith__jstream_next_element(&at)) {
        pith__hf_object item = {.type = pith__str_of("a template")}, token = item;
        pith__str name;
        PITH_TRY(pith__jstream_raw(&at, &item.json));
        PITH_TRY(pith__hf_field(hf, &item, "SpecialToken", &token.json));
        if (token.json.len == 0) {
            before = false; /* the text */
            continue;
        }
        PITH_TRY(pith__hf_str(hf, &token, "id", "", &name));
        PITH_TRY(put_special(hf, specials.len > 0 ? specials : pith__str_of("{}"), name, before));
    }
    return at.status;
}

/* ["[SEP]", 102] */
static int32_t put_pair(pith__hf *hf, const pith__hf_object *object, const char *key, bool before) {
    pith__str pair;
    pith__jstream at;
    int64_t id = -1;
    PITH_TRY(pith__hf_field(hf, object, key, &pair));
    pith__jstream_open_part(&at, &hf->json, pair.len > 0 ? pair : pith__str_of("[]"));
    pith__jstream_enter_array(&at);
    for (int i = 0; pith__jstream_next_element(&at); i++) {
        if (i == 1) {
            PITH_TRY(pith__jstream_integer(&at, &id));
        }
    }
    PITH_TRY(at.status);
    return put_id(hf, before, id);
}

static int32_t read_cls_sep(pith__hf *hf, const pith__hf_object *object) {
    static const char *const known[] = {"sep", "cls", "trim_offsets", "add_prefix_space", NULL};
    PITH_TRY(pith__hf_object_check(hf, object, known));
    PITH_TRY(put_pair(hf, object, "cls", true));
    return put_pair(hf, object, "sep", false);
}

static int32_t read_any_processor(pith__hf *hf, const pith__hf_object *object) {
    static const struct {
        const char *type;
        pith__hf_each read;
    } readers[] = {{"Sequence", read_sequence},
                   {"TemplateProcessing", read_template},
                   {"BertProcessing", read_cls_sep},
                   {"RobertaProcessing", read_cls_sep}};
    for (size_t i = 0; i < sizeof(readers) / sizeof(readers[0]); i++) {
        if (pith__str_is(object->type, readers[i].type)) {
            if (hf->spec.n_prefix + hf->spec.n_suffix > 0) {
                return pith__hf_unsupported("after another, the post-processor", object->type);
            }
            return readers[i].read(hf, object);
        }
    }
    return pith__str_is(object->type, "ByteLevel") ? PITH_OK : pith__hf_unsupported("the post-processor", object->type);
}

int32_t pith__hf_read_post_processor(pith__hf *hf) {
    pith__hf_object object;
    if (hf->post_processor.len == 0) {
        return PITH_OK;
    }
    PITH_TRY(pith__hf_object_open(hf, hf->post_processor, &object));
    return read_any_processor(hf, &object);
}

/* ---- Decoding. ---- */

static int32_t read_any_decoder(pith__hf *hf, const pith__hf_object *object);

static int32_t read_decoders(pith__hf *hf, const pith__hf_object *object) {
    static const char *const known[] = {"decoders", NULL};
    pith__str parts;
    PITH_TRY(pith__hf_object_check(hf, object, known));
    PITH_TRY(pith__hf_field(hf, object, "decoders", &parts));
    return parts.len > 0 ? pith__hf_objects(hf, parts, read_any_decoder) : PITH_OK;
}

static int32_t decode_nothing(pith__hf *hf, const pith__hf_object *object) { /* bytes are bytes here */
    static const char *const known[] = {"add_prefix_space", "trim_offsets", "use_regex", NULL};
    return pith__hf_object_check(hf, object, known);
}

static int32_t decode_metaspace(pith__hf *hf, const pith__hf_object *object) {
    static const char *const known[] = {"replacement", "add_prefix_space", "prepend_scheme", "split", "str_rep", NULL};
    bool prefix = true;
    pith__str scheme;
    PITH_TRY(pith__hf_object_check(hf, object, known));
    PITH_TRY(pith__hf_bool(hf, object, "add_prefix_space", true, &prefix));
    PITH_TRY(pith__hf_str(hf, object, "prepend_scheme", prefix ? "always" : "never", &scheme));
    PITH_TRY(pith__hf_str(hf, object, "replacement", "\xE2\x96\x81", &hf->spec.decode.space));
    hf->spec.decode.strip_space = !pith__str_is(scheme, "never");
    return PITH_OK;
}

static int32_t decode_wordpiece(pith__hf *hf, const pith__hf_object *object) {
    static const char *const known[] = {"prefix", "cleanup", NULL};
    pith__str prefix;
    PITH_TRY(pith__hf_object_check(hf, object, known));
    PITH_TRY(pith__hf_str(hf, object, "prefix", "##", &prefix));
    PITH_TRY(pith__hf_bool(hf, object, "cleanup", true, &hf->spec.decode.clean_up));
    hf->spec.decode.spaced_words = true;
    return pith__str_equal(prefix, hf->spec.rules.inner_prefix) ? PITH_OK : pith__hf_unsupported("a decoder's prefix", prefix);
}

static int32_t decode_bpe(pith__hf *hf, const pith__hf_object *object) {
    static const char *const known[] = {"suffix", NULL};
    pith__str suffix;
    PITH_TRY(pith__hf_object_check(hf, object, known));
    PITH_TRY(pith__hf_str(hf, object, "suffix", "</w>", &suffix));
    hf->spec.decode.spaced_words = true;
    return pith__str_equal(suffix, hf->spec.rules.word_suffix) ? PITH_OK : pith__hf_unsupported("a decoder's suffix", suffix);
}

static int32_t decode_replace(pith__hf *hf, const pith__hf_object *object) {
    static const char *const known[] = {"pattern", "content", NULL};
    bool regex = false;
    pith__str pattern, content;
    PITH_TRY(pith__hf_object_check(hf, object, known));
    PITH_TRY(pith__hf_pattern(hf, object, "pattern", &regex, &pattern));
    PITH_TRY(pith__hf_str(hf, object, "content", "", &content));
    if (regex || !pith__str_is(content, " ") || hf->spec.decode.space.len > 0) {
        return pith__hf_unsupported("the pattern of a Replace decoder", pattern);
    }
    hf->spec.decode.space = pattern;
    return PITH_OK;
}

static int32_t decode_strip(pith__hf *hf, const pith__hf_object *object) {
    static const char *const known[] = {"content", "start", "stop", NULL};
    pith__str content;
    int64_t start = 0, stop = 0;
    PITH_TRY(pith__hf_object_check(hf, object, known));
    PITH_TRY(pith__hf_str(hf, object, "content", "", &content));
    PITH_TRY(pith__hf_integer(hf, object, "start", 0, &start));
    PITH_TRY(pith__hf_integer(hf, object, "stop", 0, &stop));
    if (!pith__str_is(content, " ") || start > 1 || stop != 0) {
        return pith__hf_unsupported("but for one space before a text, the decoder", object->type);
    }
    hf->spec.decode.strip_space = start == 1;
    return PITH_OK;
}

static int32_t read_any_decoder(pith__hf *hf, const pith__hf_object *object) {
    static const struct {
        const char *type;
        pith__hf_each read;
    } readers[] = {{"Sequence", read_decoders},     {"ByteLevel", decode_nothing},   {"ByteFallback", decode_nothing},
                   {"Fuse", decode_nothing},        {"Metaspace", decode_metaspace}, {"WordPiece", decode_wordpiece},
                   {"BPEDecoder", decode_bpe},      {"Replace", decode_replace},     {"Strip", decode_strip}};
    for (size_t i = 0; i < sizeof(readers) / sizeof(readers[0]); i++) {
        if (pith__str_is(object->type, readers[i].type)) {
            return readers[i].read(hf, object);
        }
    }
    return pith__hf_unsupported("the decoder", object->type);
}

int32_t pith__hf_read_decoder(pith__hf *hf) {
    pith__hf_object object;
    if (hf->decoder.len == 0) {
        hf->spec.decode.spaced_words = true; /* tokens are joined with spaces */
        return PITH_OK;
    }
    PITH_TRY(pith__hf_object_open(hf, hf->decoder, &object));
    return read_any_decoder(hf, &object);
}
