/* SPDX-License-Identifier: MIT
 *
 * emlrt_strerror and emlrt_version.
 */
#include <emlrt/emlrt.h>

const char *emlrt_strerror(emlrt_status status) {
  switch (status) {
    case EMLRT_OK: return "no error";
    case EMLRT_ERR_ARGUMENT: return "null pointer, or the model is not open";
    case EMLRT_ERR_ALIGN: return "blob or scratch is not aligned";
    case EMLRT_ERR_SIZE: return "the size is not what the blob says";
    case EMLRT_ERR_MAGIC: return "not an .eml blob";
    case EMLRT_ERR_VERSION: return "format version unknown to this runtime";
    case EMLRT_ERR_CRC: return "damaged: the CRC-32 does not match";
    case EMLRT_ERR_HEADER: return "the header is inconsistent";
    case EMLRT_ERR_STAGE: return "the stage table is inconsistent";
    case EMLRT_ERR_OP: return "the model needs an op that is not linked";
    case EMLRT_ERR_PAYLOAD: return "a stage's payload is inconsistent";
    case EMLRT_ERR_METADATA: return "the metadata is inconsistent";
    case EMLRT_ERR_LIMIT:
      return "the blob is beyond what this port can address";
    case EMLRT_ERR_DTYPE: return "the model takes or gives another type";
    case EMLRT_ERR_COUNT: return "an array's length is not the model's";
    case EMLRT_ERR_SCRATCH: return "scratch is too small";
    case EMLRT_ERR_KIND: return "the model is not a classifier";
    case EMLRT_ERR_BUFFER: return "the text does not fit the buffer";
    case EMLRT_ERR_ABSENT: return "the blob has no such metadata";
    case EMLRT_ERR_SELFTEST: return "scores differ from a golden vector's";
    case EMLRT_ERR_FLOAT:
      return "the processor rounds or flushes floats otherwise";
    case EMLRT_ERR_STATE: return "the model keeps state: open it as a stream";
    case EMLRT_ERR_WORK: return "a run would take too much work for its size";
    case EMLRT_STATUS_WIDE: break;
  }
  return "unknown status";
}

const char *emlrt_version(void) { return EMLRT_VERSION; }
