// The names of numbers: the sets that syscall.tbl refers to, each in the order that strace follows.
#include "abi/errno_list.h"
#include "abi/fcntl.h"
#include "abi/futex.h"
#include "abi/mman.h"
#include "abi/poll.h"
#include "abi/prctl.h"
#include "abi/reboot.h"
#include "abi/resource.h"
#include "abi/sched.h"
#include "abi/signal_list.h"
#include "abi/stat.h"
#include "abi/statfs.h"
#include "abi/time.h"
#include "abi/wait.h"
#include "trace.h"

// clang-format off

#define N(constant) {(uint64_t)(constant), #constant}

#define ERROR_NAME(name, text) {name, #name},
const struct trace_name names_errors[] = {ERRNO_LIST(ERROR_NAME) {TRACE_END, "E???"}};

#define SIGNAL_NAME(name, text) {name, #name},
const struct trace_name names_signals[] = {SIGNAL_LIST(SIGNAL_NAME) {TRACE_END, "SIG???"}};

const struct trace_name names_clocks[] = {
    N(CLOCK_REALTIME), N(CLOCK_MONOTONIC), N(CLOCK_PROCESS_CPUTIME_ID),
    N(CLOCK_THREAD_CPUTIME_ID), N(CLOCK_MONOTONIC_RAW), N(CLOCK_REALTIME_COARSE),
    N(CLOCK_MONOTONIC_COARSE), N(CLOCK_BOOTTIME), N(CLOCK_REALTIME_ALARM),
    N(CLOCK_BOOTTIME_ALARM), N(CLOCK_TAI),
    {TRACE_END, "CLOCK_???"},
};

const struct trace_name names_whences[] = {
    N(SEEK_SET), N(SEEK_CUR), N(SEEK_END), N(SEEK_DATA), N(SEEK_HOLE),
    {TRACE_END, "SEEK_???"},
};

const struct trace_name names_syslog_actions[] = {
    {0, "SYSLOG_ACTION_CLOSE"},         {1, "SYSLOG_ACTION_OPEN"},
    {2, "SYSLOG_ACTION_READ"},          {3, "SYSLOG_ACTION_READ_ALL"},
    {4, "SYSLOG_ACTION_READ_CLEAR"},    {5, "SYSLOG_ACTION_CLEAR"},
    {6, "SYSLOG_ACTION_CONSOLE_OFF"},   {7, "SYSLOG_ACTION_CONSOLE_ON"},
    {8, "SYSLOG_ACTION_CONSOLE_LEVEL"}, {9, "SYSLOG_ACTION_SIZE_UNREAD"},
    {10, "SYSLOG_ACTION_SIZE_BUFFER"},  {TRACE_END, "SYSLOG_ACTION_???"},
};

const struct trace_name names_advices[] = {
    N(POSIX_FADV_NORMAL), N(POSIX_FADV_RANDOM), N(POSIX_FADV_SEQUENTIAL), N(POSIX_FADV_WILLNEED),
    N(POSIX_FADV_DONTNEED), N(POSIX_FADV_NOREUSE),
    {TRACE_END, "POSIX_FADV_???"},
};

const struct trace_name names_madvices[] = {
    N(MADV_NORMAL), N(MADV_RANDOM), N(MADV_SEQUENTIAL), N(MADV_WILLNEED), N(MADV_DONTNEED),
    N(MADV_FREE), N(MADV_REMOVE), N(MADV_DONTFORK), N(MADV_DOFORK), N(MADV_MERGEABLE),
    N(MADV_UNMERGEABLE), N(MADV_HUGEPAGE), N(MADV_NOHUGEPAGE), N(MADV_DONTDUMP), N(MADV_DODUMP),
    N(MADV_WIPEONFORK), N(MADV_KEEPONFORK), N(MADV_COLD), N(MADV_PAGEOUT),
    {TRACE_END, "MADV_???"},
};

const struct trace_name names_sighows[] = {
    N(SIG_BLOCK), N(SIG_UNBLOCK), N(SIG_SETMASK),
    {TRACE_END, "SIG_???"},
};

const struct trace_name names_idtypes[] = {
    N(P_ALL), N(P_PID), N(P_PGID), N(P_PIDFD),
    {TRACE_END, "P_???"},
};

