/* Talks with a chat model: reads what you say from standard input, line by line, and prints what it answers as it
 * comes.
 *
 *     chat MODEL.gguf ["You are a helpful assistant."]
 *     c++ -std=c++17 chat.cpp $(pkg-config --cflags --libs pith) -o chat
 *     or in CMake: find_package(pith REQUIRED), target_link_libraries(chat pith::pith)
 *
 * The library has no chat templates yet, so the turns are put into form here: ChatML, the format of Qwen and many
 * others. Change format() for a model of another one. Its control tokens are made from trusted pieces only; what the
 * user types and what the model answered is not trusted, so that nobody can end a turn or speak for another by typing
 * "<|im_end|>". */
#include <pith/pith.hpp>

#include <iostream>
#include <string>
#include <vector>

struct turn {
    std::string opening; // who speaks, in the words of the format
    std::string text;
};

/// The whole conversation as input, and the beginning of the answer. The pieces borrow the turns' texts.
static std::vector<pith::piece> format(const std::vector<turn> &turns) {
    std::vector<pith::piece> pieces;
    for (const turn &each : turns) {
        pieces.push_back(pith::trusted(each.opening));
        pieces.push_back(each.text);
        pieces.push_back(pith::trusted("<|im_end|>\n"));
    }
    pieces.push_back(pith::trusted("<|im_start|>assistant\n"));
    return pieces;
}

int main(int argc, char **argv) try {
    if (argc < 2 || argc > 3) {
        std::cerr << "usage: chat MODEL.gguf [SYSTEM-TEXT]\n";
        return 2;
    }
    const pith::model model = pith::model::open(argv[1]);
    pith::request_options options;
    options.add(pith::key::stop, "<|im_end|>");
    std::vector<turn> turns;
    if (argc == 3) {
        turns.push_back({"<|im_start|>system\n", argv[2]});
    }
    for (std::string line; std::cout << "> " << std::flush && std::getline(std::cin, line);) {
        turns.push_back({"<|im_start|>user\n", line});
        pith::request request = model.generate(format(turns), options);
        for (const pith::token &token : request) {
            std::cout << token.text << std::flush;
        }
        std::cout << '\n';
        turns.push_back({"<|im_start|>assistant\n", std::string(request.text())});
    }
} catch (const std::exception &failure) {
    std::cerr << failure.what() << '\n';
    return 1;
}
