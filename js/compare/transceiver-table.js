// The transceivers of a connection as rows: what script sees of each.

/**
 * @param {any} connection
 * @param {(value: any) => any} describe
 * @returns {Record<string, any>[]}
 */
export function transceiverTable(connection, describe) {
  return connection.getTransceivers().map((/** @type {any} */ transceiver) => {
    const { mid, direction, currentDirection, sender, receiver } = transceiver;
    return {
      transceiver: describe(transceiver),
      mid: mid === null ? null : { $token: mid, kind: 'mid' },
      kind: receiver.track.kind,
      direction,
      currentDirection,
      'sender.track': describe(sender.track),
      'sender.transport': describe(sender.transport),
      'receiver.transport': describe(receiver.transport),
      'receiver.track': describe(receiver.track),
      'receiver.track.muted': receiver.track.muted,
      'receiver.track.readyState': receiver.track.readyState,
      listed:
        connection.getSenders().includes(sender) && connection.getReceivers().includes(receiver),
    };
  });
}
