// For pages: `ask.dedicated(script, options, probe)` and so on ask the probe of a worker.

{
  const answerOf = (port) =>
    new Promise((resolve, reject) => {
      port.onmessage = ({ data }) => {
        if (data.problem) reject(new Error(data.problem));
        else resolve(data.result);
      };
    });
  const failureOf = (worker) =>
    new Promise((_, reject) => {
      worker.onerror = (event) => reject(new Error(event.message ?? 'the worker did not start'));
    });

  globalThis.ask = {
    async dedicated(script, options, probe) {
      const worker = new Worker(script, options);
      worker.postMessage({ probe });
      try {
        return await Promise.race([answerOf(worker), failureOf(worker)]);
      } finally {
        worker.terminate();
      }
    },
    async shared(script, options, probe) {
      const worker = new SharedWorker(script, options);
      worker.port.postMessage({ probe });
      try {
        return await Promise.race([answerOf(worker.port), failureOf(worker)]);
      } finally {
        worker.port.close();
      }
    },
    async service(script, options, probe) {
      const registration = await navigator.serviceWorker.register(script, options);
      const worker = registration.installing ?? registration.waiting ?? registration.active;
      const { port1, port2 } = new MessageChannel();
      worker.postMessage({ probe }, [port2]);
      try {
        return await answerOf(port1);
      } finally {
        await registration.unregister();
      }
    },
  };
}
