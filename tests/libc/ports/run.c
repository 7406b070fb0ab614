/* Compiles a C file in memory by libtcc and runs it there, with some functions of the C library. */
/* SPDX-License-Identifier: MIT */
#include <libtcc.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void complain(void *arg, const char *text)
{
    fprintf(arg, "%s\n", text);
}

/* clang-format off */
#define NAME(function) {#function, (const void *)(function)}
/* clang-format on */
static const struct {
    const char *name;
    const void *place;
} names[] = {
    NAME(printf), NAME(puts),   NAME(putchar), NAME(sprintf), NAME(malloc), NAME(free),
    NAME(calloc), NAME(memcpy), NAME(memset),  NAME(memmove), NAME(strcpy), NAME(strlen),
    NAME(strcmp), NAME(strcat), NAME(strncpy), NAME(strchr),  NAME(memcmp), NAME(exit),
    NAME(abort),  NAME(fopen),  NAME(fclose),  NAME(fread),   NAME(fwrite), NAME(fgets),
    NAME(getc),   NAME(fgetc),  NAME(fprintf), NAME(strrchr), NAME(atoi),   NAME(strncmp),
    NAME(sin),    NAME(fabs),   NAME(realloc),
};

int main(int argc, char **argv)
{
    TCCState *state = tcc_new();

    if (argc < 2)
        return 2;
    tcc_set_error_func(state, stdout, complain);
    tcc_set_lib_path(state, ".");
    tcc_set_options(state, "-nostdlib -nostdinc -Iinclude -Ilibc-include");
    tcc_set_output_type(state, TCC_OUTPUT_MEMORY);
    for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
        tcc_add_symbol(state, names[i].name, names[i].place);
    if (tcc_add_file(state, argv[1]) < 0 || tcc_add_file(state, "libtcc1.a") < 0)
        return 3;
    int status = tcc_run(state, argc - 1, argv + 1);

    printf("%s: %d\n", argv[1], status);
    tcc_delete(state);
    return 0;
}
