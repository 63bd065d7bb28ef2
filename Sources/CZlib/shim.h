/* Debian's zlib, for gzip-compressed street tables. */
#include <zlib.h>
