/* The "pre_tokenizer" of tokenizer.json as cuts of the pipeline. See hf.h. Split patterns are known by their exact text. */
#include "tokenizer/pretok/pretok.h"
#include "vocabulary/hf.h"

static int32_t add_cut(pith__hf *hf, pith__cut_step step) {
    pith__pipeline *p = &hf->spec.pipeline;
    if (p->n_cuts == PITH__CUT_LIMIT) {
        return pith__fail(PITH_E_UNSUPPORTED, "tokenizer.json: more than %d pre-tokenizers", PITH__CUT_LIMIT);
    }
    p->cuts[p->n_cuts++] = step;
    return PITH_OK;
}

static int32_t add_prefix(pith__hf *hf, pith__prefixer prefixer, pith__str type) {
    pith__pipeline *p = &hf->spec.pipeline;
    if (p->prefixer.when != PITH__PREFIX_NEVER) {
        return pith__hf_unsupported("a second prefix, of the pre-tokenizer", type);
    }
    prefixer.after = p->n_cuts;
    p->prefixer = prefixer;
    return PITH_OK;
}

static int32_t read_any(pith__hf *hf, const pith__hf_object *object);

static int32_t read_sequence(pith__hf *hf, const pith__hf_object *object) {
    static const char *const known[] = {"pretokenizers", NULL};
    pith__str parts;
    PITH_TRY(pith__hf_object_check(hf, object, known));
    PITH_TRY(pith__hf_field(hf, object, "pretokenizers", &parts));
    return parts.len > 0 ? pith__hf_objects(hf, parts, read_any) : PITH_OK;
}

static int32_t read_byte_level(pith__hf *hf, const pith__hf_object *object) {
    static const char *const known[] = {"add_prefix_space", "trim_offsets", "use_regex", NULL};
    bool prefix = false, regex = true;
    PITH_TRY(pith__hf_object_check(hf, object, known));
    PITH_TRY(pith__hf_bool(hf, object, "add_prefix_space", true, &prefix));
    PITH_TRY(pith__hf_bool(hf, object, "use_regex", true, &regex));
    if (hf->bytes_written) {
        return pith__hf_unsupported("a second time, the pre-tokenizer", object->type);
    }
    hf->bytes_written = true;
    if (prefix) {
        pith__prefixer space = {.when = PITH__PREFIX_EVERY, .text = pith__str_of(" "), .unless_there = true};
        PITH_TRY(add_prefix(hf, space, object->type));
    }
    return regex ? add_cut(hf, (pith__cut_step){.cut = pith__cut_gpt2}) : PITH_OK;
}

/* Spaces are replaced by the normalizer instead, which is the same as long as no cut before tells the two apart. */
static bool cuts_spaces_apart(const pith__pipeline *p, bool *left) {
    *left = true;
    for (uint32_t i = 0; i < p->n_cuts; i++) {
        if (p->cuts[i].drop == pith__drop_white) {
            *left = false; /* no space is left for this to replace */
        } else if (p->cuts[i].cut != pith__cut_numbers && p->cuts[i].cut != pith__cut_digit_runs &&
                   p->cuts[i].cut != pith__cut_punctuation) {
            return *left;
        }
    }
    return false;
}

