/* The mistakes of errors.t in C: each prints what Python's exception says. */
/* SPDX-License-Identifier: MIT */
#include <os.h>
#include <string.h>

static void tell(int result, const char *path)
{
    if (result < 0)
        os.perror(path);
    else
        os.write(1, "no error\n", 9);
}

static void tell_part(int result)
{
    tell(result, os.error_path());
}

static void value_error(int result)
{
    if (result < 0 && errno == EINVAL)
        os.write(1, "EINVAL\n", 7);
}

int main(void)
{
    char name[512] = "new/";
    char *none[] = {NULL}, *words[] = {"x", NULL};
    memset(name + 4, 'x', 256);
    strcpy(name + 260, "/leaf");
    os.dup2(1, 2);
    os.makedirs("a/b", 0777, false);
    os.close(os.open("a/file", O_CREAT | O_WRONLY, 0666));
    tell_part(os.makedirs("a/file/c/d/e", 0777, false));
    tell_part(os.makedirs("a/file/c", 0777, false));
    tell_part(os.makedirs("a/file", 0777, true));
    tell_part(os.makedirs("a/b", 0777, false));
    tell_part(os.makedirs("a/b/", 0777, false));
    tell_part(os.makedirs("a/b", 0777, true));
    tell_part(os.makedirs(name, 0777, false));
    tell_part(os.makedirs("", 0777, false));
    tell_part(os.renames("a/b", "a/file/x/y"));
    tell(os.execv("no/such/program", words), NULL);
    value_error(os.execv("/bin/sh", none));
    value_error(os.putenv("a=b", "c"));
    return 0;
}
