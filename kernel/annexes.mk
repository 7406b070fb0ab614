# The kernel's annexes: what it can be built without. `make tour ANNEX=all` prints this list.
#
# An annex is a folder below kernel/annex/, above all rooms of rooms.mk, which do not know it. It
# announces itself to boot by a struct annex (include/annex.h), and the rows of its system calls name
# files in its folder. If it is not built, those calls return ENOSYS.
#
# The rule: below the annex's heading there is one line for each file, `annex += NAME/file.c`, in
# reading order, and `annex_header += NAME/file.h`. `needs_NAME := OTHER` names the other annexes
# whose headers or functions it uses, and those that these need: without them it is not built either.
# SPDX-License-Identifier: MIT

# annex: hostio      the standard streams of a program that tools/vm starts: in CORE=1, too
annex_header += hostio/pci.h
annex += hostio/pci.c
annex_header += hostio/virtio.h
annex += hostio/virtio.c
annex += hostio/hostio.c

# annex: grub        what GRUB says to the kernel that it has loaded: for the CD image
annex += grub/multiboot2.c

# annex: hardlinks   files with several names in the root archive
annex += hardlinks/hardlinks.c

# annex: screen      /dev/tty1: the console on a VGA text screen, with a keyboard
annex_header += screen/keymap.h
annex += screen/keymap.c
annex_header += screen/vt.h
annex_header += screen/vt_cells.h
annex += screen/vt.c
annex += screen/vt_cells.c
annex += screen/screen.c

# annex: poll        poll and select: to wait for several files at once
annex_header += poll/poll.h
annex += poll/poll.c
annex += poll/select.c

# annex: random      random numbers for programs: getrandom, /dev/random; /dev/full
annex += random/random.c

# annex: files       owners, times, several buffers, copies, statx, statfs, chroot; sockets: polite answers
annex_header += files/files.h
annex += files/statx.c
annex += files/chown.c
annex += files/times.c
annex += files/close_range.c
annex += files/vector.c
annex += files/copy.c
annex += files/statfs.c
annex += files/truncate.c
annex += files/xattr.c
annex += files/socket.c

# annex: fifo        pipes with a name, and mknod
annex += fifo/fifo.c
annex += fifo/mknod.c

# annex: pipes       the capacity of pipes, and how much the pipes of a user may hold
annex_header += pipes/pipes.h
annex += pipes/pipes.c

# annex: terminal    ioctls of terminals that few programs use: speeds, flow, queues
annex += terminal/ioctl.c

# annex: zap         a file's pages vanish from the programs that map it when it is truncated
annex_header += zap/zap.h
annex += zap/zap.c

# annex: holes       fallocate, and where a file has data: memory reserved, given back, and found
needs_holes := zap
annex_header += holes/holes.h
annex += holes/holes.c

# annex: exchange    rename that exchanges two names, or leaves a whiteout
annex_header += exchange/exchange.h
annex += exchange/exchange.c

# annex: memfd       files without a name, and seals on their contents
needs_memfd := zap
annex_header += memfd/unnamed.h
annex += memfd/unnamed.c
annex += memfd/memfd.c
annex += memfd/seals.c

# annex: look        into the memory of processes: for /proc, ptrace, core files, and when memory is out
annex_header += look/look.h
annex += look/look.c
annex += look/measure.c

# annex: memory      mremap, mlock, madvise, msync
needs_memory := look
annex_header += memory/lock.h
annex += memory/lock.c
annex += memory/remap.c
annex += memory/advise.c
annex += memory/rare.c

# annex: futex       threads that wait for each other by words of memory
needs_futex := look
annex_header += futex/futex.h
annex += futex/futex.c
annex += futex/cmpxchg.S
annex += futex/robust.c
annex += futex/clone3.c

# annex: times       interval timers, alarm, the limit of processor time; clocks of processor time
annex += times/timer.c
annex += times/cpu_clock.c
annex += times/nanosleep.c
annex += times/calendar.c

# annex: posix       waitid, and signals that carry a value or are waited for
annex += posix/waitid.c
annex += posix/sigqueue.c
annex += posix/sigwait.c
annex += posix/altstack.c

# annex: execveat    execute a program by a descriptor
annex += execveat/execveat.c

