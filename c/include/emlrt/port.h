/* SPDX-License-Identifier: MIT
 *
 * Port layer: the only code that knows how a target reads its flash.
 *
 * The runtime never casts a blob address to a pointer; it reads through the
 * functions below, which take an address and a constant octet offset. They are
 * plain aligned loads on most targets, pgm_read_* on AVR, a byte swap on
 * big-endian machines, and a split of words where a char has 16 bits.
 *
 * Options (define on the compiler's command line, the same for every file):
 *   EMLRT_PORT_FAR     AVR: blobs above or beyond 64 KiB; addresses are 32 bits
 *                      (pgm_get_far_address) and reads use ELPM.
 *   EMLRT_PORT_OCTETS  read single octets only: any alignment, any compiler.
 *   EMLRT_PORT_WORDS   read aligned words of 32 bits only, as the flash of an ESP8266
 *                      and the instruction RAM of an ESP32 want it; set for ESP8266.
 *   EMLRT_PORT_WORDS16 the blob is an array of uint16_t, two octets each, the lower
 *                      one first, whose address EMLRT_ROM gives: for machines
 *                      whose char has 16 bits, where it is set.
 *   EMLRT_NO_FLOAT     leaves out what computes with floats of files that also hold
 *                      integer ops, for the kernel of an operating system; the
 *                      files that only compute with floats are not compiled then.
 *   EMLRT_PORT_HEADER  name of a header that defines emlrt_rom (the address of an
 *                      octet), emlrt_off (an unsigned offset), emlrt_rom_at,
 *                      emlrt_rom_mod4, emlrt_r8, emlrt_r16, emlrt_r32 and
 *                      EMLRT_ROM_NULL for memory that is none of these.
 */
#ifndef EMLRT_PORT_H
#define EMLRT_PORT_H

#include <limits.h>
#include <stddef.h>
#include <stdint.h>

#if defined(__GNUC__)
#define EMLRT_INLINE static inline __attribute__((always_inline, unused))
#define EMLRT_CHECK_RESULT __attribute__((warn_unused_result))
#define EMLRT_NOINLINE __attribute__((__noinline__))
/* Within a loop: keeps it from becoming a call of memset, which a small core's
 * libc runs octet by octet and a program without libc does not have. */
#define EMLRT_KEEP_LOOP() __asm__ __volatile__("")
#else
#define EMLRT_KEEP_LOOP() ((void)0)
#define EMLRT_NOINLINE
#define EMLRT_INLINE static inline
#define EMLRT_CHECK_RESULT
#endif

/* Structures are laid out as the ABI says, or a program and a library compiled
 * apart do not agree: not with -fpack-struct, nor within a #pragma pack. */
#if defined(__GNUC__)
typedef struct emlrt_padded {
  char first;
  void *second;
} emlrt_padded;
typedef char emlrt_refuses_packed_structures
    [offsetof(emlrt_padded, second) == __alignof__(void *) ? 1 : -1];
#endif

/* Marks functions whose unsigned arithmetic is meant to wrap, or to shift bits
 * out. */
#if defined(__clang__) && __clang_major__ >= 13
#define EMLRT_WRAPS \
  __attribute__((   \
      no_sanitize("unsigned-integer-overflow", "unsigned-shift-base")))
#elif defined(__clang__)
#define EMLRT_WRAPS __attribute__((no_sanitize("unsigned-integer-overflow")))
#else
#define EMLRT_WRAPS
#endif

/* Where clang's flags can turn a quotient into an estimate, and a pragma forbids
 * it. */
#if defined(__clang__) && __clang_major__ >= 13 && \
    (defined(__x86_64__) || defined(__i386__) || defined(__powerpc__))
#define EMLRT_FLOAT_CONTROL 1
#endif

/* Chars of RAM for one element of a dtype, and for an octet offset into an
 * array of them. Where a char has 16 bits, uint8 takes a whole one; such a machine
 * is emulated by EMLRT_WIDE_CHARS, how many chars stand for one of its. */
