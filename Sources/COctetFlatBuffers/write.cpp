#include <new>

#include "dependencies.h"

namespace fb = flatbuffers;
namespace schema = octet::schema;

struct ofb_builder {
  fb::FlatBufferBuilder builder;
  ofb_failure failure = OFB_NO_FAILURE;

  explicit ofb_builder(size_t capacity) : builder(capacity) {}
};

// Runs `body` where nothing failed yet and `size` more bytes fit: FlatBuffers itself only asserts.
template <typename Body>
static ofb_reference guarded(ofb_builder *b, size_t size, Body body) {
  // Length, padding to 16 and a table's own vtable fit into this.
  constexpr size_t overhead = 64;
  if (b->failure != OFB_NO_FAILURE) return 0;
  const size_t maximum = ofb_maximum_size();
  if (size > maximum || b->builder.GetSize() + overhead > maximum - size) {
    b->failure = OFB_TOO_LARGE;
    return 0;
  }
  try {
    return body();
  } catch (const std::bad_alloc &) {
    b->failure = OFB_OUT_OF_MEMORY;
  }
  return 0;
}

ofb_builder *ofb_builder_create(size_t capacity) {
  try {
    return new ofb_builder(capacity);
  } catch (const std::bad_alloc &) {
    return nullptr;
  }
}

void ofb_builder_destroy(ofb_builder *builder) { delete builder; }

ofb_failure ofb_builder_failure(const ofb_builder *builder) { return builder->failure; }

ofb_reference ofb_add_string(ofb_builder *b, const char *utf8, size_t count) {
  return guarded(b, count, [&] { return b->builder.CreateString(utf8, count).o; });
}

ofb_reference ofb_add_bytes(ofb_builder *b, const uint8_t *bytes, size_t count) {
  return guarded(b, count, [&] {
    b->builder.ForceVectorAlignment(count, 1, 16);
    return b->builder.CreateVector(bytes, count).o;
  });
}

// Calls `body` with a value of the C++ type of an integer kind.
template <typename Body>
static bool with_integer_type(ofb_kind kind, Body body) {
  switch (kind) {
    case OFB_UNION_MEMBER:
    case OFB_BOOL:
    case OFB_UINT8: return body(uint8_t{});
    case OFB_INT8: return body(int8_t{});
    case OFB_INT16: return body(int16_t{});
    case OFB_UINT16: return body(uint16_t{});
    case OFB_INT32: return body(int32_t{});
    case OFB_UINT32: return body(uint32_t{});
    case OFB_INT64: return body(int64_t{});
    case OFB_UINT64: return body(uint64_t{});
    default: return false;
  }
}

template <typename T>
static bool narrow(int64_t value, T &result) {
  result = static_cast<T>(value);
  return static_cast<int64_t>(result) == value;
}

ofb_reference ofb_add_integers(ofb_builder *b, ofb_kind kind, const int64_t *values,
                               size_t count) {
  // An upper bound for every width; `count` is the length of an array of 8-byte values.
  return guarded(b, count * 8, [&] {
    ofb_reference reference = 0;
    const bool fits = with_integer_type(kind, [&](auto zero) {
      std::vector<decltype(zero)> narrowed(count);
      for (size_t i = 0; i < count; i++) {
        if (!narrow(values[i], narrowed[i])) return false;
      }
      reference = b->builder.CreateVector(narrowed).o;
      return true;
    });
    if (!fits) b->failure = OFB_OUT_OF_RANGE;
    return reference;
  });
}

ofb_reference ofb_add_reals(ofb_builder *b, ofb_kind kind, const double *values, size_t count) {
  return guarded(b, count * 8, [&] {
    if (kind == OFB_FLOAT64) return b->builder.CreateVector(values, count).o;
    return b->builder.CreateVector<float>(count, [&](size_t i) { return float(values[i]); }).o;
  });
}

ofb_reference ofb_add_references(ofb_builder *b, const ofb_reference *references, size_t count) {
  return guarded(b, count * sizeof(fb::uoffset_t), [&] {
    b->builder.StartVector(count, sizeof(fb::uoffset_t));
    for (size_t i = count; i > 0; i--) {
      b->builder.PushElement(fb::Offset<void>(references[i - 1]));
    }
    return b->builder.EndVector(count);
  });
}

static size_t slot_size(const ofb_slot &slot) {
  if (slot.reference != 0) return sizeof(fb::uoffset_t);
  if (slot.kind == OFB_FLOAT32) return sizeof(float);
  if (slot.kind == OFB_FLOAT64) return sizeof(double);
  size_t size = 0;
  with_integer_type(slot.kind, [&](auto zero) {
    size = sizeof(zero);
    return true;
  });
  return size;
}

static bool add_slot(fb::FlatBufferBuilder &builder, const ofb_slot &slot) {
  const auto field = fb::FieldIndexToOffset(slot.index);
  if (slot.reference != 0) {
    builder.AddOffset(field, fb::Offset<void>(slot.reference));
    return true;
  }
  if (slot.kind == OFB_FLOAT32) {
    builder.AddElement(field, float(slot.real));
    return true;
  }
  if (slot.kind == OFB_FLOAT64) {
    builder.AddElement(field, slot.real);
    return true;
  }
  return with_integer_type(slot.kind, [&](auto value) {
    const bool fits = narrow(slot.integer, value);
    builder.AddElement(field, value);
    return fits;
  });
}

ofb_reference ofb_add_table(ofb_builder *b, const ofb_slot *slots, size_t count) {
  // Each field takes at most 8 bytes, padding of the same size, and 2 in the vtable.
  return guarded(b, count * 18, [&] {
    bool fits = true;
    const auto start = b->builder.StartTable();
    // Wide fields first: no padding between them.
    for (size_t size : {8, 4, 2, 1}) {
      for (size_t i = 0; i < count; i++) {
        if (slot_size(slots[i]) == size) fits &= add_slot(b->builder, slots[i]);
      }
    }
    const ofb_reference reference = b->builder.EndTable(start);
    if (fits) return reference;
    b->failure = OFB_OUT_OF_RANGE;
    return ofb_reference{0};
  });
}

const uint8_t *ofb_finish(ofb_builder *b, ofb_reference root, size_t *count) {
  const bool finished = guarded(b, 0, [&] {
    b->builder.Finish(fb::Offset<schema::Model>(root), schema::ModelIdentifier());
    return root;
  });
  *count = finished ? b->builder.GetSize() : 0;
  return finished ? b->builder.GetBufferPointer() : nullptr;
}
