/* Virtio: queues of buffers in memory that the kernel and the virtual machine share.
 *
 * A queue has three parts. The table of descriptors says for each buffer where it is, how long it
 * is, and whether the device reads or fills it. Here buffer i always has descriptor i. The ring of
 * available buffers is written by the kernel: numbers of descriptors, and a count of how many it
 * has ever put there. The ring of used buffers is written by the device in the same way: numbers,
 * and how many bytes it has filled. Each side thus writes its own ring and compares the count of
 * the other with what it has seen.
 *
 *     kernel                                   device
 *       describes a buffer, puts its number
 *       into `available`, adds 1 to the count
 *       kicks: writes to a port ------------>  reads or fills the buffer, puts its number into
 *                                              `used`, adds 1 to the count
 *       takes it from `used`    <------------  interrupts, if the kernel wants that
 *
 * The device may run on another processor at the same time. So a count is stored after what it
 * counts (release), and loaded before it (acquire). Two places need more, because a store must be
 * seen before a load is made, and processors delay stores: before the kernel looks whether the
 * device wants to be kicked, its own count must be visible; and before it looks a last time for
 * used buffers, its wish for an interrupt must be.
 *
 * The device is driven through the ports of the older, "legacy" form of virtio, which takes the
 * fewest words. What a device writes into the ring is checked: a number of a buffer that it does
 * not have, or a length beyond the buffer, ends the use of the queue. */
/* SPDX-License-Identifier: MIT */
#include "virtio.h"

#include "abi/errno.h"
#include "mm.h"
#include "pci.h"

/* Ports of the device. The two for MSI-X exist while that is on. */
enum {
    OFFERED_FEATURES = 0,  /* 32 bits */
    ACCEPTED_FEATURES = 4, /* 32 bits */
    QUEUE_PAGE = 8,        /* 32 bits, of the selected queue, as the next one */
    QUEUE_SIZE = 12,       /* 16 bits */
    QUEUE_SELECT = 14,     /* 16 bits */
    QUEUE_KICK = 16,       /* 16 bits */
    STATUS = 18,           /* 8 bits; 0 resets the device */
    QUEUE_VECTOR = 22,     /* 16 bits: an index into the MSI-X table */
};

enum {
    STATUS_SEEN = 1,
    STATUS_DRIVEN = 2,
    STATUS_READY = 4,
    STATUS_FAILED = 128,
};

/* Places for a device without addresses, see pci.c. */
enum { FREE_PORTS = 0xc000 };
#define FREE_MEMORY 0xfebf0000

struct descriptor {
    uint64_t address;
    uint32_t n;
    uint16_t flags;
    uint16_t next;
};
enum { DESCRIPTOR_TO_FILL = 2 };

struct available {
    uint16_t no_interrupt; /* a flag, the only one */
    uint16_t count;
    uint16_t ids[];
};

struct used {
    uint16_t no_kick; /* a flag, the only one */
    uint16_t count;
    struct {
        uint32_t id, n;
    } buffers[];
};

/* The device says how many places a queue has: QEMU 7.2 gives its consoles 128, QEMU 10 1,024. */
enum { LARGEST_QUEUE = 1024 };

/* The three parts follow each other, and the last begins on a page. Each ring ends with one more
 * number, for a feature that is not used here. So many bytes are before the last part: */
static size_t used_offset(uint16_t size)
{
    size_t table = size * sizeof(struct descriptor);
    return align_up(table + sizeof(struct available) + (size + 1) * sizeof(uint16_t), PAGE_SIZE);
}

static size_t queue_bytes(uint16_t size)
{
    size_t used = sizeof(struct used) + size * sizeof((struct used){0}.buffers[0]);
    return align_up(used_offset(size) + used + sizeof(uint16_t), PAGE_SIZE);
}

