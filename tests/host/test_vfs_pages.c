/* Contents of files against a model: writes, truncations, holes, mappings, reads that cross into
 * memory which cannot be reached. */
/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "abi/errno.h"
#include "abi/fcntl.h"
#include "abi/signal.h"
#include "ramfs.h"
#include "syscall_calls.h"
#include "tap.h"
#include "vfs/shim.h"

#define MODEL_BYTES (300 * 4096)

static struct fs_context fs;
static uint8_t model[MODEL_BYTES], buffer[MODEL_BYTES];
static uint64_t model_size;
static int fd;
static uint64_t state = 7;

static uint32_t chance(uint32_t n)
{
    state = state * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(state >> 33) % n;
}

static uaddr_t at(void *p)
{
    return uaddr((uint64_t)p);
}

static uint64_t span(uint64_t *offset)
{
    uint64_t n = chance(4) ? chance(6000) : chance(80000);
    *offset = chance(2) ? chance(MODEL_BYTES - 80000) : chance(20) * 4096;
    return chance(5) == 0 ? (n & ~4095ull) : n;
}

static bool check_all(void)
{
    memset(buffer, 0xee, sizeof(buffer));
    long n = sys_pread64(&fs, fd, at(buffer), sizeof(buffer), 0);
    return n == (long)model_size && memcmp(buffer, model, model_size) == 0;
}

/* A write whose source perhaps ends in unreachable memory: so far it goes. */
static bool step_write(void)
{
    uint64_t offset, n = span(&offset);
    for (uint64_t i = 0; i < n; i++)
        buffer[i] = (uint8_t)chance(256);
    uint64_t reachable = n;
    if (n > 0 && chance(4) == 0) {
        reachable = chance((uint32_t)n);
        shim_hole_start = (uint64_t)buffer + reachable;
        shim_hole_end = shim_hole_start + 1;
    }
    long done = sys_pwrite64(&fs, fd, at(buffer), n, (off_t)offset);
    shim_hole_end = 0;
    if (n == 0 || reachable == 0)
        return done == (n ? -EFAULT : 0);
    if (offset > model_size)
        memset(model + model_size, 0, offset - model_size);
    memcpy(model + offset, buffer, reachable);
    model_size = max(model_size, offset + reachable);
    return done == (long)reachable;
}

static bool step_truncate(void)
{
    uint64_t size = chance(4) ? chance(100000) : chance(20) * 4096;
    if (size > model_size)
        memset(model + model_size, 0, size - model_size);
    model_size = size;
    return sys_ftruncate(&fs, fd, (off_t)size) == 0;
}

static bool step_punch(void)
{
    uint64_t offset, n = span(&offset) + 1;
    int punch = FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE;
    long err = sys_fallocate(&fs, fd, punch, (off_t)offset, (off_t)n);
    if (offset < model_size)
        memset(model + offset, 0, min(n, model_size - offset));
    return err == 0;
}

/* A write through a mapping, also after the end of the file within its last page. */
static bool step_map(void)
{
    struct file *file;
    paddr_t frame;
    uint64_t index = chance(30);
    fd_get(&fs, fd, &file);
    struct backing *backing = file->ops->backing(file);
    int err = backing->ops->page(backing, index, true, &frame);
    file_unref(file);
    if (index >= (model_size + 4095) / 4096)
        return err == -EIO;
    uint32_t offset = chance(4096);
    *((uint8_t *)phys_to_virt(frame) + offset) = 0x77;
    if (index * 4096 + offset < model_size)
        model[index * 4096 + offset] = 0x77;
    frame_unref(frame);
    return err == 0;
}

static bool step_read_fault(void)
{
    uint64_t n = 1 + chance(20000), reach = chance((uint32_t)n);
    if (model_size < n)
        return true;
    shim_hole_start = (uint64_t)buffer + reach;
    shim_hole_end = shim_hole_start + 1;
    long got = sys_pread64(&fs, fd, at(buffer), n, 0);
    shim_hole_end = 0;
    return reach == 0 ? got == -EFAULT : got == (long)reach && !memcmp(buffer, model, reach);
}

static void test_model(void)
{
    bool good = true;
    shim_start(&fs);
    fd = (int)sys_open(&fs, "/f", O_CREAT | O_RDWR, 0644);
    int step = 0;
    for (; good && step < 4000; step++) {
        switch (chance(7)) {
        case 0:
        case 1:
        case 2: good = step_write(); break;
        case 3: good = step_truncate(); break;
        case 4: good = step_punch(); break;
        case 5: good = step_map(); break;
        case 6: good = step_read_fault(); break;
        }
        good = good && (step % 8 || check_all());
    }
    ok(good, "%d steps as in the model", step);
    shim_end(&fs);
    ok(shim_frames == 0 && shim_objects == 0, "no page is left");
}

/* Holes: sizes and offsets at the ends of what is possible, with few pages. */
static void test_sparse(void)
{
    static const int64_t places[] = {0,        4096 * 63, 4096 * 64, 4096l * 4096, 1l << 30,
                                     1l << 40, 1l << 52,  1l << 62,  INT64_MAX - 1};
    char byte = 'x', got = 0;
    bool good = true;
    shim_start(&fs);
    fd = (int)sys_open(&fs, "/f", O_CREAT | O_RDWR, 0644);
    for (size_t i = 0; i < ARRAY_SIZE(places); i++)
        good &= sys_pwrite64(&fs, fd, at(&byte), 1, places[i]) == 1;
    ok(good && shim_frames == ARRAY_SIZE(places), "nine bytes, nine pages: %ld", shim_frames);
    for (size_t i = 0; i < ARRAY_SIZE(places); i++)
        good &= sys_lseek(&fs, fd, i ? places[i - 1] + 4096 : 0, SEEK_DATA) == (places[i] & ~4095l);
    ok(good, "SEEK_DATA finds each");
    good = sys_lseek(&fs, fd, 0, SEEK_HOLE) == 4096;
    good &= sys_pread64(&fs, fd, at(&got), 1, 1l << 61) == 1 && got == 0;
    ok(good && shim_frames == ARRAY_SIZE(places), "a hole reads as zero and stays one");
    ok(sys_pwrite64(&fs, fd, at(&byte), 1, INT64_MAX) == -EINVAL, "no byte at the very end");
    fs.process->limit_file_bytes = 100;
    ok(sys_pwrite64(&fs, fd, at(&byte), 1, 100) == -EFBIG && shim_signal == SIGXFSZ,
       "RLIMIT_FSIZE");
    char two[2] = "ab";
    ok(sys_pwrite64(&fs, fd, at(two), 2, 99) == 1, "up to the limit");
    shim_end(&fs);
    ok(shim_frames == 0 && shim_objects == 0, "no page and no node is left");
}

int main(void)
{
    test_model();
    test_sparse();
    return tap_done();
}
