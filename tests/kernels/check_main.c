/* The kernel table at every level against ref, bit for bit. */
#include "check.h"

int main(void) {
    return check_run_products();
}
