/* pwd: prints the working directory, by os.getcwd(). */
/* SPDX-License-Identifier: MIT */
#include <os.h>
#include <stdio.h>
#include <stdlib.h>

int main(void)
{
    char *cwd = os.getcwd();
    if (!cwd)
        return os.perror("."), 1;
    puts(cwd);
    free(cwd);
    return 0;
}
