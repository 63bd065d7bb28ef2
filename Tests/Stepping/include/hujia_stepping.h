/* Runs code in a child process one instruction at a time, for tests of what a killed process leaves. */
#ifndef HUJIA_STEPPING_H
#define HUJIA_STEPPING_H

#include <stdint.h>

/* Forks. The child runs `body(context)`; before each of its instructions the parent runs `look(own)`, which gives 0 to
 * go on. Without end of `body` after `most` instructions, or when `look` gives another number, the child is killed. How
 * many instructions were looked at; -1: the system does not allow it (errno). `verdict`: what `look` said last. */
int64_t hujia_step_through(void (*body)(void *context), void *context, int (*look)(void *own), void *own, int64_t most,
                           int *verdict);

/* Forks, runs `body(context)` in the child and kills it after `wait_us` microseconds. 0, or -1. */
int hujia_run_and_kill(void (*body)(void *context), void *context, int64_t wait_us);

/* Lets forked children have a mapping that they would not get. */
void hujia_give_to_children(void *start, uint64_t bytes);

#endif
