/* A pool whose second worker cannot be started: this program wraps pthread_create. */
#include "base/pool.h"
#include "support/cmocka_all.h"
#include <errno.h>
#include <pthread.h>
#include <string.h>

static int creations, failing_creation;

int __real_pthread_create(pthread_t *id, const pthread_attr_t *attributes, void *(*body)(void *), void *arg);
int __wrap_pthread_create(pthread_t *id, const pthread_attr_t *attributes, void *(*body)(void *), void *arg);

int __wrap_pthread_create(pthread_t *id, const pthread_attr_t *attributes, void *(*body)(void *), void *arg) {
    return ++creations == failing_creation ? EAGAIN : __real_pthread_create(id, attributes, body, arg);
}

static void a_refused_thread_is_a_clean_error(void **state) {
    (void)state;
    for (failing_creation = 1; failing_creation <= 3; failing_creation++) {
        pith__mem mem;
        pith__mem_init(&mem, NULL, NULL, 0);
        pith__pool *pool;
        creations = 0;
        assert_int_equal(pith__pool_create(&mem, 4, NULL, NULL, &pool), PITH_E_SYSTEM);
        assert_null(pool);
        assert_non_null(strstr(pith__error_text(), "thread"));
        assert_int_equal(creations, failing_creation);
        assert_int_equal(pith__mem_used(&mem), 0);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_refused_thread_is_a_clean_error),
    };
    return cmocka_run_group_tests_name("pool_no_threads", tests, NULL, NULL);
}
