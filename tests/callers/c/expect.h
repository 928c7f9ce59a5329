/* What the callers share: a call is compared with the status that the header promises. Each broken promise is a line on
 * standard error, and the program's exit code is `broken`. */
#ifndef EXPECT_H
#define EXPECT_H

#include <facecert.h>
#include <stdio.h>
#include <stdlib.h>

static int broken;
static facecert_error err;

/* The call gives the status, err says the same, and the argument at fault is named (-1: none is). */
static void expect_at(int line, facecert_status wanted, int32_t argument, facecert_status got) {
  int told = got == FACECERT_OK || (err.status == got && err.message[0] && (argument < 0 || err.argument == argument));
  if (got != wanted || !told) {
    fprintf(stderr, "line %d: %s, argument %d: %s; wanted %s, argument %d\n", line, facecert_status_name(got),
            (int)err.argument, err.message, facecert_status_name(wanted), (int)argument);
    broken = 1;
  }
  FACECERT_INIT(&err);
}
#define EXPECT(status, argument, call) expect_at(__LINE__, FACECERT_##status, argument, call)
#define DONE(call) EXPECT(OK, 0, call)

static void check_at(int line, int holds, const char *what) {
  if (!holds) {
    fprintf(stderr, "line %d: not so: %s\n", line, what);
    broken = 1;
  }
}
#define CHECK(holds) check_at(__LINE__, holds, #holds)

#define HUGE_LEN ((size_t)-2)
#define ODD(type, pointer) ((type *)(void *)((char *)(pointer) + 1))

#endif
