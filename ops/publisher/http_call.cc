#include "ops/publisher/http_call.h"

#include <httplib.h>

namespace rapporteur::publisher {
namespace {

// The library names its errors for programmers.
std::string why(httplib::Error error, const std::string& url) {
  switch (error) {
    case httplib::Error::Connection:
    case httplib::Error::ConnectionTimeout:
    case httplib::Error::BindIPAddress:
      return "cannot connect to " + url +
             ": nobody listens there, or the network does not lead there";
    case httplib::Error::Read:
    case httplib::Error::Write:
      return "the connection to " + url + " broke off, or the answer took too long";
    case httplib::Error::Canceled:
      return "the answer of " + url + " is longer than it may be, or took too long";
    case httplib::Error::SSLConnection:
    case httplib::Error::SSLLoadingCerts:
    case httplib::Error::SSLServerVerification:
      return "no TLS connection to " + url +
             ": the certificate is not one that this machine trusts";
    default:
      return "no answer of " + url + ": " + httplib::to_string(error);
  }
}

}  // namespace

struct HttpCaller::Impl {
  Impl(const std::string& origin, std::string path_prefix, std::chrono::milliseconds patience,
       std::size_t most)
      : client(origin),
        url(origin + path_prefix),
        prefix(std::move(path_prefix)),
        timeout(patience),
        most_bytes(most) {
    client.set_connection_timeout(timeout);
    client.set_read_timeout(timeout);
    client.set_write_timeout(timeout);
    client.set_keep_alive(true);
  }
  httplib::Client client;
  std::string url;
  std::string prefix;
  std::chrono::milliseconds timeout;
  std::size_t most_bytes;
};

HttpCaller::HttpCaller(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
HttpCaller::~HttpCaller() = default;
HttpCaller::HttpCaller(HttpCaller&&) noexcept = default;
HttpCaller& HttpCaller::operator=(HttpCaller&&) noexcept = default;

Result<HttpCaller> HttpCaller::to(const std::string& url, std::chrono::milliseconds timeout,
                                  std::size_t most_bytes) {
  const auto wrong = [&] {
    return fail(ErrorKind::kConfiguration, "'" + printable(url, 200) + "' is no URL", {},
                "http://HOST:PORT, or https");
  };
  const std::size_t scheme = url.find("://");
  if (scheme == std::string::npos ||
      (url.substr(0, scheme) != "http" && url.substr(0, scheme) != "https")) {
    return wrong();
  }
  const std::size_t path = std::min(url.find('/', scheme + 3), url.size());
  std::string prefix = url.substr(path);
  while (prefix.ends_with('/')) prefix.pop_back();
  auto impl = std::make_unique<Impl>(url.substr(0, path), std::move(prefix), timeout, most_bytes);
  if (path == scheme + 3 || !impl->client.is_valid()) return wrong();
  return HttpCaller(std::move(impl));
}

Result<HttpReply> HttpCaller::post(const std::string& path, const std::string& body,
                                   const std::string& type) {
  // The library's time-outs are between two bytes: one that drips would hold the line for ever.
  const auto deadline = std::chrono::steady_clock::now() + impl_->timeout;
  HttpReply reply;
  httplib::Request request;
  request.method = "POST";
  request.path = impl_->prefix + path;
  if (request.path.empty()) request.path = "/";
  request.headers = {{"Content-Type", type}};
  request.body = body;
  request.content_receiver = [&](const char* bytes, std::size_t size, std::uint64_t,
                                 std::uint64_t) {
    reply.body.append(bytes, size);
    return reply.body.size() <= impl_->most_bytes && std::chrono::steady_clock::now() < deadline;
  };
  const httplib::Result result = impl_->client.send(request);
  if (!result) {
    impl_->client.stop();
    return fail(ErrorKind::kUnreachable, why(result.error(), impl_->url));
  }
  reply.status = result->status;
  reply.type = result->get_header_value("Content-Type");
  return reply;
}

}  // namespace rapporteur::publisher
