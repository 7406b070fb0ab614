/* Says what os.strerror, os.error_name and os.perror say, for the test beside it. A case on a line
 * of standard input is an error number and, after a space, a path in hexadecimal. */
/* SPDX-License-Identifier: MIT */
#include <os.h>
#include <string.h>

int main(void)
{
    char *line = NULL;
    size_t size = 0;
    os.dup2(1, 2); /* os.perror's standard error is what the test reads */
    setvbuf(stdout, NULL, _IONBF, 0);
    while (getline(&line, &size, stdin) > 0) {
        char *hex = strchr(line, ' '), *path = line;
        int error = atoi(line);
        unsigned byte;
        printf("%d %s %s\n", error, os.error_name(error), os.strerror(error));
        if (hex)
            for (hex++; sscanf(hex, "%2x", &byte) == 1; hex += 2)
                *path++ = (char)byte;
        *path = 0;
        errno = error;
        os.perror(hex ? line : NULL);
        if (errno != error)
            printf("os.perror changed errno to %d\n", errno);
    }
    free(line);
    return 0;
}
