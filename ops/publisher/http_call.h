// One HTTP request to a server of others: a bounded answer within a bounded time.
//
// Threads: one at a time; the line is kept open between calls. Errors: kUnreachable for a server
// that does not answer in time or answers more than `most_bytes`; kConfiguration for no URL.
#pragma once

#include <chrono>
#include <memory>
#include <string>

#include "proto/base/result.h"

namespace rapporteur::publisher {

struct HttpReply {
  int status = 0;
  std::string type;
  std::string body;
};

class HttpCaller {
 public:
  // "http://HOST:PORT[/PREFIX]", or https.
  [[nodiscard]] static Result<HttpCaller> to(const std::string& url,
                                             std::chrono::milliseconds timeout,
                                             std::size_t most_bytes);
  ~HttpCaller();
  HttpCaller(HttpCaller&&) noexcept;
  HttpCaller& operator=(HttpCaller&&) noexcept;
  HttpCaller(const HttpCaller&) = delete;
  HttpCaller& operator=(const HttpCaller&) = delete;

  // `path` is added to the URL's.
  [[nodiscard]] Result<HttpReply> post(const std::string& path, const std::string& body,
                                       const std::string& type);

 private:
  struct Impl;
  explicit HttpCaller(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace rapporteur::publisher