int virtio_start(struct virtio *device, uint32_t number, uint32_t features, void (*handler)(void))
{
    uint32_t function = pci_find(number);
    if (!function)
        return -ENODEV;
    device->base = (uint16_t)pci_registers(function, 0, FREE_PORTS);
    if (!pci_start(function, FREE_MEMORY, IRQ_MESSAGE, handler))
        return -ENODEV;
    port_out8(device->base + STATUS, 0);
    port_out8(device->base + STATUS, STATUS_SEEN | STATUS_DRIVEN);
    if ((port_in32(device->base + OFFERED_FEATURES) & features) != features) {
        port_out8(device->base + STATUS, STATUS_FAILED);
        return -ENODEV;
    }
    port_out32(device->base + ACCEPTED_FEATURES, features);
    return 0;
}

int virtqueue_start(struct virtio *device, struct virtqueue *queue, uint16_t index)
{
    port_out16(device->base + QUEUE_SELECT, index);
    uint16_t size = port_in16(device->base + QUEUE_SIZE);
    if (size < VIRTQUEUE_BUFFERS || size > LARGEST_QUEUE)
        return -ENODEV;
    uint8_t *memory = kzalloc(queue_bytes(size));
    if (!memory)
        return -ENOMEM;
    queue->base = device->base;
    queue->index = index;
    queue->size = size;
    queue->descriptors = (struct descriptor *)memory;
    queue->available = (struct available *)(memory + size * sizeof(struct descriptor));
    queue->used = (struct used *)(memory + used_offset(size));
    port_out32(device->base + QUEUE_PAGE, (uint32_t)(virt_to_phys(memory) / PAGE_SIZE));
    port_out16(device->base + QUEUE_VECTOR, 0);
    return 0;
}

void virtio_ready(struct virtio *device)
{
    port_out8(device->base + STATUS, STATUS_SEEN | STATUS_DRIVEN | STATUS_READY);
}

void virtqueue_give(struct virtqueue *queue, unsigned id, const void *buffer, uint32_t n,
                    bool to_fill)
{
    queue->descriptors[id] = (struct descriptor){
        .address = virt_to_phys(buffer), .n = n, .flags = to_fill ? DESCRIPTOR_TO_FILL : 0};
    queue->given |= 1u << id;
    queue->available->ids[queue->n_given++ % queue->size] = (uint16_t)id;
    __atomic_store_n(&queue->available->count, queue->n_given, __ATOMIC_RELEASE);
}

void virtqueue_kick(struct virtqueue *queue)
{
    __atomic_thread_fence(__ATOMIC_SEQ_CST);
    if (!__atomic_load_n(&queue->used->no_kick, __ATOMIC_RELAXED))
        port_out16(queue->base + QUEUE_KICK, queue->index);
}

/* Does the device have this buffer, and can it have filled n bytes of it? */
static bool is_right(const struct virtqueue *queue, uint32_t id, uint32_t n)
{
    return id < VIRTQUEUE_BUFFERS && queue->given & 1u << id && n <= queue->descriptors[id].n;
}

bool virtqueue_take(struct virtqueue *queue, unsigned *id, uint32_t *n)
{
    if (__atomic_load_n(&queue->used->count, __ATOMIC_ACQUIRE) == queue->n_taken || queue->broken)
        return false;
    uint16_t at = queue->n_taken % queue->size;
    uint32_t used_id = __atomic_load_n(&queue->used->buffers[at].id, __ATOMIC_RELAXED);
    uint32_t used_n = __atomic_load_n(&queue->used->buffers[at].n, __ATOMIC_RELAXED);
    if (!is_right(queue, used_id, used_n)) {
        klog("virtio: queue %u: buffer %u with %u bytes cannot be", queue->index, used_id, used_n);
        queue->broken = true;
        return false;
    }
    queue->n_taken++;
    queue->given &= ~(1u << used_id);
    *id = used_id;
    *n = used_n;
    return true;
}

void virtqueue_interrupt(struct virtqueue *queue, bool wanted)
{
    __atomic_store_n(&queue->available->no_interrupt, !wanted, __ATOMIC_RELAXED);
    __atomic_thread_fence(__ATOMIC_SEQ_CST);
}
