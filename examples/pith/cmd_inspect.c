/* pith inspect: what a model file holds, what the library makes of it, and the memory it takes. The library tells it as
 * JSON; for people it is laid out with cJSON. */
#include "commands.h"

#include <cJSON.h>
#include <stdio.h>
#include <stdlib.h>

enum {
    JSON
};

/* ---- memory ---- */

static const struct {
    int32_t field;
    const char *name, *meaning;
} plan_rows[] = {
    {PITH_PLAN_WEIGHTS, "weights", "packed weights"},
    {PITH_PLAN_VOCABULARY, "vocabulary", "vocabulary and metadata"},
    {PITH_PLAN_KV, "kv", "KV cache"},
    {PITH_PLAN_WORK, "work", "work space of a step"},
    {PITH_PLAN_TOTAL, "total", "total"},
    {PITH_PLAN_REQUEST, "request", "each request on top"},
    {PITH_PLAN_LOADING, "loading", "while loading, on top"},
};
enum {
    PLAN_ROWS = sizeof plan_rows / sizeof plan_rows[0]
};

static int64_t planned(const pith_plan *plan, int row) {
    int64_t value;
    pith_plan_get_i64(plan, plan_rows[row].field, &value);
    return value;
}

static void print_plan_json(const pith_plan *plan) {
    for (int i = 0; i < PLAN_ROWS; i++) {
        printf("%s\"%s\": %lld", i ? ", " : "", plan_rows[i].name, (long long)planned(plan, i));
    }
}

static void print_plan(const pith_plan *plan) {
    puts("\nMemory, with these options");
    for (int i = 0; i < PLAN_ROWS; i++) {
        printf("  %-28s %14.2f MiB\n", plan_rows[i].meaning, (double)planned(plan, i) / 1048576.0);
    }
}

/* ---- the file ---- */

static void print_value(const cJSON *value) {
    const cJSON *count = cJSON_GetObjectItem(value, "count");
    char *text = count ? NULL : cJSON_PrintUnformatted(value);
    if (count) {
        printf("%.0f values of type %s", count->valuedouble,
               cJSON_GetStringValue(cJSON_GetObjectItem(value, "array_of")));
    } else if (text) {
        printf("%.100s", text);
    }
    cJSON_free(text);
}

static void print_object(const char *title, const cJSON *object) {
    printf("\n%s\n", title);
    for (const cJSON *item = object ? object->child : NULL; item; item = item->next) {
        printf("  %-40s ", item->string);
        print_value(item);
        putchar('\n');
    }
}

static void print_tensors(const cJSON *tensors) {
    printf("\nTensors (%d)\n", cJSON_GetArraySize(tensors));
    for (const cJSON *tensor = tensors ? tensors->child : NULL; tensor; tensor = tensor->next) {
        printf("  %-40s %-6s %12.0f bytes  ", cJSON_GetStringValue(cJSON_GetObjectItem(tensor, "name")),
               cJSON_GetStringValue(cJSON_GetObjectItem(tensor, "type")),
               cJSON_GetNumberValue(cJSON_GetObjectItem(tensor, "bytes")));
        print_value(cJSON_GetObjectItem(tensor, "shape"));
        putchar('\n');
    }
}

/* Which kernels multiply by the matrices of each type. */
static void print_products(const cJSON *products) {
    puts("\nProducts");
    for (const cJSON *type = products ? products->child : NULL; type; type = type->next) {
        const cJSON *from = cJSON_GetObjectItem(type, "openblas_from");
        printf("  %-6s %6.0f matrices  kernels %s", type->string,
               cJSON_GetNumberValue(cJSON_GetObjectItem(type, "matrices")),
               cJSON_GetStringValue(cJSON_GetObjectItem(type, "kernels")));
        if (cJSON_IsNumber(from)) {
            printf(", from %.0f columns on OpenBLAS", cJSON_GetNumberValue(from));
        }
        putchar('\n');
    }
}

static void print_model(const cJSON *root) {
    printf("%s: family %s, %s, %.0f parameters\n", cJSON_GetStringValue(cJSON_GetObjectItem(root, "name")),
           cJSON_GetStringValue(cJSON_GetObjectItem(root, "family")),
           cJSON_GetStringValue(cJSON_GetObjectItem(root, "format")),
           cJSON_GetNumberValue(cJSON_GetObjectItem(root, "parameters")));
    print_object("Hyperparameters", cJSON_GetObjectItem(root, "hyperparameters"));
    print_object("Kernels", cJSON_GetObjectItem(root, "kernels"));
    print_products(cJSON_GetObjectItem(root, "products"));
    print_object("Metadata", cJSON_GetObjectItem(root, "metadata"));
    print_tensors(cJSON_GetObjectItem(root, "tensors"));
}

static bool get_json(const pith_model *model, bytes *out) {
    uint64_t size;
    pith_model_json(model, NULL, 0, &size);
    out->data = malloc((size_t)size + 1);
    out->size = (size_t)size;
    if (!out->data) {
        complain("out of memory");
        return false;
    }
    out->data[size] = 0;
    return !failed(pith_model_json(model, out->data, size, &size), "cannot describe the model");
}

static bool print_all(const pith_model *model, const pith_plan *plan, bool json) {
    bytes text = {NULL, 0};
    bool good = get_json(model, &text);
    if (good && json) { /* the plan goes in as one more member, in front */
        printf("{\"plan\": {");
        print_plan_json(plan);
        printf("}, %s\n", text.data + 1);
    } else if (good) {
        cJSON *root = cJSON_Parse(text.data);
        print_model(root);
        print_plan(plan);
        cJSON_Delete(root);
    }
    free(text.data);
    return good;
}

static int run(const invocation *in) {
    session s = {0};
    pith_plan *plan = NULL;
    pith_options *model_options = in->options[PITH_SCOPE_MODEL];
    watch_interrupt();
    bool good = open_source(&s, in->model, in->options[PITH_SCOPE_HOST]) &&
                !failed(pith_plan_create(s.host, s.source, model_options, in->options[PITH_SCOPE_ENGINE], &plan),
                        "cannot read the model") &&
                open_model(&s, in->model, NULL, model_options) && print_all(s.model, plan, in->values[JSON] != NULL);
    pith_plan_release(plan);
    close_session(&s);
    return good ? EXIT_DONE : interrupted() ? EXIT_INTERRUPTED : EXIT_FAILED;
}

static const int32_t scopes[] = {PITH_SCOPE_ENGINE, PITH_SCOPE_MODEL, PITH_SCOPE_HOST, 0};

const command command_inspect = {
    "inspect",
    "MODEL [--json] [flags]",
    "Shows what a model file holds and the memory that running it takes.",
    true,
    scopes,
    {[JSON] = {"json", NULL, "print one JSON object instead"}},
    run,
};
