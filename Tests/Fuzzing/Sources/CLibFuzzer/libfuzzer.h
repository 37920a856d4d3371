// What libFuzzer offers to custom mutators.
#pragma once

#include <stddef.h>
#include <stdint.h>

/// Changes `data` in place with one of the engine's own mutations; returns the new size.
size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t maximum_size);
