// RTCPriorityType and the priority of a DCEP OPEN (RFC 8831 section 6.4, RFC 8832 section 5.1).

const levels = /** @type {const} */ ([
  ['very-low', 128],
  ['low', 256],
  ['medium', 512],
  ['high', 1024],
]);

/**
 * @param {string} priority RTCPriorityType
 * @returns {number}
 */
export function dcepPriority(priority) {
  return levels.find(([name]) => name === priority)?.[1] ?? 256;
}

/**
 * A number between two levels counts as the upper one, as webrtc-priority says.
 * @param {number} number
 * @returns {string} RTCPriorityType
 */
export function priorityOf(number) {
  return levels.find(([, level]) => number <= level)?.[0] ?? 'high';
}
