/* Requests: the range of tokens, pulled events, callbacks, results, embeddings, and every misuse that comes to mind. */
#include "models.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <list>
#include <mutex>
#include <stdexcept>

using pith::status;
using pith::stop_reason;

static const pith::model &tales() {
    static const pith::model model = pith::model::open(models::tales);
    return model;
}

TEST_CASE("a request is a range of its tokens") {
    pith::request request = tales().generate("Once upon a time", models::brief(20));
    std::string text;
    std::vector<std::int32_t> ids;
    for (auto token : request) {
        text += token.text;
        ids.insert(ids.end(), token.ids.begin(), token.ids.end());
    }
    CHECK(ids.size() == 20);
    CHECK(request.stop() == stop_reason::length);
    CHECK(text == request.text());
    CHECK(ids == request.ids().to_vector());
    CHECK(request.begin() == request.end()); // it has ended
    CHECK(request.prompt_tokens() == static_cast<std::int64_t>(request.prompt_ids().size()));
    CHECK(request.time_generate().count() > 0);

    std::string again;
    for (const pith::token &token : tales().generate("Once upon a time", models::brief(20))) { // of a temporary
        again += token.text;
    }
    CHECK(again == text);
}

TEST_CASE("the range suits the standard algorithms") {
    pith::request request = tales().generate("The fox", models::brief(10));
    CHECK(std::count_if(request.begin(), request.end(),
                        [](const pith::token &token) { return token.ids.size() == 1; }) == 10);
}

TEST_CASE("a loop that is left goes on with the next one") {
    const std::string whole(tales().generate("The fox", models::brief(10)).begin()->text);
    pith::request request = tales().generate("The fox", models::brief(10));
    std::string text;
    for (const pith::token &token : request) {
        text += token.text;
        break;
    }
    CHECK(text == whole);
    for (const pith::token &token : request) {
        text += token.text;
    }
    CHECK(text == request.text());
}

TEST_CASE("a stream dropped half-way is canceled and leaves nothing behind") {
    const auto held = [] {
        tales().generate("a", models::brief()).run();
        return pith::host().memory_used();
    }();
    for (int i = 0; i < 20; i++) {
        pith::request request = tales().generate("Once", models::brief(200));
        for (const pith::token &token : request) {
            if (!token.text.empty()) {
                break;
            }
        }
    }
    CHECK(pith::host().memory_used() == held);
}

TEST_CASE("a request may be destroyed within its own loop") {
    pith::request request = tales().generate("Once", models::brief(20));
    int tokens = 0;
    for (const pith::token &token : request) {
        CHECK(token.ids.size() <= 1);
        if (++tokens == 3) {
            request = {};
        }
    }
    CHECK(tokens >= 20); // what had begun goes on
}

TEST_CASE("events can be pulled with a timeout") {
    pith::request request = tales().generate("Once", models::brief(5));
    CHECK(models::thrown([&] { request.next(); }) == status::state); // not submitted
    request.submit();
    CHECK(models::thrown([&] { request.submit(); }) == status::state);
    CHECK(models::thrown([&] { request.add("more"); }) == status::state);
    int texts = 0;
    for (pith::event event = pith::event::timeout; event != pith::event::end;
         event = request.next(std::chrono::milliseconds(1))) {
        texts += event == pith::event::text;
        CHECK((event == pith::event::text) == !request.current().ids.empty());
    }
    CHECK(texts == 5);
    CHECK(request.next() == pith::event::end); // again and again
    CHECK(request.wait(std::chrono::milliseconds(-5)));
}

TEST_CASE("waiting ends when the time is over") {
    pith::request request = tales().generate("Once", models::brief(50), models::lazy_engine());
    request.submit();
    CHECK(!request.wait(std::chrono::milliseconds(0)));
    request.cancel();
    CHECK(request.wait());
    CHECK(request.stop() == stop_reason::cancel);
}

/// Computes when the test lets it.
static void gated(void *gate, pith_task_fn task, void *arg, std::uint32_t count) noexcept {
    const std::lock_guard<std::mutex> open(*static_cast<std::mutex *>(gate));
    for (std::uint32_t i = 0; i < count; i++) {
        task(arg, i);
    }
}

