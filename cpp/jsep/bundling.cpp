#include "cpp/jsep/bundling.h"

#include <algorithm>

#include "cpp/jsep/media.h"

namespace rtc::jsep {
namespace {

using sdp::SessionDescription;

bool contains(const std::vector<TransportId>& list, TransportId one) {
  return std::find(list.begin(), list.end(), one) != list.end();
}

// The places of the group's sections that are alive.
std::vector<size_t> aliveMembers(const State& state, const SessionDescription& description,
                                 const std::vector<std::string>& group) {
  std::vector<size_t> members;
  for (const std::string& mid : group) {
    const auto index = findMid(description, mid);
    if (index && isAlive(state, description, *index))
      members.push_back(*index);
  }
  return members;
}

// Whether another section than before speaks for these in the peer's offer.
bool isRetagged(const State& state, TransportId id, const SessionDescription& offer,
                const std::vector<size_t>& members) {
  const Transport* before = state.stable ? state.stable->transport(id) : nullptr;
  if (before == nullptr || !before->dtls)
    return false;
  const auto speaker = std::find_if(members.begin(), members.end(),
                                    [&](size_t index) { return offer.media[index].port != 0; });
  if (speaker == members.end())
    return false;
  const size_t tag = before->section;
  return *speaker != tag || state.sections[tag].mid != state.stable->sections[tag].mid;
}

}  // namespace

TransportId newTransport(State& state, std::optional<TransportId> replaced) {
  Transport transport;
  transport.id = TransportId(state.nextTransport++);
  if (const Transport* before = state.transport(replaced)) {
    transport.replaces = replaced;
    transport.controlling = before->controlling;
  }
  state.transports.push_back(std::move(transport));
  return state.transports.back().id;
}

bool isAlive(const State& state, const SessionDescription& description, size_t index) {
  return index < state.sections.size() && index < description.media.size() &&
         state.sections[index].use != SectionUse::kNone && !isRejected(description, index);
}

void assignOfferedTransports(State& state, const SessionDescription& offer) {
  std::vector<TransportId> claimed;
  std::vector<bool> assigned(state.sections.size());
  const auto assign = [&](const std::vector<size_t>& members) {
    std::optional<TransportId> id;
    for (size_t index : members) {
      const auto own = state.sections[index].transport;
      if (!id && state.transport(own) != nullptr && !contains(claimed, *own))
        id = own;
    }
    if (!id) {
      id = newTransport(state);
    } else if (isRetagged(state, *id, offer, members)) {
      id = newTransport(state, id);
    }
    claimed.push_back(*id);
    for (size_t index : members) {
      state.sections[index].transport = state.sections[index].offered = id;
      assigned[index] = true;
    }
  };
  for (const auto& group : bundleGroups(offer)) {
    const auto members = aliveMembers(state, offer, group);
    if (!members.empty())
      assign(members);
  }
  for (size_t i = 0; i < state.sections.size(); ++i) {
    if (!assigned[i] && isAlive(state, offer, i))
      assign({i});
  }
}

void assignAnsweredTransports(State& state, const SessionDescription& answer,
                              const std::vector<bool>& accepted) {
  for (size_t i = 0; i < state.sections.size(); ++i) {
    if (!accepted[i])
      continue;
    state.sections[i].transport = state.sections[i].offered;
    for (const std::string& mid : bundleGroup(answer, i)) {
      const auto tag = findMid(answer, mid);
      if (tag && accepted[*tag]) {
        state.sections[i].transport = state.sections[*tag].offered;
        break;
      }
    }
  }
}

void tagTransports(State& state, const SessionDescription& description) {
  std::vector<TransportId> tagged;
  for (size_t i = 0; i < state.sections.size(); ++i) {
    const auto id = state.sections[i].transport;
    Transport* transport = id ? state.transport(*id) : nullptr;
    if (transport == nullptr || contains(tagged, *id) || !isAlive(state, description, i))
      continue;
    tagged.push_back(*id);
    transport->section = i;
    for (size_t member : aliveMembers(state, description, bundleGroup(description, i))) {
      if (state.sections[member].transport == id && description.media[member].port != 0) {
        transport->section = member;
        break;
      }
    }
  }
}

void dropIdleTransports(State& state) {
  std::erase_if(state.transports, [&](const Transport& transport) {
    const bool inUse =
        std::any_of(state.sections.begin(), state.sections.end(), [&](const MSection& section) {
          return section.use != SectionUse::kNone &&
                 (section.transport == transport.id || section.offered == transport.id);
        });
    const bool kept = state.stable && state.stable->transport(transport.id) != nullptr;
    return !inUse && !kept;
  });
}

}  // namespace rtc::jsep
