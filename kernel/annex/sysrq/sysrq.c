/* SysRq: commands to the kernel of one letter, from the console or /proc/sysrq-trigger.
 *
 * The answer is written to the log. The commands are called from an interrupt or from write(), with
 * no spinlock held. */
/* SPDX-License-Identifier: MIT */
#include "annex.h"
#include "annex/report/report.h"
#include "dev.h"
#include "proc.h"
#include "trap.h"

static void show_processes(void)
{
    spin_lock(&proc_lock);
    proc_report();
    spin_unlock(&proc_lock);
}

static void show_memory(void)
{
    struct memory_counts counts;
    memory_count(&counts);
    klog("memory: %lu of %lu KB are free", counts.free_frames * (PAGE_SIZE / 1024),
         counts.total_frames * (PAGE_SIZE / 1024));
    for (int use = FRAME_FREE + 1; use < N_FRAME_USES; use++)
        if (counts.by_use[use])
            klog("  %s: %lu KB", frame_use_names[use], counts.by_use[use] * (PAGE_SIZE / 1024));
}

/* Shows the backtrace of this processor. What the threads on others do is in the table of
 * processes. */
static void show_here(void)
{
    klog("processor %u came here through:", this_cpu()->id);
    panic_log_backtrace((uint64_t)show_here, (uint64_t)__builtin_frame_address(0));
}

static void crash(void)
{
    panic("SysRq: a crash was asked for");
}

static void reboot(void)
{
    machine_end(MACHINE_REBOOT);
}

static void power_off(void)
{
    dev_finish();
    machine_end(MACHINE_OFF);
}

static const struct {
    char letter;
    const char *what;
    void (*perform)(void);
} keys[] = {
    {'t', "processes, with where each thread is", show_processes},
    {'m', "memory", show_memory},
    {'l', "where this processor is", show_here},
    {'c', "crash: a panic with its report", crash},
    {'b', "reboot at once", reboot},
    {'o', "power off at once", power_off},
};

static void sysrq(char letter)
{
    for (size_t i = 0; i < ARRAY_SIZE(keys); i++) {
        if (keys[i].letter == letter) {
            klog("SysRq: %s", keys[i].what);
            keys[i].perform();
            return;
        }
    }
    klog("SysRq: letters are");
    for (size_t i = 0; i < ARRAY_SIZE(keys); i++)
        klog("  %c: %s", keys[i].letter, keys[i].what);
}

static void start(struct fs_context *fs, const char *command_line)
{
    (void)fs, (void)command_line;
    annex_hooks.sysrq = sysrq;
}

ANNEX(sysrq, ANNEX_START, start);
