/* Every allocation of the C++ side fails in turn: each is a status::memory of the call it happened in, never the end of
 * the process, and leaves nothing behind. */
#include "models.hpp"

#include <doctest/doctest.h>

#include <cstdlib>
#include <new>

/// How many allocations of this thread still succeed; negative: all.
static thread_local long allowed = -1;

[[gnu::noinline]] void *operator new(std::size_t size) {
    void *made = allowed == 0 ? nullptr : std::malloc(size > 0 ? size : 1);
    if (made == nullptr) {
        throw std::bad_alloc();
    }
    allowed -= allowed > 0;
    return made;
}
[[gnu::noinline]] void operator delete(void *freed) noexcept {
    std::free(freed);
}
[[gnu::noinline]] void operator delete(void *freed, std::size_t) noexcept {
    std::free(freed);
}

/// The error of a result, or ok.
template <class T> static pith::status code(const pith::result<T> &result) {
    return result ? pith::status::ok : result.error().code();
}

#define STEP(result)                                                                                                   \
    if (const pith::status failed = code(result); failed != pith::status::ok) {                                        \
        return failed;                                                                                                 \
    }

/// What the caller brings, made while there is memory.
struct belongings {
    std::string bytes = models::read_file(models::random), path = models::random;
    std::string text = "a text that is longer than a string holds without memory of its own";
    std::vector<std::string> texts = {text, text};
    std::vector<std::int32_t> ids = {1, 2, 3};
};

static pith::status set_options(const belongings &own, pith::request_options &options) {
    STEP(options.try_set(pith::key::max_tokens, 2));
    STEP(options.try_set("temperature", 0));
    STEP(options.try_set("stop_tokens", own.ids));
    STEP(options.try_add(pith::key::stop, own.text));
    STEP(options.try_json());
    STEP(options.try_clone());
    return pith::status::ok;
}

static pith::status use_model(const belongings &own, const pith::model &model, const pith::engine &engine) {
    pith::request_options options;
    if (const pith::status failed = set_options(own, options); failed != pith::status::ok) {
        return failed;
    }
    STEP(model.try_json());
    auto ids = model.try_tokenize(own.text);
    STEP(ids);
    STEP(model.try_detokenize(*ids));
    STEP(model.try_tokenize_spans({own.text, pith::trusted(own.text)}));
    STEP(pith::decoder::try_create(model));
    auto request = model.try_generate({own.text, own.text}, options, engine);
    STEP(request);
    STEP(request->try_run([](const pith::token &) {}));
    STEP(model.try_embed(own.texts, {}, engine));
    return pith::status::ok;
}

static pith::status session(const belongings &own) {
    pith::host_options host_options;
    STEP(host_options.try_set_log([](std::int32_t, std::string_view) {}));
    auto host = pith::host::try_create(host_options);
    STEP(host);
    auto read = [&own](void *out, std::uint64_t size, std::uint64_t offset) {
        std::memcpy(out, own.bytes.data() + offset, size);
    };
    auto source = pith::source::try_from_reader(read, own.bytes.size(), *host);
    STEP(source);
    STEP(pith::plan::try_of(*source));
    pith::model_options options;
    STEP(options.try_set_progress([](double) {}));
    auto copy = options.try_clone();
    STEP(copy);
    auto model = pith::model::try_open(*source, *copy);
    STEP(model);
    STEP(pith::model::try_open(own.path));
    auto whole = pith::source::try_from_path(own.path, *host), part = pith::source::try_from_reader(read, 1, *host);
    STEP(whole);
    STEP(part);
    STEP(whole->try_add_part(std::move(*part)));
    pith::engine_options one;
    STEP(one.try_set(pith::key::threads, 1));
    auto engine = pith::engine::try_create(one, *host);
    STEP(engine);
    return use_model(own, *model, *engine);
}

TEST_CASE("each allocation may fail") {
    const belongings own;
    REQUIRE(session(own) == pith::status::ok);
    const auto held = pith::host().memory_used();
    pith::status ended = pith::status::memory;
    long steps = 0;
    while (ended != pith::status::ok && steps < 10000) {
        allowed = steps++;
        ended = session(own);
        allowed = -1;
        CHECK((ended == pith::status::ok || ended == pith::status::memory));
        CHECK(pith::host().memory_used() == held);
    }
    CHECK(ended == pith::status::ok);
    CHECK(steps > 50); // so many allocations there are
    MESSAGE("allocations: ", steps - 1);
}
