#include "cpp/base/queue.h"

#include <deque>
#include <memory>
#include <string>

#include <gtest/gtest.h>

#include "cpp/base/random.h"

namespace rtc {
namespace {

template <typename T>
void expectSame(const Queue<T>& queue, const std::deque<T>& model) {
  ASSERT_EQ(queue.size(), model.size());
  ASSERT_EQ(queue.empty(), model.empty());
  for (size_t i = 0; i < model.size(); ++i)
    ASSERT_EQ(queue[i], model[i]);
  if (!model.empty()) {
    ASSERT_EQ(queue.front(), model.front());
    ASSERT_EQ(queue.back(), model.back());
  }
}

TEST(Queue, DoesWhatADequeDoes) {
  SeededRandom random(5);
  Queue<std::string> queue;
  std::deque<std::string> model;
  for (int step = 0; step < 20'000; ++step) {
    // Longer now, shorter then, so that it grows, wraps round and empties.
    const bool isGrowing = step / 500 % 2 == 0;
    const auto what = random.below(isGrowing ? 5 : 12);
    const std::string value = std::to_string(random.below(20)) + " of a string of some length";
    if (what < 3) {
      queue.push_back(value);
      model.push_back(value);
    } else if (what == 3) {
      queue.push_front(value);
      model.push_front(value);
    } else if (model.empty()) {
      continue;
    } else if (what == 4) {
      queue.pop_back();
      model.pop_back();
    } else if (what == 5) {
      queue.removeIf([&](const std::string& element) { return element == value; });
      std::erase(model, value);
    } else {
      queue.pop_front();
      model.pop_front();
    }
    expectSame(queue, model);
  }
  queue.clear();
  model.clear();
  expectSame(queue, model);
  queue.push_back("again");
  EXPECT_EQ(queue.front(), "again");
}

TEST(Queue, TakesAnElementOfItsOwnWhereItHasToGrow) {
  Queue<std::string> queue;
  queue.push_back("a string that is not kept inside");
  for (int i = 0; i < 40; ++i)
    queue.push_back(queue.front());
  for (size_t i = 0; i < queue.size(); ++i)
    EXPECT_EQ(queue[i], "a string that is not kept inside");
}

TEST(Queue, HoldsWhatCanOnlyBeMoved) {
  Queue<std::unique_ptr<int>> queue;
  for (int i = 0; i < 10; ++i)
    queue.emplace_back(std::make_unique<int>(i));
  Queue<std::unique_ptr<int>> other = std::move(queue);
  EXPECT_TRUE(queue.empty());  // NOLINT(bugprone-use-after-move): that is what it is to be
  queue.emplace_back(std::make_unique<int>(10));
  for (int i = 0; i < 10; ++i) {
    EXPECT_EQ(*other.front(), i);
    other.pop_front();
  }
  other = std::move(queue);
  EXPECT_EQ(*other.front(), 10);
}

TEST(Queue, DestroysEachElementOnce) {
  const auto witness = std::make_shared<int>();
  {
    Queue<std::shared_ptr<int>> queue;
    for (int i = 0; i < 1000; ++i)
      queue.push_back(witness);
    EXPECT_EQ(witness.use_count(), 1001);
    for (int i = 0; i < 400; ++i)
      queue.pop_front();
    EXPECT_EQ(witness.use_count(), 601);
    Queue<std::shared_ptr<int>> other;
    other.push_back(witness);
    other = std::move(queue);
    EXPECT_EQ(witness.use_count(), 601);
    other.clear();
    EXPECT_EQ(witness.use_count(), 1);
    other.push_back(witness);
  }
  EXPECT_EQ(witness.use_count(), 1);
}

}  // namespace
}  // namespace rtc
