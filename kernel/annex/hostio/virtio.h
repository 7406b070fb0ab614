/* Virtio: devices that a virtual machine has instead of real ones, and their queues. */
/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#define VIRTQUEUE_BUFFERS 32 /* a queue of ours has at most so many, numbered from 0 */

struct virtio {
    uint16_t base; /* the first of its ports */
};

struct virtqueue {
    uint16_t base, index; /* constant, as the pointers are */
    uint16_t size;        /* places in each ring */
    struct descriptor *descriptors;
    struct available *available;
    struct used *used;
    /* guarded by the owner's lock: */
    uint16_t n_given; /* buffers so far; rings and counts wrap */
    uint16_t n_taken; /* of those that the device has used */
    uint32_t given;   /* a bit for each buffer that the device has */
    bool broken;      /* the device has used a buffer that it did not have: it is not trusted */
};

/* Finds and resets the device with this PCI number, and accepts these of its features. handler() is
 * called when it has used buffers. 0, or -ENODEV if there is none or it lacks a feature. */
int virtio_start(struct virtio *device, uint32_t number, uint32_t features, void (*handler)(void));
/* Makes the device's queue of this index. 0, -ENODEV or -ENOMEM. */
int virtqueue_start(struct virtio *device, struct virtqueue *queue, uint16_t index);
/* All queues are made: the device may use them. */
void virtio_ready(struct virtio *device);

/* The following require the owner's lock. */

/* Gives buffer `id` of n bytes to the device, which fills it or reads it. It must not have it. The
 * device learns of it by the next kick. */
void virtqueue_give(struct virtqueue *queue, unsigned id, const void *buffer, uint32_t n,
                    bool to_fill);
/* Tells the device that there are buffers. */
void virtqueue_kick(struct virtqueue *queue);
/* Takes the next buffer back that the device has used: which one, and how many bytes it has filled.
 * False if there is none. */
bool virtqueue_take(struct virtqueue *queue, unsigned *id, uint32_t *n);
/* Switches the interrupt for used buffers; it is on at first. After switching it on, the caller
 * tries to take once more: the device may have been faster. */
void virtqueue_interrupt(struct virtqueue *queue, bool wanted);
