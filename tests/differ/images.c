/* Bad images: small programs with one field of their headers changed, or cut, or with several
 * changes at random, and scripts whose interpreters lead nowhere; what exec or their end says is
 * told. */
/* SPDX-License-Identifier: MIT */
#include "differ.h"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

enum { RANDOM_BLOCK = 100, RANDOM_BLOCKS = 100000, PAGE = 4096, N_PARTS = 4 };
enum { PLAIN, PIE, DYNAMIC, N_BASES, CUT = N_BASES, SCRIPTS, N_BLOCKS, BLOCK_SIZE = 1600 };

/* A program of one page of headers and code, one of data with zeros after it. */
struct image {
    Elf64_Ehdr header;
    Elf64_Phdr parts[N_PARTS]; /* code, data, stack, interpreter */
    char interpreter[16];
    unsigned char code[64];
    unsigned char space[PAGE - 64 - N_PARTS * 56 - 16 - 64];
    unsigned char data[64];
};

/* Exits with argc + data[0] + a byte of the zeros. */
/* clang-format off */
static const unsigned char code[] = {
    0x48, 0x8d, 0x35, 0, 0, 0, 0,             /* lea data(%rip), %rsi */
    0x8b, 0x3c, 0x24,                         /* mov (%rsp), %edi */
    0x0f, 0xb6, 0x06,                         /* movzbl (%rsi), %eax */
    0x01, 0xc7,                               /* add %eax, %edi */
    0x0f, 0xb6, 0x86, 0, 0x18, 0, 0,          /* movzbl 0x1800(%rsi), %eax */
    0x01, 0xc7,                               /* add %eax, %edi */
    0xb8, 231, 0, 0, 0, 0x0f, 0x05,           /* exit_group */
};
/* clang-format on */

static struct image make_image(int base)
{
    uint64_t at = base == PLAIN ? 0x400000 : 0;
    struct image image = {
        .header = {.e_ident = {0x7f, 'E', 'L', 'F', 2, 1, 1},
                   .e_type = base == PLAIN ? ET_EXEC : ET_DYN,
                   .e_machine = EM_X86_64,
                   .e_version = 1,
                   .e_entry = at + offsetof(struct image, code),
                   .e_phoff = sizeof(Elf64_Ehdr),
                   .e_ehsize = sizeof(Elf64_Ehdr),
                   .e_phentsize = sizeof(Elf64_Phdr),
                   .e_phnum = base == DYNAMIC ? 4 : 3},
        .parts = {{PT_LOAD, PF_R | PF_X, 0, at, at, PAGE, PAGE, PAGE},
                  {PT_LOAD, PF_R | PF_W, PAGE, at + 2 * PAGE, at + 2 * PAGE, 64, 2 * PAGE, PAGE},
                  {PT_GNU_STACK, PF_R | PF_W, 0, 0, 0, 0, 0, 16},
                  {PT_INTERP, PF_R, offsetof(struct image, interpreter), 0, 0, 3, 3, 1}},
        .interpreter = "/i",
        .data = {40},
    };
    int32_t distance = 2 * PAGE - (int32_t)offsetof(struct image, code) - 7;
    memcpy(image.code, code, sizeof(code));
    memcpy(image.code + 3, &distance, 4);
    return image;
}

/* ---- Fields and values ---- */

struct field {
    uint16_t offset, size;
};
/* clang-format off */
#define FILE_FIELD(name) {offsetof(Elf64_Ehdr, name), sizeof(((Elf64_Ehdr *)0)->name)}
#define PART_FIELD(name) {offsetof(Elf64_Phdr, name), sizeof(((Elf64_Phdr *)0)->name)}