#if !defined(EMLRT_WIDE_CHARS) && CHAR_BIT != 8
#define EMLRT_WIDE_CHARS 1u
#endif
#if !defined(EMLRT_WIDE_CHARS)
#define EMLRT_SCRATCH_CHARS 8u /* of an uint64_t */
#define EMLRT_CHARS(dtype) ((size_t)1 << ((dtype) & 3u))
#define EMLRT_CHARS_AT(offset, dtype) ((size_t)(offset))
#else
#define EMLRT_SCRATCH_CHARS 4u
#define EMLRT_CHARS(dtype) \
  (((((size_t)1 << ((dtype) & 3u)) + 1) >> 1) * EMLRT_WIDE_CHARS)
#define EMLRT_CHARS_AT(offset, dtype) \
  (((size_t)(offset) >> ((dtype) & 3u)) * EMLRT_CHARS(dtype))
#endif
/* Octet offset of a field in the blob. */
#define EMLRT_AT(type, field) (offsetof(type, field) * (CHAR_BIT / 8))
/* Octets of a structure in the blob. */
#define EMLRT_OCTETS(type) (sizeof(type) * (CHAR_BIT / 8))

/* Numbers that may lie in memory declared as something else: a blob is whatever
 * array the linker or a tool makes, and a float element may hold an integer. */
#if defined(__GNUC__)
typedef uint16_t emlrt_alias16 __attribute__((may_alias));
typedef uint32_t emlrt_alias32 __attribute__((may_alias));
typedef float emlrt_aliasf __attribute__((may_alias));
#else
typedef uint16_t emlrt_alias16;
typedef uint32_t emlrt_alias32;
typedef float emlrt_aliasf;
#endif

#if defined(ESP8266) && !defined(EMLRT_PORT_WORDS)
#define EMLRT_PORT_WORDS 1
#endif
#if defined(ESP8266) && !defined(EMLRT_PROGMEM)
/* Constants are copied to RAM there, unless they are among the code. */
#define EMLRT_PROGMEM __attribute__((section(".irom.text.emlrt")))
#endif

#if CHAR_BIT == 16 && !defined(EMLRT_PORT_WORDS16)
#define EMLRT_PORT_WORDS16 1
#endif

#if defined(EMLRT_PORT_HEADER)
#include EMLRT_PORT_HEADER

#elif defined(__AVR__)
#include <avr/pgmspace.h>
#if defined(__AVR_HAVE_ELPM__)
/* More flash than 16-bit addresses reach, and linkers do not say what they put
 * where: ops go to RAM, 8 octets each, tables are read by their whole addresses,
 * and a near blob goes where avr-ld has what must lie low. */
#define EMLRT_BANKS 1
#if !defined(EMLRT_PORT_FAR)
#define EMLRT_PROGMEM __attribute__((section(".progmem.gcc.emlrt")))
/* Whether so many octets, at most 64 KiB, lie in the first 64 KiB. */
#define EMLRT_ROM_HOLDS(at, octets) \
  ((octets) <= UINT32_C(0x10000) - (uintptr_t)(at))
#endif
#else
#define EMLRT_OP_PLACE PROGMEM
#endif
#define EMLRT_TABLE_PLACE PROGMEM
#if !defined(EMLRT_PROGMEM)
#define EMLRT_PROGMEM PROGMEM
#endif
/* A shift costs a cycle or two a bit. */
#define EMLRT_SLOW_SHIFTS 1
#define EMLRT_ROM_NULL 0
#if defined(EMLRT_PORT_FAR)
typedef uint32_t emlrt_rom;
typedef uint32_t emlrt_off;
#define emlrt_r8(at, o) pgm_read_byte_far((at) + (o))
#define emlrt_r16(at, o) pgm_read_word_far((at) + (o))
#define emlrt_r32(at, o) pgm_read_dword_far((at) + (o))
#define emlrt_rom_mod4(at) ((uint8_t)(at) & 3u)
#define emlrt_rom_at(at, o) ((at) + (o))
#else
typedef const void *emlrt_rom;
typedef uint16_t emlrt_off;
#define EMLRT_ROM_BITS 16
#define emlrt_r8(at, o) pgm_read_byte((const uint8_t *)(at) + (o))
#define emlrt_r16(at, o) pgm_read_word((const uint8_t *)(at) + (o))
#define emlrt_r32(at, o) pgm_read_dword((const uint8_t *)(at) + (o))
#define emlrt_rom_mod4(at) ((uint8_t)(uintptr_t)(at) & 3u)
#if defined(__AVR_HAVE_LPMX__)
/* Where an element of x is: not in the register that reads flash. */
EMLRT_INLINE const void *emlrt_beside(const void *x) {
  __asm__("" : "+x"(x));
  return x;
}
#define EMLRT_BESIDE(x) emlrt_beside(x)
/* Reads two octets and leaves the address behind them: a walk reads on from there,
 * where a constant offset would cost an addition on a copy. */
