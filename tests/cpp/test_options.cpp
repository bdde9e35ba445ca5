/* Options: by key, by name, from JSON; wrong ones; hooks. */
#include "models.hpp"

#include <doctest/doctest.h>

#include <atomic>
#include <cstdlib>
#include <stdexcept>

using pith::status;

static bool contains(const std::string &text, const char *part) {
    return text.find(part) != std::string::npos;
}

TEST_CASE("setters by key and by name say the same") {
    pith::request_options by_key, by_name;
    const std::vector<std::int32_t> ids = {3, 5};
    by_key.set(pith::key::max_tokens, 7)
        .set(pith::key::temperature, 1)
        .set(pith::key::pooling, "last")
        .set(pith::key::stop_tokens, {3, 5})
        .add(pith::key::stop, "\n\n")
        .add(pith::key::stop, "ende")
        .add(pith::key::logit_bias, 42, -1.5);
    by_name.set("max_tokens", 7)
        .set("temperature", 1) // a whole number for a key of fractions
        .set("pooling", std::string("last"))
        .set("stop_tokens", ids)
        .add("stop", "\n\n")
        .add("stop", "ende")
        .add("logit_bias", 42, -1.5);
    CHECK(by_key.json() == by_name.json());
    CHECK(by_key.set(pith::key::stop_tokens, ids).json() == by_name.json());
    pith::request_options from_json;
    from_json.set_json(by_key.json());
    CHECK(from_json.json() == by_key.json());
    CHECK(contains(by_key.json(), "\"max_tokens\": 7") != contains(by_key.json(), "\"max_tokens\":7"));
    by_key.clear(pith::key::stop).clear("max_tokens");
    CHECK(contains(by_key.json(), "256"));
    CHECK(!contains(by_key.json(), "ende"));
}

TEST_CASE("untouched options are the defaults and take no memory") {
    pith::engine_options untouched;
    CHECK(untouched.get() == nullptr);
    CHECK(pith::engine_options().json() == pith::engine_options().set("threads", 0).json());
    pith::engine_options moved = std::move(untouched.set("threads", 2));
    CHECK(untouched.get() == nullptr);
    CHECK(contains(moved.json(), "\"threads\""));
}

TEST_CASE("wrong keys, types and values fail at the setter and change nothing") {
    pith::request_options options;
    const std::string before = options.json();
    CHECK(models::thrown([&] { options.set("no_such_key", 1); }) == status::option);
    CHECK(models::thrown([&] { options.set("threads", 1); }) == status::option); // another scope's
    CHECK(models::thrown([&] { options.set("top_k", 1.5); }) == status::option);
    CHECK(models::thrown([&] { options.set("top_k", "many"); }) == status::option);
    CHECK(models::thrown([&] { options.set("pooling", 1); }) == status::option);
    CHECK(models::thrown([&] { options.set("stop", "one"); }) == status::option); // gathered by add
    CHECK(models::thrown([&] { options.add("top_k", "one"); }) == status::option);
    CHECK(models::thrown([&] { options.add("stop", 1, 2); }) == status::option);
    CHECK(models::thrown([&] { options.set(pith::key::temperature, -1); }) == status::option);
    CHECK(models::thrown([&] { options.set(pith::key::pooling, "sideways"); }) == status::option);
    CHECK(models::thrown([&] { options.set_json("{\"top_k\": \"x\"}"); }) == status::option);
    CHECK(models::thrown([&] { options.set_json("{"); }) == status::format);
    CHECK(options.json() == before);
    auto refused = options.try_set(pith::key::top_p, 7);
    REQUIRE(!refused);
    CHECK(refused.error().code() == status::option);
    CHECK(contains(refused.error().what(), "top_p")); // and says its range
    CHECK(contains(refused.error().what(), "0 to 1"));
}

TEST_CASE("a clone is a copy") {
    pith::request_options options, empty;
    options.set(pith::key::seed, 9);
    pith::request_options copy = options.clone();
    CHECK(copy.json() == options.json());
    copy.set(pith::key::seed, 10);
    CHECK(copy.json() != options.json());
    CHECK(empty.clone().get() == nullptr);
}

