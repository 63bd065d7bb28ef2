/* libuv, and the Linux event descriptor that the C library's Swift module leaves out. */
#include <sys/eventfd.h>
#include <uv.h>

enum { HUJIA_EFD_CLOEXEC = EFD_CLOEXEC, HUJIA_EFD_NONBLOCK = EFD_NONBLOCK };
