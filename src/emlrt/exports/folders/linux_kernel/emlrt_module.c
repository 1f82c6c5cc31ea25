// SPDX-License-Identifier: MIT
/* The module: loads the models, runs their examples, and answers rows in debugfs. */
#include "emlrt_module.h"

#include <linux/debugfs.h>
#include <linux/device.h>
#include <linux/firmware.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

@INCLUDES@

#define ROW_BYTES 65536 /* of a row as text */
#define SAID_BYTES 1024

const emlrt_op *const emlrt_integer_ops[] = {
@OPS@
    NULL,
};

struct entry {
  const char *name, *path;
  int (*example)(void (*print)(const char *text), emlrt_rom blob, uint32_t size);
  const struct firmware *firmware;
  emlrt_model model;
  emlrt_info info;
  void *x;
  uint32_t *scores, *classes;
  void *scratch;
  struct mutex lock;
  char said[SAID_BYTES];
};

static struct entry entries[] = {
@ENTRIES@
    {NULL},
};

static struct device *device;
static struct dentry *folder;

/* Lines of the examples, which print them in pieces. */
static void print(const char *text) {
  static char line[160];
  size_t n;
  strlcat(line, text, sizeof line);
  n = strlen(line);
  if (n == 0 || line[n - 1] != '\n') return;
  pr_info("emlrt: %s", line);
  line[0] = '\0';
}

/* Puts element i of a row into x; whether the model takes such a number. */
static bool put(const struct entry *entry, uint32_t i, int number) {
  switch (entry->info.input_dtype) {
    case EMLRT_U8:
      ((u8 *)entry->x)[i] = (u8)number;
      return number >= 0 && number <= U8_MAX;
    case EMLRT_I16:
      ((s16 *)entry->x)[i] = (s16)number;
      return number >= S16_MIN && number <= S16_MAX;
    default:
      ((s32 *)entry->x)[i] = number;
      return true;
  }
}

/* Reads a row of integers; 0, or an error. */
static int read_row(const struct entry *entry, char *text) {
  uint32_t i = 0;
  char *word;
  while ((word = strsep(&text, " ,;\t\n")) != NULL) {
    int number, error;
    if (*word == '\0') continue;
    error = kstrtoint(word, 10, &number);
    if (error != 0) return error;
    if (i == entry->info.n_inputs) return -EINVAL;
    if (!put(entry, i++, number)) return -ERANGE;
  }
  return i == entry->info.n_inputs ? 0 : -EINVAL;
}

/* Classes with their labels, and scores. */
static int say(struct entry *entry) {
  const emlrt_info *info = &entry->info;
  char label[64];
  uint32_t i;
  int n = 0;
  emlrt_status status =
      emlrt_run(&entry->model, entry->x, info->n_inputs, entry->scores,
                info->n_scores, entry->scratch, info->scratch_bytes);
  if (status == EMLRT_OK && info->output != EMLRT_OUTPUT_VALUES)
    status = emlrt_classify(&entry->model, entry->x, info->n_inputs,
                            entry->classes, info->n_outputs, entry->scratch,
                            info->scratch_bytes);
  if (status != EMLRT_OK) {
    pr_err("emlrt: %s: %s\n", entry->name, emlrt_strerror(status));
    return -EIO;
  }
  for (i = 0; i < info->n_outputs && info->output != EMLRT_OUTPUT_VALUES; i++) {
    if (emlrt_label(&entry->model, i, entry->classes[i], label, sizeof label))
      label[0] = '\0';
    n += scnprintf(entry->said + n, SAID_BYTES - n, "class %u %s\n",
                   entry->classes[i], label);
  }
  n += scnprintf(entry->said + n, SAID_BYTES - n, "scores");
  for (i = 0; i < info->n_scores; i++)
    n += scnprintf(entry->said + n, SAID_BYTES - n,
                   info->score_dtype == EMLRT_F32 ? " 0x%08x" : " %u",
                   entry->scores[i]);
  scnprintf(entry->said + n, SAID_BYTES - n, "\n");
  return 0;
}

static ssize_t write_row(struct file *file, const char __user *from, size_t n,
                         loff_t *at) {
  struct entry *entry = file->private_data;
  char *text;
  int error;
  if (n > ROW_BYTES) return -E2BIG;
  text = memdup_user_nul(from, n);
  if (IS_ERR(text)) return PTR_ERR(text);
  mutex_lock(&entry->lock);
  entry->said[0] = '\0';
  error = read_row(entry, text);
  if (error == 0) error = say(entry);
  mutex_unlock(&entry->lock);
  kfree(text);
  return error != 0 ? error : (ssize_t)n;
}

