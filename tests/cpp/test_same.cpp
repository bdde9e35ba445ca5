/* The same prompt and seed give the same text and the same embedding bits through pith.hpp, through pith.h, and from
 * the pith command. */
#include "models.hpp"

#include <doctest/doctest.h>

#include <cstdio>
#include <cstdlib>

static const char prompt[] = "Once upon a time \xF0\x9F\xA6\x8A";
static const char *const lines[] = {"a king and a queen", "\xE6\x98\x94\xE3\x80\x85", "the fox \xF0\x9F\xA6\x8A", "x"};

static std::string command_output(const std::string &arguments) {
    const std::string line = '"' + std::string(std::getenv("PITH_COMMAND")) + "\" " + arguments;
    FILE *pipe = popen(line.c_str(), "r");
    REQUIRE(pipe != nullptr);
    std::string out;
    char part[4096];
    while (std::size_t size = std::fread(part, 1, sizeof(part), pipe)) {
        out.append(part, size);
    }
    REQUIRE(pclose(pipe) == 0);
    return out;
}

static std::string text_by_cpp(std::int64_t seed) {
    pith::request_options options;
    options.set("seed", seed).set("temperature", 0.9).set("max_tokens", 40);
    std::string text;
    for (const pith::token &token : pith::model::open(models::tales).generate(prompt, options)) {
        text += token.text;
    }
    return text;
}

static std::string text_by_c(std::int64_t seed) {
    pith_model *model = nullptr;
    pith_options *options = nullptr;
    pith_request *request = nullptr;
    const void *data = nullptr;
    std::uint64_t size = 0;
    REQUIRE(pith_model_open_path(models::tales, &model) == PITH_OK);
    REQUIRE(pith_options_create(PITH_SCOPE_REQUEST, &options) == PITH_OK);
    REQUIRE(pith_options_set_i64(options, PITH_KEY_SEED, seed) == PITH_OK);
    REQUIRE(pith_options_set_f64(options, PITH_KEY_TEMPERATURE, 0.9) == PITH_OK);
    REQUIRE(pith_options_set_i64(options, PITH_KEY_MAX_TOKENS, 40) == PITH_OK);
    REQUIRE(pith_request_create(nullptr, model, PITH_GENERATE, options, &request) == PITH_OK);
    REQUIRE(pith_request_add_text(request, prompt, PITH_MEASURE, PITH_UNTRUSTED) == PITH_OK);
    REQUIRE(pith_request_run(request, nullptr, nullptr) == PITH_OK);
    REQUIRE(pith_request_view(request, PITH_VIEW_ALL_TEXT, 0, &data, &size) == PITH_OK);
    std::string text(static_cast<const char *>(data), size);
    pith_request_release(request);
    pith_options_release(options);
    pith_model_release(model);
    return text;
}

TEST_CASE("the same text from C and C++") {
    for (std::int64_t seed : {1, 2, 77}) {
        CHECK(text_by_cpp(seed) == text_by_c(seed));
    }
    CHECK(text_by_cpp(1) != text_by_cpp(2));
}

TEST_CASE("the same text from the command" * doctest::skip(std::getenv("PITH_COMMAND") == nullptr)) {
    const std::string arguments =
        "run " + std::string(models::tales) + " --prompt '" + prompt + "' --temperature 0.9 --max-tokens 40";
    CHECK(command_output(arguments + " --seed 1") == text_by_cpp(1) + "\n");
    CHECK(command_output(arguments + " --seed 77") == text_by_cpp(77) + "\n");
}

static std::vector<float> vectors_by_c() {
    pith_model *model = nullptr;
    pith_request *request = nullptr;
    const void *data = nullptr;
    std::uint64_t size = 0;
    REQUIRE(pith_model_open_path(models::tales, &model) == PITH_OK);
    REQUIRE(pith_request_create(nullptr, model, PITH_EMBED, nullptr, &request) == PITH_OK);
    for (const char *line : lines) {
        REQUIRE((line == lines[0] || pith_request_next_input(request) == PITH_OK));
        REQUIRE(pith_request_add_text(request, line, PITH_MEASURE, PITH_UNTRUSTED) == PITH_OK);
    }
    REQUIRE(pith_request_run(request, nullptr, nullptr) == PITH_OK);
    REQUIRE(pith_request_view(request, PITH_VIEW_VECTORS, 0, &data, &size) == PITH_OK);
    std::vector<float> vectors(size / sizeof(float));
    std::memcpy(vectors.data(), data, size);
    pith_request_release(request);
    pith_model_release(model);
    return vectors;
}

static bool same_bits(const std::vector<float> &a, const std::vector<float> &b) {
    return !a.empty() && a.size() == b.size() && std::memcmp(a.data(), b.data(), a.size() * sizeof(float)) == 0;
}

TEST_CASE("the same embedding bits from C and C++") {
    CHECK(same_bits(pith::model::open(models::tales).embed(lines).to_vector(), vectors_by_c()));
}

TEST_CASE("the same embedding bits from the command" * doctest::skip(std::getenv("PITH_COMMAND") == nullptr)) {
    std::string command = "embed " + std::string(models::tales) + " <<EOF\n";
    for (const char *line : lines) {
        command += std::string(line) + "\n";
    }
    const std::string out = command_output(command + "EOF\n");
    std::vector<float> printed; // with nine digits, which tell every float from every other
    const char *at = out.c_str();
    char *end = nullptr;
    for (float value = std::strtof(at, &end); end != at; value = std::strtof(at, &end)) {
        printed.push_back(value);
        at = end;
    }
    CHECK(same_bits(printed, vectors_by_c()));
}
