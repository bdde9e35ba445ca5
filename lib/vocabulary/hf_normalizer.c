/* The "normalizer" of tokenizer.json as steps of the pipeline. See hf.h. */
#include "formats/base64.h"
#include "vocabulary/hf.h"

static int32_t add_step(pith__hf *hf, pith__normal_step step) {
    pith__pipeline *p = &hf->spec.pipeline;
    if (p->n_normal == PITH__NORMAL_LIMIT) {
        return pith__fail(PITH_E_UNSUPPORTED, "tokenizer.json: more than %d normalizers", PITH__NORMAL_LIMIT);
    }
    p->normal[p->n_normal++] = step;
    return PITH_OK;
}

static int32_t read_any(pith__hf *hf, const pith__hf_object *object);

static int32_t read_sequence(pith__hf *hf, const pith__hf_object *object) {
    static const char *const known[] = {"normalizers", NULL};
    pith__str parts;
    PITH_TRY(pith__hf_object_check(hf, object, known));
    PITH_TRY(pith__hf_field(hf, object, "normalizers", &parts));
    return parts.len > 0 ? pith__hf_objects(hf, parts, read_any) : PITH_OK;
}

static int32_t read_plain(pith__hf *hf, const pith__hf_object *object) {
    static const char *const none[] = {NULL};
    static const struct {
        const char *type;
        pith__normal_kind kind;
    } plain[] = {{"NFC", PITH__NORMAL_NFC},   {"NFD", PITH__NORMAL_NFD},
                 {"NFKC", PITH__NORMAL_NFKC}, {"NFKD", PITH__NORMAL_NFKD},
                 {"Nmt", PITH__NORMAL_NMT},   {"Lowercase", PITH__NORMAL_LOWERCASE},
                 {"StripAccents", PITH__NORMAL_STRIP_ACCENTS}};
    for (size_t i = 0; i < sizeof(plain) / sizeof(plain[0]); i++) {
        if (pith__str_is(object->type, plain[i].type)) {
            PITH_TRY(pith__hf_object_check(hf, object, none));
            return add_step(hf, (pith__normal_step){.kind = plain[i].kind});
        }
    }
    return pith__hf_unsupported("the normalizer", object->type);
}

static int32_t read_strip(pith__hf *hf, const pith__hf_object *object) {
    static const char *const known[] = {"strip_left", "strip_right", NULL};
    bool left = false, right = false;
    PITH_TRY(pith__hf_object_check(hf, object, known));
    PITH_TRY(pith__hf_bool(hf, object, "strip_left", true, &left));
    PITH_TRY(pith__hf_bool(hf, object, "strip_right", true, &right));
    return add_step(hf, (pith__normal_step){.kind = PITH__NORMAL_STRIP,
                                            .flags = (left ? PITH__STRIP_LEFT : 0u) | (right ? PITH__STRIP_RIGHT : 0u)});
}

/* Regular expressions that a step can say. */
static bool known_regex(pith__str regex, pith__normal_step *step) {
    static const struct {
        const char *regex;
        pith__normal_kind kind;
        uint32_t least;
    } all[] = {{" {2,}", PITH__NORMAL_REPLACE_RUNS, 2},
               {" +", PITH__NORMAL_REPLACE_RUNS, 1},
               {"\\s+", PITH__NORMAL_REPLACE_SPACES, 1},
               {"\\s{2,}", PITH__NORMAL_REPLACE_SPACES, 2}};
    for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
        if (pith__str_is(regex, all[i].regex)) {
            *step = (pith__normal_step){.kind = all[i].kind, .least = all[i].least, .from = pith__str_of(" ")};
            return true;
        }
    }
    return false;
}

static int32_t read_replace(pith__hf *hf, const pith__hf_object *object) {
    static const char *const known[] = {"pattern", "content", NULL};
    bool regex = false;
    pith__str pattern, content;
    PITH_TRY(pith__hf_object_check(hf, object, known));
    PITH_TRY(pith__hf_pattern(hf, object, "pattern", &regex, &pattern));
    PITH_TRY(pith__hf_str(hf, object, "content", "", &content));
    pith__normal_step step = {.kind = PITH__NORMAL_REPLACE, .from = pattern};
    if ((regex && !known_regex(pattern, &step)) || pattern.len == 0) {
        return pith__hf_unsupported("the pattern of a Replace normalizer", pattern);
    }
    step.to = content;
    return add_step(hf, step);
}

