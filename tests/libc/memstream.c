/* open_memstream by the words of POSIX: a seek back shortens what the caller is told, not the text;
 * the end is the end of the text. */
/* SPDX-License-Identifier: MIT */
#include "check.h"
#include <stdio.h>

int main(void)
{
    char *text = NULL;
    size_t size = 0;
    FILE *file = open_memstream(&text, &size);

    CHECK_OK(fputs("hello world", file));
    CHECK_OK(fseek(file, 2, SEEK_SET));
    CHECK_OK(fputs("LL", file));
    CHECK_OK(fflush(file));
    CHECK_EQ(size, 4);
    CHECK_STR(text, "heLLo world");
    CHECK_OK(fseek(file, -1, SEEK_END));
    CHECK_EQ(ftell(file), 10);
    CHECK_OK(fputs("D!", file));
    CHECK_OK(fflush(file));
    CHECK_EQ(size, 12);
    CHECK_STR(text, "heLLo worlD!");
    CHECK_OK(fseek(file, 1, SEEK_SET));
    CHECK_OK(fclose(file));
    CHECK_EQ(size, 1);
    CHECK_STR(text, "heLLo worlD!");
    free(text);
    return check_done();
}