TEST_CASE("a timeout is an event like others") {
    std::mutex gate;
    pith::host_options options;
    options.set_executor(gated, &gate);
    const pith::host host = pith::host::create(options);
    pith::engine_options two; // one thread would be this one, which holds the gate
    two.set("threads", 2);
    pith::request request =
        pith::model::open(models::random, {}, host).generate("Once", models::brief(), pith::engine::create(two, host));
    {
        const std::lock_guard<std::mutex> closed(gate);
        request.submit();
        CHECK(request.next(std::chrono::milliseconds(0)) == pith::event::timeout);
        CHECK(request.next(std::chrono::milliseconds(-5)) == pith::event::timeout);
        CHECK(request.next(std::chrono::milliseconds(20)) == pith::event::timeout);
        CHECK(request.current().bytes.empty());
        CHECK(!request.wait(std::chrono::milliseconds(1)));
    }
    CHECK(request.next() == pith::event::text);
    CHECK(request.wait());
}

TEST_CASE("run calls back for each token, and can be stopped") {
    std::string text;
    pith::request request = tales().generate("Once", models::brief(9));
    request.run([&](const pith::token &token) { text += token.text; });
    CHECK(text == request.text());

    int calls = 0;
    pith::request stopped = tales().generate("Once", models::brief(9), models::lazy_engine());
    stopped.run([&](const pith::token &) { return ++calls < 3; });
    CHECK(calls == 3);
    CHECK(stopped.wait());
    CHECK(stopped.stop() == stop_reason::cancel);
}

TEST_CASE("what a callback throws stops the request and comes back") {
    pith::request request = tales().generate("Once", models::brief(20), models::lazy_engine());
    auto show = [](const pith::token &) { throw std::logic_error("no more"); };
    CHECK_THROWS_WITH_AS(request.run(show), "no more", std::logic_error);
    CHECK(request.wait());
    CHECK(request.stop() == stop_reason::cancel);
    CHECK(request.tokens() < 20);

    auto failed = tales().generate("Once", models::brief(20)).try_run([](const pith::token &) -> bool { throw 42; });
    REQUIRE(!failed);
    CHECK(failed.error().code() == status::canceled);
    CHECK_THROWS_AS(failed.error().raise(), int);
}

TEST_CASE("a callback may destroy its request") {
    pith::request request = tales().generate("Once", models::brief(6));
    int calls = 0;
    request.run([&](const pith::token &token) {
        CHECK(token.ids.size() <= 1);
        calls++;
        request = {};
    });
    CHECK(calls >= 6);
    CHECK(!request);
}

TEST_CASE("results are for after the end") {
    pith::request request = tales().generate("Once", models::brief(4).set(pith::key::logprobs, 3));
    CHECK(models::thrown([&] { request.text(); }) == status::state);
    CHECK(models::thrown([&] { request.ids(); }) == status::state);
    request.run();
    REQUIRE(request.logprobs().size() == 4);
    for (std::size_t i = 0; i < 4; i++) {
        CHECK(request.top_ids(i).size() == 3);
        CHECK(request.top_ids(i)[0] == request.ids()[i]); // greedy
        CHECK(request.top_logprobs(i)[0] == doctest::Approx(request.logprobs()[i]));
    }
    CHECK(models::thrown([&] { request.top_ids(4); }) == status::argument);
    CHECK(models::thrown([&] { request.prompt_ids(1); }) == status::argument);
    CHECK(models::thrown([&] { request.next_input(); }) != status::ok);
}

TEST_CASE("a prompt may be made of pieces and of ids") {
    const auto ids = tales().tokenize("Once upon", pith::edges::bos);
    pith::request by_ids = pith::request::create(pith::kind::generate, tales(), models::brief());
    by_ids.add_tokens(ids);
    by_ids.run();
    CHECK(by_ids.prompt_ids().to_vector() == ids);
    const std::string user = " there";
    pith::request pieces = tales().generate({"Once upon", pith::trusted(" a time"), user}, models::brief());
    pieces.run();
    CHECK(tales().detokenize(pieces.prompt_ids()) == "Once upon a time there");
    auto wrong = pith::request::create(pith::kind::generate, tales(), models::brief());
    CHECK(models::thrown([&] {
              wrong.add_tokens(std::vector<std::int32_t>{-7});
              wrong.run();
          }) == status::argument);
}

