/* pith.hpp - pith.h for C++17 and later: handles that release themselves, results or exceptions, ranges.
 *
 * TEN LINES
 *
 *     #include <pith/pith.hpp>
 *     #include <iostream>
 *
 *     int main() {
 *         pith::model model = pith::model::open("model.gguf");
 *         for (const pith::token &token : model.generate("Once upon a time"))
 *             std::cout << token.text << std::flush;
 *     }
 *
 * Everything here is inline and calls pith.h, which stays the manual: what a call does, what an option means, which
 * thread may do what. There is nothing to link but the C library.
 *
 * RULES THAT HOLD EVERYWHERE
 *   Results    What can fail comes in two forms: try_open() returns a pith::result<model> and never throws; open()
 *              returns the model or throws pith::error. Built without exceptions (-fno-exceptions) only the first
 *              form is there.
 *   Errors     pith::error is both: what a result holds and what is thrown. code() is the status, what() the library's
 *              sentence.
 *   Your code  Exceptions thrown in a reader, a progress hook or a callback of run() are stopped before they reach the
 *              library. The call that was under way ends; its throwing form rethrows them on its own thread, its try_
 *              form returns them as error().cause().
 *   Ownership  host, model and engine are shared: copying one copies a reference. source, request, decoder, options
 *              and embeddings have one owner: they move. Children keep their parents and the hooks alive: any order of
 *              destruction is safe.
 *   Empty      A default-constructed or moved-from host, engine or options object stands for the default, as NULL does
 *              in C. An empty model, source, request or decoder answers every call with status::argument.
 *   Views      string_view and pith::view borrow. Each function says from what and for how long.
 *   Threads    As in pith.h: options, sources, decoders and requests belong to one thread at a time (canceler: any
 *              thread). All else: any thread at any time.
 *
 * All names lie in an inline namespace of the version, so that files built against different versions can meet in one
 * program.
 */
#ifndef PITH_HPP
#define PITH_HPP

#include <pith/pith.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <exception>
#include <functional>
#include <initializer_list>
#include <iterator>
#include <memory>
#include <mutex>
#include <new>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#if defined(__cpp_exceptions) || defined(__EXCEPTIONS) || defined(_CPPUNWIND)
#define PITH_EXCEPTIONS 1
#define PITH_NAMESPACE  v0_1
#else
#define PITH_EXCEPTIONS 0
#define PITH_NAMESPACE  v0_1_noexcept /* classes with other members must not share a name */
#endif

