/* libuv as a host uses it: one uv_timer_t for each deadline. The rival in the deadline benchmark. */
#include <uv.h>