static int32_t read_metaspace(pith__hf *hf, const pith__hf_object *object) {
    static const char *const known[] = {"replacement", "add_prefix_space", "prepend_scheme", "split", "str_rep", NULL};
    pith__pipeline *p = &hf->spec.pipeline;
    pith__str replacement, scheme;
    bool prefix = true, split = true, left = true;
    PITH_TRY(pith__hf_object_check(hf, object, known));
    PITH_TRY(pith__hf_str(hf, object, "replacement", "\xE2\x96\x81", &replacement));
    PITH_TRY(pith__hf_bool(hf, object, "add_prefix_space", true, &prefix));
    PITH_TRY(pith__hf_bool(hf, object, "split", true, &split));
    PITH_TRY(pith__hf_str(hf, object, "prepend_scheme", prefix ? "always" : "never", &scheme));
    if (cuts_spaces_apart(p, &left) || p->n_normal == PITH__NORMAL_LIMIT || replacement.len == 0) {
        return pith__hf_unsupported("after others that look at spaces, the pre-tokenizer", object->type);
    }
    if (left) {
        p->normal[p->n_normal++] =
            (pith__normal_step){.kind = PITH__NORMAL_REPLACE, .from = pith__str_of(" "), .to = replacement};
    }
    if (!pith__str_is(scheme, "never")) {
        pith__prefixer prefixer = {.when = pith__str_is(scheme, "first") ? PITH__PREFIX_START : PITH__PREFIX_EVERY,
                                   .text = replacement,
                                   .unless_there = true};
        PITH_TRY(add_prefix(hf, prefixer, object->type));
    }
    pith__cut_step at_spaces = {.literal = replacement, .at_literal = PITH__LITERAL_WITH_NEXT};
    return split ? add_cut(hf, at_spaces) : PITH_OK;
}

static int32_t read_behavior(pith__hf *hf, const pith__hf_object *object, pith__at_literal *out) {
    static const char *const names[] = {"Isolated", "Removed", "MergedWithPrevious", "MergedWithNext", "Contiguous"};
    pith__str name;
    PITH_TRY(pith__hf_str(hf, object, "behavior", "Isolated", &name));
    for (int i = 0; i < 5; i++) {
        if (pith__str_is(name, names[i])) {
            *out = (pith__at_literal)i;
            return PITH_OK;
        }
    }
    return pith__hf_unsupported("the behavior", name);
}

static int32_t read_split(pith__hf *hf, const pith__hf_object *object) {
    static const char *const known[] = {"pattern", "behavior", "invert", NULL};
    bool regex = false, invert = false, whole = false;
    pith__str pattern;
    pith__cut_step step = {0};
    PITH_TRY(pith__hf_object_check(hf, object, known));
    PITH_TRY(pith__hf_pattern(hf, object, "pattern", &regex, &pattern));
    PITH_TRY(read_behavior(hf, object, &step.at_literal));
    PITH_TRY(pith__hf_bool(hf, object, "invert", false, &invert));
    if (!regex && !invert && pattern.len > 0 && !hf->bytes_written) {
        step.literal = pattern;
        return add_cut(hf, step);
    }
    step.cut = pith__pattern_find(pattern, &whole);
    if (hf->bytes_written && step.cut != pith__cut_digit_triples) { /* ASCII is itself in GPT-2's alphabet */
        step.cut = NULL;
    }
    /* A pattern that matches all text leaves nothing between its matches, which is what "inverted, removed" keeps. */
    bool isolated = step.at_literal == PITH__LITERAL_ISOLATED || (invert && step.at_literal == PITH__LITERAL_REMOVED);
    if (step.cut == NULL || !isolated || (invert && !whole)) {
        return pith__hf_unsupported("the pattern of a Split pre-tokenizer", pattern);
    }
    return add_cut(hf, step);
}

static int32_t read_digits(pith__hf *hf, const pith__hf_object *object) {
    static const char *const known[] = {"individual_digits", NULL};
    bool single = false;
    PITH_TRY(pith__hf_object_check(hf, object, known));
    PITH_TRY(pith__hf_bool(hf, object, "individual_digits", false, &single));
    pith__cut_fn runs = hf->bytes_written ? pith__cut_escaped_digits : pith__cut_digit_runs;
    if (single && hf->bytes_written) {
        return pith__hf_unsupported("after ByteLevel, the pre-tokenizer", object->type);
    }
    return add_cut(hf, (pith__cut_step){.cut = single ? pith__cut_numbers : runs});
}

