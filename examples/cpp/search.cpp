/* Searches the lines of a file by their meaning: embeds them all and the question, and prints the lines most like it.
 *
 *     search MODEL.gguf LINES.txt "a bird that tells the truth"
 *     c++ -std=c++17 search.cpp $(pkg-config --cflags --libs pith) -o search
 *     or in CMake: find_package(pith REQUIRED), target_link_libraries(search pith::pith) */
#include <pith/pith.hpp>

#include <algorithm>
#include <cstdio>
#include <fstream>
#include <iostream>
#include <numeric>
#include <string>
#include <vector>

/// A line and the cosine of the angle between its vector and the question's.
struct hit {
    double likeness;
    std::string line;
};

static std::vector<std::string> read_lines(const char *path) {
    std::ifstream file(path);
    std::vector<std::string> lines;
    for (std::string line; std::getline(file, line);) {
        if (!line.empty()) {
            lines.push_back(line);
        }
    }
    return lines;
}

int main(int argc, char **argv) try {
    if (argc != 4) {
        std::cerr << "usage: search MODEL.gguf LINES.txt QUESTION\n";
        return 2;
    }
    const pith::model model = pith::model::open(argv[1]);
    const std::vector<std::string> lines = read_lines(argv[2]);
    const pith::embeddings question = model.embed({argv[3]}), vectors = model.embed(lines);

    std::vector<hit> hits;
    for (std::size_t i = 0; i < lines.size(); i++) {
        const auto line = vectors[i]; // of length 1, as the question's: their product is the cosine
        hits.push_back({std::inner_product(line.begin(), line.end(), question[0].begin(), 0.0), lines[i]});
    }
    const std::size_t shown = std::min<std::size_t>(3, hits.size());
    std::partial_sort(hits.begin(), hits.begin() + static_cast<std::ptrdiff_t>(shown), hits.end(),
                      [](const hit &a, const hit &b) { return a.likeness > b.likeness; });
    for (std::size_t i = 0; i < shown; i++) {
        std::printf("%6.3f  %s\n", hits[i].likeness, hits[i].line.c_str());
    }
} catch (const std::exception &failure) {
    std::cerr << failure.what() << '\n';
    return 1;
}
