#include <algorithm>
#include <cstring>

#include "dependencies.h"

namespace fb = flatbuffers;
namespace schema = octet::schema;

static_assert(OFB_UNION_MEMBER == int(fb::ET_UTYPE) && OFB_BOOL == int(fb::ET_BOOL) &&
                  OFB_INT8 == int(fb::ET_CHAR) && OFB_UINT8 == int(fb::ET_UCHAR) &&
                  OFB_INT16 == int(fb::ET_SHORT) && OFB_UINT16 == int(fb::ET_USHORT) &&
                  OFB_INT32 == int(fb::ET_INT) && OFB_UINT32 == int(fb::ET_UINT) &&
                  OFB_INT64 == int(fb::ET_LONG) && OFB_UINT64 == int(fb::ET_ULONG) &&
                  OFB_FLOAT32 == int(fb::ET_FLOAT) && OFB_FLOAT64 == int(fb::ET_DOUBLE) &&
                  OFB_STRING == int(fb::ET_STRING) && OFB_TABLE == int(fb::ET_SEQUENCE),
              "ofb_kind is not FlatBuffers' ElementaryType");

static const fb::TypeTable *unwrap(const ofb_type *type) {
  return reinterpret_cast<const fb::TypeTable *>(type);
}

static const ofb_type *wrap(const fb::TypeTable *type) {
  return reinterpret_cast<const ofb_type *>(type);
}

const ofb_type *ofb_root_type(void) { return wrap(schema::ModelTypeTable()); }

// The verifier asserts that it is given less than the format's maximum.
size_t ofb_maximum_size(void) { return FLATBUFFERS_MAX_BUFFER_SIZE - 1; }

bool ofb_has_identifier(const uint8_t *bytes, size_t count) {
  return count >= 2 * sizeof(fb::uoffset_t) && schema::ModelBufferHasIdentifier(bytes);
}

bool ofb_verify(const uint8_t *bytes, size_t count, uint32_t maximum_depth,
                uint32_t maximum_tables) {
  fb::Verifier verifier(bytes, std::min(count, ofb_maximum_size()), maximum_depth, maximum_tables);
  return schema::VerifyModelBuffer(verifier);
}

ofb_table ofb_root(const uint8_t *bytes) {
  return {fb::GetRoot<uint8_t>(bytes), ofb_root_type()};
}

size_t ofb_field_count(const ofb_type *type) { return unwrap(type)->num_elems; }

const char *ofb_union_member_name(const ofb_type *type, uint8_t member) {
  // Member 0 is NONE.
  return member > 0 && member < unwrap(type)->num_elems ? unwrap(type)->names[member] : nullptr;
}

uint8_t ofb_union_member(const ofb_type *type, const char *name, const ofb_type **member_type) {
  const auto *table = unwrap(type);
  // Members have consecutive numbers as long as the schema sets none.
  for (size_t i = 1; i < table->num_elems; i++) {
    if (std::strcmp(table->names[i], name) != 0) continue;
    *member_type = wrap(table->type_refs[table->type_codes[i].sequence_ref]());
    return static_cast<uint8_t>(i);
  }
  return 0;
}

static const uint8_t *follow(const uint8_t *offset) {
  return offset + fb::ReadScalar<fb::uoffset_t>(offset);
}

static void read_elements(const uint8_t *vector, ofb_field &field) {
  field.count = fb::ReadScalar<fb::uoffset_t>(vector);
  field.elements = vector + sizeof(fb::uoffset_t);
}

static void read_union(ofb_table table, const uint8_t *value, ofb_field &field) {
  // The field before says which member it is; files may hold one that the schema doesn't know.
  field.member = reinterpret_cast<const fb::Table *>(table.bytes)->GetField<uint8_t>(
      fb::FieldIndexToOffset(static_cast<fb::voffset_t>(field.index - 1)), 0);
  field.is_present = field.member != 0;
  field.member_name = ofb_union_member_name(field.type, field.member);
  if (field.member_name == nullptr) return;
  const auto *type = unwrap(field.type);
  field.table.bytes = follow(value);
  field.table.type = wrap(type->type_refs[type->type_codes[field.member].sequence_ref]());
}

static void read_value(ofb_table table, const uint8_t *value, ofb_field &field) {
  if (field.is_vector) return read_elements(follow(value), field);
  switch (field.kind) {
    case OFB_UNION_MEMBER:
    case OFB_BOOL:
    case OFB_UINT8: field.integer = *value; break;
    case OFB_INT8: field.integer = fb::ReadScalar<int8_t>(value); break;
    case OFB_INT16: field.integer = fb::ReadScalar<int16_t>(value); break;
    case OFB_UINT16: field.integer = fb::ReadScalar<uint16_t>(value); break;
    case OFB_INT32: field.integer = fb::ReadScalar<int32_t>(value); break;
    case OFB_UINT32: field.integer = fb::ReadScalar<uint32_t>(value); break;
    case OFB_INT64: field.integer = fb::ReadScalar<int64_t>(value); break;
    case OFB_UINT64:
      field.integer = static_cast<int64_t>(fb::ReadScalar<uint64_t>(value));
      break;
    case OFB_FLOAT32: field.real = fb::ReadScalar<float>(value); break;
    case OFB_FLOAT64: field.real = fb::ReadScalar<double>(value); break;
    case OFB_STRING: read_elements(follow(value), field); break;
    case OFB_TABLE: field.table = {follow(value), field.type}; break;
    case OFB_UNION: read_union(table, value, field); break;
  }
}

ofb_field ofb_field_at(ofb_table table, size_t index) {
  const auto *type = unwrap(table.type);
  const auto code = type->type_codes[index];
  ofb_field field = {};
  field.name = type->names[index];
  field.index = static_cast<uint16_t>(index);
  field.kind = static_cast<ofb_kind>(code.base_type);
  field.is_vector = code.is_repeating;
  if (field.kind == OFB_TABLE) {
    const auto *nested = type->type_refs[code.sequence_ref]();
    field.type = wrap(nested);
    if (nested->st == fb::ST_UNION) field.kind = OFB_UNION;
  }
  if (table.bytes == nullptr) return field;
  const auto *value = reinterpret_cast<const fb::Table *>(table.bytes)
                          ->GetAddressOf(fb::FieldIndexToOffset(field.index));
  if (value == nullptr) return field;
  field.is_present = true;
  read_value(table, value, field);
  return field;
}

ofb_field ofb_field_named(ofb_table table, const char *name) {
  const auto *type = unwrap(table.type);
  for (size_t i = 0; i < type->num_elems; i++) {
    if (std::strcmp(type->names[i], name) == 0) return ofb_field_at(table, i);
  }
  return {};
}

ofb_table ofb_table_element(const ofb_field *field, size_t index) {
  return {follow(field->elements + index * sizeof(fb::uoffset_t)), field->type};
}

ofb_field ofb_string_element(const ofb_field *field, size_t index) {
  ofb_field element = {};
  element.name = field->name;
  element.kind = OFB_STRING;
  element.is_present = true;
  read_elements(follow(field->elements + index * sizeof(fb::uoffset_t)), element);
  return element;
}
