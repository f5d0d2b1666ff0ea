// Each kind of NAT against each, with a STUN server alone and with a TURN server beside it: what
// the behaviours of RFC 4787 leave possible, and the pair that ICE must find there. A NAT that maps
// by destination gives the peer another port than the STUN server has seen, so nobody who filters
// by port can have admitted it: port-restricted and symmetric NATs need a relay against a symmetric
// one. Where UDP is blocked, a relay reached by a stream is all there is.

#include <algorithm>
#include <array>
#include <string>

#include <gtest/gtest.h>

#include "tests/sim/session.h"

namespace rtc::sim {
namespace {

constexpr std::array kAccesses = {
    Access::kOpen,           Access::kFullCone,  Access::kAddressRestricted,
    Access::kPortRestricted, Access::kSymmetric, Access::kUdpBlocked};

/// The selected pair of the offerer, "local/remote" by type, or "-". Rows are the offerer's access,
/// columns the answerer's, both in the order of `kAccesses`.
using Table = std::array<std::array<const char*, kAccesses.size()>, kAccesses.size()>;

// clang-format off
constexpr Table kWithStun = {{
  // open          full cone      addr.-restr.   port-restr.    symmetric      UDP blocked
  {"host/host",   "host/srflx",  "host/srflx",  "host/srflx",  "host/prflx",  "-"},
  {"srflx/host",  "srflx/srflx", "srflx/srflx", "srflx/srflx", "srflx/prflx", "-"},
  {"srflx/host",  "srflx/srflx", "srflx/srflx", "srflx/srflx", "srflx/prflx", "-"},
  {"srflx/host",  "srflx/srflx", "srflx/srflx", "srflx/srflx", "-",           "-"},
  {"prflx/host",  "prflx/srflx", "prflx/srflx", "-",           "-",           "-"},
  {"-",           "-",           "-",           "-",           "-",           "-"},
}};
constexpr Table kWithTurn = {{
  {"host/host",   "host/srflx",  "host/srflx",  "host/srflx",  "host/prflx",  "host/relay"},
  {"srflx/host",  "srflx/srflx", "srflx/srflx", "srflx/srflx", "srflx/prflx", "srflx/relay"},
  {"srflx/host",  "srflx/srflx", "srflx/srflx", "srflx/srflx", "srflx/prflx", "srflx/relay"},
  {"srflx/host",  "srflx/srflx", "srflx/srflx", "srflx/srflx", "srflx/relay", "srflx/relay"},
  {"prflx/host",  "prflx/srflx", "prflx/srflx", "prflx/relay", "prflx/relay", "prflx/relay"},
  {"relay/host",  "relay/srflx", "relay/srflx", "relay/srflx", "relay/prflx", "relay/relay"},
}};
// clang-format on

/// The same pair as the other end has it.
std::string mirrored(const std::string& types) {
  const size_t slash = types.find('/');
  return slash == std::string::npos ? types
                                    : types.substr(slash + 1) + "/" + types.substr(0, slash);
}

/// Runs the session until a pair is nominated, or both ends have given up.
void conclude(Session& session) {
  session.start();
  const auto hasFailed = [](const Party& party) {
    return party.ice == ice::IceTransportState::kFailed;
  };
  EXPECT_TRUE(session.runUntil(
      [&] { return session.isCompleted() || (hasFailed(session.a) && hasFailed(session.b)); }));
}

void expectCell(const SessionOptions& options, const std::string& expected) {
  Session session(options);
  conclude(session);
  EXPECT_EQ(session.a.selectedTypes(), expected);
  EXPECT_EQ(session.b.selectedTypes(), mirrored(expected));
  if (expected == "-") {
    EXPECT_EQ(session.a.ice, ice::IceTransportState::kFailed);
    EXPECT_EQ(session.b.ice, ice::IceTransportState::kFailed);
    return;
  }
  ASSERT_TRUE(session.isConnected());
  Transfer transfer(session, 50'000);
  EXPECT_TRUE(transfer.run(Duration::seconds(10)));
  EXPECT_TRUE(transfer.isIntact());
}

void expectTable(const Table& table, bool withTurn) {
  for (size_t row = 0; row < kAccesses.size(); ++row) {
    for (size_t column = 0; column < kAccesses.size(); ++column) {
      SCOPED_TRACE(std::string(toString(kAccesses[row])) + " with " + toString(kAccesses[column]));
      SessionOptions options;
      options.accessA = kAccesses[row];
      options.accessB = kAccesses[column];
      options.withTurn = withTurn;
      expectCell(options, table[row][column]);
    }
  }
}

TEST(NatMatrix, ConnectsWithStunWhereTheNatsOfBothSidesLeaveAWay) {
  expectTable(kWithStun, false);
}

TEST(NatMatrix, ConnectsEverywhereWithTurnAndByARelayOnlyWhereThereIsNoOtherWay) {
  expectTable(kWithTurn, true);
}

struct SharedNatCase {
  Access access;
  bool hairpin;
  bool isolatesHosts;
  bool withTurn;
  const char* expected;
};

TEST(NatMatrix, ConnectsTwoHostsBehindOneNatDirectlyOrByAHairpinOrByARelay) {
  for (const SharedNatCase& one : {
           SharedNatCase{Access::kPortRestricted, false, false, false, "host/host"},
           SharedNatCase{Access::kPortRestricted, true, false, false, "host/host"},
           SharedNatCase{Access::kSymmetric, false, false, false, "host/host"},
           SharedNatCase{Access::kFullCone, true, true, false, "srflx/srflx"},
           SharedNatCase{Access::kAddressRestricted, true, true, false, "srflx/srflx"},
           SharedNatCase{Access::kPortRestricted, true, true, false, "srflx/srflx"},
           SharedNatCase{Access::kSymmetric, true, true, false, "-"},
           SharedNatCase{Access::kFullCone, false, true, false, "-"},
           SharedNatCase{Access::kFullCone, false, true, true, "srflx/relay"},
           SharedNatCase{Access::kSymmetric, true, true, true, "prflx/relay"},
       }) {
    SCOPED_TRACE(std::string(toString(one.access)) + (one.hairpin ? ", hairpin" : "") +
                 (one.isolatesHosts ? ", hosts isolated" : "") + (one.withTurn ? ", TURN" : ""));
    SessionOptions options;
    options.accessA = one.access;
    options.sharedNat = true;
    options.hairpin = one.hairpin;
    options.isolatesHosts = one.isolatesHosts;
    options.withTurn = one.withTurn;
    expectCell(options, one.expected);
  }
}

}  // namespace
}  // namespace rtc::sim
