// libgit2's public C API, from Debian's libgit2-dev.
#pragma once
#include <git2.h>
#include <git2/sys/mempack.h>
#include <git2/sys/odb_backend.h>
#include <git2/sys/repository.h>

#include <fcntl.h>
#include <unistd.h>
#ifdef __linux__
#include <sys/syscall.h>
#endif

// git_libgit2_opts is variadic, which Swift cannot call.
static inline int mlops_git_set_fsync(int enabled) {
  return git_libgit2_opts(GIT_OPT_ENABLE_FSYNC_GITDIR, enabled);
}
static inline int mlops_git_set_owner_validation(int enabled) {
  return git_libgit2_opts(GIT_OPT_SET_OWNER_VALIDATION, enabled);
}

// Asks the disk to begin writing a range of a file's dirty pages, and does not wait. Where the
// system cannot do that, nothing: an fsync follows in any case.
static inline void mlops_begin_write_out(int descriptor, long long offset, long long count) {
  (void)descriptor, (void)offset, (void)count;
#ifdef __linux__
  syscall(SYS_sync_file_range, descriptor, offset, count, 2L);  // SYNC_FILE_RANGE_WRITE
#endif
}

// Lets writes to a descriptor go past the page cache, or through it again; -1 where that cannot be.
static inline int mlops_set_direct(int descriptor, int is_direct) {
#ifdef __O_DIRECT  // what glibc calls O_DIRECT without _GNU_SOURCE
  int flags = fcntl(descriptor, F_GETFL);
  if (flags < 0) return -1;
  return fcntl(descriptor, F_SETFL, is_direct ? flags | __O_DIRECT : flags & ~__O_DIRECT);
#else
  (void)descriptor;
  return is_direct ? -1 : 0;
#endif
}

// Writes a file's dirty pages to the disk and waits, without forcing the filesystem's journal.
// Where the system cannot do that, a full fsync.
static inline int mlops_write_out(int descriptor) {
#ifdef __linux__
  // SYNC_FILE_RANGE_WAIT_BEFORE | WRITE | WAIT_AFTER; through syscall(), because glibc declares
  // the function for _GNU_SOURCE only. Some filesystems (overlays, network) do not know it.
  if (syscall(SYS_sync_file_range, descriptor, 0L, 0L, 7) == 0) return 0;
#endif
  return fsync(descriptor);
}
