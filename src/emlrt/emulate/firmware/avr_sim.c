/* SPDX-License-Identifier: MIT
 *
 * Runs an AVR flash image under libsimavr and reports on standard output:
 *
 *   exit N        the octet written to GPIOR0, or -1: crash, -2: out of cycles
 *   stack N       most octets of stack since reset
 *   row N S HEX   between two marks: cycles and octets of stack, and the result
 *   text HEX      what UART 0 sent
 *
 * Arguments: MCU FLASH CYCLES [X_ADDRESS X_SIZE Y_ADDRESS Y_SIZE ROWS]
 *
 * The firmware talks through two registers that are there for such things.
 * GPIOR0: ends the run with this code. GPIOR1: 1 asks for the next row, which
 * is copied into its RAM at X_ADDRESS (the run ends with code 0 after the last
 * one), 2 and 3 are put around what is to be measured; at 3 the result is read
 * at Y_ADDRESS.
 */
#include <simavr/avr_uart.h>
#include <simavr/sim_avr.h>
#include <simavr/sim_io.h>
#include <simavr/sim_irq.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { GPIOR0 = 0x3E, GPIOR1 = 0x4A, SPL = 0x5D, SPH = 0x5E };
enum { WANT_ROW = 1, START = 2, STOP = 3 };
enum { TEXT_MAX = 1 << 16 };

typedef struct sim {
  avr_t *avr;
  FILE *rows;
  unsigned x_address, x_size, y_address, y_size;
  avr_cycle_count_t started;
  int done, code;
  unsigned top, lowest;    /* stack pointers: since reset */
  unsigned start, deepest; /* the same since the last mark */
  unsigned seen, repeats;  /* the last stack pointer, and how often */
  unsigned char text[TEXT_MAX];
  unsigned length;
} sim;

static void fail(const char *what, const char *name) {
  fprintf(stderr, "avr_sim: %s %s\n", what, name);
  exit(2);
}

static unsigned stack_pointer(const avr_t *avr) {
  return (unsigned)avr->data[SPL] | (unsigned)avr->data[SPH] << 8;
}

static void finish(sim *s, int code) {
  s->done = 1;
  s->code = code;
}

static void hex(const unsigned char *data, unsigned n) {
  while (n-- != 0) printf("%02x", *data++);
  printf("\n");
}

static void on_exit_code(avr_t *avr, avr_io_addr_t at, uint8_t value,
                         void *context) {
  avr->data[at] = value;
  finish((sim *)context, value);
}

static void stop(sim *s) {
  printf("row %llu %u ", (unsigned long long)(s->avr->cycle - s->started),
         s->start - s->deepest);
  hex(s->avr->data + s->y_address, s->y_size);
}

static void on_mark(avr_t *avr, avr_io_addr_t at, uint8_t value,
                    void *context) {
  sim *s = (sim *)context;
  avr->data[at] = value;
  if (value == WANT_ROW) {
    if (s->rows == NULL ||
        fread(avr->data + s->x_address, 1, s->x_size, s->rows) != s->x_size)
      finish(s, 0);
  } else if (value == START) {
    s->started = avr->cycle;
    s->start = s->deepest = stack_pointer(avr);
  } else if (value == STOP) {
    stop(s);
  }
}

static void on_uart(struct avr_irq_t *irq, uint32_t value, void *context) {
  sim *s = (sim *)context;
  (void)irq;
  if (s->length < TEXT_MAX) s->text[s->length++] = (unsigned char)value;
}

/* The stack pointer is written one half at a time, and between the halves it
 * points anywhere. A value counts if it is a step from the one before (push
 * and call), or if it stays. */
static void watch_stack(sim *s) {
  unsigned now = stack_pointer(s->avr);
  unsigned step = now < s->seen ? s->seen - now : now - s->seen;
  s->repeats = now == s->seen ? s->repeats + 1 : 0;
  s->seen = now;
  if (now == 0 || ((step > 3 || step == 0) && s->repeats < 3)) return;
  if (s->top == 0) s->top = s->lowest = now;
  if (now < s->lowest) s->lowest = now;
  if (now < s->deepest) s->deepest = now;
}

static void load(avr_t *avr, const char *path) {
  FILE *file = fopen(path, "rb");
  size_t n;
  if (file == NULL) fail("cannot open", path);
  n = fread(avr->flash, 1, avr->flashend + 1, file);
  if (n == 0 || fgetc(file) != EOF) fail("flash cannot hold", path);
  fclose(file);
  avr->codeend = avr->flashend;
}

static void connect_uart(sim *s) {
  uint32_t flags = 0;
  avr_ioctl(s->avr, AVR_IOCTL_UART_GET_FLAGS('0'), &flags);
  flags &= ~(uint32_t)AVR_UART_FLAG_STDIO;
  avr_ioctl(s->avr, AVR_IOCTL_UART_SET_FLAGS('0'), &flags);
  avr_irq_register_notify(
      avr_io_getirq(s->avr, AVR_IOCTL_UART_GETIRQ('0'), UART_IRQ_OUTPUT),
      on_uart, s);
}

static void run(sim *s, unsigned long long cycles) {
  while (!s->done) {
    int state = avr_run(s->avr);
    watch_stack(s);
    if (!s->done && (state == cpu_Done || state == cpu_Crashed)) finish(s, -1);
    if (!s->done && s->avr->cycle > cycles) finish(s, -2);
  }
}

int main(int argc, char **argv) {
  static sim s;
  if (argc != 4 && argc != 9) fail("usage:", "MCU FLASH CYCLES [X.. Y.. ROWS]");
  s.avr = avr_make_mcu_by_name(argv[1]);
  if (s.avr == NULL) fail("unknown microcontroller", argv[1]);
  avr_init(s.avr);
  s.avr->frequency = 16000000;
  s.avr->log = LOG_NONE;
  load(s.avr, argv[2]);
  connect_uart(&s);
  avr_register_io_write(s.avr, GPIOR0, on_exit_code, &s);
  avr_register_io_write(s.avr, GPIOR1, on_mark, &s);
  if (argc == 9) {
    s.x_address = (unsigned)strtoul(argv[4], NULL, 0);
    s.x_size = (unsigned)strtoul(argv[5], NULL, 0);
    s.y_address = (unsigned)strtoul(argv[6], NULL, 0);
    s.y_size = (unsigned)strtoul(argv[7], NULL, 0);
    s.rows = fopen(argv[8], "rb");
    if (s.rows == NULL) fail("cannot open", argv[8]);
  }
  run(&s, strtoull(argv[3], NULL, 0));
  printf("exit %d\nstack %u\ntext ", s.code, s.top - s.lowest);
  hex(s.text, s.length);
  return 0;
}
