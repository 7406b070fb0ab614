/* annex/hostio/virtio.c: a queue beside a device that keeps to the rules, and
 * one that does not. */
/* SPDX-License-Identifier: MIT */
#include "annex/hostio/virtio.c"
#include "tap.h"

/* ---- The device: it sees memory at the addresses at which this program has it
 * ---- */

/* How many places its queue has. */
static unsigned places = 32;

static struct {
    struct descriptor *descriptors;
    struct available *available;
    struct used *used;
    uint16_t n_seen;
    unsigned n_kicks;
} device;

paddr_t virt_to_phys(const void *virt)
{
    return (paddr_t)virt;
}

static _Alignas(PAGE_SIZE) uint8_t memory[8 * PAGE_SIZE];

void *kzalloc(size_t n_bytes)
{
    return n_bytes <= sizeof(memory) ? memory : NULL;
}

uint32_t pci_find(uint32_t number)
{
    return number;
}

uint32_t pci_registers(uint32_t function, unsigned n, uint32_t place)
{
    return function && n == 0 ? place : 0;
}

bool pci_start(uint32_t function, uint32_t place, unsigned vector, void (*handler)(void))
{
    (void)function, (void)place, (void)handler;
    return vector == IRQ_MESSAGE;
}

void port_out8(uint16_t port, uint8_t value)
{
    (void)port, (void)value;
}

uint16_t port_in16(uint16_t port)
{
    return port == FREE_PORTS + QUEUE_SIZE ? (uint16_t)places : 0;
}

void port_out16(uint16_t port, uint16_t value)
{
    if (port == FREE_PORTS + QUEUE_KICK && value == 5)
        device.n_kicks++;
}

uint32_t port_in32(uint16_t port)
{
    return port == FREE_PORTS + OFFERED_FEATURES ? 6 : 0;
}

/* Of the queue's page there are 32 bits on the wire: the test takes the memory
 * as it knows it. */
void port_out32(uint16_t port, uint32_t value)
{
    if (port != FREE_PORTS + QUEUE_PAGE || value != (uint32_t)((uint64_t)memory / PAGE_SIZE))
        return;
    device.descriptors = (struct descriptor *)memory;
    device.available = (struct available *)(memory + places * 16);
    device.used = (struct used *)(memory + ((places * 16 + 6 + places * 2 + 4095) & ~4095u));
}

/* The number of the next buffer that the kernel has given, or -1. */
static int device_next(void)
{
    if (device.n_seen == device.available->count)
        return -1;
    return device.available->ids[device.n_seen++ % places];
}

static void device_uses(uint32_t id, uint32_t n)
{
    uint16_t at = device.used->count % places;
    device.used->buffers[at].id = id;
    device.used->buffers[at].n = n;
    device.used->count++;
}

/* ---- The tests ---- */

static struct virtqueue queue;
static uint8_t buffers[2][100];

static void nothing(void) {}

static void start(void)
{
    struct virtio virtio;
    memset(&device, 0, sizeof(device));
    memset(memory, 0, sizeof(memory));
    queue = (struct virtqueue){0};
    ok(virtio_start(&virtio, 1, 2, nothing) == 0, "the device starts");
    ok(virtqueue_start(&virtio, &queue, 5) == 0 && device.used != NULL, "and a queue");
}

static void test_order(void)
{
    unsigned id = 9;
    uint32_t n = 9;
    start();
    ok(device_next() == -1 && !virtqueue_take(&queue, &id, &n), "at first it is empty");
    virtqueue_give(&queue, 1, buffers[1], 100, true);
    virtqueue_give(&queue, 0, buffers[0], 50, false);
    virtqueue_kick(&queue);
    ok(device.n_kicks == 1, "one kick");
    int first = device_next(), second = device_next(), third = device_next();
    ok(first == 1 && second == 0 && third == -1, "given in order");
    ok(device.descriptors[1].address == (uint64_t)buffers[1] && device.descriptors[1].n == 100 &&
           device.descriptors[1].flags == 2 && device.descriptors[0].flags == 0,
       "described: where, how long, to fill or to read");
    device_uses(0, 0);
    device_uses(1, 77);
    ok(virtqueue_take(&queue, &id, &n) && id == 0 && n == 0, "taken in the device's order");
    ok(virtqueue_take(&queue, &id, &n) && id == 1 && n == 77, "with what it has filled");
    ok(!virtqueue_take(&queue, &id, &n) && id == 1 && n == 77, "and no more");
}

/* The counts have 16 bits, and the rings fewer places. */
static void test_wrap(void)
{
    unsigned id, right = 0;
    uint32_t n;
    start();
    for (unsigned i = 0; i < 70000; i++) {
        virtqueue_give(&queue, i % 2, buffers[i % 2], 100, true);
        int next = device_next();
        device_uses((uint32_t)next, i % 100);
        right += virtqueue_take(&queue, &id, &n) && id == i % 2 && n == i % 100;
    }
    ok(right == 70000, "70000 buffers pass through %u places", places);
}

static void test_flags(void)
{
    start();
    virtqueue_interrupt(&queue, false);
    ok(device.available->no_interrupt == 1, "no interrupt is wanted");
    virtqueue_interrupt(&queue, true);
    ok(device.available->no_interrupt == 0, "an interrupt is wanted");
    device.used->no_kick = 1;
    virtqueue_kick(&queue);
    ok(device.n_kicks == 0, "a device that wants no kick gets none");
}

/* One lie of the device; then the queue gives nothing more, also if the device
 * mends. */
static void test_lie(const char *what, uint32_t id, uint32_t n)
{
    unsigned taken_id = 9;
    uint32_t taken_n = 9;
    start();
    virtqueue_give(&queue, 0, buffers[0], 100, true);
    device_uses(id, n);
    ok(!virtqueue_take(&queue, &taken_id, &taken_n) && queue.broken, "%s", what);
    device_uses(0, 100);
    ok(!virtqueue_take(&queue, &taken_id, &taken_n) && taken_id == 9, "and it is over");
}

static void log_line(const char *line, size_t length)
{
    printf("# %.*s\n", (int)length, line);
}

int main(void)
{
    hooks.log_line = log_line;
    test_order();
    for (places = 32; places <= 1024; places *= 2)
        test_wrap();
    places = 2048;
    ok(virtqueue_start(&(struct virtio){.base = FREE_PORTS}, &queue, 5) == -ENODEV,
       "too many places");
    places = 32;
    test_flags();
    test_lie("a buffer that it was not given", 1, 0);
    test_lie("a number beyond all buffers", 32, 0);
    test_lie("a number of 32 bits", 1u << 31, 0);
    test_lie("more bytes than the buffer has", 0, 101);
    start();
    virtqueue_give(&queue, 0, buffers[0], 100, true);
    device_uses(0, 100);
    device_uses(0, 100);
    unsigned id;
    uint32_t n;
    ok(virtqueue_take(&queue, &id, &n) && n == 100, "a whole buffer");
    ok(!virtqueue_take(&queue, &id, &n) && queue.broken, "the same one twice");
    return tap_done();
}
