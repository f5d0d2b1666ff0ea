#pragma once

#include <vector>

#include "cpp/base/queue.h"
#include "cpp/jsep/state.h"
#include "cpp/jsep/types.h"

/// From states to commands: what the peer has been told so far is compared with what the state
/// says now, and the difference is what `Session::poll()` yields. So a rollback needs no code of
/// its own, and no command comes twice.
namespace rtc::jsep {

class TransportCommands {
 public:
  /// Appends the commands that lead from what was told before to `state`.
  void update(const State& state, Queue<Output>& out);

 private:
  struct Told {
    TransportId id;
    std::optional<bool> controlling;
    std::optional<IceCredentials> local;
    uint32_t generation = 0;
    std::optional<RemoteIce> remote;
    /// Which local credentials `remote` was told for.
    std::optional<IceCredentials> remoteFor;
    std::optional<DtlsState> dtls;
  };
  void updateTransport(const State& state, const Transport& transport, Told& told,
                       Queue<Output>& out);
  void updateRemote(const State& state, const Transport& transport, Told& told, Queue<Output>& out);

  std::vector<Told> told_;
  std::optional<SctpParameters> sctp_;
};

}  // namespace rtc::jsep
