/* The entry that libFuzzer calls; each fuzz_<name>.c defines it. run_corpus.c calls the same one, so the corpus is
 * an ordinary test too. Properties are checked with FUZZ_MUST, which stops in every build. */
#ifndef FAZHI_TESTS_FUZZ_H
#define FAZHI_TESTS_FUZZ_H

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define FUZZ_MUST(condition) ((condition) ? (void)0 : abort())

#endif