const struct trace_name names_limits[] = {
    N(RLIMIT_CPU), N(RLIMIT_FSIZE), N(RLIMIT_DATA), N(RLIMIT_STACK), N(RLIMIT_CORE),
    N(RLIMIT_RSS), N(RLIMIT_NPROC), N(RLIMIT_NOFILE), N(RLIMIT_MEMLOCK), N(RLIMIT_AS),
    N(RLIMIT_LOCKS), N(RLIMIT_SIGPENDING), N(RLIMIT_MSGQUEUE), N(RLIMIT_NICE), N(RLIMIT_RTPRIO),
    N(RLIMIT_RTTIME),
    {TRACE_END, "RLIMIT_???"},
};

const struct trace_name names_rusage_whos[] = {
    N(RUSAGE_SELF), {(uint32_t)RUSAGE_CHILDREN, "RUSAGE_CHILDREN"}, N(RUSAGE_THREAD),
    {TRACE_END, "RUSAGE_???"},
};

const struct trace_name names_prio_whichs[] = {
    N(PRIO_PROCESS), N(PRIO_PGRP), N(PRIO_USER),
    {TRACE_END, "PRIO_???"},
};

const struct trace_name names_itimers[] = {
    N(ITIMER_REAL), N(ITIMER_VIRTUAL), N(ITIMER_PROF),
    {TRACE_END, "ITIMER_???"},
};

const struct trace_name names_prctl_options[] = {
    N(PR_SET_PDEATHSIG), N(PR_GET_PDEATHSIG), N(PR_GET_DUMPABLE), N(PR_SET_DUMPABLE),
    N(PR_GET_KEEPCAPS), N(PR_SET_KEEPCAPS), N(PR_SET_NAME), N(PR_GET_NAME), N(PR_GET_SECCOMP),
    N(PR_SET_SECCOMP), N(PR_CAPBSET_READ), N(PR_CAPBSET_DROP), N(PR_SET_TIMERSLACK),
    N(PR_GET_TIMERSLACK), N(PR_SET_CHILD_SUBREAPER), N(PR_GET_CHILD_SUBREAPER),
    N(PR_SET_NO_NEW_PRIVS), N(PR_GET_NO_NEW_PRIVS), N(PR_GET_TID_ADDRESS), N(PR_SET_THP_DISABLE),
    N(PR_GET_THP_DISABLE),
    {TRACE_END, "PR_???"},
};

const struct trace_name names_arch_options[] = {
    N(ARCH_SET_GS), N(ARCH_SET_FS), N(ARCH_GET_FS), N(ARCH_GET_GS),
    {TRACE_END, "ARCH_???"},
};

const struct trace_name names_fcntl_commands[] = {
    N(F_DUPFD), N(F_GETFD), N(F_SETFD), N(F_GETFL), N(F_SETFL), N(F_GETLK), N(F_SETLK),
    N(F_SETLKW), N(F_SETOWN), N(F_GETOWN), N(F_SETSIG), N(F_GETSIG), N(F_SETOWN_EX),
    N(F_GETOWN_EX), N(F_OFD_GETLK), N(F_OFD_SETLK), N(F_OFD_SETLKW), N(F_SETLEASE), N(F_GETLEASE),
    N(F_NOTIFY), N(F_DUPFD_CLOEXEC), N(F_SETPIPE_SZ), N(F_GETPIPE_SZ), N(F_ADD_SEALS),
    N(F_GET_SEALS), N(F_GET_RW_HINT), N(F_SET_RW_HINT),
    {TRACE_END, "F_???"},
};

const struct trace_name names_reboot_magics[] = {
    N(LINUX_REBOOT_MAGIC1), N(LINUX_REBOOT_MAGIC2), N(LINUX_REBOOT_MAGIC2A),
    N(LINUX_REBOOT_MAGIC2B), N(LINUX_REBOOT_MAGIC2C),
    {TRACE_END, "LINUX_REBOOT_MAGIC_???"},
};

const struct trace_name names_reboot_commands[] = {
    N(LINUX_REBOOT_CMD_RESTART), N(LINUX_REBOOT_CMD_HALT), N(LINUX_REBOOT_CMD_CAD_ON),
    N(LINUX_REBOOT_CMD_CAD_OFF), N(LINUX_REBOOT_CMD_POWER_OFF), N(LINUX_REBOOT_CMD_RESTART2),
    {TRACE_END, "LINUX_REBOOT_CMD_???"},
};

const struct trace_name names_access_modes[] = {
    N(O_RDONLY), N(O_WRONLY), N(O_RDWR), N(O_ACCMODE),
    {TRACE_END, "O_???"},
};