static ssize_t read_said(struct file *file, char __user *to, size_t n,
                         loff_t *at) {
  struct entry *entry = file->private_data;
  ssize_t found;
  mutex_lock(&entry->lock);
  found = simple_read_from_buffer(to, n, at, entry->said, strlen(entry->said));
  mutex_unlock(&entry->lock);
  return found;
}

static const struct file_operations operations = {
    .owner = THIS_MODULE,
    .open = simple_open,
    .read = read_said,
    .write = write_row,
};

/* A file for rows, of a model that takes them. */
static int offer(struct entry *entry) {
  const struct firmware *firmware = entry->firmware;
  emlrt_info *info = &entry->info;
  emlrt_status status = emlrt_open(&entry->model, firmware->data,
                                   (uint32_t)firmware->size, emlrt_integer_ops);
  if (status == EMLRT_ERR_STATE) return 0;
  if (status == EMLRT_OK) status = emlrt_verify(&entry->model);
  if (status == EMLRT_OK)
    status = emlrt_peek(info, firmware->data, (uint32_t)firmware->size);
  if (status != EMLRT_OK) {
    pr_err("emlrt: %s: %s\n", entry->name, emlrt_strerror(status));
    return -EINVAL;
  }
  entry->x = kvcalloc(info->n_inputs, 4, GFP_KERNEL);
  entry->scores = kvcalloc(info->n_scores, 4, GFP_KERNEL);
  entry->classes = kvcalloc(info->n_outputs, 4, GFP_KERNEL);
  entry->scratch = kvzalloc(info->scratch_bytes + 8, GFP_KERNEL);
  if (!entry->x || !entry->scores || !entry->classes || !entry->scratch)
    return -ENOMEM;
  debugfs_create_file(entry->name, 0600, folder, entry, &operations);
  return 0;
}

static int load(struct entry *entry) {
  int error;
  mutex_init(&entry->lock);
  error = request_firmware(&entry->firmware, entry->path, device);
  if (error != 0) return error;
  if (entry->firmware->size > U32_MAX) return -EFBIG;
  if (entry->example(print, entry->firmware->data,
                     (uint32_t)entry->firmware->size) != 0)
    return -EIO;
  return offer(entry);
}

static void unload(void) {
  struct entry *entry;
  debugfs_remove_recursive(folder);
  for (entry = entries; entry->name != NULL; entry++) {
    release_firmware(entry->firmware);
    kvfree(entry->x);
    kvfree(entry->scores);
    kvfree(entry->classes);
    kvfree(entry->scratch);
  }
  root_device_unregister(device);
}

static int __init emlrt_module_init(void) {
  struct entry *entry;
  int error = 0;
  device = root_device_register("emlrt");
  if (IS_ERR(device)) return PTR_ERR(device);
  folder = debugfs_create_dir("emlrt", NULL);
  pr_info("emlrt: version %s, ops of integers\n", emlrt_version());
  for (entry = entries; entry->name != NULL && error == 0; entry++)
    error = load(entry);
  if (error != 0) unload();
  return error;
}

static void __exit emlrt_module_exit(void) { unload(); }

module_init(emlrt_module_init);
module_exit(emlrt_module_exit);

EXPORT_SYMBOL_GPL(emlrt_integer_ops);
EXPORT_SYMBOL_GPL(emlrt_peek);
EXPORT_SYMBOL_GPL(emlrt_open);
EXPORT_SYMBOL_GPL(emlrt_verify);
EXPORT_SYMBOL_GPL(emlrt_run_as);
EXPORT_SYMBOL_GPL(emlrt_classify_as);
EXPORT_SYMBOL_GPL(emlrt_label);
EXPORT_SYMBOL_GPL(emlrt_name);
EXPORT_SYMBOL_GPL(emlrt_selftest);
EXPORT_SYMBOL_GPL(emlrt_stream_open);
EXPORT_SYMBOL_GPL(emlrt_stream_reset);
EXPORT_SYMBOL_GPL(emlrt_stream_push_as);
EXPORT_SYMBOL_GPL(emlrt_stream_ready);
EXPORT_SYMBOL_GPL(emlrt_stream_scores);
EXPORT_SYMBOL_GPL(emlrt_stream_classify);
EXPORT_SYMBOL_GPL(emlrt_strerror);
EXPORT_SYMBOL_GPL(emlrt_version);

@FIRMWARE@
MODULE_DESCRIPTION("Machine-learning inference in integers");
MODULE_LICENSE("Dual MIT/GPL");