#define EMLRT_ROM_NEXT 1
EMLRT_INLINE void emlrt_skip(emlrt_rom *at, unsigned octets) {
  if (octets == 0) return;
  *at = (const uint8_t *)*at + octets;
  __asm__("" : "+z"(*at));
}
EMLRT_INLINE uint16_t emlrt_next16(emlrt_rom *at) {
  uint16_t v;
  __asm__("lpm %A0, Z+\n\tlpm %B0, Z+" : "=&r"(v), "+z"(*at));
  return v;
}
EMLRT_INLINE uint32_t emlrt_next32(emlrt_rom *at) {
  uint32_t v;
  __asm__("lpm %A0, Z+\n\tlpm %B0, Z+\n\tlpm %C0, Z+\n\tlpm %D0, Z+"
          : "=&r"(v), "+z"(*at));
  return v;
}
#endif
#define emlrt_rom_at(at, o) \
  ((const void *)((const uint8_t *)(at) + (emlrt_off)(o)))
#endif

#elif defined(EMLRT_PORT_WORDS16)
/* The address of an octet, which a pointer to a char of 16 bits is none to. */
typedef uintptr_t emlrt_rom;
typedef uintptr_t emlrt_off;
#define EMLRT_ROM_NULL 0
#define EMLRT_ROM(words) ((emlrt_rom)(const void *)(words) * (CHAR_BIT / 8))
EMLRT_INLINE emlrt_rom emlrt_rom_at(emlrt_rom at, emlrt_off octets) {
  return at + octets;
}
EMLRT_INLINE unsigned emlrt_rom_mod4(emlrt_rom at) {
  return (unsigned)(at & 1u);
}
EMLRT_INLINE unsigned emlrt_r16(emlrt_rom at, emlrt_off o) {
  return *(const uint16_t *)((at + o) / (CHAR_BIT / 8));
}
EMLRT_INLINE unsigned emlrt_r8(emlrt_rom at, emlrt_off o) {
  emlrt_rom octet = at + o;
  unsigned word = emlrt_r16(octet & ~(emlrt_rom)1, 0);
  return (octet & 1u) != 0 ? word >> 8 & 0xFFu : word & 0xFFu;
}
EMLRT_INLINE uint32_t emlrt_r32(emlrt_rom at, emlrt_off o) {
  return (uint32_t)emlrt_r16(at, o) | (uint32_t)emlrt_r16(at, o + 2) << 16;
}

