/* The system's functions as POSIX groups them: files, processes, users. */
/* SPDX-License-Identifier: MIT */
#pragma once

#include <stddef.h>
#include <stdint.h>
#include <abi/fcntl.h>

#define _POSIX_VERSION 200809L
#define _XOPEN_VERSION 700

#define _POSIX_THREADS               200809L
#define _POSIX_THREAD_ATTR_STACKADDR 200809L
#define _POSIX_THREAD_ATTR_STACKSIZE 200809L
#define _POSIX_THREAD_PROCESS_SHARED 200809L
#define _POSIX_THREAD_SAFE_FUNCTIONS 200809L
#define _POSIX_BARRIERS              200809L
#define _POSIX_CLOCK_SELECTION       200809L
#define _POSIX_READER_WRITER_LOCKS   200809L
#define _POSIX_SEMAPHORES            200809L
#define _POSIX_SPIN_LOCKS            200809L
#define _POSIX_TIMEOUTS              200809L
#define _POSIX_FSYNC                 200809L
#define _POSIX_MAPPED_FILES          200809L
#define _POSIX_MONOTONIC_CLOCK       0
#define _POSIX_SPAWN                 200809L
#define _POSIX_JOB_CONTROL           1
#define _POSIX_SAVED_IDS             1
#define _POSIX_REGEXP                1
#define _POSIX_SHELL                 1

#define STDIN_FILENO  0
#define STDOUT_FILENO 1
#define STDERR_FILENO 2
#define F_ULOCK       0
#define F_LOCK        1
#define F_TLOCK       2
#define F_TEST        3

#define _PC_LINK_MAX         0
#define _PC_MAX_CANON        1
#define _PC_MAX_INPUT        2
#define _PC_NAME_MAX         3
#define _PC_PATH_MAX         4
#define _PC_PIPE_BUF         5
#define _PC_CHOWN_RESTRICTED 6
#define _PC_NO_TRUNC         7
#define _PC_VDISABLE         8

#define _SC_ARG_MAX                      0
#define _SC_CHILD_MAX                    1
#define _SC_CLK_TCK                      2
#define _SC_NGROUPS_MAX                  3
#define _SC_OPEN_MAX                     4
#define _SC_STREAM_MAX                   5
#define _SC_TZNAME_MAX                   6
#define _SC_JOB_CONTROL                  7
#define _SC_SAVED_IDS                    8
#define _SC_FSYNC                        15
#define _SC_MAPPED_FILES                 16
#define _SC_SEMAPHORES                   21
#define _SC_VERSION                      29
#define _SC_PAGESIZE                     30
#define _SC_PAGE_SIZE                    _SC_PAGESIZE
#define _SC_RTSIG_MAX                    31
#define _SC_SEM_VALUE_MAX                33
#define _SC_LINE_MAX                     43
#define _SC_RE_DUP_MAX                   44
#define _SC_IOV_MAX                      60
#define _SC_UIO_MAXIOV                   60
#define _SC_THREADS                      67
#define _SC_THREAD_SAFE_FUNCTIONS        68
#define _SC_GETGR_R_SIZE_MAX             69
#define _SC_GETPW_R_SIZE_MAX             70
#define _SC_LOGIN_NAME_MAX               71
#define _SC_TTY_NAME_MAX                 72
#define _SC_THREAD_DESTRUCTOR_ITERATIONS 73
#define _SC_THREAD_KEYS_MAX              74
#define _SC_THREAD_STACK_MIN             75
#define _SC_NPROCESSORS_CONF             83
#define _SC_NPROCESSORS_ONLN             84
#define _SC_PHYS_PAGES                   85
#define _SC_AVPHYS_PAGES                 86
#define _SC_BARRIERS                     133
#define _SC_MONOTONIC_CLOCK              149
#define _SC_READER_WRITER_LOCKS          153
#define _SC_SPIN_LOCKS                   154
#define _SC_REGEXP                       155
#define _SC_SHELL                        157
#define _SC_SPAWN                        159
#define _SC_SYMLOOP_MAX                  173
#define _SC_HOST_NAME_MAX                180
#define _CS_PATH                         0

extern char **environ;
extern char *optarg;
extern int optind, opterr, optopt;

