/* The kernel table at every level against ref, bit for bit, and ref against real numbers. */
#include "check.h"

int main(void) {
    return check_run_products() + check_run_vectors() + check_run_attention() + check_run_errors();
}
