/* A first program: makes a directory, changes to it and prints its path. On your own machine:
 *   tools/cc user/root/usr/share/ouros/hello.c -o hello && tools/vm --add hello -- hello */
#include <os.h>
#include <stdio.h>
#include <stdlib.h>

int main(void)
{
    if (os.makedirs("/tmp/a/b", 0777, true) < 0 || os.chdir("/tmp/a/b") < 0) {
        os.perror("/tmp/a/b");
        return 1;
    }
    char *where = os.getcwd();
    printf("process %d is in %s\n", os.getpid(), where);
    free(where);
    return 0;
}
