/* Ownership: moves, copies, empty handles, destruction in any order, and ten thousand models opened and closed. */
#include "models.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <fstream>
#include <memory>
#include <random>
#include <unistd.h>

using pith::status;

TEST_CASE("a moved-from handle is empty and answers every call with a status") {
    pith::model model = pith::model::open(models::random);
    pith::request request = model.generate("a", models::brief());
    pith::request moved = std::move(request);
    CHECK(!request); // NOLINT: the point of this test
    CHECK(models::thrown([&] { request.submit(); }) == status::argument);
    CHECK(models::thrown([&] { request.begin(); }) == status::argument);
    CHECK(models::thrown([&] { request.next(); }) == status::argument);
    CHECK(models::thrown([&] { request.run(); }) == status::argument);
    CHECK(models::thrown([&] { request.wait(); }) == status::argument);
    CHECK(models::thrown([&] { request.text(); }) == status::argument);
    CHECK(models::thrown([&] { request.add("b"); }) == status::argument);
    CHECK(request.current().text.empty());
    CHECK(request.stop() == pith::stop_reason::none);
    request.cancel();
    request.canceler().cancel();
    moved.run();
    CHECK(moved.tokens() == 8);
    request = std::move(moved); // and it can be used again
    CHECK(request.ids().size() == 8);

    pith::model gone = model;
    pith::model taken = std::move(gone);
    CHECK(!gone);
    CHECK(gone.width() == 0);
    CHECK(gone.name().empty());
    CHECK(models::thrown([&] { gone.tokenize("a"); }) == status::argument);
    CHECK(models::thrown([&] { gone.generate("a"); }) == status::argument);
    CHECK(models::thrown([&] { gone.embed({"a"}); }) == status::argument);
    CHECK(models::thrown([&] { pith::decoder::create(gone); }) == status::argument);
    CHECK(models::thrown([&] { pith::model::open(pith::source()); }) == status::argument);
    CHECK(models::thrown([&] { pith::plan::of(pith::source()); }) == status::argument);
    CHECK(models::thrown([&] { pith::source().add_part(pith::source()); }) == status::argument);
    CHECK(models::thrown([&] { pith::decoder().feed(1); }) == status::argument);
}

TEST_CASE("the error of an empty handle says which it was") {
    auto found = pith::model().try_tokenize("a");
    REQUIRE(!found);
    CHECK(std::string(found.error().what()).find("model is NULL") != std::string::npos);
    CHECK(!found.error().cause());
}

TEST_CASE("models, engines and hosts are shared by copying") {
    pith::host_options limits;
    limits.set(pith::key::memory_limit, 64 << 20);
    pith::host host = pith::host::create(limits), same_host = host;
    CHECK(same_host.get() == host.get());
    CHECK(same_host.memory_limit() == 64 << 20);
    pith::engine_options one;
    one.set(pith::key::threads, 1);
    pith::engine engine = pith::engine::create(one, host), same_engine = engine;
    CHECK(same_engine.count().threads == 1);
    pith::model model = pith::model::open(models::random, {}, host), same_model = model;
    CHECK(same_model.get() == model.get());
    model = {};
    engine = {};
    host = {};
    CHECK(same_host.memory_used() > 0);
    pith::request request = same_model.generate("a", models::brief(), same_engine);
    request.run();
    CHECK(request.tokens() == 8);
    CHECK(same_engine.count().tokens >= 8);
    CHECK(pith::engine().count().threads == 0);
}

/// Something of everything, in a list that can be destroyed in any order.
static std::vector<std::shared_ptr<void>> one_of_everything() {
    std::vector<std::shared_ptr<void>> all;
    auto keep = [&all](auto value) {
        auto kept = std::make_shared<decltype(value)>(std::move(value));
        all.push_back(kept);
        return kept;
    };
    auto options = keep(pith::host_options());
    auto lines = std::make_shared<int>(0);
    options->set_log([lines](std::int32_t, std::string_view) { ++*lines; });
    auto host = keep(pith::host::create(*options));
    auto source = keep(pith::source::from_path(models::random, *host));
    auto model = keep(pith::model::open(*source));
    auto engine = keep(pith::engine::create({}, *host));
    auto decoder = keep(pith::decoder::create(*model));
    auto request_options = keep(models::brief(64));
    auto whole = keep(model->generate("a", *request_options, *engine));
    whole->run();
    auto running = keep(model->generate("b", *request_options, *engine));
    running->submit();
    keep(running->canceler());
    keep(running->begin());
    keep(model->generate("c", *request_options));
    keep(model->embed({"a", "b"}, {}, *engine));
    return all;
}

TEST_CASE("everything may be destroyed in any order") {
    std::mt19937 order(1);
    for (int round = 0; round < 30; round++) {
        auto all = one_of_everything();
        std::shuffle(all.begin(), all.end(), order);
        while (!all.empty()) {
            all.pop_back();
        }
    }
}

/// Bytes of memory the process has in use.
static long resident() {
    long pages = 0, ignored = 0;
    std::ifstream("/proc/self/statm") >> ignored >> pages;
    return pages * sysconf(_SC_PAGESIZE);
}

TEST_CASE("ten thousand cycles of open and close take no memory") {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
    const int cycles = 500;
#else
    const int cycles = 10000;
#endif
    const std::string bytes = models::read_file(models::random);
    pith::engine_options one;
    one.set(pith::key::threads, 1).set(pith::key::kv_tokens, 64);
    auto cycle = [&] {
        pith::source source = pith::source::from_memory(bytes.data(), bytes.size());
        pith::model_options options;
        options.set(pith::key::load_threads, 1).set_progress([](double) {});
        pith::model model = pith::model::open(source, options);
        pith::engine engine = pith::engine::create(one);
        pith::request request = model.generate("a", models::brief(1), engine);
        for (const pith::token &token : request) {
            CHECK(token.ids.size() <= 1);
        }
    };
    for (int i = 0; i < cycles / 10; i++) {
        cycle();
    }
    const long before = resident();
    const auto held = pith::host().memory_used();
    for (int i = 0; i < cycles; i++) {
        cycle();
    }
    CHECK(pith::host().memory_used() == held);
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__) // they keep freed memory for a while
    CHECK(resident() - before < 1 << 20);
#else
    (void)before;
#endif
}
