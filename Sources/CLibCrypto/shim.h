/* OpenSSL's libcrypto (Debian: libssl-dev): the journal's hashes. */
#include <openssl/evp.h>
#include <openssl/rand.h>
