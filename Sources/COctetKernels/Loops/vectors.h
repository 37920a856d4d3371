#ifndef OCTET_VECTORS_H
#define OCTET_VECTORS_H

// Vectors of sixteen elements in the compiler's own notation. All of it is macros, so that code
// comes out in the instruction set of the function that uses it.

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

typedef uint8_t u8x16 __attribute__((ext_vector_type(16)));
typedef int8_t i8x16 __attribute__((ext_vector_type(16)));
typedef uint16_t u16x16 __attribute__((ext_vector_type(16)));
typedef int16_t i16x16 __attribute__((ext_vector_type(16)));
typedef uint32_t u32x16 __attribute__((ext_vector_type(16)));
typedef int32_t i32x16 __attribute__((ext_vector_type(16)));
typedef int32_t i32x8 __attribute__((ext_vector_type(8)));
typedef float f32x16 __attribute__((ext_vector_type(16)));
typedef float f32x8 __attribute__((ext_vector_type(8)));
typedef float f32x4 __attribute__((ext_vector_type(4)));
typedef int64_t i64x8 __attribute__((ext_vector_type(8)));
typedef uint64_t u64x16 __attribute__((ext_vector_type(16)));
typedef double f64x16 __attribute__((ext_vector_type(16)));
typedef uint64_t u64x8 __attribute__((ext_vector_type(8)));
typedef bool b1x16 __attribute__((ext_vector_type(16)));

/// A vector from sixteen elements in memory.
#define OK_LOAD(type, pointer)                   \
  ({                                             \
    type ok_loaded;                              \
    memcpy(&ok_loaded, pointer, sizeof ok_loaded); \
    ok_loaded;                                   \
  })

/// A vector from memory that is aligned for it.
#define OK_LOAD_WHOLE(type, pointer) OK_LOAD(type, __builtin_assume_aligned(pointer, sizeof(type)))

/// A vector from the first `count` elements in memory, at most sixteen, and zeros.
#define OK_LOAD_FIRST(type, pointer, count)                                   \
  ({                                                                          \
    type ok_part = 0;                                                         \
    if ((count) == 16) memcpy(&ok_part, pointer, sizeof ok_part);             \
    else memcpy(&ok_part, pointer, (count) * (sizeof ok_part / 16));          \
    ok_part;                                                                  \
  })

/// Writes the first `count` elements of a vector, at most sixteen.
#define OK_STORE(pointer, vector, count)                                      \
  do {                                                                        \
    const __typeof__(vector) ok_stored = (vector);                            \
    if ((count) == 16) memcpy(pointer, &ok_stored, sizeof ok_stored);         \
    else memcpy(pointer, &ok_stored, (count) * (sizeof ok_stored / 16));      \
  } while (0)

/// Bytes as int32.
#define OK_WIDEN(is_signed, bytes)                                  \
  ((is_signed) ? __builtin_convertvector((i8x16)(bytes), i32x16)    \
               : __builtin_convertvector((bytes), i32x16))

/// The low bytes of int32 elements.
#define OK_NARROW(words) __builtin_convertvector((u32x16)(words), u8x16)

/// Elements of `left` where a comparison of 32-bit elements holds, those of `right` elsewhere.
#define OK_SELECT(holds, left, right)                      \
  ({                                                       \
    const i32x16 ok_holds = (holds);                       \
    (__typeof__(left))(((i32x16)(left) & ok_holds) | ((i32x16)(right) & ~ok_holds)); \
  })

#define OK_CLAMP(value, minimum, maximum) \
  __builtin_elementwise_min(__builtin_elementwise_max(value, minimum), maximum)

#endif
