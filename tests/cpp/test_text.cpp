/* Text both ways: emoji, CJK, broken UTF-8; pieces that may and may not hold control tokens; the decoder. */
#include "models.hpp"

#include <doctest/doctest.h>

using pith::status;

static const pith::model &tales() {
    static const pith::model model = pith::model::open(models::tales);
    return model;
}

static const char *const texts[] = {
    "Once upon a time",
    "",
    " ",
    // emoji: one, a joined one, a flag
    "\xF0\x9F\xA6\x8A\xF0\x9F\x91\xA9\xE2\x80\x8D\xF0\x9F\x92\xBB and a \xF0\x9F\x87\xA9\xF0\x9F\x87\xAA",
    // Japanese
    "\xE6\x98\x94\xE3\x80\x85\xE3\x80\x81\xE3\x81\x82\xE3\x82\x8B\xE3\x81\xA8\xE3\x81\x93\xE3\x82\x8D",
    // Chinese, Korean
    "\xE4\xBB\x8E\xE5\x89\x8D\xE6\x9C\x89\xE5\xBA\xA7\xE5\xB1\xB1 \xED\x95\x9C\xEA\xB5\xAD\xEC\x96\xB4",
    // French, Arabic
    "caf\xC3\xA9 na\xC3\xAFve \xE2\x80\x94 \xD9\x85\xD8\xB1\xD8\xAD\xD8\xA8\xD8\xA7",
    // not UTF-8: bytes that are none, cut sequences, an overlong one, a surrogate
    "broken \xFF\xFE \xC3 \xE2\x82 \xF0\x9F\xA6 \xC0\xAF \xED\xA0\x80 end",
};

TEST_CASE("text goes to ids and back, byte for byte") {
    for (std::string_view text : texts) {
        CAPTURE(text);
        auto ids = tales().tokenize(text);
        CHECK(ids.empty() == text.empty());
        CHECK(tales().detokenize(ids) == text);
    }
    const std::string with_zero("a\0b", 3);
    CHECK(tales().detokenize(tales().tokenize(with_zero)) == with_zero);
    std::string all_bytes;
    for (int i = 0; i < 256; i++) {
        all_bytes.push_back(static_cast<char>(i));
    }
    CHECK(tales().detokenize(tales().tokenize(all_bytes)) == all_bytes);
}

TEST_CASE("a long text needs no second thought about buffers") {
    std::string text;
    for (int i = 0; i < 5000; i++) {
        text += texts[i % 2 == 0 ? 0 : 4];
    }
    CHECK(tales().detokenize(tales().tokenize(text)) == text);
}

TEST_CASE("BOS and EOS go around the text where they are asked for") {
    const auto bare = tales().tokenize("The fox");
    const auto with_bos = tales().tokenize("The fox", pith::edges::bos);
    if (tales().bos() >= 0 && with_bos.size() > bare.size()) {
        CHECK(with_bos.front() == tales().bos());
    }
    CHECK(tales().tokenize("The fox", pith::edges::both).size() >= with_bos.size());
}

/// A control token that this vocabulary has, as text.
static std::string control_token() {
    const std::int32_t id = static_cast<std::int32_t>(tales().eos());
    return tales().detokenize(std::vector<std::int32_t>{id}, true);
}

TEST_CASE("control tokens come from trusted pieces alone") {
    const std::string control = control_token();
    REQUIRE(!control.empty());
    CHECK(tales().tokenize(pith::trusted(control)) ==
          std::vector<std::int32_t>{static_cast<std::int32_t>(tales().eos())});
    CHECK(tales().tokenize(control).size() > 1);
    CHECK(tales().detokenize(tales().tokenize(control)) == control);
    CHECK(tales().detokenize(tales().tokenize(pith::trusted(control))).empty());
}

