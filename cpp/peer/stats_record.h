#pragma once

#include <string>
#include <utility>

#include "cpp/peer/stats.h"

namespace rtc::peer {

/// Fills in one record, member by member.
class RecordBuilder {
 public:
  RecordBuilder(std::string id, std::string type) : record_{std::move(id), std::move(type), {}} {}

  RecordBuilder& text(const char* name, std::string value) {
    record_.members.emplace_back(name, std::move(value));
    return *this;
  }
  template <typename Number>
  RecordBuilder& number(const char* name, Number value) {
    record_.members.emplace_back(name, static_cast<double>(value));
    return *this;
  }
  RecordBuilder& flag(const char* name, bool value) {
    record_.members.emplace_back(name, value);
    return *this;
  }
  StatsRecord take() { return std::move(record_); }

 private:
  StatsRecord record_;
};

}  // namespace rtc::peer
