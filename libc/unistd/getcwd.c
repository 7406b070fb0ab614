/* getcwd: the path of the working directory, in a given room or in memory from malloc. */
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "syscall.h"

char *getcwd(char *buf, size_t size)
{
    char own[PATH_MAX];

    if (buf && size == 0)
        return fail_null(EINVAL);
    long length = syscall_ret(buf ? sys_getcwd(buf, size) : sys_getcwd(own, sizeof(own)));
    if (length < 0)
        return NULL;
    if (length == 0 || (buf ? buf : own)[0] != '/')
        return fail_null(ENOENT); /* it lies outside of the root: there is no path to it */
    if (buf)
        return buf;
    if (size != 0 && size < (size_t)length)
        return fail_null(ERANGE);
    buf = malloc(size ? size : (size_t)length);
    return buf ? memcpy(buf, own, (size_t)length) : NULL;
}

char *get_current_dir_name(void)
{
    return getcwd(NULL, 0);
}
