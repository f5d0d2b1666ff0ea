// Web Audio, which a page may run when its user allows it: by a gesture, or by giving it a microphone.

const kGestures = ['pointerdown', 'keydown', 'touchend'];

/**
 * Runs the context as soon as that is allowed.
 * @param {AudioContext} context
 */
export function runWhenAllowed(context) {
  const run = () => void context.resume().catch(() => {});
  const stopWaiting = () => {
    if (context.state === 'suspended') return;
    for (const gesture of kGestures) document.removeEventListener(gesture, run, true);
    context.removeEventListener('statechange', stopWaiting);
  };
  run();
  if (context.state === 'running') return;
  for (const gesture of kGestures) document.addEventListener(gesture, run, true);
  context.addEventListener('statechange', stopWaiting);
}
