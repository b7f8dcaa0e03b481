// Makes one system call fail: the FAIL_AT-th of those that change what lies below FAIL_UNDER, with errno FAIL_ERRNO.
// Loaded with LD_PRELOAD; a write that is to fail writes its first half. Behind the last call, FAIL_COUNT (a file)
// holds how many such calls there were.

#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <unistd.h>

enum { descriptors = 4096 };

static atomic_long calls;
static long fail_at;
static int fail_errno;
static const char *under;
// Whether a descriptor was opened below FAIL_UNDER.
static _Atomic char watched[descriptors];
static int is_silent;

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

__attribute__((constructor)) static void start(void) {
  under = getenv("FAIL_UNDER");
  fail_at = getenv("FAIL_AT") ? atol(getenv("FAIL_AT")) : 0;
  fail_errno = getenv("FAIL_ERRNO") ? atoi(getenv("FAIL_ERRNO")) : EIO;
}

__attribute__((destructor)) static void end(void) {
  const char *path = getenv("FAIL_COUNT");
  is_silent = 1;
  FILE *file = path ? fopen(path, "w") : NULL;
  if (file) {
    fprintf(file, "%ld\n", atomic_load(&calls));
    fclose(file);
  }
}

static int is_below(const char *path) {
  return !is_silent && under && path && strncmp(path, under, strlen(under)) == 0;
}

static int is_watched(int descriptor) {
  return !is_silent && descriptor >= 0 && descriptor < descriptors && watched[descriptor];
}

// Counts a call; 1 when it is the one that fails.
static int fails(const char *name) {
  if (atomic_fetch_add(&calls, 1) + 1 != fail_at) return 0;
  const char *log = getenv("FAIL_LOG");
  is_silent = 1;
  FILE *file = log ? fopen(log, "w") : NULL;
  if (file) {
    fprintf(file, "%s\n", name);
    fclose(file);
  }
  is_silent = 0;
  errno = fail_errno;
  return 1;
}

static int opened(int descriptor) {
  if (descriptor >= 0 && descriptor < descriptors) watched[descriptor] = 1;
  return descriptor;
}

#define OPEN(name)                                                                         \
  int name(const char *path, int flags, ...) {                                             \
    va_list list;                                                                          \
    va_start(list, flags);                                                                 \
    mode_t mode = flags & O_CREAT ? va_arg(list, mode_t) : 0;                              \
    va_end(list);                                                                          \
    int (*real)(const char *, int, ...) = (int (*)(const char *, int, ...))dlsym(RTLD_NEXT, #name); \
    if (!is_below(path)) return real(path, flags, mode);                                   \
    int writes = (flags & O_ACCMODE) != O_RDONLY || flags & O_CREAT;                       \
    if ((writes || flags & O_DIRECTORY) && fails(#name)) return -1;                        \
    int descriptor = real(path, flags, mode);                                              \
    return writes || flags & O_DIRECTORY ? opened(descriptor) : descriptor;                \
  }
OPEN(open)
OPEN(open64)

ssize_t write(int descriptor, const void *bytes, size_t count) {
  if (is_watched(descriptor) && fails("write")) {
    if (count > 1) (void)!REAL(write)(descriptor, bytes, count / 2);
    errno = fail_errno;
    return -1;
  }
  return REAL(write)(descriptor, bytes, count);
}

#define ON_DESCRIPTOR(result, name, parameters, arguments)                  \
  result name parameters {                                                  \
    if (is_watched(descriptor) && fails(#name)) return (result)-1;          \
    return ((result(*) parameters)dlsym(RTLD_NEXT, #name))arguments;        \
  }
ON_DESCRIPTOR(ssize_t, pwrite, (int descriptor, const void *b, size_t n, off_t at), (descriptor, b, n, at))
ON_DESCRIPTOR(ssize_t, pwrite64, (int descriptor, const void *b, size_t n, off64_t at), (descriptor, b, n, at))
ON_DESCRIPTOR(ssize_t, writev, (int descriptor, const struct iovec *v, int n), (descriptor, v, n))
ON_DESCRIPTOR(int, fsync, (int descriptor), (descriptor))
ON_DESCRIPTOR(int, fdatasync, (int descriptor), (descriptor))
ON_DESCRIPTOR(int, ftruncate, (int descriptor, off_t size), (descriptor, size))
ON_DESCRIPTOR(int, ftruncate64, (int descriptor, off64_t size), (descriptor, size))
ON_DESCRIPTOR(int, flock, (int descriptor, int what), (descriptor, what))

int close(int descriptor) {
  int fault = 0;
  if (is_watched(descriptor)) {
    fault = fails("close");
    watched[descriptor] = 0;
  }
  // It is gone all the same, as on Linux.
  int result = REAL(close)(descriptor);
  if (!fault) return result;
  errno = fail_errno;
  return -1;
}

#define ON_PATH(name, parameters, arguments)                             \
  int name parameters {                                                  \
    if (is_below(path) && fails(#name)) return -1;                       \
    return ((int(*) parameters)dlsym(RTLD_NEXT, #name))arguments;        \
  }
ON_PATH(rename, (const char *path, const char *to), (path, to))
ON_PATH(mkdir, (const char *path, mode_t mode), (path, mode))
ON_PATH(unlink, (const char *path), (path))
ON_PATH(rmdir, (const char *path), (path))