/* Not EI_CLASS, EI_DATA and EI_VERSION: Linux does not look at them, Ouros wants them right. */
static const struct field file_fields[] = {
    {0, 1}, {3, 1}, {7, 1}, FILE_FIELD(e_type),
    FILE_FIELD(e_machine), FILE_FIELD(e_version), FILE_FIELD(e_entry), FILE_FIELD(e_phoff),
    FILE_FIELD(e_shoff), FILE_FIELD(e_flags), FILE_FIELD(e_ehsize), FILE_FIELD(e_phentsize),
    FILE_FIELD(e_phnum), FILE_FIELD(e_shnum),
};
static const struct field part_fields[] = {
    PART_FIELD(p_type), PART_FIELD(p_flags), PART_FIELD(p_offset), PART_FIELD(p_vaddr),
    PART_FIELD(p_paddr), PART_FIELD(p_filesz), PART_FIELD(p_memsz), PART_FIELD(p_align),
};
static const uint64_t values[] = {
    0, 1, 2, 3, 5, 7, 0x10, 0x38, 0x40, 0xfff, 0x1000, 0x1001, 0x2000, 0x3000, 0x10000, 0x7fff,
    0xffff, 0x400000, 0x401000, 0x402000, 0x403000, 0x7fffffff, 0x80000000, 0xffffffff, 1ull << 32,
    0x7ffffffff000, 0x7fffffffe000, 0x800000000000, 0x7fffffffffffffff, 1ull << 63,
    0xffff800000000000, -4096ull, -1ull,
};
/* clang-format on */
enum {
    N_FILE_FIELDS = sizeof(file_fields) / sizeof(file_fields[0]),
    N_PART_FIELDS = sizeof(part_fields) / sizeof(part_fields[0]),
    N_FIELDS = N_FILE_FIELDS + N_PARTS * N_PART_FIELDS,
    N_VALUES = sizeof(values) / sizeof(values[0]),
};

static void change(struct image *image, long field, long value)
{
    struct field f = field < N_FILE_FIELDS ? file_fields[field]
                                           : part_fields[(field - N_FILE_FIELDS) % N_PART_FIELDS];
    if (field >= N_FILE_FIELDS)
        f.offset +=
            (uint16_t)(sizeof(Elf64_Ehdr) +
                       (size_t)((field - N_FILE_FIELDS) / N_PART_FIELDS) * sizeof(Elf64_Phdr));
    memcpy((char *)image + f.offset, &values[value], f.size);
    show("  field at %d, %d bytes: %#lx\n", f.offset, f.size, values[value]);
}

/* ---- Scripts ---- */

static const char *const scripts[] = {
    "#!/i\n",
    "#!/i x\n",
    "#! /i\n",
    "#!\t/i \t x y \t\n",
    "#!/i",
    "#!",
    "#!\n",
    "#! \n",
    "#! \t",
    "#!/p\n",
    "#!/none\n",
    "#!/i\r\n",
    "#!/\n",
    "#!/d\n",
    "#!i\n",
    "#!./i\n",
    "#!/i/\n",
    "#!/d/i\n",
    "#!/text\n",
    "#!/s1\n",
    "#!/s2\n",
    "#!/s3\n",
    "#!/s4\n",
    "#!/s5\n",
    "#!/s6\n",
    "#!/loop1\n",
    "#!/noexec\n",
    "# !/i\n",
    "",
    "\n",
    "#",
    "#!\n/i\n",
    "plain text\n",
    "#!/i\n\0x",
    "\x7f"
    "ELF",
    "\x7f"
    "ELF\2\1\1",
};
enum { N_SCRIPTS = sizeof(scripts) / sizeof(scripts[0]), N_LONG = 30 };

static void write_file(const char *path, const void *bytes, size_t n, int mode)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, mode);
    if (fd < 0 || write(fd, bytes, n) != (ssize_t)n)
        tell("cannot write", errno);
    close(fd);
}

/* A chain of scripts, each the interpreter of the next, and a loop of two. */
static void write_helpers(void)
{
    struct image image = make_image(PIE);
    char text[16];
    write_file("/i", &image, sizeof(image), 0755);
    write_file("/noexec", &image, sizeof(image), 0644);
    write_file("/text", "text\n", 5, 0755);
    write_file("/loop1", "#!/loop2\n", 9, 0755);
    write_file("/loop2", "#!/loop1\n", 9, 0755);
    CALL(mkdir, "/d", 0755);
    for (int i = 1; i <= 6; i++) {
        char path[8] = {'/', 's', (char)('0' + i)};
        int n = i == 1 ? snprintf(text, sizeof(text), "#!/i\n")
                       : snprintf(text, sizeof(text), "#!/s%d\n", i - 1);
        write_file(path, text, (size_t)n, 0755);
    }
}

