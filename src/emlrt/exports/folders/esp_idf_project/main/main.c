/* SPDX-License-Identifier: MIT
 *
 * Made by `emlrt export esp-idf`: maps the partition of the model @NAME@, and runs it
 * from there. */
#include <stdio.h>

#include "@NAME@_example.h"
#include "esp_partition.h"

static void show(const char *text) { fputs(text, stdout); }

/* Where the partition lies in the address space; NULL if there is none. */
static const void *map(const esp_partition_t *partition) {
  const void *at = NULL;
  esp_partition_mmap_handle_t handle; /* it stays mapped */
  if (partition == NULL) return NULL;
  if (esp_partition_mmap(partition, 0, partition->size, ESP_PARTITION_MMAP_DATA, &at,
                         &handle) != ESP_OK)
    return NULL;
  return at;
}

void app_main(void) {
  const esp_partition_t *partition = esp_partition_find_first(
      ESP_PARTITION_TYPE_DATA, ESP_PARTITION_SUBTYPE_ANY, "@LABEL@");
  const void *blob = map(partition);
  emlrt_info info;
  if (blob == NULL) {
    puts("no partition @LABEL@");
    return;
  }
  if (emlrt_peek(&info, blob, partition->size) != EMLRT_OK) {
    puts("no model in the partition @LABEL@");
    return;
  }
  puts(@NAME@_example(show, blob, info.total_size) ? "FAILED" : "all OK");
}