static pith::host host_that_logs(const std::shared_ptr<std::atomic<int>> &lines) {
    pith::host_options options;
    options.set_log([lines](std::int32_t level, std::string_view line) {
        CHECK((level == PITH_LOG_WARNING || level == PITH_LOG_INFO));
        CHECK(!line.empty());
        ++*lines;
        throw std::runtime_error("a log line stops nothing");
    });
    return pith::host::create(options);
}

/// Has `make` make something of a model whose host has a log hook, and sees that the hook lives as long as that does.
template <class Make> static void keeps_the_hook(Make make) {
    auto lines = std::make_shared<std::atomic<int>>(0);
    const std::weak_ptr<std::atomic<int>> hook = lines;
    {
        auto made = make(pith::model::open(models::random, {}, host_that_logs(lines)));
        lines.reset();
        REQUIRE(!hook.expired());
        CHECK(*hook.lock() > 0); // whatever it threw
        auto moved = std::move(made);
        CHECK(!hook.expired());
    }
    CHECK(hook.expired());
}

TEST_CASE("the log hook hears the library and lives as long as anything of its host") {
    keeps_the_hook([](pith::model model) { return model; });
    keeps_the_hook([](const pith::model &model) { return model.generate("a", models::brief()); });
    keeps_the_hook([](const pith::model &model) { return model.embed({"a"}); });
    keeps_the_hook([](const pith::model &model) { return pith::decoder::create(model); });
    keeps_the_hook([](const pith::model &model) { return model.generate("a", models::brief(1)).begin(); });
}

static std::atomic<std::int64_t> balance{0};

static void *counted(void *, void *ptr, std::uint64_t old_size, std::uint64_t size, std::uint64_t alignment) noexcept {
    balance += static_cast<std::int64_t>(size) - static_cast<std::int64_t>(old_size);
    void *made = nullptr;
    if (size > 0 && posix_memalign(&made, alignment, size) != 0) {
        return nullptr;
    }
    if (made != nullptr && ptr != nullptr) {
        std::memcpy(made, ptr, std::min(old_size, size));
    }
    std::free(ptr);
    return made;
}

static void in_turn(void *calls, pith_task_fn task, void *arg, std::uint32_t count) noexcept {
    ++*static_cast<std::atomic<int> *>(calls);
    for (std::uint32_t i = 0; i < count; i++) {
        task(arg, i);
    }
}

TEST_CASE("allocator and executor are the host's") {
    std::atomic<int> calls{0};
    {
        pith::host_options options;
        options.set_allocator(counted, nullptr).set_executor(in_turn, &calls);
        pith::host host = pith::host::create(options);
        pith::model model = pith::model::open(models::random, {}, host);
        model.generate("a", models::brief(), pith::engine::create({}, host)).run();
        CHECK(balance > 0);
    }
    CHECK(calls > 0);
    CHECK(balance == 0);
}

TEST_CASE("progress goes from 0 to 1 and can stop a load") {
    std::vector<double> told;
    pith::model_options options;
    options.set_progress([&](double fraction) { told.push_back(fraction); });
    pith::model::open(models::tales, options);
    REQUIRE(told.size() >= 2);
    CHECK(std::is_sorted(told.begin(), told.end()));
    CHECK(told.back() == 1.0);

    options.set_progress([](double) { return false; });
    CHECK(models::thrown([&] { pith::model::open(models::tales, options); }) == status::canceled);
    auto stopped = pith::model::try_open(models::tales, options);
    REQUIRE(!stopped);
    CHECK(!stopped.error().cause());
}

TEST_CASE("what a progress hook throws comes back on the thread that opened") {
    pith::model_options options;
    options.set_progress([](double) -> bool { throw std::out_of_range("enough"); });
    CHECK_THROWS_WITH_AS(pith::model::open(models::tales, options), "enough", std::out_of_range);
    auto stopped = pith::model::try_open(models::tales, options.clone());
    REQUIRE(!stopped);
    CHECK(stopped.error().code() == status::canceled);
    CHECK_THROWS_AS(stopped.error().raise(), std::out_of_range);
}
