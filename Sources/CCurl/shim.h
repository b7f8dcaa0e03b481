#pragma once
#include <curl/curl.h>

// Swift cannot call functions with a variable number of arguments: one function for each kind of value.

static inline CURLcode palimpsest_curl_set_number(CURL *handle, CURLoption option, long value) {
  return curl_easy_setopt(handle, option, value);
}

/// The library copies the text.
static inline CURLcode palimpsest_curl_set_text(CURL *handle, CURLoption option, const char *value) {
  return curl_easy_setopt(handle, option, value);
}

static inline CURLcode palimpsest_curl_set_list(CURL *handle, CURLoption option, struct curl_slist *value) {
  return curl_easy_setopt(handle, option, value);
}

/// `option` is the one for the function, `data_option` the one for what it gets as its last argument.
static inline CURLcode palimpsest_curl_set_callback(
  CURL *handle, CURLoption option, curl_write_callback function, CURLoption data_option, void *data
) {
  CURLcode result = curl_easy_setopt(handle, option, function);
  return result == CURLE_OK ? curl_easy_setopt(handle, data_option, data) : result;
}

static inline long palimpsest_curl_response_code(CURL *handle) {
  long code = 0;
  curl_easy_getinfo(handle, CURLINFO_RESPONSE_CODE, &code);
  return code;
}

/// Whether the one transfer of a multi handle has ended, and how: a union that Swift does not see is in between.
static inline int palimpsest_curl_ended(CURLM *handle, CURLcode *result) {
  int waiting = 0;
  CURLMsg *message = curl_multi_info_read(handle, &waiting);
  if (message == NULL || message->msg != CURLMSG_DONE) return 0;
  *result = message->data.result;
  return 1;
}

/// Macros that Swift does not see.
static const size_t palimpsest_curl_pause = CURL_WRITEFUNC_PAUSE;
static inline void palimpsest_curl_start(void) { curl_global_init(CURL_GLOBAL_DEFAULT); }