const struct trace_name names_open_bits[] = {
    N(O_CREAT), N(O_EXCL), N(O_NOCTTY), N(O_TRUNC), N(O_APPEND), N(O_NONBLOCK), N(O_SYNC),
    N(O_DSYNC), N(O_ASYNC), N(O_DIRECT), N(O_LARGEFILE), N(O_NOFOLLOW), N(O_NOATIME),
    N(O_CLOEXEC), N(O_PATH), N(O_TMPFILE), N(O_DIRECTORY),
    {TRACE_END, "O_???"},
};

const struct trace_name names_at_bits[] = {
    N(AT_SYMLINK_NOFOLLOW), N(AT_REMOVEDIR), N(AT_SYMLINK_FOLLOW), N(AT_NO_AUTOMOUNT),
    N(AT_EMPTY_PATH),
    {TRACE_END, "AT_???"},
};

const struct trace_name names_unlink_bits[] = {
    N(AT_SYMLINK_NOFOLLOW), N(AT_REMOVEDIR), N(AT_SYMLINK_FOLLOW), N(AT_NO_AUTOMOUNT),
    N(AT_EMPTY_PATH),
    {TRACE_END, "AT_???"},
};

const struct trace_name names_access_bits[] = {
    N(AT_SYMLINK_NOFOLLOW), N(AT_EACCESS), N(AT_SYMLINK_FOLLOW), N(AT_NO_AUTOMOUNT),
    N(AT_EMPTY_PATH),
    {TRACE_END, "AT_???"},
};

const struct trace_name names_rename_bits[] = {
    N(RENAME_NOREPLACE), N(RENAME_EXCHANGE), N(RENAME_WHITEOUT),
    {TRACE_END, "RENAME_???"},
};

const struct trace_name names_file_types[] = {
    N(S_IFIFO), N(S_IFCHR), N(S_IFDIR), N(S_IFBLK), N(S_IFREG), N(S_IFLNK), N(S_IFSOCK),
    {TRACE_END, "S_IF???"},
};

const struct trace_name names_statx_bits[] = {
    {STATX_BASIC_STATS|STATX_BTIME, "STATX_ALL"}, N(STATX_BASIC_STATS), N(STATX_TYPE),
    N(STATX_MODE), N(STATX_NLINK), N(STATX_UID), N(STATX_GID), N(STATX_ATIME), N(STATX_MTIME),
    N(STATX_CTIME), N(STATX_INO), N(STATX_SIZE), N(STATX_BLOCKS), N(STATX_BTIME), N(STATX_MNT_ID),
    {TRACE_END, "STATX_???"},
};

const struct trace_name names_prots[] = {
    N(PROT_READ), N(PROT_WRITE), N(PROT_EXEC), N(PROT_GROWSDOWN), N(PROT_GROWSUP),
    {TRACE_END, "PROT_???"},
};

const struct trace_name names_map_types[] = {
    N(MAP_SHARED), N(MAP_PRIVATE), N(MAP_SHARED_VALIDATE),
    {TRACE_END, "MAP_???"},
};

const struct trace_name names_map_bits[] = {
    N(MAP_FIXED), N(MAP_ANONYMOUS), N(MAP_32BIT), N(MAP_NORESERVE), N(MAP_POPULATE),
    N(MAP_NONBLOCK), N(MAP_GROWSDOWN), N(MAP_DENYWRITE), N(MAP_EXECUTABLE), N(MAP_LOCKED),
    N(MAP_STACK), N(MAP_HUGETLB), N(MAP_SYNC), N(MAP_FIXED_NOREPLACE),
    {TRACE_END, "MAP_???"},
};

const struct trace_name names_mremap_bits[] = {
    N(MREMAP_MAYMOVE), N(MREMAP_FIXED), N(MREMAP_DONTUNMAP),
    {TRACE_END, "MREMAP_???"},
};

const struct trace_name names_msync_bits[] = {
    N(MS_SYNC), N(MS_ASYNC), N(MS_INVALIDATE),
    {TRACE_END, "MS_???"},
};

const struct trace_name names_mlock_bits[] = {
    N(MLOCK_ONFAULT),
    {TRACE_END, "MLOCK_???"},
};

const struct trace_name names_mlockall_bits[] = {
    N(MCL_CURRENT), N(MCL_FUTURE), N(MCL_ONFAULT),
    {TRACE_END, "MCL_???"},
};