TEST_CASE("pieces in a row tell where each token lies") {
    const std::string control = control_token(), user = "hi \xF0\x9F\xA6\x8A " + control;
    const auto placed = tales().tokenize_spans({pith::trusted(control), user});
    REQUIRE(placed.size() > 2);
    CHECK(placed.front().id == tales().eos());
    CHECK(placed.front().end == control.size());
    CHECK(placed.back().end == control.size() + user.size());
    CHECK(placed.back().id != tales().eos());
    for (std::size_t i = 1; i < placed.size(); i++) {
        CHECK(placed[i - 1].begin <= placed[i].begin);
    }
    CHECK(tales().tokenize_spans(pith::view<pith::piece>()).empty());
}

TEST_CASE("ids outside the vocabulary are refused") {
    for (std::int32_t id : {-1, static_cast<std::int32_t>(tales().vocabulary_size()), INT32_MAX, INT32_MIN}) {
        auto text = tales().try_detokenize(std::vector<std::int32_t>{id});
        REQUIRE(!text);
        CHECK(text.error().code() == status::argument);
    }
}

/// Whether `text` is whole, valid UTF-8, told by the rules of Unicode's table 3-7.
static bool is_utf8(std::string_view text) {
    for (std::size_t i = 0; i < text.size();) {
        const auto at = [&](std::size_t k) -> unsigned {
            return i + k < text.size() ? static_cast<unsigned char>(text[i + k]) : 0;
        };
        const unsigned a = at(0), b = at(1);
        const std::size_t length = a < 0x80                ? 1
                                   : a >= 0xC2 && a < 0xE0 ? 2
                                   : (a & 0xF0) == 0xE0    ? 3
                                   : a >= 0xF0 && a < 0xF5 ? 4
                                                           : 0;
        if (length == 0 || (a == 0xE0 && b < 0xA0) || (a == 0xED && b > 0x9F) || (a == 0xF0 && b < 0x90) ||
            (a == 0xF4 && b > 0x8F)) {
            return false;
        }
        for (std::size_t k = 1; k < length; k++) {
            if ((at(k) & 0xC0) != 0x80) {
                return false;
            }
        }
        i += length;
    }
    return true;
}

TEST_CASE("a decoder gives whole UTF-8 at every step, whatever the ids say") {
    for (std::string_view text : texts) {
        CAPTURE(text);
        pith::decoder decoder = pith::decoder::create(tales());
        std::string shown;
        for (std::int32_t id : tales().tokenize(text)) {
            std::string_view part = decoder.feed(id);
            CHECK(is_utf8(part));
            shown += part;
        }
        shown += decoder.finish();
        CHECK(is_utf8(shown));
        if (is_utf8(text)) {
            CHECK(shown == text);
        } else {
            CHECK(shown.find("\xEF\xBF\xBD") != std::string::npos);
        }
    }
    pith::decoder decoder = pith::decoder::create(tales());
    CHECK(models::thrown([&] { decoder.feed(-2); }) == status::argument);
    CHECK(models::thrown([&] { decoder.feed(INT32_MAX); }) == status::argument);
}

TEST_CASE("broken prompts are continued and streamed as whole UTF-8") {
    for (std::string_view text : texts) {
        pith::request request = tales().generate(text, models::brief(12));
        std::string shown, bytes;
        for (const pith::token &token : request) {
            CHECK(is_utf8(token.text));
            shown += token.text;
            bytes += token.bytes;
        }
        CHECK(shown == request.text());
        CHECK(bytes == tales().detokenize(request.ids()));
    }
}

TEST_CASE("a model tells of itself") {
    CHECK(tales().family() == "llama");
    CHECK(tales().format().substr(0, 4) == "GGUF");
    CHECK(!tales().name().empty());
    CHECK(tales().context() > 0);
    CHECK(tales().layers() > 0);
    CHECK(tales().parameters() > 1000000);
    CHECK(tales().bytes() > 1000000);
    CHECK(tales().json().front() == '{');
    CHECK(pith::build_json().front() == '{');
    CHECK(pith::version() == pith_version());
}
