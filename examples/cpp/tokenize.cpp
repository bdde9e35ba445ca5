/* Cuts a text into tokens and shows each with its id and the bytes of the text that it covers.
 *
 *     tokenize MODEL.gguf "Once upon a time"
 *     c++ -std=c++17 tokenize.cpp $(pkg-config --cflags --libs pith) -o tokenize
 *     or in CMake: find_package(pith REQUIRED), target_link_libraries(tokenize pith::pith) */
#include <pith/pith.hpp>

#include <iomanip>
#include <iostream>

int main(int argc, char **argv) try {
    if (argc != 3) {
        std::cerr << "usage: tokenize MODEL.gguf TEXT\n";
        return 2;
    }
    const std::string_view text = argv[2];
    for (const pith::placed_token &token : pith::model::open(argv[1]).tokenize_spans({text})) {
        std::cout << std::setw(8) << token.id << "  [" << text.substr(token.begin, token.end - token.begin) << "]  "
                  << token.begin << " to " << token.end << '\n';
    }
} catch (const std::exception &failure) {
    std::cerr << failure.what() << '\n';
    return 1;
}