#else
typedef const void *emlrt_rom;
typedef size_t emlrt_off;
#define EMLRT_ROM_NULL NULL
EMLRT_INLINE emlrt_rom emlrt_rom_at(emlrt_rom at, size_t octets) {
  return (const unsigned char *)at + octets;
}
EMLRT_INLINE unsigned emlrt_rom_mod4(emlrt_rom at) {
#if defined(EMLRT_PORT_OCTETS)
  (void)at;
  return 0;
#else
  return (unsigned)((uintptr_t)at & 3u);
#endif
}
#if defined(EMLRT_PORT_WORDS)
#if !defined(__GNUC__) || __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
#error EMLRT_PORT_WORDS is for little-endian machines, and GNU C
#endif
/* Volatile, or a compiler reads but those octets of a word that it needs. */
EMLRT_INLINE uint32_t emlrt_r32(emlrt_rom at, size_t o) {
  return *(const volatile emlrt_alias32 *)((uintptr_t)at + o);
}
/* The word around an octet, shifted to have the octet first. */
EMLRT_INLINE uint32_t emlrt_around(emlrt_rom at, size_t o) {
  uintptr_t octet = (uintptr_t)at + o;
  return emlrt_r32((emlrt_rom)(octet & ~(uintptr_t)3), 0) >> 8 * (octet & 3u);
}
EMLRT_INLINE unsigned emlrt_r16(emlrt_rom at, size_t o) {
  return (unsigned)(emlrt_around(at, o) & 0xFFFFu);
}
EMLRT_INLINE unsigned emlrt_r8(emlrt_rom at, size_t o) {
  return (unsigned)(emlrt_around(at, o) & 0xFFu);
}
#else
EMLRT_INLINE unsigned emlrt_r8(emlrt_rom at, size_t o) {
  return ((const unsigned char *)at)[o];
}
#if defined(__GNUC__) && !defined(EMLRT_PORT_OCTETS)
EMLRT_INLINE unsigned emlrt_r16(emlrt_rom at, size_t o) {
  uint16_t v =
      *(const emlrt_alias16 *)(const void *)((const unsigned char *)at + o);
#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
  v = __builtin_bswap16(v);
#endif
  return v;
}
/* Floats may be loaded as such. */
#if !defined(__BYTE_ORDER__) || __BYTE_ORDER__ != __ORDER_BIG_ENDIAN__
#define EMLRT_ROM_FLOATS 1
#endif
EMLRT_INLINE uint32_t emlrt_r32(emlrt_rom at, size_t o) {
  uint32_t v =
      *(const emlrt_alias32 *)(const void *)((const unsigned char *)at + o);
#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
  v = __builtin_bswap32(v);
#endif
  return v;
}
#else
EMLRT_INLINE unsigned emlrt_r16(emlrt_rom at, size_t o) {
  return (unsigned)(emlrt_r8(at, o) | (unsigned)emlrt_r8(at, o + 1) << 8);
}
EMLRT_INLINE uint32_t emlrt_r32(emlrt_rom at, size_t o) {
  return (uint32_t)emlrt_r16(at, o) | (uint32_t)emlrt_r16(at, o + 2) << 16;
}
#endif
#endif
#endif

#if !defined(EMLRT_ROM_BITS)
/* Bits of a blob's largest size on this port. */
#define EMLRT_ROM_BITS 31
#endif
/* Attributes of constants: of blobs, ops, and tables of functions. */
#if !defined(EMLRT_PROGMEM)
#define EMLRT_PROGMEM
#endif
#if !defined(EMLRT_OP_PLACE)
#define EMLRT_OP_PLACE
#endif
#if !defined(EMLRT_TABLE_PLACE)
#define EMLRT_TABLE_PLACE
#endif
#if !defined(EMLRT_BESIDE)
#define EMLRT_BESIDE(x) ((const void *)(x))
#endif
#if !defined(EMLRT_ROM_HOLDS)
#define EMLRT_ROM_HOLDS(at, octets) 1
#endif
/* Bits of elements or octets of RAM, which cannot be more than the address
 * space; a port header may say 16, as tests do. */
#if !defined(EMLRT_RAM_BITS)
#if SIZE_MAX == 0xFFFF
#define EMLRT_RAM_BITS 16
#else
#define EMLRT_RAM_BITS 32
#endif
#endif
#if EMLRT_RAM_BITS == 16
typedef uint16_t emlrt_count;
#else
typedef uint32_t emlrt_count;
#endif
/* A 32-bit number that open has found to be an offset or count within the blob:
 * ports whose blobs are smaller need not read all of it. */
#if EMLRT_ROM_BITS == 16
#define emlrt_roff(at, o) emlrt_r16(at, o)
#else
#define emlrt_roff(at, o) emlrt_r32(at, o)
#endif

/* Signed reads; the conversion is two's complement on every target we know. */
EMLRT_INLINE int32_t emlrt_ri8(emlrt_rom at, emlrt_off o) {
  return (int32_t)((emlrt_r8(at, o) ^ 0x80u)) - 0x80;
}
EMLRT_INLINE int32_t emlrt_ri16(emlrt_rom at, emlrt_off o) {
  return (int32_t)(int16_t)emlrt_r16(at, o);
}
EMLRT_INLINE int32_t emlrt_ri32(emlrt_rom at, emlrt_off o) {
  return (int32_t)emlrt_r32(at, o);
}

#endif