const struct trace_name names_wait_bits[] = {
    N(WNOHANG), N(WSTOPPED), N(WEXITED), N(WCONTINUED), N(WNOWAIT), N(__WCLONE), N(__WALL),
    N(__WNOTHREAD),
    {TRACE_END, "W???"},
};

const struct trace_name names_clone_bits[] = {
    N(CLONE_NEWTIME), N(CLONE_VM), N(CLONE_FS), N(CLONE_FILES), N(CLONE_SIGHAND), N(CLONE_PIDFD),
    N(CLONE_PTRACE), N(CLONE_VFORK), N(CLONE_PARENT), N(CLONE_THREAD), N(CLONE_NEWNS),
    N(CLONE_SYSVSEM), N(CLONE_SETTLS), N(CLONE_PARENT_SETTID), N(CLONE_CHILD_CLEARTID),
    N(CLONE_DETACHED), N(CLONE_UNTRACED), N(CLONE_CHILD_SETTID), N(CLONE_NEWCGROUP),
    N(CLONE_NEWUTS), N(CLONE_NEWIPC), N(CLONE_NEWUSER), N(CLONE_NEWPID), N(CLONE_NEWNET),
    N(CLONE_IO),
    {TRACE_END, "CLONE_???"},
};

const struct trace_name names_random_bits[] = {
    N(GRND_NONBLOCK), N(GRND_RANDOM), N(GRND_INSECURE),
    {TRACE_END, "GRND_???"},
};

const struct trace_name names_close_bits[] = {
    N(CLOSE_RANGE_UNSHARE), N(CLOSE_RANGE_CLOEXEC),
    {TRACE_END, "CLOSE_RANGE_???"},
};

const struct trace_name names_timer_bits[] = {
    N(TIMER_ABSTIME),
    {TRACE_END, "TIMER_???"},
};

const struct trace_name names_futex_ops[] = {
    N(FUTEX_WAIT), N(FUTEX_WAKE), N(FUTEX_FD), N(FUTEX_REQUEUE), N(FUTEX_CMP_REQUEUE),
    N(FUTEX_WAKE_OP), N(FUTEX_LOCK_PI), N(FUTEX_UNLOCK_PI), N(FUTEX_TRYLOCK_PI),
    N(FUTEX_WAIT_BITSET), N(FUTEX_WAKE_BITSET),
    {TRACE_END, "FUTEX_???"},
};

const struct trace_name names_sigaction_bits[] = {
    N(SA_RESTORER), N(SA_ONSTACK), N(SA_RESTART), N(SA_NODEFER), N(SA_RESETHAND), N(SA_SIGINFO),
    N(SA_NOCLDSTOP), N(SA_NOCLDWAIT),
    {TRACE_END, "SA_???"},
};

const struct trace_name names_stack_bits[] = {
    N(SS_ONSTACK), N(SS_DISABLE), N(SS_AUTODISARM),
    {TRACE_END, "SS_???"},
};

const struct trace_name names_poll_bits[] = {
    N(POLLIN), N(POLLPRI), N(POLLOUT), N(POLLRDNORM), N(POLLWRNORM), N(POLLRDBAND), N(POLLWRBAND),
    N(POLLERR), N(POLLHUP), N(POLLNVAL), N(POLLMSG), N(POLLRDHUP),
    {TRACE_END, "POLL???"},
};

const struct trace_name names_fd_bits[] = {
    N(FD_CLOEXEC),
    {TRACE_END, "FD_???"},
};

const struct trace_name names_child_codes[] = {
    N(CLD_EXITED), N(CLD_KILLED), N(CLD_DUMPED), N(CLD_TRAPPED), N(CLD_STOPPED), N(CLD_CONTINUED),
    {TRACE_END, "CLD_???"},
};

const struct trace_name names_filesystems[] = {
    N(RAMFS_MAGIC), N(TMPFS_MAGIC), N(PROC_SUPER_MAGIC), N(PIPEFS_MAGIC),
    {TRACE_END, "???"},
};

const struct trace_name names_mount_bits[] = {
    N(ST_VALID), N(ST_RDONLY), N(ST_NOSUID), N(ST_NODEV), N(ST_NOEXEC), N(ST_NOATIME),
    N(ST_RELATIME),
    {TRACE_END, "ST_???"},
};

const struct trace_name names_lock_types[] = {
    N(F_RDLCK), N(F_WRLCK), N(F_UNLCK),
    {TRACE_END, "F_???"},
};
