/* What terminal.t runs on a terminal of Linux and of Ouros: it says what it saw, one line a thing,
 * and asks for keys with lines that begin with "keys". */
/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

static void say(const char *what, long value)
{
    printf("%s: %ld\n", what, value);
    fflush(stdout);
}

static void ask_for_keys(int number)
{
    printf("keys %d\n", number);
    fflush(stdout);
}

static double now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec + time.tv_nsec / 1e9;
}

/* Input raw or in lines, without echo. */
static void set_mode(int lines, int min, int tenths)
{
    struct termios termios;
    tcgetattr(0, &termios);
    termios.c_lflag &= ~(ECHO | ICANON);
    if (lines)
        termios.c_lflag |= ICANON;
    termios.c_cc[VMIN] = min;
    termios.c_cc[VTIME] = tenths;
    tcsetattr(0, TCSADRAIN, &termios);
}

/* One read: what it gave, and whether it took so long. */
static void try_read(const char *what, size_t n, double at_least)
{
    char bytes[64];
    double start = now();
    errno = 0;
    long got = read(0, bytes, n);
    int error = got < 0 ? errno : 0;
    int waited = now() - start > at_least - 0.05;
    printf("%s: %ld, error %d, waited %d:", what, got, error, waited);
    for (long i = 0; i < got; i++)
        printf(" %02x", bytes[i]);
    printf("\n");
    fflush(stdout);
}

static void check_raw(void)
{
    set_mode(0, 0, 5);
    try_read("MIN 0, TIME 5, nothing", 10, 0.5);
    set_mode(0, 0, 0);
    try_read("MIN 0, TIME 0, nothing", 10, 0);
    set_mode(0, 3, 0);
    ask_for_keys(1);
    try_read("MIN 3", 10, 0.3);
    set_mode(0, 5, 3);
    ask_for_keys(2);
    try_read("MIN 5, TIME 3, two keys", 10, 0.3);
}

static void check_lines(void)
{
    struct pollfd ready = {.fd = 0, .events = POLLIN};
    int waiting = -1;
    set_mode(1, 1, 0);
    ask_for_keys(3);
    say("poll, half a line", poll(&ready, 1, 500));
    say("poll, a line", poll(&ready, 1, 5000));
    ioctl(0, FIONREAD, &waiting);
    say("FIONREAD", waiting);
    try_read("a part of it", 3, 0);
    try_read("the rest", 10, 0);
    fcntl(0, F_SETFL, O_NONBLOCK);
    try_read("O_NONBLOCK, nothing", 10, 0);
    fcntl(0, F_SETFL, 0);
    ask_for_keys(4);
    try_read("end of file", 10, 0);
}

static volatile sig_atomic_t n_signals;
static void on_signal(int number)
{
    (void)number;
    n_signals++;
}

static void check_signals(void)
{
    struct sigaction action = {.sa_handler = on_signal};
    sigaction(SIGALRM, &action, NULL);
    struct itimerval each_second = {{1, 0}, {1, 0}}, never = {{0, 0}, {0, 0}};
    setitimer(ITIMER_REAL, &each_second, NULL); /* again, should one come before the read */
    try_read("a signal", 10, 1);
    setitimer(ITIMER_REAL, &never, NULL);
    action.sa_flags = SA_RESTART;
    sigaction(SIGALRM, &action, NULL);
    alarm(1);
    ask_for_keys(5);
    try_read("a signal, SA_RESTART", 10, 1.3);
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGQUIT, &action, NULL);
    sigaction(SIGTSTP, &action, NULL);
    n_signals = 0;
    ask_for_keys(6);
    try_read("after the keys that signal", 10, 0);
    say("signals", n_signals);
    sigaction(SIGWINCH, &action, NULL);
    struct winsize size = {.ws_row = 33, .ws_col = 44};
    n_signals = 0;
    ioctl(0, TIOCSWINSZ, &size);
    ioctl(0, TIOCSWINSZ, &size);
    memset(&size, 0, sizeof size);
    ioctl(0, TIOCGWINSZ, &size);
    say("SIGWINCH", n_signals);
    say("size", size.ws_row * 1000 + size.ws_col);
}

