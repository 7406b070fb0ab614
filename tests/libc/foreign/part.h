/* What the two parts of the program have in common. */
/* SPDX-License-Identifier: MIT */
#pragma once

struct wide {
    int numbers[2];
};

extern _Thread_local char first;
extern _Thread_local long long_value;
extern _Thread_local struct wide wide;
extern _Thread_local int of_main;

/* Whether each variable has its first value. */
int check_variables(void);
void change_variables(void);

/* errno as the part's own header has it, after a call that fails. */
int error_of_close(void);

/* Writes `size` bytes into an array of 16 bytes. */
int fill(unsigned size);
