#include "proto/crypto/timestamp.h"

#include <array>
#include <ctime>
#include <memory>

#include <openssl/err.h>
#include <openssl/ts.h>

#include "proto/base/check.h"
#include "proto/crypto/ed25519.h"

namespace rapporteur::crypto {
namespace {

constexpr std::size_t kTimestampNonceBytes = 8;

template <auto Free>
struct Freed {
  template <typename T>
  void operator()(T* object) const {
    Free(object);
  }
};
using Query = std::unique_ptr<TS_REQ, Freed<TS_REQ_free>>;
using Response = std::unique_ptr<TS_RESP, Freed<TS_RESP_free>>;
using Imprint = std::unique_ptr<TS_MSG_IMPRINT, Freed<TS_MSG_IMPRINT_free>>;
using Algorithm = std::unique_ptr<X509_ALGOR, Freed<X509_ALGOR_free>>;
using Integer = std::unique_ptr<ASN1_INTEGER, Freed<ASN1_INTEGER_free>>;
using BigNumber = std::unique_ptr<BIGNUM, Freed<BN_free>>;
using Store = std::unique_ptr<X509_STORE, Freed<X509_STORE_free>>;
using Verification = std::unique_ptr<TS_VERIFY_CTX, Freed<TS_VERIFY_CTX_free>>;

const unsigned char* octets(std::string_view bytes) {
  return reinterpret_cast<const unsigned char*>(bytes.data());
}

Integer integer_of(std::string_view bytes) {
  const BigNumber number(BN_bin2bn(octets(bytes), static_cast<int>(bytes.size()), nullptr));
  Integer out(BN_to_ASN1_INTEGER(number.get(), nullptr));
  RAPPORTEUR_CHECK(out != nullptr);
  return out;
}

std::string openssl_reason() {
  const char* reason = ERR_reason_error_string(ERR_peek_last_error());
  ERR_clear_error();
  return reason == nullptr ? "no reason given" : reason;
}

tl::unexpected<Error> bad_token(const std::string& why) {
  return fail(ErrorKind::kNotVerified, "the time stamp does not hold: " + why);
}

Result<std::chrono::sys_seconds> time_of(const TS_TST_INFO* token) {
  std::tm parts{};
  if (ASN1_TIME_to_tm(TS_TST_INFO_get_time(token), &parts) != 1) {
    return bad_token("its time cannot be read");
  }
  return std::chrono::sys_seconds(std::chrono::seconds(::timegm(&parts)));
}

bool is_sha256(TS_TST_INFO* token) {
  const X509_ALGOR* algorithm = TS_MSG_IMPRINT_get_algo(TS_TST_INFO_get_msg_imprint(token));
  const ASN1_OBJECT* name = nullptr;
  X509_ALGOR_get0(&name, nullptr, nullptr, algorithm);
  return OBJ_obj2nid(name) == NID_sha256;
}

Result<Store> store_at(const std::filesystem::path& ca_file, std::chrono::sys_seconds time) {
  Store store(X509_STORE_new());
  RAPPORTEUR_CHECK(store != nullptr);
  if (X509_STORE_load_file(store.get(), ca_file.c_str()) != 1) {
    return fail(ErrorKind::kConfiguration, "no certificates: " + openssl_reason(), ca_file.string(),
                "name a PEM file of the authority's CA");
  }
  X509_VERIFY_PARAM_set_time(X509_STORE_get0_param(store.get()), time.time_since_epoch().count());
  return store;
}

}  // namespace

TimestampRequest timestamp_request(const Digest& sha256) {
  TimestampRequest out;
  std::array<std::byte, kTimestampNonceBytes> nonce{};
  fill_random(nonce);
  // A positive integer of always the same length.
  nonce[0] = (nonce[0] & std::byte{0x7F}) | std::byte{0x40};
  out.nonce = text_of(nonce);
  const Query query(TS_REQ_new());
  const Imprint imprint(TS_MSG_IMPRINT_new());
  const Algorithm algorithm(X509_ALGOR_new());
  const Integer number = integer_of(out.nonce);
  std::string digest = sha256.string();
  const bool made =
      query && imprint && algorithm &&
      X509_ALGOR_set0(algorithm.get(), OBJ_nid2obj(NID_sha256), V_ASN1_NULL, nullptr) == 1 &&
      TS_MSG_IMPRINT_set_algo(imprint.get(), algorithm.get()) == 1 &&
      TS_MSG_IMPRINT_set_msg(imprint.get(), reinterpret_cast<unsigned char*>(digest.data()),
                             static_cast<int>(digest.size())) == 1 &&
      TS_REQ_set_version(query.get(), 1) == 1 &&
      TS_REQ_set_msg_imprint(query.get(), imprint.get()) == 1 &&
      TS_REQ_set_nonce(query.get(), number.get()) == 1 && TS_REQ_set_cert_req(query.get(), 1) == 1;
  RAPPORTEUR_CHECK(made);
  const int size = i2d_TS_REQ(query.get(), nullptr);
  RAPPORTEUR_CHECK(size > 0);
  out.der.resize(static_cast<std::size_t>(size));
  auto* at = reinterpret_cast<unsigned char*>(out.der.data());
  i2d_TS_REQ(query.get(), &at);
  return out;
}

Result<std::chrono::sys_seconds> verify_timestamp(std::string_view response_der,
                                                  const TimestampExpected& expected) {
  const unsigned char* at = octets(response_der);
  const Response response(d2i_TS_RESP(nullptr, &at, static_cast<long>(response_der.size())));
  if (!response || at != octets(response_der) + response_der.size()) {
    ERR_clear_error();
    return fail(ErrorKind::kMalformed, "not a time-stamp response");
  }
  TS_TST_INFO* token = TS_RESP_get_tst_info(response.get());
  if (token == nullptr) return bad_token("the authority did not grant it");
  if (!is_sha256(token)) return bad_token("it is not over a SHA-256");
  if (!expected.nonce.empty()) {
    const Integer nonce = integer_of(expected.nonce);
    const ASN1_INTEGER* given = TS_TST_INFO_get_nonce(token);
    if (given == nullptr || ASN1_INTEGER_cmp(given, nonce.get()) != 0) {
      return bad_token("it answers another request");
    }
  }
  auto time = time_of(token);
  if (!time) return time;
  auto store = store_at(expected.ca_file, *time);
  if (!store) return tl::unexpected(store.error());
  const Verification verification(TS_VERIFY_CTX_new());
  auto* digest = static_cast<unsigned char*>(
      OPENSSL_memdup(expected.sha256.bytes.data(), expected.sha256.bytes.size()));
  RAPPORTEUR_CHECK(verification != nullptr && digest != nullptr);
  // The verification frees what it is given here.
  TS_VERIFY_CTX_set_imprint(verification.get(), digest, static_cast<long>(Digest::kBytes));
  TS_VERIFY_CTX_set_store(verification.get(), store->release());
  TS_VERIFY_CTX_set_flags(verification.get(),
                          static_cast<int>(TS_VFY_VERSION | TS_VFY_IMPRINT | TS_VFY_SIGNATURE));
  if (TS_RESP_verify_response(verification.get(), response.get()) != 1) {
    return bad_token(openssl_reason());
  }
  return time;
}

}  // namespace rapporteur::crypto
