/* The models that the tests of this folder open, and what they ask of them. */
#ifndef PITH_TESTS_CPP_MODELS_HPP
#define PITH_TESTS_CPP_MODELS_HPP

#include <pith/pith.hpp>

#include <fstream>
#include <iterator>
#include <string>

namespace models {

inline const char tales[] = "examples/models/tales-q8_0.gguf";  // speaks
inline const char random[] = "tests/golden/vectors/llama.gguf"; // random weights, a tenth of a megabyte

inline std::string read_file(const char *path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

#if PITH_EXCEPTIONS
/// Few tokens, always the same ones.
inline pith::request_options brief(std::int64_t tokens = 8) {
    pith::request_options options;
    options.set(pith::key::max_tokens, tokens).set(pith::key::temperature, 0);
    return options;
}

/// An engine that computes only while somebody waits for it: nothing happens behind a test's back.
inline pith::engine lazy_engine() {
    pith::engine_options options;
    options.set(pith::key::threads, 1);
    return pith::engine::create(options);
}

/// The status of what `call` throws; ok when it throws nothing.
template <class Call> pith::status thrown(Call &&call) {
    try {
        call();
    } catch (const pith::error &error) {
        return error.code();
    }
    return pith::status::ok;
}
#endif

} // namespace models

#endif