static int32_t read_prepend(pith__hf *hf, const pith__hf_object *object) {
    static const char *const known[] = {"prepend", NULL};
    pith__normal_step step = {.kind = PITH__NORMAL_PREPEND};
    PITH_TRY(pith__hf_object_check(hf, object, known));
    PITH_TRY(pith__hf_str(hf, object, "prepend", "", &step.to));
    return step.to.len > 0 ? add_step(hf, step) : PITH_OK;
}

static int32_t read_bert(pith__hf *hf, const pith__hf_object *object) {
    static const char *const known[] = {"clean_text", "handle_chinese_chars", "strip_accents", "lowercase", NULL};
    bool clean = true, chinese = true, lowercase = true, accents = true;
    PITH_TRY(pith__hf_object_check(hf, object, known));
    PITH_TRY(pith__hf_bool(hf, object, "clean_text", true, &clean));
    PITH_TRY(pith__hf_bool(hf, object, "handle_chinese_chars", true, &chinese));
    PITH_TRY(pith__hf_bool(hf, object, "lowercase", true, &lowercase));
    PITH_TRY(pith__hf_bool(hf, object, "strip_accents", lowercase, &accents)); /* null: as lowercase */
    return add_step(hf, (pith__normal_step){.kind = PITH__NORMAL_BERT,
                                            .flags = (clean ? PITH__BERT_CLEAN : 0u) | (chinese ? PITH__BERT_CHINESE : 0u) |
                                                     (accents ? PITH__BERT_ACCENTS : 0u) | (lowercase ? PITH__BERT_LOWERCASE : 0u)});
}

static int32_t read_precompiled(pith__hf *hf, const pith__hf_object *object) {
    static const char *const known[] = {"precompiled_charsmap", NULL};
    pith__str text;
    char *bytes = NULL;
    PITH_TRY(pith__hf_object_check(hf, object, known));
    PITH_TRY(pith__hf_str(hf, object, "precompiled_charsmap", "", &text));
    if (text.len == 0) {
        return PITH_OK;
    }
    if (hf->spec.charsmap.len > 0) {
        return pith__hf_unsupported("a second time, the normalizer", object->type);
    }
    PITH_TRY(pith__json_arena_take(&hf->arena, pith__base64_room(text.len), &bytes));
    hf->spec.charsmap.ptr = bytes;
    if (!pith__base64_decode(text, (uint8_t *)bytes, pith__base64_room(text.len), &hf->spec.charsmap.len)) {
        return pith__fail(PITH_E_FORMAT, "tokenizer.json: the character map is not base64");
    }
    return add_step(hf, (pith__normal_step){.kind = PITH__NORMAL_CHARSMAP});
}

/* What comes after it would see GPT-2's alphabet: only nothing can. */
static int32_t read_byte_level(pith__hf *hf, const pith__hf_object *object) {
    static const char *const none[] = {NULL};
    PITH_TRY(pith__hf_object_check(hf, object, none));
    if (hf->pre_tokenizer.len > 0) {
        return pith__hf_unsupported("before a pre-tokenizer, the normalizer", object->type);
    }
    hf->bytes_written = true;
    return PITH_OK;
}

static int32_t read_any(pith__hf *hf, const pith__hf_object *object) {
    static const struct {
        const char *type;
        pith__hf_each read;
    } readers[] = {{"Sequence", read_sequence}, {"Strip", read_strip},         {"Replace", read_replace},
                   {"Prepend", read_prepend},   {"BertNormalizer", read_bert}, {"ByteLevel", read_byte_level},
                   {"Precompiled", read_precompiled}};
    if (hf->bytes_written) {
        return pith__hf_unsupported("after ByteLevel, the normalizer", object->type);
    }
    for (size_t i = 0; i < sizeof(readers) / sizeof(readers[0]); i++) {
        if (pith__str_is(object->type, readers[i].type)) {
            return readers[i].read(hf, object);
        }
    }
    return read_plain(hf, object);
}

int32_t pith__hf_read_normalizer(pith__hf *hf) {
    pith__hf_object object;
    if (hf->normalizer.len == 0) {
        return PITH_OK;
    }
    PITH_TRY(pith__hf_object_open(hf, hf->normalizer, &object));
    return read_any(hf, &object);
}