/* Runs the function in a child, which gets a process group of its own or a session of its own; its
 * wait status, also if it stops. */
static int in_child(int (*act)(void), int own_session)
{
    int status = -1;
    pid_t child = fork();
    if (child == 0) {
        own_session ? setsid() : setpgid(0, 0);
        _exit(act());
    }
    waitpid(child, &status, WUNTRACED);
    if (WIFSTOPPED(status)) {
        kill(child, SIGKILL);
        waitpid(child, NULL, 0);
    }
    return status;
}

static int in_background(int (*act)(void))
{
    return in_child(act, 0);
}

static int take_front(void)
{
    return tcsetpgrp(0, getpgrp()) == 0 ? 0 : errno;
}

static int take_front_deaf(void)
{
    signal(SIGTTOU, SIG_IGN);
    return take_front();
}

static int read_behind(void)
{
    char byte;
    return read(0, &byte, 1) < 0 ? errno : 0;
}

static int read_behind_deaf(void)
{
    signal(SIGTTIN, SIG_IGN);
    return read_behind();
}

static int write_behind(void)
{
    return write(1, "", 0) < 0 || write(1, "written from the background\n", 15) < 0 ? errno : 0;
}

static int set_behind(void)
{
    struct termios termios;
    return tcgetattr(0, &termios) < 0 || tcsetattr(0, TCSANOW, &termios) < 0 ? errno : 0;
}

static int open_own(void)
{
    return open("/dev/tty", O_RDWR) < 0 ? errno : 0;
}

/* A key that signals, in front of more processes than the kernel visits at once: each gets it, and
 * so does one that was born last. */
static void check_many(void)
{
    enum { MANY = 200 };
    struct sigaction action = {.sa_handler = on_signal};
    int n_killed = 0, status;
    sigaction(SIGINT, &action, NULL);
    n_signals = 0;
    for (int i = 0; i < MANY; i++) {
        if (fork() == 0) {
            signal(SIGINT, SIG_DFL);
            for (;;)
                pause();
        }
    }
    ask_for_keys(8);
    for (pid_t pid = 0; (pid = waitpid(-1, &status, 0)) > 0 || errno == EINTR;)
        n_killed += pid > 0 && WIFSIGNALED(status) && WTERMSIG(status) == SIGINT;
    say("killed by a key", n_killed);
    say("and this one was told", n_signals);
    signal(SIGINT, SIG_DFL);
}

static void check_jobs(void)
{
    struct termios termios;
    say("in front", tcgetpgrp(0) == getpgrp());
    say("own session", tcgetsid(0) == getsid(0));
    int own = open("/dev/tty", O_RDWR);
    say("/dev/tty is a terminal", isatty(own));
    close(own);
    say("read from the background", in_background(read_behind));
    say("read from the background, deaf", in_background(read_behind_deaf));
    say("write from the background", in_background(write_behind));
    tcgetattr(0, &termios);
    termios.c_lflag |= TOSTOP;
    tcsetattr(0, TCSANOW, &termios);
    say("write from the background, TOSTOP", in_background(write_behind));
    termios.c_lflag &= ~TOSTOP;
    tcsetattr(0, TCSANOW, &termios);
    say("tcsetattr from the background", in_background(set_behind));
    say("tcsetpgrp from the background", in_background(take_front));
    say("tcsetpgrp from the background, deaf", in_background(take_front_deaf));
    signal(SIGTTOU, SIG_IGN);
    say("tcsetpgrp back", tcsetpgrp(0, getpgrp()));
    say("/dev/tty in a session without", in_child(open_own, 1));
    errno = 0;
    long result = tcsetpgrp(0, 99999);
    say("tcsetpgrp of no group", result == 0 ? 0 : errno);
    int session = 0;
    errno = 0;
    result = ioctl(0, TIOCSCTTY, session);
    say("TIOCSCTTY again", result == 0 ? 0 : errno);
}

static long result_of(long result)
{
    return result < 0 ? -errno : result;
}

