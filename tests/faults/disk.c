/* The disk as a program sees it, with a witness: preloaded into the program, it records what is written, synced and named
 * below one folder, in order, so that tests.faults.disk can say what a power cut at any moment might have left. It can
 * also let the disk fail: a page of memory shared with the test says which calls, and with which errno.
 *
 * Environment: DISK_FOLDER (what is watched), DISK_RECORD (the record), DISK_FAILS (the shared page; may be missing).
 * A record is: kind u8, 3 bytes of nothing, length of names u32, length of data u64, file u64 (its inode), offset u64,
 * names, data. Memory that is mapped to a file is not seen: of SQLite's files only the -shm, which no cut leaves.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

struct head {
    uint8_t kind, nothing[3];
    uint32_t names;
    uint64_t data, file, offset;
};

/* Which calls fail, as the test says it: each an errno or 0, and how many calls of that kind go well before. */
struct fails {
    volatile int32_t write, sync, create, after;
};

static const char *folder;
static size_t folder_length;
static int record = -1;
static struct fails *fails;
static pthread_mutex_t one_at_a_time = PTHREAD_MUTEX_INITIALIZER;

#define REAL(name)                                                                                                     \
    static __typeof__(&name) real;                                                                                     \
    if (!real) real = (__typeof__(&name))dlsym(RTLD_NEXT, #name)

__attribute__((constructor)) static void begin(void) {
    const char *into = getenv("DISK_RECORD"), *page = getenv("DISK_FAILS");
    folder = getenv("DISK_FOLDER");
    if (!folder) return;
    folder_length = strlen(folder);
    if (into) record = (int)syscall(SYS_openat, AT_FDCWD, into, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    if (page) {
        int descriptor = (int)syscall(SYS_openat, AT_FDCWD, page, O_RDWR | O_CLOEXEC, 0);
        void *shared = mmap(NULL, sizeof(struct fails), PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0);
        fails = shared == MAP_FAILED ? NULL : shared;
        syscall(SYS_close, descriptor);
    }
}

static int below(const char *path) {
    return folder && strncmp(path, folder, folder_length) == 0 && (path[folder_length] == '/' || !path[folder_length]);
}

/* The path of an open file, if it is watched. */
static int watched(int descriptor, char *path) {
    char link[40];
    int before = errno;
    if (!folder) return 0;
    snprintf(link, sizeof link, "/proc/self/fd/%d", descriptor);
    ssize_t length = readlink(link, path, PATH_MAX - 1);
    errno = before;
    if (length <= 0) return 0;
    path[length] = 0;
    return below(path);
}

static uint64_t inode(int descriptor) {
    struct stat found;
    return fstat(descriptor, &found) == 0 ? (uint64_t)found.st_ino : 0;
}

static void put(const void *data, size_t length) {
    for (const char *next = data; length > 0;) {
        ssize_t done = syscall(SYS_write, record, next, length);
        if (done <= 0) return;
        next += done, length -= (size_t)done;
    }
}

static void tell(char kind, uint64_t file, uint64_t offset, const char *names, size_t names_length, const void *data,
                 size_t length) {
    if (record < 0) return;
    int before = errno;
    struct head head = {(uint8_t)kind, {0}, (uint32_t)names_length, length, file, offset};
    pthread_mutex_lock(&one_at_a_time);
    put(&head, sizeof head);
    put(names, names_length);
    put(data, length);
    pthread_mutex_unlock(&one_at_a_time);
    errno = before;
}

/* Whether this call is to fail now; errno says how. */
static int failing(volatile int32_t *which) {
    if (!fails || !*which) return 0;
    if (__sync_fetch_and_sub(&fails->after, 1) > 0) return 0;
    fails->after = 0;
    errno = *which;
    return 1;
}

ssize_t write(int descriptor, const void *data, size_t length) {
    REAL(write);
    char path[PATH_MAX];
    if (!watched(descriptor, path)) return real(descriptor, data, length);
    if (fails && failing(&fails->write)) return -1;
    int appends = fcntl(descriptor, F_GETFL) & O_APPEND;
    off64_t at = lseek64(descriptor, 0, appends ? SEEK_END : SEEK_CUR);
    ssize_t done = real(descriptor, data, length);
    if (done > 0 && at >= 0) tell('W', inode(descriptor), (uint64_t)at, "", 0, data, (size_t)done);
    return done;
}

ssize_t pwrite64(int descriptor, const void *data, size_t length, off64_t at) {
    REAL(pwrite64);
    char path[PATH_MAX];
    int mine = watched(descriptor, path);
    if (mine && fails && failing(&fails->write)) return -1;
    ssize_t done = real(descriptor, data, length, at);
    if (mine && done > 0) tell('W', inode(descriptor), (uint64_t)at, "", 0, data, (size_t)done);
    return done;
}

ssize_t pwrite(int descriptor, const void *data, size_t length, off_t at) { return pwrite64(descriptor, data, length, at); }

int ftruncate64(int descriptor, off64_t length) {
    REAL(ftruncate64);
    char path[PATH_MAX];
    int mine = watched(descriptor, path);
    if (mine && fails && failing(&fails->write)) return -1;
    int done = real(descriptor, length);
    if (mine && done == 0) tell('T', inode(descriptor), (uint64_t)length, "", 0, "", 0);
    return done;
}

int ftruncate(int descriptor, off_t length) { return ftruncate64(descriptor, length); }

/* A folder that is synced is told by its path: the names in it are on the disk then. */
static void told_synced(int descriptor, const char *path) {
    struct stat found;
    if (fstat(descriptor, &found) == 0 && S_ISDIR(found.st_mode))
        tell('D', 0, 0, path, strlen(path), "", 0);
    else
        tell('S', inode(descriptor), 0, "", 0, "", 0);
}

int fsync(int descriptor) {
    REAL(fsync);
    char path[PATH_MAX];
    int mine = watched(descriptor, path);
    if (mine && fails && failing(&fails->sync)) return -1;
    int done = real(descriptor);
    if (mine && done == 0) told_synced(descriptor, path);
    return done;
}

int fdatasync(int descriptor) {
    REAL(fdatasync);
    char path[PATH_MAX];
    int mine = watched(descriptor, path);
    if (mine && fails && failing(&fails->sync)) return -1;
    int done = real(descriptor);
    if (mine && done == 0) told_synced(descriptor, path);
    return done;
}

static int opened(const char *path, int flags, mode_t mode) {
    struct stat found;
    char whole[PATH_MAX];
    int there = stat(path, &found) == 0;
    if (folder && below(path) && fails && (flags & (O_CREAT | O_WRONLY | O_RDWR)) && failing(&fails->create)) return -1;
    int descriptor = (int)syscall(SYS_openat, AT_FDCWD, path, flags, mode);
    if (descriptor < 0 || !(flags & (O_CREAT | O_TRUNC)) || !watched(descriptor, whole)) return descriptor;
    if (!there) tell('C', inode(descriptor), 0, whole, strlen(whole), "", 0);
    else if ((flags & O_TRUNC) && (flags & O_ACCMODE) != O_RDONLY) tell('T', inode(descriptor), 0, "", 0, "", 0);
    return descriptor;
}

#define OPEN(name)                                                                                                     \
    int name(const char *path, int flags, ...) {                                                                       \
        mode_t mode = 0;                                                                                               \
        if (flags & (O_CREAT | O_TMPFILE)) {                                                                           \
            va_list rest;                                                                                              \
            va_start(rest, flags);                                                                                     \
            mode = va_arg(rest, mode_t);                                                                               \
            va_end(rest);                                                                                              \
        }                                                                                                              \
        return opened(path, flags, mode);                                                                              \
    }
OPEN(open)
OPEN(open64)

int rename(const char *from, const char *to) {
    REAL(rename);
    int done = real(from, to);
    if (done == 0 && folder && below(to)) {
        char both[2 * PATH_MAX];
        int length = snprintf(both, sizeof both, "%s%c%s", from, 0, to);
        tell('R', 0, 0, both, (size_t)length, "", 0);
    }
    return done;
}

int link(const char *from, const char *to) {
    REAL(link);
    int done = real(from, to);
    if (done == 0 && folder && below(to)) {
        char both[2 * PATH_MAX];
        int length = snprintf(both, sizeof both, "%s%c%s", from, 0, to);
        tell('L', 0, 0, both, (size_t)length, "", 0);
    }
    return done;
}

int unlink(const char *path) {
    REAL(unlink);
    int done = real(path);
    if (done == 0 && folder && below(path)) tell('U', 0, 0, path, strlen(path), "", 0);
    return done;
}

int rmdir(const char *path) {
    REAL(rmdir);
    return real(path);
}
