/* Terminal settings. The kernel's structure has no fields for speeds: they are bits of c_cflag. */
/* SPDX-License-Identifier: MIT */
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include "syscall.h"

int tcgetattr(int fd, struct termios *termios)
{
    struct kernel_termios from;
    long result = syscall_ret(sys_ioctl(fd, TCGETS, &from));

    if (result < 0)
        return -1;
    memset(termios, 0, sizeof(*termios));
    termios->c_iflag = from.c_iflag;
    termios->c_oflag = from.c_oflag;
    termios->c_cflag = from.c_cflag;
    termios->c_lflag = from.c_lflag;
    termios->c_line = from.c_line;
    memcpy(termios->c_cc, from.c_cc, KERNEL_NCCS);
    termios->__ispeed = termios->__ospeed = from.c_cflag & CBAUD;
    return 0;
}

int tcsetattr(int fd, int when, const struct termios *termios)
{
    struct kernel_termios to = {
        .c_iflag = termios->c_iflag,
        .c_oflag = termios->c_oflag,
        .c_cflag = termios->c_cflag,
        .c_lflag = termios->c_lflag,
        .c_line = termios->c_line,
    };

    memcpy(to.c_cc, termios->c_cc, KERNEL_NCCS);
    if (when < TCSANOW || when > TCSAFLUSH)
        return fail(EINVAL);
    return (int)syscall_ret(sys_ioctl(fd, TCSETS + (unsigned long)when, &to));
}

int tcflow(int fd, int action)
{
    return ioctl(fd, TCXONC, action);
}

int tcflush(int fd, int queue)
{
    return ioctl(fd, TCFLSH, queue);
}

int tcdrain(int fd)
{
    return ioctl(fd, TCSBRK, 1);
}

int tcsendbreak(int fd, int duration)
{
    (void)duration;
    return ioctl(fd, TCSBRK, 0);
}

pid_t tcgetsid(int fd)
{
    pid_t session;

    return ioctl(fd, TIOCGSID, &session) < 0 ? -1 : session;
}

int tcgetwinsize(int fd, struct winsize *size)
{
    return ioctl(fd, TIOCGWINSZ, size);
}

int tcsetwinsize(int fd, const struct winsize *size)
{
    return ioctl(fd, TIOCSWINSZ, size);
}

speed_t cfgetispeed(const struct termios *termios)
{
    return termios->c_cflag & CBAUD;
}

speed_t cfgetospeed(const struct termios *termios)
{
    return termios->c_cflag & CBAUD;
}

int cfsetospeed(struct termios *termios, speed_t speed)
{
    if (speed & ~(speed_t)CBAUD)
        return fail(EINVAL);
    termios->c_cflag = (termios->c_cflag & ~(tcflag_t)CBAUD) | speed;
    return 0;
}

int cfsetispeed(struct termios *termios, speed_t speed)
{
    return speed == B0 ? 0 : cfsetospeed(termios, speed);
}

int cfsetspeed(struct termios *termios, speed_t speed)
{
    return cfsetospeed(termios, speed);
}

void cfmakeraw(struct termios *termios)
{
    termios->c_iflag &=
        ~(tcflag_t)(IGNBRK | BRKINT | PARMRK | ISTRIP | INLCR | IGNCR | ICRNL | IXON);
    termios->c_oflag &= ~(tcflag_t)OPOST;
    termios->c_lflag &= ~(tcflag_t)(ECHO | ECHONL | ICANON | ISIG | IEXTEN);
    termios->c_cflag &= ~(tcflag_t)(CSIZE | PARENB);
    termios->c_cflag |= CS8;
    termios->c_cc[VMIN] = 1;
    termios->c_cc[VTIME] = 0;
}
