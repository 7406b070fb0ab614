/* A second program: a child runs another program in another directory; the parent waits for it. */
#include <os.h>
#include <stdio.h>

int main(void)
{
    pid_t child = os.fork();
    if (child == 0) {
        os.chdir("/usr");
        os.execv("/bin/ls", (char *[]){"ls", "-l", NULL});
        os.perror("/bin/ls");
        os._exit(127);
    }
    struct os_wait_result ended = os.wait();
    printf("process %d ended with %d\n", ended.pid, os.waitstatus_to_exitcode(ended.status));
    return 0;
}
