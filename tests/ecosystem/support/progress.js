// A reporter for Jest that tells of each test when it has ended, not when its file has.

export default class Progress {
  /** @param {unknown} _ @param {{ fullName: string, status: string, duration?: number }} result */
  onTestCaseResult(_, { fullName, status, duration = 0 }) {
    const mark = status === 'passed' ? 'ok  ' : 'FAIL';
    process.stderr.write(`  ${mark} ${fullName} (${(duration / 1000).toFixed(1)} s)\n`);
  }
}
