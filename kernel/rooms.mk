# The kernel's sources in reading order, room by room, lowest floor first; `make tour` prints them.
#
# Each file has one line, `kernel += room/file.c`, below the heading of its room, at the place where
# a reader should come to it. A room includes only headers of lower floors, which are above it here.

# floor 1: lib       strings, formatted printing, lists, hash table: no kernel knowledge
kernel += lib/string.c
kernel += lib/format.c
kernel += lib/log.c
kernel += lib/hash.c
kernel += lib/tree.c
kernel += lib/max_tree.c
kernel += lib/bitmap.c
kernel += lib/cpio.c
kernel += lib/elf.c
kernel += lib/random.c

# floor 2: x86       the machine: all assembly and port I/O is here
kernel += x86/start.S
kernel += x86/entry.S
kernel += x86/switch.S
kernel += x86/cpu.c
kernel += x86/cpuid.c
kernel += x86/paging.c
kernel += x86/copy.S
kernel += x86/user.c
kernel += x86/spinlock.c
kernel += x86/fpu.c
kernel += x86/port.c
kernel += x86/acpi.c
kernel += x86/apic.c
kernel += x86/clock.c
kernel += x86/smp.c
kernel += x86/shootdown.c
kernel += x86/symbol.c
kernel += x86/machine.c

# floor 3: mm        frames, small objects, address spaces, faults
kernel += mm/frames.c
kernel += mm/objects.c
kernel += mm/kstacks.c
kernel += mm/areas.c
kernel += mm/tables.c
kernel += mm/load.c
kernel += mm/flush.c
kernel += mm/fault.c
kernel += mm/backing.c
kernel += mm/space.c
kernel += mm/map.c
kernel += mm/brk.c
kernel += mm/remap.c
kernel += mm/lock.c
kernel += mm/advise.c
kernel += mm/look.c
kernel += mm/measure.c

# floor 4: kasan     only with SANITIZE=kernel-address: which bytes may be touched
kernel += kasan/shadow.c
kernel += kasan/check.c
kernel += kasan/objects.c
kernel += kasan/report.c

# floor 4: sched     threads, run queues, wait queues, timers, locks that sleep
kernel += sched/queue.c
kernel += sched/thread.c
kernel += sched/wait.c
kernel += sched/mutex.c
kernel += sched/timer.c
kernel += sched/clock.c
kernel += sched/sleep.c
kernel += sched/yield.c

# floor 5: vfs       paths, inodes, open files, descriptors, poll
kernel += vfs/inode.c
kernel += vfs/user.c
kernel += vfs/cred.c
kernel += vfs/context.c
kernel += vfs/entry.c
kernel += vfs/walk.c
kernel += vfs/protect.c
kernel += vfs/io.c
kernel += vfs/file.c
kernel += vfs/open.c
kernel += vfs/read_write.c
kernel += vfs/copy.c
kernel += vfs/fd_table.c
kernel += vfs/fd.c
kernel += vfs/stat.c
kernel += vfs/cwd.c
kernel += vfs/make.c
kernel += vfs/dir.c
kernel += vfs/link.c
kernel += vfs/mknod.c
kernel += vfs/rename.c
kernel += vfs/attr.c
kernel += vfs/mount.c
kernel += vfs/device.c
kernel += vfs/ioctl.c
kernel += vfs/poll.c
kernel += vfs/lock_set.c
kernel += vfs/lock.c
kernel += vfs/lease.c
kernel += vfs/lock_list.c
kernel += vfs/xattr.c
kernel += vfs/socket.c

# floor 6: ramfs     the file system in memory
kernel += ramfs/fs.c
kernel += ramfs/dir.c
kernel += ramfs/rename.c
kernel += ramfs/radix.c
kernel += ramfs/file.c
kernel += ramfs/seals.c
kernel += ramfs/memfd.c

# floor 6: ipc       pipes, FIFOs, futexes
kernel += ipc/pipe.c
kernel += ipc/fifo.c
kernel += ipc/futex.c

# floor 6: dev       serial ports, screen, keyboard, terminals, small devices
kernel += dev/log.c
kernel += dev/sysrq.c
kernel += dev/serial.c
kernel += dev/hostio.c
kernel += dev/line.c
kernel += dev/tty.c
kernel += dev/tty_job.c
kernel += dev/tty_ioctl.c
kernel += dev/serial_tty.c
kernel += dev/vt.c
kernel += dev/vt_cells.c
kernel += dev/keymap.c
kernel += dev/screen.c
kernel += dev/random.c
kernel += dev/memory.c
kernel += dev/dev.c

# floor 7: proc      processes: fork, exec, exit and wait, signals, environment, credentials
kernel += proc/process.c
kernel += proc/pid.c
kernel += proc/group.c
kernel += proc/fork.c
kernel += proc/unshare.c
kernel += proc/exec.c
kernel += proc/exec_load.c
kernel += proc/exec_stack.c
kernel += proc/exit.c
kernel += proc/wait.c
kernel += proc/signal.c
kernel += proc/signal_send.c
kernel += proc/signal_file.c
kernel += proc/signal_deliver.c
kernel += proc/signal_frame.c
kernel += proc/oom.c
kernel += proc/core.c
kernel += proc/core_name.c
kernel += proc/fault.c
kernel += proc/symbol.c
kernel += proc/kill.c
kernel += proc/cred.c
kernel += proc/limit.c
kernel += proc/timer.c
kernel += proc/cpu_clock.c
kernel += proc/thread.c
kernel += proc/prctl.c
kernel += proc/mmap.c
kernel += proc/uname.c
kernel += proc/tracing.c
kernel += proc/report.c

# floor 8: procfs    /proc and /sys: files that show the state of all other rooms
kernel += procfs/nodes.c
kernel += procfs/files.c
kernel += procfs/text.c
kernel += procfs/look.c
kernel += procfs/oom.c
kernel += procfs/process.c
kernel += procfs/status.c
kernel += procfs/sizes.c
kernel += procfs/limits.c
kernel += procfs/maps.c
kernel += procfs/memory.c
kernel += procfs/pagemap.c
kernel += procfs/fds.c
kernel += procfs/mounts.c
kernel += procfs/io.c
kernel += procfs/call.c
kernel += procfs/ns.c
kernel += procfs/system.c
kernel += procfs/interrupts.c
kernel += procfs/cpu.c
kernel += procfs/number.c
kernel += procfs/sys.c
kernel += procfs/sysfs.c
kernel += procfs/counts.c
kernel += procfs/inject.c

# floor 9: syscall   the table of system calls: fetch arguments, dispatch, trace
kernel += syscall/door.c
kernel += syscall/trace.c
kernel += syscall/trace_values.c
kernel += syscall/trace_bytes.c
kernel += syscall/trace_structs.c
kernel += syscall/trace_signals.c
kernel += syscall/trace_cases.c
kernel += syscall/trace_names.c
kernel += syscall/trace_names_tty.c

# floor 10: trap     faults, interrupts, the report of a panic
kernel += trap/trap.c
kernel += trap/panic.c
kernel += trap/nmi.c
kernel += trap/sysrq.c
kernel += trap/ubsan.c

# floor 11: boot     the way from the loader to the first program
kernel += boot/main.c
kernel += boot/multiboot2.c
kernel += boot/pvh.c
kernel += boot/memory.c
kernel += boot/options.c
kernel += boot/initramfs.c
kernel += boot/provoke.c
