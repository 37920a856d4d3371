/// Tables of the TFLite schema, read and written by the names of their fields.
///
/// No C++ shows here and nothing throws. Which fields a table has comes from the schema compiled
/// into the library, so that one pair of functions serves every table.
///
/// Source: FlatBuffers' verifier, builder and mini-reflection.
#ifndef OCTET_FLATBUFFERS_H
#define OCTET_FLATBUFFERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// What a field holds, or each element of it where it is a vector.
typedef enum ofb_kind {
  /// Which member of a union the next field holds.
  OFB_UNION_MEMBER,
  OFB_BOOL,
  OFB_INT8,
  OFB_UINT8,
  OFB_INT16,
  OFB_UINT16,
  OFB_INT32,
  OFB_UINT32,
  OFB_INT64,
  OFB_UINT64,
  OFB_FLOAT32,
  OFB_FLOAT64,
  OFB_STRING,
  OFB_TABLE,
  /// A table of one of several types.
  OFB_UNION,
} ofb_kind;

/// The fields of a table type, or the members of a union.
typedef struct ofb_type ofb_type;

/// A table inside verified bytes; `bytes` is null for no table.
typedef struct ofb_table {
  const uint8_t *bytes;
  const ofb_type *type;
} ofb_table;

/// A field as the schema has it and, where a table was asked, its value there.
typedef struct ofb_field {
  /// The name in the schema; null where the table type has no such field.
  const char *name;
  uint16_t index;
  ofb_kind kind;
  bool is_vector;
  /// The type of nested tables or the union.
  const ofb_type *type;
  /// Whether the table has a value; defaults are absent.
  bool is_present;
  /// A scalar that is no `float` or `double`; unsigned 64-bit values keep their bits.
  int64_t integer;
  /// A `float` or `double`.
  double real;
  /// The elements of a vector or string.
  const uint8_t *elements;
  size_t count;
  /// A nested table, also where it is the member of a union.
  ofb_table table;
  /// The union's member by number and name; the name is null where the schema has no such member.
  uint8_t member;
  const char *member_name;
} ofb_field;

/// The type of the root table, `Model`.
const ofb_type *ofb_root_type(void);

/// The largest part of a file, counted from its start, that can be a flatbuffer.
size_t ofb_maximum_size(void);

/// Whether the bytes start like a TFLite file: long enough, with the identifier `TFL3`.
bool ofb_has_identifier(const uint8_t *bytes, size_t count);

/// Whether every table, vector and string lies inside the bytes.
///
/// `bytes` must be aligned to 16; only the first `ofb_maximum_size()` of them are looked at.
/// Union members that the schema doesn't know are not looked at either.
bool ofb_verify(const uint8_t *bytes, size_t count, uint32_t maximum_depth,
                uint32_t maximum_tables);

/// The root table of verified bytes.
ofb_table ofb_root(const uint8_t *bytes);

/// The number of fields in the schema.
size_t ofb_field_count(const ofb_type *type);

/// Field `index` of a table; `table.bytes` may be null to ask the schema alone.
ofb_field ofb_field_at(ofb_table table, size_t index);

/// The field of this name; `name` of the result is null where there is none.
ofb_field ofb_field_named(ofb_table table, const char *name);

/// Element `index` of a vector of tables.
ofb_table ofb_table_element(const ofb_field *field, size_t index);

/// Element `index` of a vector of strings.
ofb_field ofb_string_element(const ofb_field *field, size_t index);

/// The name of a union's member, or null where the schema has none of this number.
const char *ofb_union_member_name(const ofb_type *type, uint8_t member);

/// The number of a union's member, 0 where there is none of this name, and its type.
uint8_t ofb_union_member(const ofb_type *type, const char *name, const ofb_type **member_type);

/// Collects a flatbuffer from its leaves to its root.
typedef struct ofb_builder ofb_builder;

/// Why a builder can't go on.
typedef enum ofb_failure {
  OFB_NO_FAILURE,
  /// The flatbuffer would be larger than `ofb_maximum_size()`.
  OFB_TOO_LARGE,
  OFB_OUT_OF_MEMORY,
  /// A value doesn't fit into its field's type.
  OFB_OUT_OF_RANGE,
} ofb_failure;

/// Where the builder put something; 0 where it failed.
typedef uint32_t ofb_reference;

/// A new builder with room for `capacity` bytes, or null where there is no memory.
ofb_builder *ofb_builder_create(size_t capacity);
void ofb_builder_destroy(ofb_builder *builder);

/// Why the last call failed; every later call fails too.
ofb_failure ofb_builder_failure(const ofb_builder *builder);

ofb_reference ofb_add_string(ofb_builder *builder, const char *utf8, size_t count);

/// Adds a vector of bytes aligned to 16.
ofb_reference ofb_add_bytes(ofb_builder *builder, const uint8_t *bytes, size_t count);

/// Adds a vector of a kind that isn't `float` or `double`, narrowing each value to it.
ofb_reference ofb_add_integers(ofb_builder *builder, ofb_kind kind, const int64_t *values,
                               size_t count);

/// Adds a vector of `float` or `double`.
ofb_reference ofb_add_reals(ofb_builder *builder, ofb_kind kind, const double *values,
                            size_t count);

/// Adds a vector of tables or strings.
ofb_reference ofb_add_references(ofb_builder *builder, const ofb_reference *references,
                                 size_t count);

/// One field of a table to be: a scalar, or a reference to what was added before.
typedef struct ofb_slot {
  uint16_t index;
  ofb_kind kind;
  int64_t integer;
  double real;
  /// Not 0 where the field is no scalar.
  ofb_reference reference;
} ofb_slot;

/// Adds a table of these fields, defaults included.
ofb_reference ofb_add_table(ofb_builder *builder, const ofb_slot *slots, size_t count);

/// Ends the flatbuffer with its root; the bytes belong to the builder. Null where it failed.
const uint8_t *ofb_finish(ofb_builder *builder, ofb_reference root, size_t *count);

#ifdef __cplusplus
}
#endif

#endif
