/* doctest's main(), compiled once for the tests of this folder. */
#define DOCTEST_CONFIG_IMPLEMENT_WITH_MAIN
#include <doctest/doctest.h>
