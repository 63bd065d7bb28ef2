/* What a journal is on the disk: by which hash it is chained, and what of it can be read there. */
#include "journal_host.h"

/* Each opening begins a segment with the digest that it asks for; the chain goes on, and the head says which. */
static void digests_change(void) {
  new_folder();
  hj_config config = journal_config(HJ_RUN_POLL);
  uint64_t recorded = 0;
  for (int32_t life = 0; life < 4; life++) {
    config.journal_digest = life % 2 == 0 ? HJ_DIGEST_SM3 : HJ_DIGEST_SHA256;
    hj_engine *engine = open_engine(&config);
    CHECK_STATUS(hj_journal_wait(engine, 0, HJ_STRENGTH_DURABLE, 20 * SECOND_NS), HJ_OK);
    hj_journal_info info = journal_info(engine);
    CHECK_EACH_EQUAL(info.digest, config.journal_digest);
    CHECK_EACH_EQUAL(info.reasons, 0);
    CHECK_MORE(info.recorded, recorded);
    recorded = info.recorded;
    CHECK_STATUS(hj_engine_close(engine), HJ_OK);
  }
  remove_folder();
}

static void refuse(hj_config config, const char *field) {
  hj_engine *engine = NULL;
  hj_error_detail detail;
  memset(&detail, 0, sizeof detail);
  detail.size = sizeof detail;
  CHECK_EACH_STATUS(hj_engine_open(&config, &engine, &detail), HJ_E_ARGUMENT);
  CHECK_EACH_TEXT(detail.field, field);
  CHECK_NULL(engine);
}

static void settings_are_checked(void) {
  new_folder();
  hj_config config = journal_config(HJ_RUN_POLL);
  config.journal_digest = HJ_DIGEST_SM3 + 1;
  refuse(config, "journal_digest");
  config.journal_digest = -1;
  refuse(config, "journal_digest");
  config = poll_config();
  config.journal_digest = HJ_DIGEST_SM3;
  refuse(config, "journal_path"); /* without a journal */
  remove_folder();
}

int main(void) {
  digests_change();
  settings_are_checked();
  return check_finish();
}