/* The first line's length around the 256 bytes that exec reads of it. */
static void write_long_script(int i)
{
    char text[600];
    size_t spaces = i % 3 == 0 ? 0 : i % 3 == 1 ? 244 + (size_t)i / 3 * 2 : 3;
    size_t tail = 240 + (size_t)i / 3 * 3;
    memset(text, i % 3 == 2 ? 'x' : ' ', sizeof(text));
    memcpy(text, "#!", 2);
    memcpy(text + 2 + spaces, i % 3 == 2 ? "/i" : "/i ", i % 3 == 2 ? 2 : 3);
    text[2 + spaces + 3 + tail - (i % 3 == 1 ? tail : 0)] = '\n';
    write_file("/p", text, sizeof(text), 0755);
}

static void write_script(int i)
{
    size_t n = strlen(scripts[i]) + (i == 33 ? 2 : 0);
    show("  script \"%s\"\n", scripts[i]);
    write_file("/p", scripts[i], n, 0755);
}

/* ---- Running ---- */

static void run_file(void)
{
    int status;
    fflush(stdout);
    pid_t pid = fork();
    if (pid == 0) {
        static char *const argv[] = {"p", "x", NULL}, *const envp[] = {NULL};
        struct rlimit none = {0, 0};
        setrlimit(RLIMIT_CORE, &none);
        alarm(10);
        execve("/p", argv, envp);
        _exit(100 + errno);
    }
    waitpid(pid, &status, 0);
    if (WIFSIGNALED(status))
        tell("signal", WTERMSIG(status));
    else if (WEXITSTATUS(status) > 100)
        tell("refused", 100 - WEXITSTATUS(status));
    else
        tell("exits with", WEXITSTATUS(status));
    show("\n");
}

static void start(int length, bool as_user, int worker)
{
    (void)length;
    (void)as_user;
    world_enter(worker);
    write_helpers();
}

static long n_blocks(int length)
{
    return length == 0 ? RANDOM_BLOCKS : N_BLOCKS;
}

static long block_size(int length)
{
    return length == 0 ? RANDOM_BLOCK : BLOCK_SIZE;
}

/* One change, or a cut after so many bytes, or a script. False for a number past the last. */
static bool make_file(long block, long program)
{
    struct image image = make_image(block < N_BASES ? (int)block : PLAIN);
    size_t n = sizeof(image);
    if (block == SCRIPTS) {
        if (program < N_SCRIPTS)
            write_script((int)program);
        else if (program < N_SCRIPTS + N_LONG)
            write_long_script((int)program - N_SCRIPTS);
        return program < N_SCRIPTS + N_LONG;
    }
    if (block == CUT) {
        n = (size_t)program * 4;
        if (n <= sizeof(image))
            show("  cut after %zu bytes\n", n);
    } else if (program < N_FIELDS * N_VALUES) {
        change(&image, program / N_VALUES, program % N_VALUES);
    } else {
        return false;
    }
    if (n <= sizeof(image))
        write_file("/p", &image, n, 0755);
    return n <= sizeof(image);
}

static void make_random_file(uint64_t seed)
{
    chance_start(seed);
    struct image image = make_image((int)chance(N_BASES));
    for (uint32_t left = 2 + chance(4); left > 0; left--)
        change(&image, chance(N_FIELDS), chance(N_VALUES));
    write_file("/p", &image, sizeof(image), 0755);
}

static void run(int length, long block, long program)
{
    if (length == 0)
        make_random_file((uint64_t)(block * RANDOM_BLOCK + program));
    else if (!make_file(block, program))
        return;
    run_file();
}

const struct subject images = {
    .name = "images",
    .start = start,
    .n_blocks = n_blocks,
    .block_size = block_size,
    .run = run,
};
