/* The try_ forms in a program built with -fno-exceptions: the same work, every failure a result. */
#define DOCTEST_CONFIG_IMPLEMENT_WITH_MAIN
#define DOCTEST_CONFIG_NO_EXCEPTIONS_BUT_WITH_ALL_ASSERTS
#include <doctest/doctest.h>

#include "models.hpp"

using pith::status;

TEST_CASE("a model is opened, asked and closed") {
    auto model = pith::model::try_open(models::tales);
    REQUIRE(model.has_value());
    auto ids = model->try_tokenize("The fox");
    REQUIRE(ids.has_value());
    auto text = model->try_detokenize(*ids);
    REQUIRE(text.has_value());
    CHECK(*text == "The fox");
}

TEST_CASE("tokens are pulled") {
    auto model = pith::model::try_open(models::tales);
    REQUIRE(model.has_value());
    pith::request_options options;
    CHECK(options.try_set(pith::key::max_tokens, 6).has_value());
    CHECK(options.try_set("temperature", 0).has_value());
    auto request = model->try_generate("Once upon a time", options);
    REQUIRE(request.has_value());
    REQUIRE(request->try_submit().has_value());
    std::string text;
    auto event = request->try_next();
    for (; event && *event == pith::event::text; event = request->try_next()) {
        text += request->current().text;
    }
    CHECK(event.has_value());
    auto whole = request->try_text();
    REQUIRE(whole.has_value());
    CHECK(*whole == text);
    CHECK(!text.empty());

    auto again = model->try_generate("Once upon a time", options);
    REQUIRE(again.has_value());
    std::string called;
    CHECK(again->try_run([&](const pith::token &token) { called += token.text; }).has_value());
    CHECK(called == text);
}

TEST_CASE("texts are embedded") {
    auto model = pith::model::try_open(models::tales);
    REQUIRE(model.has_value());
    auto vectors = model->try_embed({"a king", "a queen"});
    REQUIRE(vectors.has_value());
    CHECK(vectors->size() == 2);
    CHECK(vectors->to_vector().size() == 2 * vectors->width());
}

TEST_CASE("failures are results") {
    auto missing = pith::model::try_open("no/such/file");
    REQUIRE(!missing.has_value());
    CHECK(missing.error().code() == status::io);
    CHECK(std::string(missing.error().what()).find("no/such/file") != std::string::npos);
    CHECK(pith::request_options().try_set("no_such_key", 1).error().code() == status::option);
    CHECK(pith::request().try_submit().error().code() == status::argument);
    CHECK(pith::model().try_embed({"a"}).error().code() == status::argument);
    auto refuse = [](void *, std::uint64_t, std::uint64_t) -> std::int32_t { return PITH_E_IO; };
    auto source = pith::source::try_from_reader(refuse, 1000);
    REQUIRE(source.has_value());
    CHECK(pith::model::try_open(*source).error().code() == status::io);
    CHECK(pith::model::try_open("no/such/file").value_or(pith::model()).width() == 0);
}
