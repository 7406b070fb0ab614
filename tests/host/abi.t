#!/bin/sh
# The treaty with user space beside the host's own headers: the same numbers, sizes and offsets;
# and each of our headers compiles alone.
# SPDX-License-Identifier: MIT
set -u
cd "$(dirname "$0")/../.." || exit 1
echo 1..3

work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
abi=kernel/include/abi
cc="${CC:-cc} -std=gnu11 -D_GNU_SOURCE -w"
verdict() { [ "$1" -eq 0 ] && echo "ok $2 - $3" || echo "not ok $2 - $3"; }

for header in $abi/*.h; do
    echo "#include <abi/${header##*/}>" | ${CC:-cc} -std=gnu11 -Wall -Wextra -Werror \
        -ffreestanding -Ikernel/include -Ikernel/include/plain -fsyntax-only -x c - 2>>"$work/alone"
done
[ ! -s "$work/alone" ]
verdict $? 1 "each header compiles alone"
sed 's/^/# /' "$work/alone"

# The host's headers for one of ours: same name, unless it is named here.
host_headers() {
    case $1 in
    fcntl) echo fcntl.h unistd.h linux/fs.h sys/file.h sys/random.h linux/falloc.h \
        linux/close_range.h sys/mman.h ;;
    termios) echo asm/termbits.h asm/ioctls.h ;;
    sched) echo linux/sched.h sched.h ;;
    auxvec) echo linux/auxvec.h asm/auxvec.h ;;
    statfs) echo sys/statfs.h sys/statvfs.h linux/magic.h ;;
    limits) echo limits.h linux/limits.h ;;
    reboot) echo linux/reboot.h sys/reboot.h ;;
    prctl) echo sys/prctl.h asm/prctl.h ;;
    futex) echo linux/futex.h ;;
    errno | elf | time | signal | poll | dirent) echo "$1.h" ;;
    stat | wait | mman | resource | uio | mount | eventfd | sysinfo) echo "sys/$1.h" ;;
    esac
}

# A program that prints the value of each macro that is a number and that both sides have. Left
# out: what glibc computes, and O_LARGEFILE, which it hides from 64-bit programs.
print_macros() {
    sed -n 's/^#define \([A-Z_][A-Z0-9_a-z]*\)  *[-~(0-9A-Z].*/\1/p' "$abi/$1.h" |
        grep -v -e '^SIGSTKSZ$' -e '^MINSIGSTKSZ$' -e '^O_LARGEFILE$' -e '^ELFMAG$' -e '^_STRUCT' |
        sed 's/.*/#ifdef &\nprintf("& %lld\\n", (long long)(&));\n#endif/'
}
include() { for header; do echo "#include <$header>"; done; }
for header in $abi/*.h; do
    name=${header##*/}
    name=${name%.h}
    theirs=$(host_headers "$name")
    [ -n "$theirs" ] || continue
    for side in ours theirs; do
        if [ $side = ours ]; then
            include stdlib.h stdio.h "abi/$name.h"
        else
            include $theirs stdio.h
        fi >"$work/macros.c"
        { echo 'int main(void) {'; print_macros "$name"; echo '}'; } >>"$work/macros.c"
        rm -f "$work/macros"
        $cc -Ikernel/include -Ikernel/include/plain "$work/macros.c" -o "$work/macros" 2>>"$work/different"
        "$work/macros" | sort >"$work/$side"
    done
    join "$work/ours" "$work/theirs" | awk -v h="$name" '{ n++ } $2 != $3 { print h ".h: " $0 }
        END { print n > "/dev/stderr" }' >>"$work/different" 2>>"$work/counts"
done
compared=$(awk '{ n += $1 } END { print n + 0 }' "$work/counts")
[ ! -s "$work/different" ] && [ "$compared" -gt 700 ]
verdict $? 2 "$compared numbers are the host's"
sed 's/^/# /' "$work/different"

# Structure: fields of it that both sides know under the same names.
cat >"$work/fields" <<'FIELDS'
struct stat: st_dev st_ino st_nlink st_mode st_uid st_gid st_rdev st_size st_blksize st_blocks
struct stat: st_atim st_mtim st_ctim
struct statx: stx_mask stx_blksize stx_attributes stx_nlink stx_uid stx_gid stx_mode stx_ino
struct statx: stx_size stx_blocks
struct statx: stx_attributes_mask stx_atime stx_btime stx_ctime stx_mtime stx_rdev_major
struct statx: stx_dev_minor stx_mnt_id
struct statfs: f_type f_bsize f_blocks f_bfree f_bavail f_files f_ffree f_fsid f_namelen
struct statfs: f_frsize f_flags
struct sysinfo: uptime loads totalram freeram sharedram bufferram totalswap freeswap procs
struct sysinfo: totalhigh freehigh mem_unit
struct rusage: ru_utime ru_stime ru_maxrss ru_ixrss ru_minflt ru_majflt ru_nswap ru_nvcsw
struct rusage: ru_nivcsw
siginfo_t: si_signo si_errno si_code si_pid si_uid si_status si_utime si_stime si_addr si_value
siginfo_t: si_band si_fd
stack_t: ss_sp ss_flags ss_size
mcontext_t: gregs fpregs
struct flock: l_type l_whence l_start l_len l_pid
struct pollfd: fd events revents
struct winsize: ws_row ws_col ws_xpixel ws_ypixel
struct utsname: sysname nodename release version machine
struct tms: tms_utime tms_stime tms_cutime tms_cstime
struct itimerval: it_interval it_value
struct iovec: iov_base iov_len
struct rlimit: rlim_cur rlim_max
Elf64_Ehdr: e_type e_entry e_phoff e_shoff e_flags e_ehsize e_phentsize e_phnum e_shstrndx
Elf64_Phdr: p_type p_flags p_offset p_vaddr p_filesz p_memsz p_align
Elf64_Shdr: sh_name sh_type sh_flags sh_offset sh_size sh_link sh_entsize
Elf64_Sym: st_name st_value st_size st_info st_shndx
FIELDS
ours="stat statfs sysinfo resource signal fcntl poll termios utsname times time uio elf"
theirs="sys/stat.h sys/statfs.h sys/sysinfo.h sys/resource.h signal.h ucontext.h fcntl.h poll.h
    sys/ioctl.h sys/utsname.h sys/times.h sys/time.h sys/uio.h elf.h"
for side in ours theirs; do
    { if [ $side = ours ]; then include $(printf 'abi/%s.h ' $ours); else include $theirs; fi
        include stdio.h
        echo 'int main(void) {'
        awk -F: '{ n = split($2, f, " "); printf "printf(\"%s %%zu\\n\", sizeof(%s));\n", $1, $1
            for (i = 1; i <= n; i++)
                printf "printf(\"%s.%s %%zu\\n\", __builtin_offsetof(%s, %s));\n",
                    $1, f[i], $1, f[i] }' "$work/fields"
        echo '}'; } >"$work/layout.c"
    $cc -Ikernel/include -Ikernel/include/plain "$work/layout.c" -o "$work/layout" && "$work/layout" >"$work/$side"
done
[ -s "$work/ours" ] && diff "$work/theirs" "$work/ours" >"$work/different"
verdict $? 3 "structures are laid out as the host's ($(wc -l <"$work/ours") sizes and offsets)"
sed 's/^/# /' "$work/different"
