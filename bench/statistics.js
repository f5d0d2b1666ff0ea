// Medians rather than means: other programs on the machine only ever make things slower.

/** @param {number[]} values */
export function median(values) {
  return percentile(values, 50);
}

/**
 * Linear interpolation between the closest ranks; NaN of nothing.
 * @param {number[]} values
 * @param {number} percent
 */
export function percentile(values, percent) {
  const sorted = [...values].sort((a, b) => a - b);
  const position = ((sorted.length - 1) * percent) / 100;
  const low = sorted[Math.floor(position)];
  const high = sorted[Math.ceil(position)];
  return sorted.length === 0 ? NaN : low + (high - low) * (position - Math.floor(position));
}

/**
 * @param {(number | null)[]} values by round; null where a run failed
 * @returns {{ median: number, min: number, max: number } | null}
 */
export function summarize(values) {
  const known = values.filter((value) => value !== null);
  if (known.length === 0) return null;
  return { median: median(known), min: Math.min(...known), max: Math.max(...known) };
}

/**
 * How many times better ours is than theirs, round by round: what the machine was busy with weighs
 * on both halves of a round, and so cancels out.
 * @param {(number | null)[]} ours
 * @param {(number | null)[]} theirs
 * @param {'lower' | 'higher'} better
 */
export function advantage(ours, theirs, better) {
  const ratios = ours.map((mine, round) => {
    const other = theirs[round] ?? null;
    if (mine === null || other === null || mine <= 0 || other <= 0) return null;
    return better === 'lower' ? other / mine : mine / other;
  });
  const summary = summarize(ratios);
  return summary && { ...summary, ratios, isClear: summary.min > 1 || summary.max < 1 };
}