namespace pith {
inline namespace PITH_NAMESPACE {

/* ------------------------------------------------------------------------------------------------------------------ *
 * Errors and results
 * ------------------------------------------------------------------------------------------------------------------ */

/// The statuses of pith.h (PITH_E_*), where each is explained.
enum class status : std::int32_t {
    ok = PITH_OK,
    argument = PITH_E_ARGUMENT,
    memory = PITH_E_MEMORY,
    io = PITH_E_IO,
    format = PITH_E_FORMAT,
    unsupported = PITH_E_UNSUPPORTED,
    option = PITH_E_OPTION,
    buffer = PITH_E_BUFFER,
    busy = PITH_E_BUSY,
    canceled = PITH_E_CANCELED,
    timeout = PITH_E_TIMEOUT,
    state = PITH_E_STATE,
    numeric = PITH_E_NUMERIC,
    forked = PITH_E_FORKED,
    system = PITH_E_SYSTEM,
    context = PITH_E_CONTEXT,
    internal = PITH_E_INTERNAL
};

/// Why a call failed. Takes no memory, so that it can tell of a lack of memory too.
class error : public std::exception {
  public:
    /// With `cause`, the exception of your own code that made the call fail, or none.
    error(pith::status code, std::string_view message, std::exception_ptr cause = nullptr) noexcept
        : code_(code), cause_(std::move(cause)) {
        message_[message.copy(message_, sizeof(message_) - 1)] = '\0';
    }

    /// The calling thread's last failure in the C library, which returned `code`.
    static error last(std::int32_t code, std::exception_ptr cause = nullptr) noexcept {
        error made(static_cast<pith::status>(code), std::string_view(), std::move(cause));
        pith_error_copy(made.message_, sizeof(made.message_), nullptr);
        return made;
    }

    pith::status code() const noexcept {
        return code_;
    }
    /// The sentence that says what was wrong and what to do. Lives as long as this object.
    const char *what() const noexcept override {
        return message_[0] != '\0' ? message_ : pith_status_name(static_cast<std::int32_t>(code_));
    }
    /// The exception that your reader, hook or callback threw, or null.
    const std::exception_ptr &cause() const noexcept {
        return cause_;
    }

#if PITH_EXCEPTIONS
    /// Throws the cause, or else this error.
    [[noreturn]] void raise() const {
        if (cause_) {
            std::rethrow_exception(cause_);
        }
        throw *this;
    }
#endif

  private:
    pith::status code_;
    std::exception_ptr cause_;
    char message_[512]; // what pith_error_copy needs at most
};

/// A value, or the error that there is instead of it: as std::expected, which C++17 lacks. `*` and `->` are for after a
/// look at has_value(); without a value they point nowhere.
template <class T> class [[nodiscard]] result {
  public:
    using value_type = T;
    using error_type = pith::error;

    result(T value) noexcept : state_(std::in_place_index<0>, std::move(value)) {}
    result(error_type why) noexcept : state_(std::in_place_index<1>, std::move(why)) {}

    bool has_value() const noexcept {
        return state_.index() == 0;
    }
    explicit operator bool() const noexcept {
        return has_value();
    }
    T &operator*() &noexcept {
        return *std::get_if<0>(&state_);
    }
    const T &operator*() const &noexcept {
        return *std::get_if<0>(&state_);
    }
    T &&operator*() &&noexcept {
        return std::move(*std::get_if<0>(&state_));
    }
    T *operator->() noexcept {
        return std::get_if<0>(&state_);
    }
    const T *operator->() const noexcept {
        return std::get_if<0>(&state_);
    }
    /// Only for a result without a value. Lives as long as the result.
    const error_type &error() const noexcept {
        return *std::get_if<1>(&state_);
    }
    template <class U> T value_or(U &&instead) && {
        return has_value() ? std::move(**this) : static_cast<T>(std::forward<U>(instead));
    }

#if PITH_EXCEPTIONS
    /// The value, or error().raise().
    T value() && {
        return has_value() ? std::move(**this) : (error().raise(), std::move(**this));
    }
    const T &value() const & {
        return has_value() ? **this : (error().raise(), **this);
    }
#endif

  private:
    std::variant<T, error_type> state_;
};

/// The result of what has nothing to give.
template <> class [[nodiscard]] result<void> {
  public:
    using value_type = void;
    using error_type = pith::error;

    result() noexcept = default;
    result(error_type why) noexcept : why_(std::move(why)) {}

    bool has_value() const noexcept {
        return !why_;
    }
    explicit operator bool() const noexcept {
        return has_value();
    }
    const error_type &error() const noexcept {
        return *why_;
    }

#if PITH_EXCEPTIONS
    void value() const {
        if (why_) {
            why_->raise();
        }
    }
#endif

  private:
    std::optional<error_type> why_;
};

/* ------------------------------------------------------------------------------------------------------------------ *
 * Views and pieces
 * ------------------------------------------------------------------------------------------------------------------ */

/// Borrowed elements in a row, not to be changed: std::span<const T>, which C++17 lacks and to which it converts in
/// C++20.
template <class T> class view {
  public:
    using value_type = T;
    using iterator = const T *;

    constexpr view() noexcept = default;
    constexpr view(const T *data, std::size_t size) noexcept : data_(data), size_(size) {}
    /// Of a std::vector, std::array or whatever else has data() and size(). Lives as long as its elements do.
    template <class C,
              class = std::enable_if_t<std::is_convertible_v<decltype(std::declval<const C &>().data()), const T *>>>
    constexpr view(const C &of) noexcept : data_(of.data()), size_(of.size()) {}

    constexpr const T *data() const noexcept {
        return data_;
    }
    constexpr std::size_t size() const noexcept {
        return size_;
    }
    constexpr bool empty() const noexcept {
        return size_ == 0;
    }
    constexpr const T *begin() const noexcept {
        return data_;
    }
    constexpr const T *end() const noexcept {
        return data_ + size_;
    }
    constexpr const T &operator[](std::size_t i) const noexcept {
        return data_[i];
    }
    /// A copy that owns its elements.
    std::vector<T> to_vector() const {
        return std::vector<T>(begin(), end());
    }

  private:
    const T *data_ = nullptr;
    std::size_t size_ = 0;
};

/// A piece of input: text, and whether control tokens such as <|im_end|> may be made from it. Plain text is not
/// trusted. Never trust what a user typed. Borrows the text.
struct piece {
    std::string_view text;
    bool trusted = false;

    constexpr piece() noexcept = default;
    template <class S, class = std::enable_if_t<std::is_convertible_v<const S &, std::string_view>>>
    constexpr piece(const S &plain) noexcept(noexcept(std::string_view(plain))) : text(plain) {}
};

/// A piece from which control tokens are made: for the words of a chat format, not for what people write in it.
constexpr piece trusted(std::string_view text) noexcept {
    piece made(text);
    made.trusted = true;
    return made;
}

/* ------------------------------------------------------------------------------------------------------------------ *
 * Helpers, not for use from outside
 * ------------------------------------------------------------------------------------------------------------------ */

namespace detail {

/// Runs `body`, the only place where exceptions are stopped. Returns what was thrown, or null.
template <class F> std::exception_ptr stopped(F &&body) noexcept {
#if PITH_EXCEPTIONS
    try {
        body();
    } catch (...) {
        return std::current_exception();
    }
#else
    body();
#endif
    return nullptr;
}

/// Runs `body`, which returns a result; what it throws, for lack of memory or out of the caller's own types, becomes
/// the error.
template <class F> auto guarded(F &&body) noexcept -> decltype(body()) {
    std::optional<decltype(body())> done;
    if (auto thrown = stopped([&] { done.emplace(body()); })) {
        return error(status::memory, "there is no memory for the result, or a type of yours threw", std::move(thrown));
    }
    return std::move(*done);
}

inline result<void> checked(std::int32_t status) noexcept {
    return status == PITH_OK ? result<void>() : result<void>(error::last(status));
}

/// Shares a handle of the C library; its release lets go of the parents too, also when a std::weak_ptr remains.
template <auto Release, class Handle, class... Parents>
std::shared_ptr<Handle> share(Handle *raw, const std::shared_ptr<Parents> &...parents) {
    auto release = [kept = std::make_tuple(parents...)](Handle *handle) mutable noexcept {
        Release(handle);
        kept = std::tuple<std::shared_ptr<Parents>...>();
    };
    return std::shared_ptr<Handle>(raw, std::move(release));
}

/// What classes of shared handles have in common; default-constructed and moved-from ones are empty.
template <class Handle> class shared {
  public:
    /// The C handle, or null.
    Handle *get() const noexcept {
        return handle_.get();
    }
    explicit operator bool() const noexcept {
        return handle_ != nullptr;
    }

  protected:
    std::shared_ptr<Handle> handle_;
};

/// The same for classes of handles with one owner.
template <class Handle> class owned : public shared<Handle> {
  public:
    owned() noexcept = default;
    owned(owned &&) noexcept = default;
    owned &operator=(owned &&) noexcept = default;
};

/// A container filled by `call(data, capacity, &size)`, which is asked again when `guess` elements were too few.
template <class Container, class Call> result<Container> filled(std::size_t guess, Call &&call) noexcept {
    return guarded([&]() -> result<Container> {
        Container out(guess, {});
        std::uint64_t size = 0;
        std::int32_t status = call(out.data(), std::uint64_t{out.size()}, &size);
        if (status == PITH_E_BUFFER) {
            out.resize(static_cast<std::size_t>(size));
            status = call(out.data(), std::uint64_t{out.size()}, &size);
        }
        if (status != PITH_OK) {
            return error::last(status);
        }
        out.resize(static_cast<std::size_t>(size));
        out.shrink_to_fit();
        return out;
    });
}

/// What a C function writes for JSON, as a string.
template <class Call> result<std::string> json_text(Call &&call) noexcept {
    return filled<std::string>(1024, std::forward<Call>(call));
}

template <class Get, class Handle> std::int64_t number(Get get, const Handle *handle, std::int32_t field) noexcept {
    std::int64_t value = 0;
    get(handle, field, &value); // leaves 0 when it fails
    return value;
}

inline std::uint64_t milliseconds_of(std::chrono::milliseconds timeout) noexcept {
    if (timeout == std::chrono::milliseconds::max()) {
        return PITH_FOREVER;
    }
    return timeout.count() > 0 ? static_cast<std::uint64_t>(timeout.count()) : 0;
}

/// Calls `f(arguments...)`; false only if it returns bool and false. For callbacks that may stop something.
template <class F, class... Arguments> bool goes_on(F &f, Arguments &&...arguments) {
    if constexpr (std::is_void_v<std::invoke_result_t<F &, Arguments...>>) {
        std::invoke(f, std::forward<Arguments>(arguments)...);
        return true;
    } else {
        static_assert(std::is_same_v<std::invoke_result_t<F &, Arguments...>, bool>,
                      "return nothing, or a bool: true to go on, false to stop");
        return std::invoke(f, std::forward<Arguments>(arguments)...);
    }
}

struct log_hook {
    std::function<void(std::int32_t, std::string_view)> write;

    static void call(void *user, std::int32_t level, const char *line, std::uint64_t length) noexcept {
        auto write = [&] { static_cast<log_hook *>(user)->write(level, {line, static_cast<std::size_t>(length)}); };
        static_cast<void>(stopped(write)); // a log line stops nothing
    }
};

struct progress_hook {
    std::function<bool(double)> report;
    std::exception_ptr thrown;

    static std::int32_t call(void *user, double fraction) noexcept {
        auto *hook = static_cast<progress_hook *>(user);
        bool on = false;
        hook->thrown = stopped([&] { on = hook->report(fraction); });
        return on ? 0 : 1;
    }
};

struct reader_hook {
    std::function<std::int32_t(void *, std::uint64_t, std::uint64_t)> read;
    std::mutex lock; // several threads read
    std::exception_ptr thrown;

    static std::int32_t call(void *user, void *out, std::uint64_t size, std::uint64_t offset) noexcept {
        auto *hook = static_cast<reader_hook *>(user);
        std::int32_t status = PITH_E_IO;
        if (auto thrown = stopped([&] { status = hook->read(out, size, offset); })) {
            std::lock_guard<std::mutex> locked(hook->lock);
            hook->thrown = std::move(thrown);
        }
        return status;
    }
};

} // namespace detail

/* ------------------------------------------------------------------------------------------------------------------ *
 * Library
 * ------------------------------------------------------------------------------------------------------------------ */

/// The version of the library that runs: major * 1000000 + minor * 1000 + patch.
inline std::uint32_t version() noexcept {
    return pith_version();
}
/// What the library's build is, as a JSON object (pith_build_json).
inline result<std::string> try_build_json() noexcept {
    return detail::json_text(pith_build_json);
}
#if PITH_EXCEPTIONS
inline std::string build_json() {
    return try_build_json().value();
}
#endif

/* ------------------------------------------------------------------------------------------------------------------ *
 * Options
 * ------------------------------------------------------------------------------------------------------------------ */

/// An option's key, with its scope and the type of its value: a wrong one does not compile.
template <std::int32_t Scope, class Value> struct typed_key { std::int32_t number; };

/// Value of keys that take ids: any row of whole numbers, copied.
class id_list {
  public:
    id_list(std::initializer_list<std::int64_t> ids) : ids_(ids) {}
    template <class C, class = std::enable_if_t<std::is_integral_v<typename C::value_type>>>
    id_list(const C &ids) : ids_(std::begin(ids), std::end(ids)) {}
    operator view<std::int64_t>() const noexcept {
        return ids_;
    }

  private:
    std::vector<std::int64_t> ids_;
};

struct many_texts;  ///< Value of keys that gather texts: see options::add.
struct many_biases; ///< Value of keys that gather (id, number) pairs: see options::add.

/// Every key of pith.h, where each is explained beside its range and default.
namespace key {
template <class Value> using host = typed_key<PITH_SCOPE_HOST, Value>;
template <class Value> using model = typed_key<PITH_SCOPE_MODEL, Value>;
template <class Value> using engine = typed_key<PITH_SCOPE_ENGINE, Value>;
template <class Value> using request = typed_key<PITH_SCOPE_REQUEST, Value>;

inline constexpr host<std::int64_t> memory_limit{PITH_KEY_MEMORY_LIMIT};
inline constexpr host<std::string_view> cpu{PITH_KEY_CPU};

inline constexpr model<std::int64_t> exact{PITH_KEY_EXACT};
inline constexpr model<std::int64_t> load_threads{PITH_KEY_LOAD_THREADS};
inline constexpr model<std::int64_t> metadata_limit{PITH_KEY_METADATA_LIMIT};
inline constexpr model<std::int64_t> blas_columns{PITH_KEY_BLAS_COLUMNS};
inline constexpr model<std::string_view> vocabulary_family{PITH_KEY_VOCABULARY_FAMILY};

inline constexpr engine<std::int64_t> threads{PITH_KEY_THREADS};
inline constexpr engine<std::int64_t> context{PITH_KEY_CONTEXT};
inline constexpr engine<std::int64_t> kv_tokens{PITH_KEY_KV_TOKENS};
inline constexpr engine<std::string_view> kv_type{PITH_KEY_KV_TYPE};
inline constexpr engine<std::int64_t> batch_tokens{PITH_KEY_BATCH_TOKENS};
inline constexpr engine<std::int64_t> max_sequences{PITH_KEY_MAX_SEQUENCES};
inline constexpr engine<std::int64_t> queue_limit{PITH_KEY_QUEUE_LIMIT};

inline constexpr request<std::int64_t> max_tokens{PITH_KEY_MAX_TOKENS};
inline constexpr request<double> temperature{PITH_KEY_TEMPERATURE};
inline constexpr request<std::int64_t> top_k{PITH_KEY_TOP_K};
inline constexpr request<double> top_p{PITH_KEY_TOP_P};
inline constexpr request<double> min_p{PITH_KEY_MIN_P};
inline constexpr request<double> typical_p{PITH_KEY_TYPICAL_P};
inline constexpr request<double> repeat_penalty{PITH_KEY_REPEAT_PENALTY};
inline constexpr request<double> frequency_penalty{PITH_KEY_FREQUENCY_PENALTY};
inline constexpr request<double> presence_penalty{PITH_KEY_PRESENCE_PENALTY};
inline constexpr request<std::int64_t> penalty_last_n{PITH_KEY_PENALTY_LAST_N};
inline constexpr request<std::int64_t> seed{PITH_KEY_SEED};
inline constexpr request<many_texts> stop{PITH_KEY_STOP};
inline constexpr request<id_list> stop_tokens{PITH_KEY_STOP_TOKENS};
inline constexpr request<many_biases> logit_bias{PITH_KEY_LOGIT_BIAS};
inline constexpr request<std::int64_t> loop_guard{PITH_KEY_LOOP_GUARD};
inline constexpr request<std::int64_t> logprobs{PITH_KEY_LOGPROBS};
inline constexpr request<std::int64_t> deadline_ms{PITH_KEY_DEADLINE_MS};
inline constexpr request<std::int64_t> add_bos{PITH_KEY_ADD_BOS};
inline constexpr request<std::int64_t> ignore_eog{PITH_KEY_IGNORE_EOG};
inline constexpr request<std::int64_t> show_special{PITH_KEY_SHOW_SPECIAL};
inline constexpr request<std::string_view> pooling{PITH_KEY_POOLING};
inline constexpr request<std::int64_t> normalize{PITH_KEY_NORMALIZE};
} // namespace key

/// Settings of one scope, all at their defaults at first. A wrong key, type or value fails at the setter, and leaves
/// all as it was. One owner; takes memory from the first setting on. Setters by key are checked by the compiler, those
/// by name when they run.
template <std::int32_t Scope> class options {
  public:
    options() noexcept = default;
    options(options &&) noexcept = default;
    options &operator=(options &&) noexcept = default;

    /// The C handle, or null while all is at its default.
    pith_options *get() const noexcept {
        return handle_.get();
    }

    template <class Value>
    result<void> try_set(typed_key<Scope, Value> key, const std::common_type_t<Value> &value) noexcept {
        return with([&](pith_options *o) { return set_one(o, key.number, value); });
    }
    /// By name ("top_p"): a number, a text, or a row of ids.
    template <class Value> result<void> try_set(std::string_view name, const Value &value) noexcept {
        return named(name, [&](pith_options *o, std::int32_t key) { return set_any(o, key, value); });
    }
    /// Adds to a key that gathers texts (stop).
    result<void> try_add(typed_key<Scope, many_texts> key, std::string_view text) noexcept {
        return with([&](pith_options *o) { return pith_options_add_str(o, key.number, text.data(), text.size()); });
    }
    result<void> try_add(std::string_view name, std::string_view text) noexcept {
        return named(name, [&](pith_options *o, std::int32_t key) {
            return pith_options_add_str(o, key, text.data(), text.size());
        });
    }
    /// Adds to a key that gathers pairs (logit_bias).
    result<void> try_add(typed_key<Scope, many_biases> key, std::int64_t id, double number) noexcept {
        return with([&](pith_options *o) { return pith_options_add_pair(o, key.number, id, number); });
    }
    result<void> try_add(std::string_view name, std::int64_t id, double number) noexcept {
        return named(name,
                     [&](pith_options *o, std::int32_t key) { return pith_options_add_pair(o, key, id, number); });
    }
    /// Puts one key back to its default.
    template <class Value> result<void> try_clear(typed_key<Scope, Value> key) noexcept {
        return with([&](pith_options *o) { return pith_options_clear(o, key.number); });
    }
    result<void> try_clear(std::string_view name) noexcept {
        return named(name, pith_options_clear);
    }
    /// Sets several keys from a JSON object, all or none.
    result<void> try_set_json(std::string_view json) noexcept {
        return with([&](pith_options *o) { return pith_options_set_json(o, json.data(), json.size()); });
    }
    /// Every key of the scope with the value in effect, as a JSON object.
    result<std::string> try_json() noexcept {
        if (auto made = with([](pith_options *) { return PITH_OK; }); !made) {
            return made.error();
        }
        return detail::json_text([this](char *buffer, std::uint64_t capacity, std::uint64_t *size) {
            return pith_options_get_json(get(), buffer, capacity, size);
        });
    }
    /// A copy, hooks included.
    result<options> try_clone() const noexcept {
        return detail::guarded([this]() -> result<options> {
            options copy;
            if (handle_) {
                pith_options *raw = nullptr;
                if (std::int32_t failed = pith_options_clone(get(), &raw); failed != PITH_OK) {
                    return error::last(failed);
                }
                copy.handle_ = detail::share<pith_options_release>(raw);
            }
            copy.log_ = log_;
            if (progress_) { // keeps what is thrown: each has its own
                if (auto hooked = copy.hook_progress(progress_->report); !hooked) {
                    return hooked.error();
                }
            }
            return result<options>(std::move(copy));
        });
    }

    /// Host options: `write(level, line)` gets the log's lines (PITH_LOG_*, a view for the call's time) on any thread,
    /// at any time while something of the host lives. It must not call pith; what it throws is dropped.
    template <class F> result<void> try_set_log(F write) noexcept {
        static_assert(Scope == PITH_SCOPE_HOST, "the log is an option of the host");
        return detail::guarded([&]() -> result<void> {
            auto hook = std::make_shared<detail::log_hook>(detail::log_hook{std::move(write)});
            auto set =
                with([&](pith_options *o) { return pith_options_set_log(o, detail::log_hook::call, hook.get()); });
            if (set) {
                log_ = std::move(hook);
            }
            return set;
        });
    }
    /// Host options: the allocator, called from any thread. The compiler sees to it that it throws nothing.
    result<void> try_set_allocator(void *(*allocate)(void *, void *, std::uint64_t, std::uint64_t,
                                                     std::uint64_t) noexcept,
                                   void *user) noexcept {
        static_assert(Scope == PITH_SCOPE_HOST, "the allocator is an option of the host");
        return with([&](pith_options *o) { return pith_options_set_allocator(o, allocate, user); });
    }
    /// Host options: the executor, called from the engines' threads. The compiler sees to it that it throws nothing.
    result<void> try_set_executor(void (*execute)(void *, pith_task_fn, void *, std::uint32_t) noexcept,
                                  void *user) noexcept {
        static_assert(Scope == PITH_SCOPE_HOST, "the executor is an option of the host");
        return with([&](pith_options *o) { return pith_options_set_executor(o, execute, user); });
    }
    /// Model options: `report(fraction)` is told of a load's progress, from 0 to 1, on the thread that opens the model.
    /// It returns nothing, or a bool: false stops the load with status::canceled. What it throws does so too.
    template <class F> result<void> try_set_progress(F report) noexcept {
        static_assert(Scope == PITH_SCOPE_MODEL, "progress is an option of the model");
        return detail::guarded([&] {
            auto shared = std::make_shared<F>(std::move(report));
            return hook_progress([shared](double fraction) { return detail::goes_on(*shared, fraction); });
        });
    }

#if PITH_EXCEPTIONS
    template <class Value> options &set(typed_key<Scope, Value> key, const std::common_type_t<Value> &value) {
        return try_set(key, value).value(), *this;
    }
    template <class Value> options &set(std::string_view name, const Value &value) {
        return try_set(name, value).value(), *this;
    }
    options &add(typed_key<Scope, many_texts> key, std::string_view text) {
        return try_add(key, text).value(), *this;
    }
    options &add(std::string_view name, std::string_view text) {
        return try_add(name, text).value(), *this;
    }
    options &add(typed_key<Scope, many_biases> key, std::int64_t id, double number) {
        return try_add(key, id, number).value(), *this;
    }
    options &add(std::string_view name, std::int64_t id, double number) {
        return try_add(name, id, number).value(), *this;
    }
    template <class Value> options &clear(typed_key<Scope, Value> key) {
        return try_clear(key).value(), *this;
    }
    options &clear(std::string_view name) {
        return try_clear(name).value(), *this;
    }
    options &set_json(std::string_view json) {
        return try_set_json(json).value(), *this;
    }
    std::string json() {
        return try_json().value();
    }
    options clone() const {
        return try_clone().value();
    }
    template <class F> options &set_log(F write) {
        return try_set_log(std::move(write)).value(), *this;
    }
    options &set_allocator(void *(*allocate)(void *, void *, std::uint64_t, std::uint64_t, std::uint64_t) noexcept,
                           void *user) {
        return try_set_allocator(allocate, user).value(), *this;
    }
    options &set_executor(void (*execute)(void *, pith_task_fn, void *, std::uint32_t) noexcept, void *user) {
        return try_set_executor(execute, user).value(), *this;
    }
    template <class F> options &set_progress(F report) {
        return try_set_progress(std::move(report)).value(), *this;
    }
#endif

  private:
    friend class host;
    friend class model;

    static std::int32_t set_one(pith_options *o, std::int32_t key, std::int64_t value) noexcept {
        return pith_options_set_i64(o, key, value);
    }
    static std::int32_t set_one(pith_options *o, std::int32_t key, double value) noexcept {
        return pith_options_set_f64(o, key, value);
    }
    static std::int32_t set_one(pith_options *o, std::int32_t key, std::string_view value) noexcept {
        return pith_options_set_str(o, key, value.data(), value.size());
    }
    static std::int32_t set_one(pith_options *o, std::int32_t key, view<std::int64_t> values) noexcept {
        return pith_options_set_i64s(o, key, values.data(), values.size());
    }
    /// Whole numbers suit keys of both kinds of numbers; for the rest the library says what the key takes.
    template <class Value> static std::int32_t set_any(pith_options *o, std::int32_t key, const Value &value) {
        if constexpr (std::is_integral_v<Value>) {
            if (pith_key_type(key) == PITH_TYPE_F64) {
                return set_one(o, key, static_cast<double>(value));
            }
            return set_one(o, key, static_cast<std::int64_t>(value));
        } else if constexpr (std::is_floating_point_v<Value>) {
            return set_one(o, key, static_cast<double>(value));
        } else if constexpr (std::is_convertible_v<const Value &, std::string_view>) {
            return set_one(o, key, std::string_view(value));
        } else {
            return set_one(o, key, id_list(value));
        }
    }

    /// Calls `set` with the C handle, which is made on the first call.
    template <class Set> result<void> with(Set &&set) noexcept {
        return detail::guarded([&]() -> result<void> {
            if (!handle_) {
                pith_options *raw = nullptr;
                if (std::int32_t failed = pith_options_create(Scope, &raw); failed != PITH_OK) {
                    return error::last(failed);
                }
                handle_ = detail::share<pith_options_release>(raw);
            }
            return detail::checked(set(get()));
        });
    }
    template <class Set> result<void> named(std::string_view name, Set &&set) noexcept {
        std::int32_t key = 0;
        if (std::int32_t failed = pith_key_find(Scope, name.data(), name.size(), &key); failed != PITH_OK) {
            return error::last(failed);
        }
        return with([&](pith_options *o) { return set(o, key); });
    }
    result<void> hook_progress(std::function<bool(double)> report) {
        auto hook = std::make_shared<detail::progress_hook>(detail::progress_hook{std::move(report), nullptr});
        auto set = with(
            [&](pith_options *o) { return pith_options_set_progress(o, detail::progress_hook::call, hook.get()); });
        if (set) {
            progress_ = std::move(hook);
        }
        return set;
    }

    std::shared_ptr<detail::log_hook> log_;
    std::shared_ptr<detail::progress_hook> progress_;
    std::shared_ptr<pith_options> handle_;
};

using host_options = options<PITH_SCOPE_HOST>;
using model_options = options<PITH_SCOPE_MODEL>;
using engine_options = options<PITH_SCOPE_ENGINE>;
using request_options = options<PITH_SCOPE_REQUEST>;

/* ------------------------------------------------------------------------------------------------------------------ *
 * Host
 * ------------------------------------------------------------------------------------------------------------------ */

/// Where memory, log lines and threads come from. Shared by copying. An empty one is the library's default host.
class host : public detail::shared<pith_host> {
  public:
    static result<host> try_create(const host_options &options) noexcept {
        return detail::guarded([&]() -> result<host> {
            pith_host *raw = nullptr;
            if (std::int32_t failed = pith_host_create(options.get(), &raw); failed != PITH_OK) {
                return error::last(failed);
            }
            host made;
            made.handle_ = detail::share<pith_host_release>(raw, options.log_);
            return made;
        });
    }
#if PITH_EXCEPTIONS
    static host create(const host_options &options) {
        return try_create(options).value();
    }
#endif

    /// Bytes held now, the most held at once so far, and the limit (0: none).
    std::int64_t memory_used() const noexcept {
        return detail::number(pith_host_get_i64, get(), PITH_HOST_MEMORY_USED);
    }
    std::int64_t memory_peak() const noexcept {
        return detail::number(pith_host_get_i64, get(), PITH_HOST_MEMORY_PEAK);
    }
    std::int64_t memory_limit() const noexcept {
        return detail::number(pith_host_get_i64, get(), PITH_HOST_MEMORY_LIMIT);
    }

  private:
    friend class source;
    friend class model;
    friend class engine;
};

/* ------------------------------------------------------------------------------------------------------------------ *
 * Source
 * ------------------------------------------------------------------------------------------------------------------ */

/// Where a model's bytes come from. One owner; may be destroyed as soon as the model is open. A model opened from it
/// belongs to its host.
class source : public detail::owned<pith_source> {
  public:
    static result<source> try_from_path(const std::string &path, const host &host = {}) noexcept {
        return make(host, nullptr, [&](pith_source **out) {
            return pith_source_from_path(host.get(), path.data(), path.size(), out);
        });
    }
    /// `length` bytes at `offset` of an open descriptor, which is duplicated; 0: to its end.
    static result<source> try_from_fd(std::int32_t fd, std::uint64_t offset = 0, std::uint64_t length = 0,
                                      const host &host = {}) noexcept {
        return make(host, nullptr,
                    [&](pith_source **out) { return pith_source_from_fd(host.get(), fd, offset, length, out); });
    }
    /// `length` bytes in memory, borrowed as long as this source lives.
    static result<source> try_from_memory(const void *bytes, std::size_t length, const host &host = {}) noexcept {
        return make(host, nullptr,
                    [&](pith_source **out) { return pith_source_from_memory(host.get(), bytes, length, out); });
    }
    /// `length` bytes that `read(void *out, uint64_t size, uint64_t offset)` fills in: all of the `size` bytes, or it
    /// throws; or it returns PITH_OK or a negative status. Called from several threads at once while a model is opened;
    /// never later.
    template <class F>
    static result<source> try_from_reader(F read, std::uint64_t length, const host &host = {}) noexcept {
        return detail::guarded([&] {
            auto hook = std::make_shared<detail::reader_hook>();
            hook->read = reading(std::move(read));
            return make(host, hook, [&](pith_source **out) {
                return pith_source_from_reader(host.get(), detail::reader_hook::call, hook.get(), length, out);
            });
        });
    }
    /// Adds the next part of a split file, in order. The part is empty afterwards.
    result<void> try_add_part(source part) noexcept {
        return detail::guarded([&]() -> result<void> {
            readers_.reserve(readers_.size() + part.readers_.size());
            if (std::int32_t failed = pith_source_add_part(get(), part.get()); failed != PITH_OK) {
                return error::last(failed);
            }
            readers_.insert(readers_.end(), part.readers_.begin(), part.readers_.end());
            return {};
        });
    }

#if PITH_EXCEPTIONS
    static source from_path(const std::string &path, const host &host = {}) {
        return try_from_path(path, host).value();
    }
    static source from_fd(std::int32_t fd, std::uint64_t offset = 0, std::uint64_t length = 0, const host &host = {}) {
        return try_from_fd(fd, offset, length, host).value();
    }
    static source from_memory(const void *bytes, std::size_t length, const host &host = {}) {
        return try_from_memory(bytes, length, host).value();
    }
    template <class F> static source from_reader(F read, std::uint64_t length, const host &host = {}) {
        return try_from_reader(std::move(read), length, host).value();
    }
    void add_part(source part) {
        try_add_part(std::move(part)).value();
    }
#endif

  private:
    friend class model;
    friend struct plan;
    using readers = std::vector<std::shared_ptr<detail::reader_hook>>;

    template <class Create>
    static result<source> make(const host &host, std::shared_ptr<detail::reader_hook> reader,
                               Create &&create) noexcept {
        return detail::guarded([&]() -> result<source> {
            source made;
            if (reader) {
                made.readers_.push_back(std::move(reader));
            }
            pith_source *raw = nullptr;
            if (std::int32_t failed = create(&raw); failed != PITH_OK) {
                return error::last(failed);
            }
            made.handle_ = detail::share<pith_source_release>(raw, host.handle_);
            made.host_ = host;
            return result<source>(std::move(made));
        });
    }

    /// The caller's reader, whatever it is and returns, as one that returns a status.
    template <class F> static auto reading(F read) {
        using answer = std::invoke_result_t<F &, void *, std::uint64_t, std::uint64_t>;
        static_assert(std::is_void_v<answer> || std::is_same_v<answer, std::int32_t>,
                      "return nothing and throw if reading fails, or return a status as an int32_t");
        return [shared = std::make_shared<F>(std::move(read))](void *out, std::uint64_t size, std::uint64_t offset) {
            if constexpr (std::is_void_v<answer>) {
                std::invoke(*shared, out, size, offset);
                return std::int32_t{PITH_OK};
            } else {
                return std::invoke(*shared, out, size, offset);
            }
        };
    }

    void forget_thrown() const noexcept {
        for (const auto &reader : readers_) {
            reader->thrown = nullptr;
        }
    }
    std::exception_ptr thrown() const noexcept {
        for (const auto &reader : readers_) {
            if (reader->thrown) {
                return std::exchange(reader->thrown, nullptr);
            }
        }
        return nullptr;
    }

    host host_;
    readers readers_;
};

/* ------------------------------------------------------------------------------------------------------------------ *
 * Plan
 * ------------------------------------------------------------------------------------------------------------------ */

/// What a model and an engine will take in memory, in bytes, told before anything is loaded (PITH_PLAN_*).
struct plan {
    std::int64_t total = 0;      ///< weights + vocabulary + KV cache + work
    std::int64_t weights = 0;    ///< packed weights
    std::int64_t vocabulary = 0; ///< tokenizer and metadata
    std::int64_t kv = 0;         ///< KV cache
    std::int64_t work = 0;       ///< work space of a step
    std::int64_t request = 0;    ///< each running request with default options, on top of the total
    std::int64_t loading = 0;    ///< most bytes while loading, on top of weights and vocabulary

    static result<plan> try_of(const source &source, const model_options &model = {},
                               const engine_options &engine = {}) noexcept {
        pith_plan *raw = nullptr;
        source.forget_thrown();
        std::int32_t failed = pith_plan_create(source.host_.get(), source.get(), model.get(), engine.get(), &raw);
        if (failed != PITH_OK) {
            return error::last(failed, source.thrown());
        }
        auto bytes = [raw](std::int32_t field) { return detail::number(pith_plan_get_i64, raw, field); };
        plan made{bytes(PITH_PLAN_TOTAL), bytes(PITH_PLAN_WEIGHTS), bytes(PITH_PLAN_VOCABULARY), bytes(PITH_PLAN_KV),
                  bytes(PITH_PLAN_WORK),  bytes(PITH_PLAN_REQUEST), bytes(PITH_PLAN_LOADING)};
        pith_plan_release(raw);
        return made;
    }
#if PITH_EXCEPTIONS
    static plan of(const source &source, const model_options &model = {}, const engine_options &engine = {}) {
        return try_of(source, model, engine).value();
    }
#endif
};

/* ------------------------------------------------------------------------------------------------------------------ *
 * Engine
 * ------------------------------------------------------------------------------------------------------------------ */

/// Workers, the KV cache and the schedule. Shared by copying. An empty one stands for a model's own engine.
class engine : public detail::shared<pith_engine> {
  public:
    /// PITH_ENGINE_*; all 0 for an empty engine.
    struct counters {
        std::int64_t queued = 0;     ///< requests waiting
        std::int64_t running = 0;    ///< requests being computed
        std::int64_t pages = 0;      ///< pages of all KV caches
        std::int64_t pages_free = 0; ///< those that nobody uses
        std::int64_t steps = 0;      ///< steps computed so far
        std::int64_t tokens = 0;     ///< tokens computed so far, prompts included
        std::int64_t threads = 0;    ///< threads that compute
    };

    static result<engine> try_create(const engine_options &options = {}, const host &host = {}) noexcept {
        return detail::guarded([&]() -> result<engine> {
            pith_engine *raw = nullptr;
            if (std::int32_t failed = pith_engine_create(host.get(), options.get(), &raw); failed != PITH_OK) {
                return error::last(failed);
            }
            engine made;
            made.handle_ = detail::share<pith_engine_release>(raw, host.handle_);
            return made;
        });
    }
#if PITH_EXCEPTIONS
    static engine create(const engine_options &options = {}, const host &host = {}) {
        return try_create(options, host).value();
    }
#endif

    counters count() const noexcept {
        auto of = [this](std::int32_t field) { return detail::number(pith_engine_get_i64, get(), field); };
        return {of(PITH_ENGINE_QUEUED), of(PITH_ENGINE_RUNNING), of(PITH_ENGINE_PAGES),  of(PITH_ENGINE_PAGES_FREE),
                of(PITH_ENGINE_STEPS),  of(PITH_ENGINE_TOKENS),  of(PITH_ENGINE_THREADS)};
    }

  private:
    friend class request;
};

/* ------------------------------------------------------------------------------------------------------------------ *
 * Model
 * ------------------------------------------------------------------------------------------------------------------ */

/// Tokens to put around a text that is tokenized, where the model wants them.
enum class edges : std::uint32_t {
    none = 0,
    bos = PITH_ADD_BOS,
    eos = PITH_ADD_EOS,
    both = PITH_ADD_BOS | PITH_ADD_EOS
};

/// A token and the bytes of the text that it covers: from begin up to end, in all pieces laid end to end.
struct placed_token {
    std::int32_t id = 0;
    std::uint64_t begin = 0, end = 0;
};

class request;
class embeddings;

/// Weights and vocabulary. Immutable; shared by copying; any thread at any time.
class model : public detail::shared<pith_model> {
  public:
    /// From a path. The first part of a split file finds the others.
    static result<model> try_open(const std::string &path, const model_options &options = {},
                                  const host &host = {}) noexcept {
        auto source = source::try_from_path(path, host);
        return source ? try_open(*source, options) : result<model>(source.error());
    }
    /// From any source, on its host. The source may be destroyed at once.
    static result<model> try_open(const source &source, const model_options &options = {}) noexcept {
        return detail::guarded([&]() -> result<model> {
            pith_model *raw = nullptr;
            source.forget_thrown();
            std::int32_t failed = pith_model_open(source.host_.get(), source.get(), options.get(), &raw);
            if (failed != PITH_OK) {
                auto thrown = source.thrown();
                if (!thrown && options.progress_) {
                    thrown = std::exchange(options.progress_->thrown, nullptr);
                }
                return error::last(failed, std::move(thrown));
            }
            model made;
            made.handle_ = detail::share<pith_model_release>(raw, source.host_.handle_);
            return made;
        });
    }

    /// PITH_MODEL_*; 0 and "" for an empty model. The texts live as long as the model.
    std::int64_t vocabulary_size() const noexcept {
        return number(PITH_MODEL_VOCABULARY);
    }
    std::int64_t context() const noexcept {
        return number(PITH_MODEL_CONTEXT);
    }
    std::int64_t width() const noexcept {
        return number(PITH_MODEL_WIDTH);
    }
    std::int64_t layers() const noexcept {
        return number(PITH_MODEL_LAYERS);
    }
    std::int64_t parameters() const noexcept {
        return number(PITH_MODEL_PARAMETERS);
    }
    std::int64_t bytes() const noexcept {
        return number(PITH_MODEL_BYTES);
    }
    std::int64_t bos() const noexcept {
        return number(PITH_MODEL_BOS);
    }
    std::int64_t eos() const noexcept {
        return number(PITH_MODEL_EOS);
    }
    std::string_view name() const noexcept {
        return text(PITH_MODEL_NAME);
    }
    std::string_view family() const noexcept {
        return text(PITH_MODEL_FAMILY);
    }
    std::string_view format() const noexcept {
        return text(PITH_MODEL_FORMAT);
    }
    std::string_view chat_template() const noexcept {
        return text(PITH_MODEL_CHAT_TEMPLATE);
    }
    /// What the file holds: metadata, tensors, hyperparameters, kernels.
    result<std::string> try_json() const noexcept {
        return detail::json_text([this](char *buffer, std::uint64_t capacity, std::uint64_t *size) {
            return pith_model_json(get(), buffer, capacity, size);
        });
    }

    /// The ids of a text.
    result<std::vector<std::int32_t>> try_tokenize(const piece &text, edges edges = edges::none) const noexcept {
        std::uint32_t flags = static_cast<std::uint32_t>(edges) | (text.trusted ? PITH_TRUSTED : PITH_UNTRUSTED);
        return detail::filled<std::vector<std::int32_t>>(
            text.text.size() + 2, [&](std::int32_t *ids, std::uint64_t capacity, std::uint64_t *count) {
                return pith_tokenize(get(), text.text.data(), text.text.size(), flags, ids, capacity, count);
            });
    }
    /// The ids of pieces in a row, each with the place of its text. Tokens never reach across pieces.
    result<std::vector<placed_token>> try_tokenize_spans(view<piece> pieces, edges edges = edges::none) const noexcept;
    result<std::vector<placed_token>> try_tokenize_spans(std::initializer_list<piece> pieces,
                                                         edges edges = edges::none) const noexcept {
        return try_tokenize_spans(view<piece>(pieces.begin(), pieces.size()), edges);
    }
    /// The exact bytes of ids: broken UTF-8 if the ids say so. show_special: control tokens appear as text.
    result<std::string> try_detokenize(view<std::int32_t> ids, bool show_special = false) const noexcept {
        std::uint32_t flags = show_special ? PITH_TRUSTED : PITH_UNTRUSTED;
        return detail::filled<std::string>(
            ids.size() * 8, [&](char *buffer, std::uint64_t capacity, std::uint64_t *size) {
                return pith_detokenize(get(), ids.data(), ids.size(), flags, buffer, capacity, size);
            });
    }

    /// A request to continue a text, not yet submitted: iterate over it, or run it. engine empty: the model's own.
    result<request> try_generate(const piece &prompt, const request_options &options = {},
                                 const engine &engine = {}) const noexcept;
    result<request> try_generate(view<piece> prompt, const request_options &options = {},
                                 const engine &engine = {}) const noexcept;
    result<request> try_generate(std::initializer_list<piece> prompt, const request_options &options = {},
                                 const engine &engine = {}) const noexcept;
    /// A vector for each of `texts`, a range of what converts to std::string_view; computed together. Returns when all
    /// are there.
    template <class Texts>
    result<embeddings> try_embed(const Texts &texts, const request_options &options = {},
                                 const engine &engine = {}) const noexcept;
    result<embeddings> try_embed(std::initializer_list<std::string_view> texts, const request_options &options = {},
                                 const engine &engine = {}) const noexcept;

#if PITH_EXCEPTIONS
    static model open(const std::string &path, const model_options &options = {}, const host &host = {}) {
        return try_open(path, options, host).value();
    }
    static model open(const source &source, const model_options &options = {}) {
        return try_open(source, options).value();
    }
    std::string json() const {
        return try_json().value();
    }
    std::vector<std::int32_t> tokenize(const piece &text, edges edges = edges::none) const {
        return try_tokenize(text, edges).value();
    }
    std::vector<placed_token> tokenize_spans(view<piece> pieces, edges edges = edges::none) const {
        return try_tokenize_spans(pieces, edges).value();
    }
    std::vector<placed_token> tokenize_spans(std::initializer_list<piece> pieces, edges edges = edges::none) const {
        return try_tokenize_spans(pieces, edges).value();
    }
    std::string detokenize(view<std::int32_t> ids, bool show_special = false) const {
        return try_detokenize(ids, show_special).value();
    }
    request generate(const piece &prompt, const request_options &options = {}, const engine &engine = {}) const;
    request generate(view<piece> prompt, const request_options &options = {}, const engine &engine = {}) const;
    request generate(std::initializer_list<piece> prompt, const request_options &options = {},
                     const engine &engine = {}) const;
    template <class Texts>
    embeddings embed(const Texts &texts, const request_options &options = {}, const engine &engine = {}) const;
    embeddings embed(std::initializer_list<std::string_view> texts, const request_options &options = {},
                     const engine &engine = {}) const;
#endif

  private:
    friend class decoder;
    friend class request;

    std::int64_t number(std::int32_t field) const noexcept {
        return detail::number(pith_model_get_i64, get(), field);
    }
    std::string_view text(std::int32_t field) const noexcept {
        const char *text = nullptr;
        std::uint64_t length = 0;
        pith_model_get_str(get(), field, &text, &length);
        return {text, static_cast<std::size_t>(length)};
    }
};

inline result<std::vector<placed_token>> model::try_tokenize_spans(view<piece> pieces, edges edges) const noexcept {
    return detail::guarded([&]() -> result<std::vector<placed_token>> {
        std::vector<const char *> texts;
        std::vector<std::uint64_t> lengths, offsets;
        std::vector<std::uint32_t> trust;
        std::uint64_t room = 2;
        for (const piece &each : pieces) {
            texts.push_back(each.text.data());
            lengths.push_back(each.text.size());
            trust.push_back(each.trusted ? PITH_TRUSTED : PITH_UNTRUSTED);
            room += each.text.size();
        }
        auto ids = detail::filled<std::vector<std::int32_t>>(
            static_cast<std::size_t>(room), [&](std::int32_t *to, std::uint64_t capacity, std::uint64_t *count) {
                offsets.resize(2 * static_cast<std::size_t>(capacity));
                return pith_tokenize_spans(get(), texts.data(), lengths.data(), trust.data(), pieces.size(),
                                           static_cast<std::uint32_t>(edges), to, offsets.data(), capacity, count);
            });
        if (!ids) {
            return ids.error();
        }
        std::vector<placed_token> placed(ids->size());
        for (std::size_t i = 0; i < placed.size(); i++) {
            placed[i] = {(*ids)[i], offsets[2 * i], offsets[2 * i + 1]};
        }
        return placed;
    });
}

/* ------------------------------------------------------------------------------------------------------------------ *
 * Decoder
 * ------------------------------------------------------------------------------------------------------------------ */

/// Turns a stream of ids into whole UTF-8: what is incomplete waits, what is broken becomes U+FFFD. One owner.
class decoder : public detail::owned<pith_decoder> {
  public:
    static result<decoder> try_create(const model &model, bool show_special = false) noexcept {
        return detail::guarded([&]() -> result<decoder> {
            pith_decoder *raw = nullptr;
            std::uint32_t flags = show_special ? PITH_TRUSTED : PITH_UNTRUSTED;
            if (std::int32_t failed = pith_decoder_create(model.get(), flags, &raw); failed != PITH_OK) {
                return error::last(failed);
            }
            decoder made;
            made.handle_ = detail::share<pith_decoder_release>(raw, model.handle_);
            return result<decoder>(std::move(made));
        });
    }
    /// The text that this id completes, perhaps none. Lives until the next call.
    result<std::string_view> try_feed(std::int32_t id) noexcept {
        const char *text = nullptr;
        std::uint64_t length = 0;
        if (std::int32_t failed = pith_decoder_feed(get(), id, &text, &length); failed != PITH_OK) {
            return error::last(failed);
        }
        return std::string_view(text, static_cast<std::size_t>(length));
    }
    /// What still waited, as it is; the next id begins a new text. Lives until the next call.
    result<std::string_view> try_finish() noexcept {
        return try_feed(-1);
    }
#if PITH_EXCEPTIONS
    static decoder create(const model &model, bool show_special = false) {
        return try_create(model, show_special).value();
    }
    std::string_view feed(std::int32_t id) {
        return try_feed(id).value();
    }
    std::string_view finish() {
        return try_finish().value();
    }
#endif

  private:
};

/* ------------------------------------------------------------------------------------------------------------------ *
 * Request
 * ------------------------------------------------------------------------------------------------------------------ */

/// How long to wait. forever: until it happens.
inline constexpr std::chrono::milliseconds forever = std::chrono::milliseconds::max();

enum class kind : std::int32_t {
    generate = PITH_GENERATE,
    embed = PITH_EMBED
};

/// What next() has come upon. timeout: nothing in the time given; the work goes on.
enum class event : std::int32_t {
    timeout = 0,
    text = PITH_EVENT_TEXT,
    end = PITH_EVENT_END
};

/// Why a request ended (PITH_STOP_*); none: it has not.
enum class stop_reason : std::int32_t {
    none = 0,
    end = PITH_STOP_END,
    token = PITH_STOP_TOKEN,
    string = PITH_STOP_STRING,
    length = PITH_STOP_LENGTH,
    context = PITH_STOP_CONTEXT,
    loop = PITH_STOP_LOOP,
    deadline = PITH_STOP_DEADLINE,
    cancel = PITH_STOP_CANCEL,
    done = PITH_STOP_DONE,
    error = PITH_STOP_ERROR
};

/// What one event brings. All of it is borrowed from the request until its next event: copy what is to stay,
/// std::string(token.text).
struct token {
    std::string_view text;  ///< whole, valid UTF-8; empty while a sequence or a possible stop text is incomplete
    std::string_view bytes; ///< the exact bytes, stop texts included
    view<std::int32_t> ids; ///< mostly one; none with the text that is left at the end
};

namespace detail {

/// A view of a request's results in elements of T; empty, with the status, when there is none.
template <class T>
std::int32_t view_of(const pith_request *request, std::int32_t which, std::uint64_t index, view<T> *out) noexcept {
    const void *data = nullptr;
    std::uint64_t size = 0;
    std::int32_t status = pith_request_view(request, which, index, &data, &size);
    *out = view<T>(static_cast<const T *>(data), static_cast<std::size_t>(size) / sizeof(T));
    return status;
}

template <class T>
result<view<T>> viewed(const pith_request *request, std::int32_t which, std::uint64_t index) noexcept {
    view<T> out;
    if (std::int32_t failed = view_of(request, which, index, &out); failed != PITH_OK) {
        return error::last(failed);
    }
    return out;
}

inline std::string_view text_of(view<char> chars) noexcept {
    return {chars.data(), chars.size()};
}

inline token token_of(const pith_request *request) noexcept {
    view<char> text, bytes;
    view<std::int32_t> ids;
    view_of(request, PITH_VIEW_TEXT, 0, &text);
    view_of(request, PITH_VIEW_BYTES, 0, &bytes);
    view_of(request, PITH_VIEW_IDS, 0, &ids);
    return {text_of(text), text_of(bytes), ids};
}

inline result<event> next_event(pith_request *request, std::chrono::milliseconds timeout) noexcept {
    std::int32_t came = 0;
    std::int32_t status = pith_request_next(request, milliseconds_of(timeout), &came);
    if (status != PITH_OK && status != PITH_E_TIMEOUT) {
        return error::last(status);
    }
    return static_cast<event>(came);
}

/// The callback of request::run, and what it threw.
template <class F> struct run_call {
    F &show;
    std::exception_ptr thrown;

    static std::int32_t call(void *user, pith_request *request, std::int32_t event) noexcept {
        auto *self = static_cast<run_call *>(user);
        bool on = true;
        if (event == PITH_EVENT_TEXT) {
            const token came = token_of(request);
            self->thrown = stopped([&] { on = goes_on(self->show, came); });
        }
        return on && !self->thrown ? 0 : 1;
    }
};

} // namespace detail

/// Ends a request early, from any thread. Copyable; outlives the request without harm, and does not keep it alive.
class canceler {
  public:
    canceler() noexcept = default;
    /// The request's waiter returns at once with event::end; what was generated stays readable.
    void cancel() const noexcept {
        if (auto request = request_.lock()) {
            pith_request_cancel(request.get());
        }
    }

  private:
    friend class request;
    explicit canceler(std::weak_ptr<pith_request> request) noexcept : request_(std::move(request)) {}
    std::weak_ptr<pith_request> request_;
};

#if PITH_EXCEPTIONS
/// Walks over the tokens of a request as they come: an input iterator, which waits in ++ and throws what makes the
/// request fail. A default-constructed one is the end.
class token_iterator {
  public:
    using iterator_category = std::input_iterator_tag;
    using value_type = token;
    using difference_type = std::ptrdiff_t;
    using pointer = const token *;
    using reference = const token &;

    token_iterator() noexcept = default;
    explicit token_iterator(std::shared_ptr<pith_request> request) : request_(std::move(request)) {
        ++*this;
    }

    const token &operator*() const noexcept {
        return token_;
    }
    const token *operator->() const noexcept {
        return &token_;
    }
    token_iterator &operator++() {
        if (detail::next_event(request_.get(), forever).value() == event::text) {
            token_ = detail::token_of(request_.get());
        } else {
            *this = token_iterator();
        }
        return *this;
    }
    void operator++(int) {
        ++*this;
    }
    friend bool operator==(const token_iterator &a, const token_iterator &b) noexcept {
        return a.request_ == b.request_;
    }
    friend bool operator!=(const token_iterator &a, const token_iterator &b) noexcept {
        return !(a == b);
    }

  private:
    std::shared_ptr<pith_request> request_; // so that it may be destroyed within the loop
    token token_;
};
#endif

/// One piece of work. One owner, one thread at a time. Destroying it cancels what still runs. It is a range of tokens:
///
///     for (const pith::token &token : request) ...
///
/// The first step of a loop submits the request; a loop that is left goes on with the next one.
class request : public detail::owned<pith_request> {
  public:
    /// engine empty: the model's own.
    static result<request> try_create(kind kind, const model &model, const request_options &options = {},
                                      const engine &engine = {}) noexcept {
        return detail::guarded([&]() -> result<request> {
            pith_request *raw = nullptr;
            if (std::int32_t failed = pith_request_create(engine.get(), model.get(), static_cast<std::int32_t>(kind),
                                                          options.get(), &raw);
                failed != PITH_OK) {
                return error::last(failed);
            }
            request made;
            made.handle_ = detail::share<pith_request_release>(raw, model.handle_, engine.handle_);
            return result<request>(std::move(made));
        });
    }

    /// Adds text, several pieces, or ids to the input. Tokens never reach across two pieces. An input without pieces is
    /// BOS alone.
    result<void> try_add(const piece &piece) noexcept {
        std::uint32_t flags = piece.trusted ? PITH_TRUSTED : PITH_UNTRUSTED;
        return detail::checked(pith_request_add_text(get(), piece.text.data(), piece.text.size(), flags));
    }
    result<void> try_add(view<piece> pieces) noexcept {
        for (const piece &each : pieces) {
            if (auto added = try_add(each); !added) {
                return added;
            }
        }
        return {};
    }
    result<void> try_add_tokens(view<std::int32_t> ids) noexcept {
        return detail::checked(pith_request_add_tokens(get(), ids.data(), ids.size()));
    }
    /// Ends one input and starts the next (kind::embed).
    result<void> try_next_input() noexcept {
        return detail::checked(pith_request_next_input(get()));
    }
    /// Gives the request to the engine and returns at once. status::busy: try again later.
    result<void> try_submit() noexcept {
        return detail::checked(pith_request_submit(get()));
    }
    /// Waits for the next event. Submits nothing.
    result<event> try_next(std::chrono::milliseconds timeout = forever) noexcept {
        return detail::next_event(get(), timeout);
    }
    /// What the last event::text brought; empty views otherwise. They live until the next event.
    token current() const noexcept {
        return detail::token_of(get());
    }
    /// Submits if need be and calls `show(const token &)` on this thread for each token until the end. It returns
    /// nothing, or a bool: false cancels the request, and so does an exception.
    template <class F> result<void> try_run(F show) noexcept {
        detail::run_call<F> call{show, nullptr};
        auto keep = handle_; // `show` may destroy this object
        std::int32_t status = pith_request_run(keep.get(), detail::run_call<F>::call, &call);
        if (call.thrown) {
            return error(status::canceled, "the callback threw", std::move(call.thrown));
        }
        return detail::checked(status);
    }
    /// Submits if need be and waits for the end.
    result<void> try_run() noexcept {
        return detail::checked(pith_request_run(get(), nullptr, nullptr));
    }
    /// Waits for the end, leaving events unread; false: not yet.
    result<bool> try_wait(std::chrono::milliseconds timeout = forever) noexcept {
        std::int32_t status = pith_request_wait(get(), detail::milliseconds_of(timeout));
        if (status != PITH_OK && status != PITH_E_TIMEOUT) {
            return error::last(status);
        }
        return status == PITH_OK;
    }
    /// Ends it early. Other threads use a canceler, which needs no care about this object's life.
    void cancel() const noexcept {
        pith_request_cancel(get());
    }
    pith::canceler canceler() const noexcept {
        return pith::canceler(handle_);
    }

    /// PITH_REQUEST_*; 0 for an empty request.
    stop_reason stop() const noexcept {
        return static_cast<stop_reason>(number(PITH_REQUEST_STOP));
    }
    std::int64_t prompt_tokens() const noexcept {
        return number(PITH_REQUEST_PROMPT_TOKENS);
    }
    std::int64_t tokens() const noexcept {
        return number(PITH_REQUEST_TOKENS);
    }
    std::int64_t width() const noexcept {
        return number(PITH_REQUEST_WIDTH);
    }
    std::chrono::duration<double> time_queued() const noexcept {
        return seconds(PITH_REQUEST_SECONDS_QUEUED);
    }
    std::chrono::duration<double> time_prompt() const noexcept {
        return seconds(PITH_REQUEST_SECONDS_PROMPT);
    }
    std::chrono::duration<double> time_generate() const noexcept {
        return seconds(PITH_REQUEST_SECONDS_GENERATE);
    }

    /// Results, for after the end; they live until the request is destroyed. status::state: it has not ended.
    result<std::string_view> try_text() const noexcept {
        auto chars = detail::viewed<char>(get(), PITH_VIEW_ALL_TEXT, 0);
        return chars ? result<std::string_view>(detail::text_of(*chars)) : result<std::string_view>(chars.error());
    }
    /// The ids of all tokens generated, also a final end or stop token.
    result<view<std::int32_t>> try_ids() const noexcept {
        return detail::viewed<std::int32_t>(get(), PITH_VIEW_ALL_IDS, 0);
    }
    /// A log-probability for each of them (key::logprobs).
    result<view<float>> try_logprobs() const noexcept {
        return detail::viewed<float>(get(), PITH_VIEW_LOGPROBS, 0);
    }
    /// The ids most likely at token `index`, and their log-probabilities.
    result<view<std::int32_t>> try_top_ids(std::size_t index) const noexcept {
        return detail::viewed<std::int32_t>(get(), PITH_VIEW_TOP_IDS, index);
    }
    result<view<float>> try_top_logprobs(std::size_t index) const noexcept {
        return detail::viewed<float>(get(), PITH_VIEW_TOP_LOGPROBS, index);
    }
    /// The ids of input `index`; from submit on.
    result<view<std::int32_t>> try_prompt_ids(std::size_t index = 0) const noexcept {
        return detail::viewed<std::int32_t>(get(), PITH_VIEW_PROMPT_IDS, index);
    }
    /// Vector `index` of width() elements, and all of them in a row (kind::embed).
    result<view<float>> try_vector(std::size_t index) const noexcept {
        return detail::viewed<float>(get(), PITH_VIEW_VECTOR, index);
    }
    result<view<float>> try_vectors() const noexcept {
        return detail::viewed<float>(get(), PITH_VIEW_VECTORS, 0);
    }

#if PITH_EXCEPTIONS
    static request create(kind kind, const model &model, const request_options &options = {},
                          const engine &engine = {}) {
        return try_create(kind, model, options, engine).value();
    }
    void add(const piece &piece) {
        try_add(piece).value();
    }
    void add(view<piece> pieces) {
        try_add(pieces).value();
    }
    void add_tokens(view<std::int32_t> ids) {
        try_add_tokens(ids).value();
    }
    void next_input() {
        try_next_input().value();
    }
    void submit() {
        try_submit().value();
    }
    event next(std::chrono::milliseconds timeout = forever) {
        return try_next(timeout).value();
    }
    template <class F> void run(F show) {
        try_run(std::move(show)).value();
    }
    void run() {
        try_run().value();
    }
    bool wait(std::chrono::milliseconds timeout = forever) {
        return try_wait(timeout).value();
    }
    std::string_view text() const {
        return try_text().value();
    }
    view<std::int32_t> ids() const {
        return try_ids().value();
    }
    view<float> logprobs() const {
        return try_logprobs().value();
    }
    view<std::int32_t> top_ids(std::size_t index) const {
        return try_top_ids(index).value();
    }
    view<float> top_logprobs(std::size_t index) const {
        return try_top_logprobs(index).value();
    }
    view<std::int32_t> prompt_ids(std::size_t index = 0) const {
        return try_prompt_ids(index).value();
    }
    view<float> vector(std::size_t index) const {
        return try_vector(index).value();
    }
    view<float> vectors() const {
        return try_vectors().value();
    }

    /// Submits if need be and waits for the first token.
    token_iterator begin() {
        if (auto done = try_submit(); !done && done.error().code() != status::state) { // status::state: it was before
            done.error().raise();
        }
        return token_iterator(handle_);
    }
    token_iterator end() const noexcept {
        return {};
    }
#endif

  private:
    std::int64_t number(std::int32_t field) const noexcept {
        return detail::number(pith_request_get_i64, get(), field);
    }
    std::chrono::duration<double> seconds(std::int32_t field) const noexcept {
        double value = 0;
        pith_request_get_f64(get(), field, &value);
        return std::chrono::duration<double>(value);
    }
};

/// The vectors of embedded texts, as the library computed them: nothing is copied. With key::pooling "none" there is
/// one a token. One owner.
class embeddings {
  public:
    embeddings() noexcept = default;

    /// How many vectors, and the elements of each.
    std::size_t size() const noexcept {
        return width_ > 0 ? all().size() / width_ : 0;
    }
    std::size_t width() const noexcept {
        return width_;
    }
    bool empty() const noexcept {
        return all().empty();
    }
    /// Vector `i`, or an empty view when there is none; lives as long as this object, moved or not.
    view<float> operator[](std::size_t i) const noexcept {
        return i < size() ? view<float>(all_.data() + i * width_, width_) : view<float>();
    }
    /// All vectors, one after the other; lives as long as this object, moved or not.
    view<float> all() const noexcept {
        return request_ ? all_ : view<float>(); // not what has moved away
    }
    /// A copy of all vectors, one after the other.
    std::vector<float> to_vector() const {
        return all().to_vector();
    }

  private:
    friend class model;

    /// Runs a request of kind::embed and takes its vectors.
    static result<embeddings> of(request work) {
        if (auto done = work.try_run(); !done) {
            return done.error();
        }
        auto all = work.try_vectors();
        if (!all) {
            return all.error();
        }
        embeddings made;
        made.all_ = *all;
        made.width_ = static_cast<std::size_t>(work.width());
        made.request_ = std::move(work);
        return result<embeddings>(std::move(made));
    }

    request request_; // owns what the view shows
    view<float> all_;
    std::size_t width_ = 0;
};

/* ------------------------------------------------------------------------------------------------------------------ *
 * Model: what needs requests
 * ------------------------------------------------------------------------------------------------------------------ */

inline result<request> model::try_generate(view<piece> prompt, const request_options &options,
                                           const engine &engine) const noexcept {
    auto made = request::try_create(kind::generate, *this, options, engine);
    if (made) {
        if (auto added = made->try_add(prompt); !added) {
            return added.error();
        }
    }
    return made;
}

inline result<request> model::try_generate(const piece &prompt, const request_options &options,
                                           const engine &engine) const noexcept {
    return try_generate(view<piece>(&prompt, 1), options, engine);
}

inline result<request> model::try_generate(std::initializer_list<piece> prompt, const request_options &options,
                                           const engine &engine) const noexcept {
    return try_generate(view<piece>(prompt.begin(), prompt.size()), options, engine);
}

template <class Texts>
result<embeddings> model::try_embed(const Texts &texts, const request_options &options,
                                    const engine &engine) const noexcept {
    static_assert(std::is_convertible_v<decltype(*std::begin(texts)), std::string_view>,
                  "embed takes a range of texts; one text goes in braces: embed({text})");
    return detail::guarded([&]() -> result<embeddings> {
        auto work = request::try_create(kind::embed, *this, options, engine);
        if (!work) {
            return work.error();
        }
        bool first = true;
        for (auto &&text : texts) {
            auto begun = std::exchange(first, false) ? result<void>() : work->try_next_input();
            auto added = begun ? work->try_add(std::string_view(text)) : begun;
            if (!added) {
                return added.error();
            }
        }
        return first ? result<embeddings>(embeddings()) : embeddings::of(std::move(*work));
    });
}

inline result<embeddings> model::try_embed(std::initializer_list<std::string_view> texts,
                                           const request_options &options, const engine &engine) const noexcept {
    return try_embed(view<std::string_view>(texts.begin(), texts.size()), options, engine);
}

#if PITH_EXCEPTIONS
inline request model::generate(const piece &prompt, const request_options &options, const engine &engine) const {
    return try_generate(prompt, options, engine).value();
}
inline request model::generate(view<piece> prompt, const request_options &options, const engine &engine) const {
    return try_generate(prompt, options, engine).value();
}
inline request model::generate(std::initializer_list<piece> prompt, const request_options &options,
                               const engine &engine) const {
    return try_generate(prompt, options, engine).value();
}
template <class Texts>
embeddings model::embed(const Texts &texts, const request_options &options, const engine &engine) const {
    return try_embed(texts, options, engine).value();
}
inline embeddings model::embed(std::initializer_list<std::string_view> texts, const request_options &options,
                               const engine &engine) const {
    return try_embed(texts, options, engine).value();
}
#endif

} // namespace PITH_NAMESPACE
} // namespace pith

#endif