# annex: load        the load averages
annex_header += load/load.h
annex += load/load.c

# annex: settings    prctl, unshare, nice values; what a libc asks about the machine
needs_settings := load
annex += settings/prctl.c
annex += settings/unshare.c
annex += settings/nice.c
annex += settings/limits.c
annex += settings/machine.c

# annex: users       to become another user, or take on other groups
annex_header += users/user.h
annex += users/user.c
annex += users/users.c
annex += users/set_id.c
annex += users/tasks.c
annex += users/tell.c

# annex: kmsg        the kernel's log for programs: /dev/kmsg and syslog(2)
annex_header += kmsg/records.h
annex += kmsg/records.c
annex += kmsg/kmsg.c
annex += kmsg/syslog.c

# annex: report      all that a panic can tell, and what every process is doing
annex_header += report/report.h
annex += report/processes.c
annex += report/nmi.c
annex += report/panic.c

# annex: sysrq       keys on the console for the kernel itself
needs_sysrq := report
annex += sysrq/sysrq.c

# annex: symbols     the line about a fault that ends a program: which function, what, why
needs_symbols := look
annex_header += symbols/symbol.h
annex += symbols/symbol.c
annex += symbols/fault_line.c

# annex: dumps       core files: the memory and the registers of a process that dies of a signal
needs_dumps := look
annex_header += dumps/dumps.h
annex += dumps/core_name.c
annex += dumps/core.c

# annex: locks       locks on records and whole files, and leases
annex_header += locks/locks.h
annex_header += locks/lock_set.h
annex += locks/lock_set.c
annex += locks/lock.c
annex += locks/lock_list.c
annex += locks/owner.c
annex += locks/lease.c
annex += locks/fcntl.c

# annex: protect     from names that another user has planted, mainly in /tmp
annex_header += protect/protect.h
annex += protect/protect.c

# annex: procfs      /proc and /sys, which tell about all rooms
needs_procfs := locks look dumps protect report load
annex_header += procfs/nodes.h
annex += procfs/nodes.c
annex += procfs/files.c
annex += procfs/text.c
annex += procfs/look.c
annex += procfs/thread.c
annex += procfs/process.c
annex += procfs/children.c
annex += procfs/status.c
annex += procfs/sizes.c
annex += procfs/limits.c
annex += procfs/maps.c
annex += procfs/memory.c
annex += procfs/pagemap.c
annex += procfs/fds.c
annex += procfs/mounts.c
annex += procfs/io.c
annex += procfs/call.c
annex += procfs/ns.c
annex += procfs/system.c
annex += procfs/interrupts.c
annex_header += procfs/cpuid.h
annex += procfs/cpuid.c
annex += procfs/cpu.c
annex += procfs/number.c
annex += procfs/sys.c
annex += procfs/sysfs.c

# annex: counts      /proc/kcounts and slabinfo: what the kernel holds, so that a leak shows
needs_counts := procfs locks look dumps protect report load
annex += counts/counts.c

# annex: inject      /proc/PID/fail-nth: allocations that fail
needs_inject := procfs locks look dumps protect report load
annex += inject/inject.c

# annex: oom         memory is out: one process ends so that the others go on
needs_oom := procfs locks look dumps protect report load
annex_header += oom/oom.h
annex += oom/oom.c
annex += oom/score.c

# annex: ptrace      threads that stop others, look into them, and let them go on: for strace and gdb
needs_ptrace := look
annex_header += ptrace/local.h
annex += ptrace/link.c
annex += ptrace/stop.c
annex += ptrace/told.c
annex += ptrace/call.c
annex += ptrace/info.c
annex += ptrace/regs.c
annex += ptrace/regset.c
annex += ptrace/memory.c

# annex: kasan       only with SANITIZE=kernel-address: which bytes may be touched
annex_header += kasan/sizes.h
annex_header += kasan/kasan.h
annex += kasan/shadow.c
annex += kasan/check.c
annex += kasan/objects.c
annex += kasan/report.c

# annex: ubsan       only with SANITIZE=undefined: what C leaves open is a panic
annex += ubsan/ubsan.c

# annex: provoke     only with SANITIZE=: does what is wrong, so that a test sees the report
annex += provoke/provoke.c
