/* Pseudo terminals. */
#pragma once

#include <termios.h>

int openpty(int *master, int *slave, char *name, const struct termios *termios,
            const struct winsize *size);
int login_tty(int fd);
pid_t forkpty(int *master, char *name, const struct termios *termios,
              const struct winsize *size);
