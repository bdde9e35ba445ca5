/* Sources: path, descriptor, memory, readers of every shape; files that are missing or damaged; readers that throw. */
#include "models.hpp"

#include <doctest/doctest.h>

#include <atomic>
#include <fcntl.h>
#include <stdexcept>
#include <unistd.h>

using pith::status;

static std::string story(const pith::model &model) {
    pith::request request = model.generate("Once", models::brief());
    request.run();
    return std::string(request.text());
}

TEST_CASE("all sources give the same model") {
    const std::string bytes = models::read_file(models::tales);
    const std::string expected = story(pith::model::open(models::tales));
    REQUIRE(!expected.empty());

    CHECK(story(pith::model::open(pith::source::from_path(models::tales))) == expected);
    CHECK(story(pith::model::open(pith::source::from_memory(bytes.data(), bytes.size()))) == expected);
    const int fd = open(models::tales, O_RDONLY);
    REQUIRE(fd >= 0);
    pith::source source = pith::source::from_fd(fd);
    close(fd); // it was duplicated
    CHECK(story(pith::model::open(source)) == expected);

    auto copy = [&bytes](void *out, std::uint64_t size, std::uint64_t offset) {
        std::memcpy(out, bytes.data() + offset, size);
    };
    CHECK(story(pith::model::open(pith::source::from_reader(copy, bytes.size()))) == expected);
    auto owned = std::make_unique<std::string>(bytes); // a reader that cannot be copied
    auto reader = [owned = std::move(owned)](void *out, std::uint64_t size, std::uint64_t offset) -> std::int32_t {
        std::memcpy(out, owned->data() + offset, size);
        return PITH_OK;
    };
    CHECK(story(pith::model::open(pith::source::from_reader(std::move(reader), bytes.size()))) == expected);
}

TEST_CASE("a model may lie somewhere within a file") {
    char path[] = "/tmp/pith-cpp-XXXXXX";
    const int fd = mkstemp(path);
    REQUIRE(fd >= 0);
    unlink(path);
    const std::string bytes = models::read_file(models::random), around(12345, 'x');
    for (const std::string *part : {&around, &bytes, &around}) {
        REQUIRE(write(fd, part->data(), part->size()) == static_cast<ssize_t>(part->size()));
    }
    const auto model = pith::model::open(pith::source::from_fd(fd, around.size(), bytes.size()));
    CHECK(model.json() == pith::model::open(pith::source::from_memory(bytes.data(), bytes.size())).json());
    CHECK(models::thrown([&] { pith::source::from_fd(fd, 1 << 30, 1); }) == status::argument);
    close(fd);
    CHECK(models::thrown([&] { pith::source::from_fd(-1); }) == status::argument);
}

TEST_CASE("files that are missing, empty or damaged are told apart") {
    CHECK(models::thrown([] { pith::model::open("no/such/file.gguf"); }) == status::io);
    CHECK(models::thrown([] { pith::model::open(""); }) == status::argument);
    CHECK(models::thrown([] { pith::model::open(std::string("a\0b", 3)); }) == status::argument);
    const std::string bytes = models::read_file(models::random);
    for (std::size_t size = 1; size < bytes.size(); size = 3 * size + 1) {
        CHECK(models::thrown([&] { pith::model::open(pith::source::from_memory(bytes.data(), size)); }) ==
              status::format);
    }
    auto missing = pith::model::try_open("no/such/file.gguf");
    REQUIRE(!missing);
    CHECK(std::string(missing.error().what()).find("no/such/file.gguf") != std::string::npos);
}

struct disk_gone : std::runtime_error {
    using std::runtime_error::runtime_error;
};

TEST_CASE("what a reader throws, on whatever thread, comes back on the caller's") {
    const std::string bytes = models::read_file(models::tales);
    for (std::size_t fails_at : {std::size_t{0}, bytes.size() / 2, bytes.size() - 1}) {
        auto read = [&bytes, fails_at](void *out, std::uint64_t size, std::uint64_t offset) {
            if (offset + size > fails_at) {
                throw disk_gone("the disk is gone");
            }
            std::memcpy(out, bytes.data() + offset, size);
        };
        pith::source source = pith::source::from_reader(read, bytes.size());
        CHECK_THROWS_WITH_AS(pith::model::open(source), "the disk is gone", disk_gone);
        auto failed = pith::model::try_open(source); // again, from the same source
        REQUIRE(!failed);
        CHECK(failed.error().code() == status::io);
        CHECK_THROWS_AS(failed.error().raise(), disk_gone);
    }
}

TEST_CASE("the status a reader returns comes back") {
    auto refuse = [](void *, std::uint64_t, std::uint64_t) -> std::int32_t { return PITH_E_CANCELED; };
    pith::source source = pith::source::from_reader(refuse, 100000);
    CHECK(models::thrown([&] { pith::model::open(source); }) == status::canceled);
    CHECK(models::thrown([&] { pith::plan::of(source); }) == status::canceled);
    auto throwing = [](void *, std::uint64_t, std::uint64_t) { throw disk_gone("gone"); };
    CHECK_THROWS_AS(pith::plan::of(pith::source::from_reader(throwing, 100000)), disk_gone);
}

TEST_CASE("a reader is destroyed with its source, not before and not after") {
    auto alive = std::make_shared<int>(0);
    std::weak_ptr<int> watched = alive;
    {
        auto read = [alive](void *, std::uint64_t, std::uint64_t) { throw disk_gone("gone"); };
        alive.reset();
        pith::source whole = pith::source::from_path(models::random);
        whole.add_part(pith::source::from_reader(std::move(read), 10)); // taken over
        CHECK(!watched.expired());
    }
    CHECK(watched.expired());
}

TEST_CASE("a source that became a part is empty") {
    pith::source whole = pith::source::from_path(models::random), part = pith::source::from_path(models::random);
    whole.add_part(std::move(part));
    CHECK(!part); // NOLINT: the point
    CHECK(models::thrown([&] { whole.add_part(std::move(part)); }) == status::argument);
    CHECK(models::thrown([&] { pith::model::open(part); }) == status::argument);
}

TEST_CASE("a plan tells what a model takes before it is loaded") {
    const auto plan = pith::plan::of(pith::source::from_path(models::tales));
    CHECK(plan.weights == pith::model::open(models::tales).bytes());
    CHECK(plan.total == plan.weights + plan.vocabulary + plan.kv + plan.work);
    CHECK(plan.request > 0);
    CHECK(plan.loading > 0);
    pith::engine_options small;
    small.set(pith::key::kv_tokens, 64);
    CHECK(pith::plan::of(pith::source::from_path(models::tales), {}, small).kv < plan.kv);
}

TEST_CASE("a host's limit is kept") {
    pith::host_options limits;
    limits.set(pith::key::memory_limit, 1 << 20);
    pith::host host = pith::host::create(limits);
    CHECK(models::thrown([&] { pith::model::open(models::tales, {}, host); }) == status::memory);
    CHECK(host.memory_peak() <= 1 << 20);
}
