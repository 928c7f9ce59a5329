/* Whole files, for the callers. */
#ifndef FILES_H
#define FILES_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

/* The bytes of a file with a NUL after them; NULL if it cannot be read. */
static char *read_file(const char *path, size_t *len) {
  FILE *file = fopen(path, "rb");
  char *bytes = NULL;
  long end;
  if (!file) return NULL;
  if (!fseek(file, 0, SEEK_END) && (end = ftell(file)) >= 0 && !fseek(file, 0, SEEK_SET)) {
    *len = (size_t)end;
    bytes = calloc(*len + 1, 1);
    if (bytes && fread(bytes, 1, *len, file) != *len) {
      free(bytes);
      bytes = NULL;
    }
  }
  fclose(file);
  return bytes;
}

#endif
