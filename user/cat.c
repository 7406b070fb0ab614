/* cat [FILE...]: copies files, or standard input (-), to standard output, by os.open(),
 * os.read() and os.write(). */
/* SPDX-License-Identifier: MIT */
#include <fcntl.h>
#include <os.h>
#include <stdio.h>
#include <string.h>

static int copy(int fd, const char *name)
{
    static char buf[65536];
    ssize_t n;
    while ((n = os.read(fd, buf, sizeof buf)) > 0)
        for (ssize_t done = 0, m; done < n; done += m)
            if ((m = os.write(1, buf + done, n - done)) < 0)
                return os.perror("standard output"), 1;
    return n < 0 ? os.perror(name), 1 : 0;
}

int main(int argc, char **argv)
{
    int failures = 0;
    if (argc == 1)
        return copy(0, "standard input");
    for (int i = 1; i < argc; i++) {
        int fd = strcmp(argv[i], "-") == 0 ? os.dup(0) : os.open(argv[i], O_RDONLY, 0);
        if (fd < 0) {
            os.perror(argv[i]);
            failures = 1;
        } else {
            failures |= copy(fd, argv[i]);
            os.close(fd);
        }
    }
    return failures;
}
