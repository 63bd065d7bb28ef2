/* A journal that nobody reads without the key.
 *
 *   gcc -std=c99 sealed.c -o sealed $(pkg-config --cflags --libs hujia) -lcrypto
 *   openssl rand -hex 32 > key
 *   ./sealed /var/lib/dispatch/journal key
 *   hujia journal verify --chain /var/lib/dispatch/journal               # proved without the key
 *   hujia journal print --key-file key /var/lib/dispatch/journal
 */
#include <stdio.h>
#include <stdlib.h>

#include "seal_aes.h"

static int read_key(const char *path, unsigned char key[32]) {
  FILE *file = fopen(path, "r");
  int count = 0;
  unsigned int byte;
  if (file == NULL) return 0;
  while (count < 32 && fscanf(file, "%2x", &byte) == 1) key[count++] = (unsigned char)byte;
  fclose(file);
  return count == 32;
}

static hj_engine *open_engine(const char *folder, seal_aes *own) {
  hj_config config;
  hj_engine *engine = NULL;
  hj_error_detail detail;
  memset(&detail, 0, sizeof detail);
  detail.size = sizeof detail;
  hj_config_init(&config, sizeof config);
  config.run_mode = HJ_RUN_POLL;
  config.journal_path = folder;
  config.seal = seal_aes_seal;
  config.open = seal_aes_open;
  config.seal_context = own;
  config.seal_name = "AES-256-GCM, example";
  if (!hj_is_taken(hj_engine_open(&config, &engine, &detail))) {
    fprintf(stderr, "%s: %s\n", detail.field, detail.text);
    exit(1);
  }
  return engine;
}

int main(int argc, char **argv) {
  seal_aes own;
  hj_report report;
  hj_dispatch answer;
  hj_incident_status status;
  if (argc != 3 || !read_key(argv[2], own.key)) {
    fprintf(stderr, "usage: sealed JOURNAL KEY (64 hexadecimal digits)\n");
    return 2;
  }
  own.cipher = EVP_CIPHER_CTX_new();
  hj_engine *engine = open_engine(argv[1], &own);
  hj_engine_poll(engine, 1, 1764500000000000, 0, NULL);
  memset(&report, 0, sizeof report);
  report.size = sizeof report;
  report.tier = HJ_TIER_EMERGENCY;
  report.lat_e7 = 312397000;
  report.lon_e7 = 1214998000;
  memset(&answer, 0, sizeof answer);
  answer.size = sizeof answer;
  hj_incident_report(engine, &report, &answer);
  hj_engine_close(engine);
  engine = open_engine(argv[1], &own);
  memset(&status, 0, sizeof status);
  status.size = sizeof status;
  if (hj_incident_read(engine, answer.incident_id, &status) == HJ_OK)
    printf("the call is there again, at %.4f %.4f\n", status.lat_e7 / 1e7, status.lon_e7 / 1e7);
  hj_engine_close(engine);
  EVP_CIPHER_CTX_free(own.cipher);
  return 0;
}
