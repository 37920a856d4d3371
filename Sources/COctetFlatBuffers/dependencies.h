// The FlatBuffers headers and the code generated for the schema.
#ifndef OCTET_FLATBUFFERS_DEPENDENCIES_H
#define OCTET_FLATBUFFERS_DEPENDENCIES_H

#if !__has_include(<flatbuffers/flatbuffers.h>) || !__has_include(<flatbuffers/minireflect.h>)
#error "The FlatBuffers headers are missing. Install them: apt install libflatbuffers-dev"
#endif

#include <flatbuffers/flatbuffers.h>
#include <flatbuffers/minireflect.h>

#include "generated/tflite_generated.h"
#include "octet_flatbuffers.h"

#endif
