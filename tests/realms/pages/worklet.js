/* global AudioWorkletProcessor, registerProcessor */
// A processor that tells how loud what it hears is.

class Meter extends AudioWorkletProcessor {
  process([[samples]]) {
    if (samples) this.port.postMessage(Math.max(...samples.map(Math.abs)));
    return true;
  }
}

registerProcessor('meter', Meter);
