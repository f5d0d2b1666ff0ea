await navigator.serviceWorker.register('service-worker-thread.js', { type: 'classic' });
const { active } = await navigator.serviceWorker.ready;
const { port1, port2 } = new MessageChannel();
port1.onmessage = ({ data }) => {
  document.querySelector('output').textContent = data;
};
active.postMessage(null, [port2]);
