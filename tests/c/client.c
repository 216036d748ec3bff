/*
 * An Aerospike client in C over libaerospike_ffi: connect, put, get, close, woken by the completion callback.
 *
 *   cc -Irust/ffi/include tests/c/client.c -Lrust/target/release -laerospike_ffi -lpthread -o client
 *   LD_LIBRARY_PATH=rust/target/release ./client 127.0.0.1 3000
 *
 * docs/abi.md has the layout of every frame and record. All numbers are little-endian, except those inside particles,
 * which are big-endian as on Aerospike's wire; this program assumes a little-endian machine.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "aerospike_ffi.h"

enum { OPEN = 3, CLOSE = 4, GET = 16, PUT = 18 };
enum { RESULT = 1, ERROR = 2, CLOSED = 3 };
enum { HEADER = 24, INTEGER = 1, STRING = 3 };

static void fail(const char *what) {
    fprintf(stderr, "c client: %s\n", what);
    exit(1);
}

/* The doorbell: it only says that there is something to drain, and must not call the library. */

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t rung = PTHREAD_COND_INITIALIZER;
static int rings = 0;

static void wake(uint32_t queue) {
    (void)queue;
    pthread_mutex_lock(&mutex);
    rings++;
    pthread_cond_signal(&rung);
    pthread_mutex_unlock(&mutex);
}

static void wait_for_ring(void) {
    pthread_mutex_lock(&mutex);
    while (rings == 0) {
        pthread_cond_wait(&rung, &mutex);
    }
    rings = 0;
    pthread_mutex_unlock(&mutex);
}

/* Frames are built front to back in one buffer. */

static uint8_t frame[4096];
static size_t length;

static void bytes(const void *data, size_t count) {
    if (length + count > sizeof frame) {
        fail("the frame is too long");
    }
    memcpy(frame + length, data, count);
    length += count;
}

static void u8(uint8_t value) { bytes(&value, 1); }
static void u16(uint16_t value) { bytes(&value, 2); }
static void u32(uint32_t value) { bytes(&value, 4); }
static void name(const char *text) { u8((uint8_t)strlen(text)); bytes(text, strlen(text)); }

static void begin(uint32_t tag, uint8_t command, uint32_t cluster) {
    length = 0;
    u32(0); /* the length, known at the end */
    u32(tag);
    u8(command);
    u8(0);
    u16(0);
    u32(cluster);
    u32(5000); /* a hard deadline, in ms */
    u32(0);
}

static void submit(uint32_t queue) {
    uint32_t total = (uint32_t)length;
    memcpy(frame, &total, 4);
    if (aef_submit(queue, frame, total) != 1) {
        fail("a frame was not accepted");
    }
}

static void base_policy(void) {
    float multiplier = 1;
    u32(0);    /* socketTimeout */
    u32(1000); /* totalTimeout */
    u32(0);    /* timeoutDelay */
    u32(0);    /* maxRetries */
    u32(0);    /* sleepBetweenRetries */
    bytes(&multiplier, 4);
    u8(2);     /* replica: sequence */
    u8(0);     /* readModeAP: one */
    u8(0);     /* readModeSC: session */
    u8(0);     /* readTouchTtlPercent: the server's default */
    u32(0);    /* flags, padding */
}

static void key(int64_t number) {
    name("test");
    name("c-client");
    u8(INTEGER);
    bytes(&number, 8);
}

/* Completions are records in the queue. This program has one command in flight at a time. */

static uint8_t records[16 * 1024];

struct record {
    uint32_t length, tag;
    uint8_t kind, flags;
    uint16_t zero;
    int32_t code;
    uint32_t payload_length, handle;
};

static const uint8_t *next_record(uint32_t queue, struct record *record) {
    /* 0 means empty, and arms the doorbell for the next record. */
    while (aef_queue_drain(queue, records, sizeof records) == 0) {
        wait_for_ring();
    }
    memcpy(record, records, HEADER);
    return records + HEADER;
}

static const uint8_t *result(uint32_t queue, uint32_t tag, struct record *record) {
    const uint8_t *payload = next_record(queue, record);
    if (record->kind == ERROR) {
        fprintf(stderr, "c client: error %d %.*s\n", record->code, (int)record->payload_length, payload);
        exit(1);
    }
    if (record->kind != RESULT || record->tag != tag) {
        fail("a record is not the one that was expected");
    }
    return payload;
}

int main(int count, char **arguments) {
    if (count != 3) {
        fail("usage: client HOST PORT");
    }
    if (aef_abi_version() != AEF_ABI_VERSION) {
        fail("the library has another ABI than the header");
    }
    uint32_t queue = aef_queue_open(16);
    if (queue == 0 || aef_queue_callback(queue, wake, 0) != 0) {
        fail("no queue");
    }
    struct record record;

    /* Connect: the payload is the handle of the cluster. */
    char configuration[512];
    snprintf(configuration, sizeof configuration,
             "{\"hosts\":[{\"host\":\"%s\",\"port\":%s}],\"connectTimeout\":4000,\"applicationId\":\"c-client\"}",
             arguments[1], arguments[2]);
    begin(1, OPEN, 0);
    bytes(configuration, strlen(configuration));
    submit(queue);
    uint32_t cluster;
    memcpy(&cluster, result(queue, 1, &record), 4);

    /* Put { answer: 42, text: "hello" }. */
    const uint8_t answer[8] = {0, 0, 0, 0, 0, 0, 0, 42};
    begin(2, PUT, cluster);
    base_policy();
    u32(0); /* recordExists: update, generation policy: none, commitLevel: all, flags */
    u32(0); /* generation */
    u32(0); /* ttl: the namespace's default */
    u32(0);
    key(7);
    u16(2); /* bins */
    name("answer");
    u8(INTEGER);
    u32(8);
    bytes(answer, 8);
    name("text");
    u8(STRING);
    u32(5);
    bytes("hello", 5);
    submit(queue);
    result(queue, 2, &record);

    /* Get one bin of it. */
    begin(3, GET, cluster);
    base_policy();
    key(7);
    u16(1); /* one bin by name; 0xFFFF would be all */
    name("answer");
    submit(queue);
    const uint8_t *payload = result(queue, 3, &record);
    if (record.code != 0) {
        fail("the record is not there");
    }
    /* u32 generation, u32 ttl, u16 bins, u16 results; a bin: u8 length, name, u8 type, u32 length, bytes. */
    uint16_t bins;
    memcpy(&bins, payload + 8, 2);
    const uint8_t *bin = payload + 12;
    if (bins != 1 || bin[0] != 6 || memcmp(bin + 1, "answer", 6) != 0 || bin[7] != INTEGER ||
        memcmp(bin + 12, answer, 8) != 0) {
        fail("the bin that was read is not the one that was written");
    }

    /* Close the cluster, then the queue: its last record says so, and only then may it be freed. */
    begin(4, CLOSE, cluster);
    u32(1000); /* ms for running commands */
    submit(queue);
    result(queue, 4, &record);
    aef_queue_close_begin(queue);
    next_record(queue, &record);
    if (record.kind != CLOSED || aef_queue_callback(queue, NULL, 0) != 0 || aef_queue_free(queue) != 0) {
        fail("the queue did not close");
    }
    puts("c client: ok");
    return 0;
}
