/* The sample of hj_config.seal and open: AES-256-GCM by libcrypto. `hujia journal --key-file` opens what this sealed.
 *
 *   12 bytes of nonce, drawn anew each time │ the sealed bytes │ 16 bytes of tag; the place (`about`) is bound into it
 *
 * Nonces are random, so a key seals at most 2^32 frames (NIST SP 800-38D): change it every year or so, give the new one
 * a new seal_name, and keep the old one for as long as what it sealed is kept. */
#ifndef SEAL_AES_H
#define SEAL_AES_H

#include <hujia.h>
#include <openssl/evp.h>
#include <openssl/rand.h>
#include <string.h>

#define SEAL_NONCE 12
#define SEAL_TAG 16

/* The context of both hooks. They are called one at a time, so one cipher does. */
typedef struct seal_aes {
  unsigned char key[32];
  EVP_CIPHER_CTX *cipher; /* EVP_CIPHER_CTX_new() */
} seal_aes;

static hj_status seal_aes_seal(void *context, const void *about, uint64_t about_bytes, const void *clear,
                               uint64_t clear_bytes, void *sealed, uint64_t *sealed_bytes) {
  seal_aes *own = context;
  unsigned char *nonce = sealed, *body = nonce + SEAL_NONCE;
  int done = 0;
  if (clear_bytes > INT32_MAX || *sealed_bytes < clear_bytes + SEAL_NONCE + SEAL_TAG) return HJ_E_ARGUMENT;
  if (RAND_bytes(nonce, SEAL_NONCE) != 1 ||
      EVP_EncryptInit_ex(own->cipher, EVP_aes_256_gcm(), NULL, own->key, nonce) != 1 ||
      EVP_EncryptUpdate(own->cipher, NULL, &done, about, (int)about_bytes) != 1 ||
      EVP_EncryptUpdate(own->cipher, body, &done, clear, (int)clear_bytes) != 1 ||
      EVP_EncryptFinal_ex(own->cipher, body + clear_bytes, &done) != 1 ||
      EVP_CIPHER_CTX_ctrl(own->cipher, EVP_CTRL_AEAD_GET_TAG, SEAL_TAG, body + clear_bytes) != 1)
    return HJ_E_STATE;
  *sealed_bytes = clear_bytes + SEAL_NONCE + SEAL_TAG;
  return HJ_OK;
}

/* A host that has changed keys looks for the one of `name` first. */
static hj_status seal_aes_open(void *context, const char *name, const void *about, uint64_t about_bytes,
                               const void *sealed, uint64_t sealed_bytes, void *clear, uint64_t *clear_bytes) {
  seal_aes *own = context;
  const unsigned char *nonce = sealed, *body = nonce + SEAL_NONCE;
  unsigned char tag[SEAL_TAG];
  int done = 0;
  (void)name;
  if (sealed_bytes > INT32_MAX || sealed_bytes < SEAL_NONCE + SEAL_TAG) return HJ_E_ARGUMENT;
  uint64_t count = sealed_bytes - SEAL_NONCE - SEAL_TAG;
  if (*clear_bytes < count) return HJ_E_ARGUMENT;
  memcpy(tag, body + count, SEAL_TAG);
  if (EVP_DecryptInit_ex(own->cipher, EVP_aes_256_gcm(), NULL, own->key, nonce) != 1 ||
      EVP_DecryptUpdate(own->cipher, NULL, &done, about, (int)about_bytes) != 1 ||
      EVP_DecryptUpdate(own->cipher, clear, &done, body, (int)count) != 1 ||
      EVP_CIPHER_CTX_ctrl(own->cipher, EVP_CTRL_AEAD_SET_TAG, SEAL_TAG, tag) != 1 ||
      EVP_DecryptFinal_ex(own->cipher, (unsigned char *)clear + count, &done) != 1)
    return HJ_E_STATE; /* another key, or not what was sealed for this place */
  *clear_bytes = count;
  return HJ_OK;
}

#endif
