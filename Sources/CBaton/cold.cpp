/* A cold call calls the host's hooks, and a hook may not come back: longjmp, a C++ exception, pthread_exit. The call is
 * over then, but what it holds must not stay held. C++ for its cleanup while the stack unwinds; longjmp unwinds
 * nothing, but glibc runs the cleanups of frames that it leaves when they were registered in this older way. */
#include <pthread.h>

extern "C" {
#include "hujia_process.h"
}

#if defined(__GLIBC__)
extern "C" void _pthread_cleanup_push(struct _pthread_cleanup_buffer *buffer, void (*routine)(void *), void *argument);
extern "C" void _pthread_cleanup_pop(struct _pthread_cleanup_buffer *buffer, int execute);
#endif

namespace {

thread_local pthread_mutex_t *gate;

class Cold {
 public:
  Cold(uintptr_t subject, void (*abandoned)(uintptr_t))
      : subject(subject),
        abandoned(abandoned),
        depth(hujia_hook_depth()),
        gate_before(gate),
        closes_before(hujia_closes_in_hook()) {
    pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &cancel_state);
#if defined(__GLIBC__)
    _pthread_cleanup_push(
        &buffer, [](void *raw) { static_cast<Cold *>(raw)->abandon(); }, this);
#endif
  }

  ~Cold() {
#if defined(__GLIBC__)
    _pthread_cleanup_pop(&buffer, 0);
#endif
    if (!is_done) abandon();
    pthread_setcancelstate(cancel_state, nullptr);
  }

  void done() {
    is_done = true;
  }

 private:
  void abandon() {
    if (is_done) return;
    is_done = true;
    if (gate != gate_before && gate != nullptr) pthread_mutex_unlock(gate);
    gate = gate_before;
    if (!closes_before && hujia_closes_in_hook()) hujia_end_close_in_hook();
    hujia_set_hook_depth(depth);
    pthread_setcancelstate(cancel_state, nullptr);
    abandoned(subject);
  }

  uintptr_t subject;
  void (*abandoned)(uintptr_t);
  uint32_t depth;
  pthread_mutex_t *gate_before;
  int closes_before;
  int cancel_state = PTHREAD_CANCEL_ENABLE;
  bool is_done = false;
#if defined(__GLIBC__)
  struct _pthread_cleanup_buffer buffer;
#endif
};

}  // namespace

extern "C" pthread_mutex_t *hujia_swap_gate(pthread_mutex_t *held) {
  pthread_mutex_t *before = gate;
  gate = held;
  return before;
}

extern "C" __attribute__((swiftcall)) void hujia_cold(void *function, void *context, uintptr_t subject,
                                                      void (*abandoned)(uintptr_t));

extern "C" __attribute__((swiftcall)) void hujia_cold(void *function, void *context, uintptr_t subject,
                                                      void (*abandoned)(uintptr_t)) {
  typedef __attribute__((swiftcall)) void (*lent)(__attribute__((swift_context)) void *context);
  Cold cold(subject, abandoned);
  reinterpret_cast<lent>(function)(context);
  cold.done();
}