static int32_t read_punctuation(pith__hf *hf, const pith__hf_object *object) {
    static const char *const known[] = {"behavior", NULL};
    static const pith__cut_step steps[] = {
        [PITH__LITERAL_ISOLATED] = {.cut = pith__cut_punctuation},
        [PITH__LITERAL_REMOVED] = {.cut = pith__cut_punctuation, .drop = pith__drop_punctuation},
        [PITH__LITERAL_WITH_PREVIOUS] = {.cut = pith__cut_after_punctuation},
        [PITH__LITERAL_WITH_NEXT] = {.cut = pith__cut_before_punctuation},
        [PITH__LITERAL_CONTIGUOUS] = {.cut = pith__cut_punctuation_runs},
    };
    pith__at_literal behavior = PITH__LITERAL_ISOLATED;
    PITH_TRY(pith__hf_object_check(hf, object, known));
    PITH_TRY(read_behavior(hf, object, &behavior));
    return add_cut(hf, steps[behavior]);
}

/* Text is cut at a character, which is dropped. */
static int32_t read_delimiter(pith__hf *hf, const pith__hf_object *object) {
    static const char *const known[] = {"delimiter", NULL};
    pith__cut_step step = {.at_literal = PITH__LITERAL_REMOVED};
    PITH_TRY(pith__hf_object_check(hf, object, known));
    PITH_TRY(pith__hf_str(hf, object, "delimiter", "", &step.literal));
    return step.literal.len > 0 ? add_cut(hf, step) : pith__hf_unsupported("without a delimiter, the pre-tokenizer", object->type);
}

static int32_t read_plain(pith__hf *hf, const pith__hf_object *object) {
    static const char *const none[] = {NULL};
    static const struct {
        const char *type;
        pith__cut_fn cut;
    } plain[] = {{"Whitespace", pith__cut_words}, {"WhitespaceSplit", pith__cut_white}, {"BertPreTokenizer", pith__cut_bert}};
    for (size_t i = 0; i < sizeof(plain) / sizeof(plain[0]); i++) {
        if (pith__str_is(object->type, plain[i].type)) {
            PITH_TRY(pith__hf_object_check(hf, object, none));
            return add_cut(hf, (pith__cut_step){.cut = plain[i].cut, .drop = pith__drop_white});
        }
    }
    return pith__hf_unsupported("the pre-tokenizer", object->type);
}

static int32_t read_any(pith__hf *hf, const pith__hf_object *object) {
    static const struct {
        const char *type;
        pith__hf_each read;
        bool after_bytes; /* may come after ByteLevel, where text is in GPT-2's alphabet */
    } readers[] = {{"Sequence", read_sequence, true},
                   {"ByteLevel", read_byte_level, false},
                   {"Metaspace", read_metaspace, false},
                   {"Split", read_split, true},
                   {"Digits", read_digits, true},
                   {"Punctuation", read_punctuation, false},
                   {"CharDelimiterSplit", read_delimiter, false}};
    for (size_t i = 0; i < sizeof(readers) / sizeof(readers[0]); i++) {
        if (pith__str_is(object->type, readers[i].type)) {
            if (hf->bytes_written && !readers[i].after_bytes) {
                break;
            }
            return readers[i].read(hf, object);
        }
    }
    return hf->bytes_written ? pith__hf_unsupported("after ByteLevel, the pre-tokenizer", object->type) : read_plain(hf, object);
}

int32_t pith__hf_read_pre_tokenizer(pith__hf *hf) {
    pith__hf_object object;
    if (hf->pre_tokenizer.len > 0) {
        PITH_TRY(pith__hf_object_open(hf, hf->pre_tokenizer, &object));
        PITH_TRY(read_any(hf, &object));
    }
    hf->spec.rules.bytes = hf->bytes_written;
    hf->spec.rules.writing = hf->bytes_written ? PITH__WRITTEN_BYTES : PITH__WRITTEN_PLAIN;
    return PITH_OK;
}
