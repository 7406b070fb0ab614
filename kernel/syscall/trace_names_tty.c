// The names that belong to terminals: requests of ioctl and the bits of a termios.
#include "abi/termios.h"
#include "trace.h"

// clang-format off

#define N(constant) {(uint64_t)(constant), #constant}

const struct trace_name names_ioctls[] = {
    N(TCGETS), N(TCSETS), N(TCSETSW), N(TCSETSF), N(TCSBRK), N(TCXONC), N(TCFLSH), N(TIOCEXCL),
    N(TCGETS2), N(TCSETS2), N(TCSETSW2), N(TCSETSF2),
    N(TIOCNXCL), N(TIOCSCTTY), N(TIOCGPGRP), N(TIOCSPGRP), N(TIOCOUTQ), N(TIOCSTI), N(TIOCGWINSZ),
    N(TIOCSWINSZ), N(TIOCMGET), N(FIONREAD), N(TIOCCONS), N(FIONBIO), N(TIOCNOTTY), N(TIOCGSID),
    N(TCSBRKP), N(FIONCLEX), N(FIOCLEX), N(FIOASYNC), N(TIOCGPTN), N(TIOCSPTLCK), N(TIOCGPTPEER),
    {TRACE_END, "_IOC_???"},
};

const struct trace_name names_iflags[] = {
    N(IGNBRK), N(BRKINT), N(IGNPAR), N(PARMRK), N(INPCK), N(ISTRIP), N(INLCR), N(IGNCR), N(ICRNL),
    N(IUCLC), N(IXON), N(IXANY), N(IXOFF), N(IMAXBEL), N(IUTF8),
    {TRACE_END, "???"},
};

const struct trace_name names_oflags[] = {
    N(OPOST), N(OLCUC), N(ONLCR), N(OCRNL), N(ONOCR), N(ONLRET), N(OFILL), N(OFDEL),
    {TRACE_END, "???"},
};

const struct trace_name names_speeds[] = {
    N(B0), N(B50), N(B75), N(B110), N(B134), N(B150), N(B200), N(B300), N(B600), N(B1200),
    N(B1800), N(B2400), N(B4800), N(B9600), N(B19200), N(B38400), N(B57600), N(B115200),
    N(B230400), N(B460800), N(B921600),
    {TRACE_END, "B???"},
};

const struct trace_name names_cflags[] = {
    N(CSTOPB), N(CREAD), N(PARENB), N(PARODD), N(HUPCL), N(CLOCAL), N(CRTSCTS),
    {TRACE_END, "???"},
};

const struct trace_name names_lflags[] = {
    N(ISIG), N(ICANON), N(XCASE), N(ECHO), N(ECHOE), N(ECHOK), N(ECHONL), N(NOFLSH), N(TOSTOP),
    N(IEXTEN), N(ECHOCTL), N(ECHOPRT), N(ECHOKE), N(FLUSHO), N(PENDIN), N(EXTPROC),
    {TRACE_END, "???"},
};
