/* Threads: one model for many, requests that change hands, cancel from elsewhere, and a fork. */
#include "models.hpp"

#include <doctest/doctest.h>

#include <atomic>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

using pith::status;

TEST_CASE("many threads share a model and an engine, and get what one would") {
    const pith::model model = pith::model::open(models::tales);
    const pith::engine engine = pith::engine::create();
    const std::string alone(model.generate("Once", models::brief(16)).begin()->text);
    std::atomic<int> same{0};
    std::vector<std::thread> threads;
    for (int i = 0; i < 4; i++) {
        threads.emplace_back([model, engine, &alone, &same] { // copies of the handles
            for (int round = 0; round < 3; round++) {
                pith::request request = model.generate("Once", models::brief(16), engine);
                std::string text;
                for (const pith::token &token : request) {
                    text += token.text;
                }
                same += text == request.text() && text.substr(0, alone.size()) == alone;
                same += model.detokenize(model.tokenize(text)) == text;
            }
        });
    }
    for (std::thread &thread : threads) {
        thread.join();
    }
    CHECK(same == 24);
}

TEST_CASE("errors belong to the thread that caused them") {
    std::atomic<int> right{0};
    std::vector<std::thread> threads;
    for (int i = 0; i < 4; i++) {
        threads.emplace_back([&right, i] {
            for (int round = 0; round < 200; round++) {
                const std::string name = "no_key_" + std::to_string(i);
                auto failed = pith::request_options().try_set(name, 1);
                right += !failed && std::string(failed.error().what()).find(name) != std::string::npos;
            }
        });
    }
    for (std::thread &thread : threads) {
        thread.join();
    }
    CHECK(right == 800);
}

TEST_CASE("a request may move to another thread, half-way") {
    const pith::model model = pith::model::open(models::tales);
    pith::request request = model.generate("Once", models::brief(16));
    std::string text(request.begin()->text);
    std::thread([moved = std::move(request), &text]() mutable {
        for (const pith::token &token : moved) {
            text += token.text;
        }
        CHECK(text == moved.text());
    }).join();
    CHECK(!request); // NOLINT: the point
}

TEST_CASE("a canceler ends a request from another thread, and outlives it") {
    const pith::model model = pith::model::open(models::tales);
    pith::request request = model.generate("Once", models::brief(50), models::lazy_engine());
    const pith::canceler canceler = request.canceler();
    int tokens = 0;
    for (const pith::token &token : request) {
        CHECK(token.ids.size() == 1);
        tokens++;
        std::thread([canceler] { canceler.cancel(); }).join();
    }
    CHECK(tokens == 1);
    CHECK(request.stop() == pith::stop_reason::cancel);
    request = {};
    canceler.cancel(); // nothing is left to cancel
    pith::canceler().cancel();
}

TEST_CASE("cancelers race with the end and with the destruction of their request") {
    const pith::model model = pith::model::open(models::random);
    for (int round = 0; round < 50; round++) {
        auto request = std::make_unique<pith::request>(model.generate("a", models::brief(4)));
        request->submit();
        std::thread other([canceler = request->canceler()] { canceler.cancel(); });
        if (round % 2 == 0) {
            request->wait();
        }
        request.reset();
        other.join();
    }
}

TEST_CASE("a canceler keeps no model alive") {
    const auto held = pith::host().memory_used();
    pith::canceler canceler;
    {
        pith::model model = pith::model::open(models::random);
        pith::request request = model.generate("a", models::brief(2));
        canceler = request.canceler();
        request.run();
    }
    CHECK(pith::host().memory_used() == held);
    canceler.cancel();
}

#if !defined(__SANITIZE_THREAD__) // which does not take threads before a fork well
TEST_CASE("after a fork the child gets errors, not a crash") {
    const pith::model model = pith::model::open(models::random);
    pith::request running = model.generate("a", models::brief(4)), waiting = model.generate("b", models::brief(4));
    running.run();
    const pid_t child = fork();
    REQUIRE(child >= 0);
    if (child == 0) {
        auto submitted = waiting.try_submit();
        const bool told = !submitted && submitted.error().code() == status::forked;
        const bool usable = model.try_tokenize("a").has_value();
        { pith::request gone = std::move(running); } // releasing is fine
        _exit(told && usable ? 0 : 1);
    }
    int ended = 0;
    REQUIRE(waitpid(child, &ended, 0) == child);
    CHECK(WIFEXITED(ended));
    CHECK(WEXITSTATUS(ended) == 0);
    waiting.run();
    CHECK(waiting.tokens() == 4);
}
#endif
