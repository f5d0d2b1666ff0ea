// What waits for a lost packet takes little more memory than its bytes: a receive window is
// promised in bytes, and buffers that grow by doubling would hold twice as many.

#include <functional>

#include <gtest/gtest.h>

#include "cpp/sctp/data_reassembly.h"
#include "cpp/sctp/interleaved_reassembly.h"

namespace rtc::sctp::testing {
namespace {

constexpr size_t kMaxMessage = 256 * 1024;
constexpr size_t kFragment = 1156;
constexpr uint32_t kFragments = 140;
constexpr size_t kSlack = kFragment * kFragments / 8 + kFragment;

/// The second message is there before the first; `add` takes the numbers of a message and a
/// fragment.
void expectNoMoreThanItHas(const std::function<void(uint32_t, uint32_t)>& add,
                           const std::vector<IncomingMessage>& out) {
  for (uint32_t fragment = 0; fragment < kFragments; ++fragment)
    add(1, fragment);
  EXPECT_TRUE(out.empty());
  for (uint32_t fragment = 0; fragment < kFragments; ++fragment)
    add(0, fragment);
  ASSERT_EQ(out.size(), 2u);
  EXPECT_EQ(out[1].payload.size(), kFragments * kFragment);
  EXPECT_LE(out[1].payload.capacity(), out[1].payload.size() + kSlack);
}

TEST(SctpReassemblyMemory, AWholeMessageThatWaitsForAnotherTakesWhatItHas) {
  InterleavedReassembly reassembly;
  std::vector<IncomingMessage> out;
  const Bytes payload(kFragment, 1);
  const auto add = [&](uint32_t message, uint32_t fragment) {
    IDataChunk chunk;
    chunk.mid = Mid(message);
    chunk.fsn = Fsn(fragment);
    chunk.begin = fragment == 0;
    chunk.end = fragment == kFragments - 1;
    chunk.payload = payload;
    ASSERT_TRUE(reassembly.add(chunk, kMaxMessage, out).ok());
  };
  expectNoMoreThanItHas(add, out);
}

TEST(SctpReassemblyMemory, ItIsTheSameWithoutInterleaving) {
  DataReassembly reassembly;
  std::vector<IncomingMessage> out;
  const Bytes payload(kFragment, 1);
  const auto add = [&](uint32_t message, uint32_t fragment) {
    DataChunk chunk;
    chunk.ssn = Ssn(static_cast<uint16_t>(message));
    chunk.begin = fragment == 0;
    chunk.end = fragment == kFragments - 1;
    chunk.payload = payload;
    const TsnIndex tsn = TsnIndex::first(Tsn(1000 + message * kFragments + fragment));
    ASSERT_TRUE(reassembly.add(tsn, chunk, kMaxMessage, out).ok());
  };
  expectNoMoreThanItHas(add, out);
}

TEST(SctpReassemblyMemory, PiecesThatNothingFollowsForAWhileTakeWhatTheyHave) {
  MessagePieces pieces;
  for (uint32_t fragment = 0; fragment < kFragments; ++fragment)
    pieces.append(Bytes(kFragment, static_cast<uint8_t>(fragment)));
  pieces.settle();
  pieces.append(Bytes(10, 0xff));
  pieces.settle();
  const Bytes whole = pieces.take();
  ASSERT_EQ(whole.size(), kFragments * kFragment + 10);
  EXPECT_LE(whole.capacity(), whole.size() + kSlack);
  EXPECT_EQ(whole[5 * kFragment], 5);
  EXPECT_EQ(whole.back(), 0xff);
}

}  // namespace
}  // namespace rtc::sctp::testing
