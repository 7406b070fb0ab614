/* The machine as a whole: its name, and its end. */
/* SPDX-License-Identifier: MIT */
#include "abi/reboot.h"
#include "abi/utsname.h"
#include "private.h"

/* `release` is compared by libcs with the oldest Linux that they support. */
static struct utsname name = {
    /* nodename is guarded by proc_lock */
    .sysname = "Ouros", .nodename = "ouros", .release = "6.1.0-ouros",
    .version = "#1",    .machine = "x86_64", .domainname = "(none)",
};

void system_name(struct utsname *copy)
{
    spin_lock(&proc_lock);
    *copy = name;
    spin_unlock(&proc_lock);
}

void system_set_hostname(const char *given)
{
    spin_lock(&proc_lock);
    strlcpy(name.nodename, given, sizeof(name.nodename));
    spin_unlock(&proc_lock);
}

long sys_uname(struct thread *self, uaddr_t buf)
{
    (void)self;
    struct utsname copy;
    system_name(&copy);
    return user_copy_out(buf, &copy, sizeof(copy));
}

static bool magic_is_right(unsigned int magic1, unsigned int magic2)
{
    return magic1 == LINUX_REBOOT_MAGIC1 &&
           (magic2 == LINUX_REBOOT_MAGIC2 || magic2 == LINUX_REBOOT_MAGIC2A ||
            magic2 == LINUX_REBOOT_MAGIC2B || magic2 == LINUX_REBOOT_MAGIC2C);
}

long sys_reboot(struct thread *self, unsigned int magic1, unsigned int magic2, unsigned int command,
                uaddr_t arg)
{
    (void)arg;
    if (self->process->euid != 0)
        return -EPERM;
    if (!magic_is_right(magic1, magic2))
        return -EINVAL;
    switch (command) {
    case LINUX_REBOOT_CMD_CAD_ON:
    case LINUX_REBOOT_CMD_CAD_OFF: return 0; /* Ctrl-Alt-Del does nothing either way */
    case LINUX_REBOOT_CMD_RESTART:
    case LINUX_REBOOT_CMD_RESTART2:
        klog("reboot: restart asked by %s[%d]", self->name, self->process->pid);
        if (annex_hooks.finish)
            annex_hooks.finish();
        dev_finish();
        machine_end(MACHINE_REBOOT);
    case LINUX_REBOOT_CMD_HALT:
    case LINUX_REBOOT_CMD_POWER_OFF:
        klog("reboot: power off asked by %s[%d]", self->name, self->process->pid);
        if (annex_hooks.finish)
            annex_hooks.finish();
        dev_finish();
        machine_end(MACHINE_OFF);
    default: return -EINVAL;
    }
}