TEST_CASE("a prompt too long for the context is told so") {
    std::string text;
    for (int i = 0; i < 20000; i++) {
        text += " fox";
    }
    CHECK(models::thrown([&] { tales().generate(text).run(); }) == status::context);
}

TEST_CASE("options stop a text where they say") {
    pith::request_options options = models::brief(50);
    const std::string text(tales().generate("Once upon a time", models::brief(50)).begin()->text);
    options.add(pith::key::stop, text);
    pith::request request = tales().generate("Once upon a time", options);
    request.run();
    CHECK(request.stop() == stop_reason::string);
    CHECK(request.text().empty());
}

/* ---- embeddings ---- */

static float dot(pith::view<float> a, pith::view<float> b) {
    float sum = 0;
    for (std::size_t i = 0; i < a.size(); i++) {
        sum += a[i] * b[i];
    }
    return sum;
}

TEST_CASE("texts become vectors, seen without a copy and copied on demand") {
    const std::list<std::string> texts = {"a king", "a queen", "\xF0\x9F\xA6\x8A", "\xFF broken"}; // any range
    pith::embeddings vectors = tales().embed(texts);
    REQUIRE(vectors.size() == 4);
    CHECK(vectors.width() == static_cast<std::size_t>(tales().width()));
    for (std::size_t i = 0; i < vectors.size(); i++) {
        CHECK(vectors[i].data() == vectors.all().data() + i * vectors.width());
        CHECK(dot(vectors[i], vectors[i]) == doctest::Approx(1));
    }
    const std::vector<float> copy = vectors.to_vector(), first = vectors[0].to_vector();
    CHECK(std::equal(copy.begin(), copy.end(), vectors.all().begin(), vectors.all().end()));
    const pith::view<float> row = vectors[1];
    pith::embeddings moved = std::move(vectors);
    CHECK(moved[1].data() == row.data());
    CHECK(vectors.empty()); // NOLINT: the point
    CHECK(vectors.size() == 0);
    CHECK(vectors[0].empty());
    CHECK(moved[4].empty());
    CHECK(vectors.to_vector().empty());
    const auto alone = tales().embed({"a king"});
    CHECK(std::equal(first.begin(), first.end(), alone[0].begin(), alone[0].end())); // bit for bit
}

TEST_CASE("no texts give no vectors, an empty text gives one") {
    CHECK(tales().embed(std::vector<std::string>()).empty());
    CHECK(tales().embed({}).empty());
    CHECK(tales().embed({""}).size() == 1);
}

TEST_CASE("one vector a token, if that is asked for") {
    pith::request_options options;
    options.set(pith::key::pooling, "none");
    const auto tokens = tales().tokenize("a small fox", pith::edges::bos).size();
    CHECK(tales().embed({"a small fox"}, options).size() == tokens);
}

/// A range of texts that throws on its third.
struct throwing_texts {
    struct iterator {
        int i;
        std::string operator*() const { // a temporary
            return i < 2 ? std::string(100, 'x') : throw std::runtime_error("no third text");
        }
        iterator &operator++() {
            i++;
            return *this;
        }
        bool operator!=(const iterator &other) const {
            return i != other.i;
        }
    };
    iterator begin() const {
        return {0};
    }
    iterator end() const {
        return {3};
    }
};

TEST_CASE("what a range of texts throws comes back") {
    CHECK_THROWS_WITH_AS(tales().embed(throwing_texts()), "no third text", std::runtime_error);
}

TEST_CASE("a file that holds a vocabulary alone tokenizes and says so of the rest") {
    pith::model words = pith::model::open("tests/fuzz/corpus/vocabulary/byte-level.json");
    CHECK(words.family() == "vocabulary-only");
    CHECK(models::thrown([&] { words.generate("a"); }) == status::unsupported);
    CHECK(models::thrown([&] { words.embed({"a"}); }) == status::unsupported);
    CHECK(!words.tokenize("a").empty());
}
