"""The machine: how QEMU is called for Ouros, and what its exit status means."""
# SPDX-License-Identifier: MIT

import os

from check import memory_bytes

# Measured with QEMU 7.2 on two cores, from QEMU's start to its exit, with a kernel that ends at
# once: SeaBIOS 75 ms, qboot 37 ms, qboot on a board without the parts that are not used 34 ms.
# 14 ms of that is what `qemu-system-x86_64 -version` takes.
BOARDS = {
    "q35": "q35,hpet=off,usb=off,sata=off,smbus=off,smm=off,vmport=off",
    "pc": "pc,hpet=off,usb=off,smm=off,vmport=off",
}
QBOOT = ("/usr/share/qemu/qboot.rom", "/usr/share/qemu/bios/qboot.rom", "/usr/share/qboot/bios.bin")

POWERED_OFF, PANICKED, REBOOT_ASKED = 33, 35, 37  # what the kernel writes to isa-debug-exit

PART, TAIL = 8192, 4 << 20
IN_A_ROW = 0xb0000000  # with more memory than that, QEMU's boards leave a hole for devices in it

REPEATABLE = ["-icount", "shift=0,sleep=off", "-seed", "1", "-rtc", "clock=vm,base=2026-01-01"]


def binary():
    return os.environ.get("QEMU", "qemu-system-x86_64")


def command(options, channels, kernel_words):
    """QEMU's command line; channels maps a name (com1, com2, hostio,
    hosterr, qmp) to an open socket's number."""
    board = BOARDS.get(options.machine, options.machine)
    if options.iso and board == BOARDS["q35"]:
        board = board.replace("sata=off,", "")  # GRUB reads from the CD
    accelerator = os.environ.get("ACCEL", "tcg")
    words = [binary(), "-nodefaults", "-no-user-config", "-no-reboot", "-net", "none"]
    words += ["-M", board, "-smp", str(options.cpus)]
    model = options.cpu or ("host" if accelerator == "kvm" else "max")
    words += ["-accel", accelerator, "-cpu", model]
    words += ["-device", "isa-debug-exit,iobase=0xf4,iosize=4"]
    for name in ("com1", "com2", "hostio", "hosterr", "qmp"):
        words += ["-chardev", f"socket,id={name},fd={channels[name]}"]
    words += ["-serial", "chardev:com1", "-serial", "chardev:com2"]
    words += host_ports("hostio", "hosterr")
    words += ["-mon", "chardev=qmp,mode=control"]
    words += memory(options, channels)
    words += screen(options)
    words += REPEATABLE if options.icount else []
    if "gdb" in channels:
        words += ["-S", "-gdb", "chardev:debugger", "-chardev",
                  f"socket,id=debugger,fd={channels['gdb']},server=on,wait=off"]
    return words + (boot_iso if options.iso else boot_kernel)(options, channels, kernel_words)


def host_ports(*chardevs):
    """The device of /dev/hostio and /dev/hosterr. Without threads of its own for what the guest
    sends (ioeventfd), a write has reached the host's socket when it returns."""
    words = ["-device", "virtio-serial-pci,id=host,disable-modern=on,disable-legacy=off,vectors=1,"
             "ioeventfd=off,max_ports=3"]
    for number, chardev in enumerate(chardevs, 1):
        words += ["-device", f"virtserialport,bus=host.0,nr={number},chardev={chardev}"]
    return words


def root_at(size):
    """Where an image that is used in place begins in a machine with so much memory besides it: what
    follows it is the firmware's, which keeps tables at the end of memory."""
    return (size - min(TAIL, size // 4)) & ~(PART - 1)


def memory(options, channels):
    """The machine's memory. Files that are used in place lie in it as they are, and what the guest
    writes there stays its own: nodes of NUMA, the only parts that QEMU puts in a row."""
    ram = "memory-backend-ram"
    if "memory" in channels:
        ram = f"memory-backend-file,share=on,mem-path={channels['memory']}"
    size = memory_bytes(options.mem) & ~(PART - 1)
    low = root_at(size) if channels["parts"] else size
    parts = [f"{ram},size={low}"]
    parts += [f"memory-backend-file,share=off,mem-path={path},size={length}"
              for path, length in channels["parts"]]
    total = size + sum(length for _, length in channels["parts"])
    words = ["-m", f"{total >> 10}K"]
    if len(parts) == 1:
        return words + (["-object", f"{ram},id=ram,size={low}", "-machine", "memory-backend=ram"]
                        if "memory" in channels else [])
    parts.append(f"memory-backend-ram,size={size - low}")
    for number, part in enumerate(parts):
        words += ["-object", f"{part},id=part{number}", "-numa", f"node,memdev=part{number}"]
    return words


def screen(options):
    if options.gui:
        return ["-vga", "std"]
    return ["-display", "none", "-vga", "std" if options.screenshot else "none"]


def boot_kernel(options, channels, kernel_words):
    """QEMU's own loader: the kernel by its PVH note, the root file system beside it."""
    words = ["-kernel", options.kernel, "-append", kernel_words]
    words += [] if channels["parts"] else ["-initrd", channels["root"]]
    rom = next((path for path in QBOOT if os.path.exists(path)), None)
    if rom and not options.gui and not options.screenshot:  # qboot sets up no VGA
        words += ["-bios", rom]
    return words


def boot_iso(options, channels, kernel_words):
    """GRUB from the CD; what this run adds is on a disk where the CD's menu looks for it."""
    disk = f"file.filename={channels['root']},file.locking=off,format=raw,readonly=on"
    return ["-drive", f"if=none,id=cd,media=cdrom,readonly=on,file={options.iso}",
            "-device", "ide-cd,drive=cd,bootindex=0",
            "-drive", f"if=none,id=run,{disk}", "-device", "virtio-blk-pci,drive=run"]


def explain_failure(message):
    """What to do about QEMU's own error message."""
    if "failed to execute" in message:
        return "install QEMU: make setup, or name it in QEMU="
    if "PVH ELF Note" in message or "linux kernel too old" in message:
        return "that is no kernel of Ouros: make kernel"
    if "kvm" in message.lower() or "accelerator" in message:
        return "leave ACCEL unset: QEMU's emulation needs no /dev/kvm"
    if "initialization failed" in message or "display" in message:
        return "there is no screen to open a window on: leave out --gui"
    if "CPU model" in message or "-cpu" in message or "feature" in message:
        return "name a processor of `qemu-system-x86_64 -cpu help` after --cpu"
    if "initrd is too large" in message:
        return "use a larger --mem"
    if "Cannot allocate memory" in message or "cannot set up guest memory" in message:
        return "use a smaller --mem"
    return "see `make doctor`"
