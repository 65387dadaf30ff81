// PCRE2's public C API for 8-bit code units, from Debian's libpcre2-dev.
#pragma once
#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>