/* Not the output's queue: what of it is flushed on Linux is a matter of who reads how fast. */
static void check_queues(void)
{
    struct pollfd ready = {.fd = 0, .events = POLLIN};
    int n = -1;
    ask_for_keys(7);
    say("poll, a line to throw away", poll(&ready, 1, 5000));
    say("the input is there", poll(&ready, 1, 0));
    say("tcflush of the input", result_of(tcflush(0, TCIFLUSH)));
    say("and is gone", poll(&ready, 1, 0));
    say("tcflush of what is none", result_of(tcflush(0, 9)));
    say("tcdrain", result_of(tcdrain(1)));
    say("TIOCOUTQ", result_of(ioctl(1, TIOCOUTQ, &n)));
    say("nothing waits", n);
    say("tcsendbreak", result_of(tcsendbreak(0, 0)));
    long held = result_of(tcflow(1, TCOOFF)), let_go = result_of(tcflow(1, TCOON));
    say("tcflow, held", held);
    say("tcflow, let go", let_go);
    say("tcflow of what is none", result_of(tcflow(1, 9)));
}

/* Who leads no session gives up the terminal for itself alone. */
static int give_up_terminal(void)
{
    if (ioctl(0, TIOCNOTTY) < 0)
        return 100;
    if (ioctl(0, TIOCNOTTY) == 0 || errno != ENOTTY)
        return 101;
    return open_own();
}

static void check_giving_up(void)
{
    say("TIOCNOTTY", in_background(give_up_terminal));
    say("TIOCNOTTY in another session", in_child(give_up_terminal, 1));
    int own = open("/dev/tty", O_RDWR);
    say("the others keep it", own >= 0);
    close(own);
}

/* The calls with the speeds as numbers, as newer C libraries make them. */
static void check_speeds(void)
{
    struct kernel_termios2 first, two;
    struct kernel_termios one;
    unsigned long sets[] = {TCSETS2, TCSETSW2, TCSETSF2};
    say("TCGETS2", result_of(ioctl(0, TCGETS2, &first)));
    say("TCGETS", result_of(ioctl(0, TCGETS, &one)));
    say("they agree", memcmp(&one, &first, sizeof one) == 0);
    for (int i = 0; i < 3; i++) {
        two = first;
        two.c_cflag = (first.c_cflag & ~(CBAUD | CIBAUD)) | BOTHER | (unsigned)BOTHER << IBSHIFT;
        two.c_ospeed = 12345 + i;
        two.c_ispeed = 54321 + i;
        two.c_lflag &= ~ECHO;
        say("a speed that is a number", result_of(ioctl(0, sets[i], &two)));
        memset(&two, 0xee, sizeof two);
        ioctl(0, TCGETS2, &two);
        say("its output's speed", two.c_ospeed);
        say("its input's speed", two.c_ispeed);
        say("its bits", two.c_cflag & (CBAUD | CIBAUD));
        say("its echo", two.c_lflag & ECHO);
    }
    ioctl(0, TCGETS, &one);
    one.c_lflag |= ECHO;
    say("TCSETS keeps a number", result_of(ioctl(0, TCSETS, &one)));
    ioctl(0, TCGETS2, &two);
    say("the number", two.c_ospeed);
    one.c_cflag = (one.c_cflag & ~(unsigned)(CBAUD | CIBAUD)) | B115200;
    ioctl(0, TCSETS, &one);
    ioctl(0, TCGETS2, &two);
    say("a speed of the old kind", two.c_ospeed);
    say("and of input", two.c_ispeed);
    two.c_cflag = (two.c_cflag & ~(unsigned)CBAUD) | B9600 | (unsigned)B300 << IBSHIFT;
    two.c_ospeed = two.c_ispeed = 7;
    ioctl(0, TCSETS2, &two);
    ioctl(0, TCGETS2, &two);
    say("the bits count", two.c_ospeed);
    say("the bits of input", two.c_ispeed);
    say("TCSETS2 from nowhere", result_of(ioctl(0, TCSETS2, 8)));
    say("TCGETS2 to nowhere", result_of(ioctl(0, TCGETS2, 8)));
    say("back", result_of(ioctl(0, TCSETSF2, &first)));
}

int main(void)
{
    check_speeds();
    check_raw();
    check_lines();
    check_signals();
    check_jobs();
    check_queues();
    check_many();
    check_giving_up();
    printf("end\n");
    return 0;
}
