#include "adapters/witness/server.h"

#include <httplib.h>

namespace rapporteur::witness {
namespace {

constexpr std::size_t kThreads = 4;

void reply(httplib::Response& response, const Answer& answer) {
  response.status = answer.status;
  response.set_content(answer.body, std::string(answer.type));
}

}  // namespace

Result<std::unique_ptr<http::Server>> serve(const HostAndPort& address, const std::string& setting,
                                            Witness& witness) {
  return http::Server::start(
      {address, setting, kThreads, kRequestBytes}, [&witness](httplib::Server& http) {
        http.Post("/add-checkpoint",
                  [&witness](const httplib::Request& request, httplib::Response& response) {
                    reply(response, witness.add_checkpoint(request.body));
                  });
        http.Get("/([0-9a-f]{64})/checkpoint",
                 [&witness](const httplib::Request& request, httplib::Response& response) {
                   reply(response, witness.newest(request.matches[1].str()));
                 });
      });
}

}  // namespace rapporteur::witness
