/* Made by `emlrt export`; change the model, not this file. */
#include "@NAME@_eml.h"

#if defined(__TI_COMPILER_VERSION__)
#pragma DATA_SECTION(@NAME@_eml_rom, ".emlrt_models")
#endif
const union @NAME@_eml_union @NAME@_eml_rom @MACRO@_EML_ALIGNED EMLRT_PROGMEM = {{
@WORDS@
}};
