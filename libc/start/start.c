/* From the stack that exec prepared to main: argc, argv, environ, the auxiliary vector. */
/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "start.h"
#include "../thread/thread.h"

char **environ;
unsigned long *libc_auxv;
char *program_invocation_name = "";
char *program_invocation_short_name = "";

int main(int argc, char **argv, char **envp);
extern void (*const __init_array_start[])(void);
extern void (*const __init_array_end[])(void);

static void set_program_name(char *name)
{
    char *slash = strrchr(name, '/');

    program_invocation_name = name;
    program_invocation_short_name = slash ? slash + 1 : name;
}

_Noreturn void libc_start(long *stack)
{
    int argc = (int)stack[0];
    char **argv = (char **)(stack + 1);
    char **end = environ = argv + argc + 1;

    while (*end)
        end++;
    libc_auxv = (unsigned long *)(end + 1);
    thread_area_init(aux_find(AT_RANDOM));
    if (argc > 0)
        set_program_name(argv[0]);
    for (void (*const *init)(void) = __init_array_start; init < __init_array_end; init++)
        (*init)();
    exit(main(argc, argv, environ));
}
