# The kernel's sources in reading order, room by room, lowest floor first; `make tour` prints them.
#
# Each file has one line, `kernel += room/file.c`, below the heading of its room, at the place where
# a reader should come to it: after the files whose functions it calls, as far as that tells the
# story (tools/lint counts the calls against this order). `header += room/file.h` is for a header of
# the room's own. A room includes only headers of lower floors, which are above it here. A chapter
# is read at a stretch.
# SPDX-License-Identifier: MIT

# floor 1: lib       strings, formatted printing, lists, hash table: no kernel knowledge
# chapter: Text: strings, formatted printing, the log
kernel += lib/string.c
kernel += lib/format.c
header += include/hooks.h
kernel += lib/hooks.c
kernel += lib/log.c
# chapter: Structures: hash table, trees, bitmap; readers of cpio and ELF
kernel += lib/hash.c
kernel += lib/tree.c
kernel += lib/max_tree.c
kernel += lib/bitmap.c
kernel += lib/cpio.c
kernel += lib/elf.c
kernel += lib/random.c
kernel += lib/time.c

# floor 2: x86       the machine: all assembly and port I/O is here
# chapter: The way in: from the loader to C, from a program to the kernel and back
header += include/plain/sizes.h
header += include/x86/cpu.h
header += include/x86/trap.h
header += include/x86/context.h
header += include/x86/paging.h
header += include/x86/user.h
header += include/x86/lock.h
header += include/x86/clock.h
header += x86/asm.h
header += x86/may_fault.h
header += x86/local.h
kernel += x86/start.S
kernel += x86/entry.S
kernel += x86/switch.S
# chapter: The processor: page tables, copies from and to programs, vector registers, its set-up
kernel += x86/paging.c
kernel += x86/copy.S
kernel += x86/user.c
kernel += x86/cpuid.c
kernel += x86/fpu.c
kernel += x86/cpu.c
# chapter: Devices of the machine: ACPI, interrupts, the other processors, clock
kernel += x86/port.c
kernel += x86/acpi.c
kernel += x86/apic.c
kernel += x86/shootdown.c
kernel += x86/clock.c
kernel += x86/smp.c
kernel += x86/spinlock.c
kernel += x86/symbol.c
kernel += x86/machine.c

# floor 3: mm        frames, small objects, address spaces, faults
# chapter: Memory for the kernel: frames, small objects, stacks
header += mm/frames.h
kernel += mm/frames.c
kernel += mm/objects.c
kernel += mm/kstacks.c
# chapter: Address spaces: VMAs, page tables, faults
header += mm/space.h
kernel += mm/vmas.c
kernel += mm/tables.c
kernel += mm/flush.c
kernel += mm/backing.c
kernel += mm/space.c
kernel += mm/load.c
kernel += mm/fault.c
# chapter: The calls that change an address space
kernel += mm/map.c
kernel += mm/brk.c
kernel += mm/look.c

# floor 4: sched     threads, run queues, wait queues, timers, locks that sleep
# chapter: Threads: what one is, timers, run queues, waiting, mutexes
header += sched/local.h
kernel += sched/thread.c
kernel += sched/timer.c
kernel += sched/queue.c
kernel += sched/wait.c
kernel += sched/mutex.c
# chapter: Calls that wait for a time, or give way
kernel += sched/deadline.c
kernel += sched/yield.c

# floor 5: vfs       paths, inodes, open files, descriptors
# chapter: What a thread brings: user, credentials, descriptors, directories
header += vfs/local.h
kernel += vfs/cred.c
kernel += vfs/fd_table.c
kernel += vfs/context.c
# chapter: Names: inodes, dentries, mounts, the walk along a path
kernel += vfs/inode.c
kernel += vfs/dentry.c
kernel += vfs/mount.c
kernel += vfs/walk.c
# chapter: Open files: devices, reading, writing, descriptors
kernel += vfs/uio.c
kernel += vfs/device.c
kernel += vfs/file.c
kernel += vfs/read_write.c
kernel += vfs/open.c
kernel += vfs/fd.c
# chapter: Calls on names and attributes
kernel += vfs/stat.c
kernel += vfs/cwd.c
kernel += vfs/make.c
kernel += vfs/link.c
kernel += vfs/dir.c
kernel += vfs/rename.c
kernel += vfs/attr.c
kernel += vfs/ioctl.c

# floor 6: ramfs     the file system in memory
# chapter: The file system in memory
header += ramfs/local.h
kernel += ramfs/radix.c
kernel += ramfs/dir.c
kernel += ramfs/rename.c
kernel += ramfs/file.c
kernel += ramfs/fs.c

# floor 6: ipc       pipes
# chapter: Pipes
header += ipc/pipe.h
kernel += ipc/pipe.c

# floor 6: dev       serial ports, terminals, small devices
# chapter: The log and the serial ports
header += dev/uart.h
header += dev/devices.h
kernel += dev/log.c
kernel += dev/sysrq.c
header += dev/serial.h
kernel += dev/serial.c
# chapter: Terminals
header += dev/line.h
kernel += dev/line.c
header += dev/tty.h
kernel += dev/tty_job.c
kernel += dev/tty.c
kernel += dev/tty_ioctl.c
kernel += dev/serial_tty.c
kernel += dev/random.c
kernel += dev/memory.c
kernel += dev/dev.c

# floor 7: proc      processes: fork, exec, exit and wait, signals, environment, credentials
# chapter: The tree of processes: numbers, groups
header += proc/private.h
kernel += proc/pid.c
kernel += proc/process.c
kernel += proc/group.c
# chapter: Signals: actions, sending, ending a process, handlers
kernel += proc/signal.c
kernel += proc/signal_send.c
kernel += proc/kill.c
kernel += proc/exit.c
kernel += proc/fault.c
kernel += proc/signal_frame.c
kernel += proc/signal_deliver.c
# chapter: Limits and credentials; fork, exec and wait
kernel += proc/limit.c
kernel += proc/cred.c
kernel += proc/fork.c
kernel += proc/exec_stack.c
kernel += proc/exec_load.c
kernel += proc/exec.c
kernel += proc/wait.c
# chapter: Times, threads, and the rest
kernel += proc/clock.c
kernel += proc/sleep.c
kernel += proc/thread.c
kernel += proc/mmap.c
kernel += proc/uname.c

# floor 8: syscall   the table of system calls: fetch arguments, dispatch
# chapter: The door
kernel += syscall/door.c

# floor 9: trap      faults, interrupts, the report of a panic
# chapter: Traps, interrupts, the panic report
kernel += trap/panic.c
kernel += trap/trap.c

# floor 10: boot     the way from the loader to the first program
# chapter: From the loader to the first program
header += include/annex.h
kernel += boot/pvh.c
kernel += boot/memory.c
kernel += boot/options.c
kernel += boot/initramfs.c
kernel += boot/main.c