int access(const char *path, int mode);
int eaccess(const char *path, int mode);
int euidaccess(const char *path, int mode);
int faccessat(int fd, const char *path, int mode, int flags);
unsigned int alarm(unsigned int seconds);
int brk(void *end);
void *sbrk(intptr_t change);
int chdir(const char *path);
int fchdir(int fd);
int chroot(const char *path);
int chown(const char *path, uid_t uid, gid_t gid);
int fchown(int fd, uid_t uid, gid_t gid);
int fchownat(int fd, const char *path, uid_t uid, gid_t gid, int flags);
int lchown(const char *path, uid_t uid, gid_t gid);
int close(int fd);
int close_range(unsigned int first, unsigned int last, int flags);
void closefrom(int first);
size_t confstr(int name, char *text, size_t size);
ssize_t copy_file_range(int in, off_t *in_at, int out, off_t *out_at, size_t size,
                        unsigned int flags);
int dup(int fd);
int dup2(int fd, int new_fd);
int dup3(int fd, int new_fd, int flags);
_Noreturn void _exit(int status);
int execl(const char *path, const char *arg, ...) __attribute__((sentinel));
int execle(const char *path, const char *arg, ...) __attribute__((sentinel(1)));
int execlp(const char *file, const char *arg, ...) __attribute__((sentinel));
int execv(const char *path, char *const argv[]);
int execve(const char *path, char *const argv[], char *const envp[]);
int execveat(int fd, const char *path, char *const argv[], char *const envp[], int flags);
int execvp(const char *file, char *const argv[]);
int execvpe(const char *file, char *const argv[], char *const envp[]);
int fexecve(int fd, char *const argv[], char *const envp[]);
pid_t fork(void);
pid_t _Fork(void);
pid_t vfork(void) __attribute__((returns_twice));
int fsync(int fd);
int syncfs(int fd);
int fdatasync(int fd);
void sync(void);
int truncate(const char *path, off_t size);
int ftruncate(int fd, off_t size);
char *getcwd(char *buf, size_t size);
char *get_current_dir_name(void);
int getdomainname(char *name, size_t size);
int getdtablesize(void);
int getentropy(void *buf, size_t size);
gid_t getgid(void);
gid_t getegid(void);
uid_t getuid(void);
uid_t geteuid(void);
int getgroups(int n, gid_t groups[]);
int getresuid(uid_t *real, uid_t *effective, uid_t *saved);
int getresgid(gid_t *real, gid_t *effective, gid_t *saved);
int gethostname(char *name, size_t size);
int sethostname(const char *name, size_t size);
char *getlogin(void);
int getlogin_r(char *name, size_t size);
int getopt(int argc, char *const argv[], const char *options);
int getpagesize(void);
pid_t getpgid(pid_t pid);
pid_t getpgrp(void);
pid_t getpid(void);
pid_t getppid(void);
pid_t getsid(pid_t pid);
pid_t gettid(void);
int isatty(int fd);
int link(const char *from, const char *to);
int linkat(int from_fd, const char *from, int to_fd, const char *to, int flags);
int lockf(int fd, int command, off_t size);
off_t lseek(int fd, off_t offset, int whence);
int nice(int change);
long pathconf(const char *path, int name);
long fpathconf(int fd, int name);
long sysconf(int name);
int pause(void);
int pipe(int fds[2]);
int pipe2(int fds[2], int flags);
ssize_t pread(int fd, void *buf, size_t size, off_t offset);
ssize_t pwrite(int fd, const void *buf, size_t size, off_t offset);
ssize_t read(int fd, void *buf, size_t size);
ssize_t readlink(const char *restrict path, char *restrict buf, size_t size);
ssize_t readlinkat(int fd, const char *restrict path, char *restrict buf, size_t size);
int rmdir(const char *path);
int setuid(uid_t uid);
int setgid(gid_t gid);
int seteuid(uid_t uid);
int setegid(gid_t gid);
int setreuid(uid_t real, uid_t effective);
int setregid(gid_t real, gid_t effective);
int setresuid(uid_t real, uid_t effective, uid_t saved);
int setresgid(gid_t real, gid_t effective, gid_t saved);
int setpgid(pid_t pid, pid_t pgid);
pid_t setpgrp(void);
pid_t setsid(void);
unsigned int sleep(unsigned int seconds);
int usleep(useconds_t microseconds);
int symlink(const char *target, const char *path);
int symlinkat(const char *target, int fd, const char *path);
long syscall(long number, ...);
pid_t tcgetpgrp(int fd);
int tcsetpgrp(int fd, pid_t pgid);
char *ttyname(int fd);
int ttyname_r(int fd, char *name, size_t size);
int unlink(const char *path);
int unlinkat(int fd, const char *path, int flags);
int daemon(int stay, int keep);
ssize_t write(int fd, const void *buf, size_t size);
