// A reporter for Jest that tells of each test when it has ended, not when its file has.

export default class Progress {
  /** @param {unknown} _ @param {{ fullName: string, status: string, duration?: number, failureMessages: string[] }} result */
  onTestCaseResult(_, { fullName, status, duration = 0, failureMessages }) {
    const mark = status === 'passed' ? 'ok  ' : 'FAIL';
    const problem = failureMessages.join('\n').replace(/^/gm, '       ');
    const text = problem.trim() && `${problem}\n`;
    process.stderr.write(`  ${mark} ${fullName} (${(duration / 1000).toFixed(1)} s)\n${text}`);
  }
}
