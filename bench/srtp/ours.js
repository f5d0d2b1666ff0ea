// libsrtp in WebAssembly, as the engine has it: bench/wasm/srtp.cpp.

import { buildWasm } from '../../tools/lib/compile.mjs';
import { inRoot } from '../../tools/lib/paths.mjs';
import * as prepare from '../../tools/setup/prepare.mjs';

export const title = 'webrtc-wasm';

export async function open() {
  await buildWasm(await prepare.wasm(), 'bench_srtp');
  const { default: create } = await import(inRoot('build/wasm/bench/srtp.mjs'));
  const module = await create();
  if (!module._bench_open()) throw new Error('no SRTP session');
  return {
    protect: (count, size) => module._bench_protect(count, size),
    unprotect: () => module._bench_unprotect(),
  };
}
