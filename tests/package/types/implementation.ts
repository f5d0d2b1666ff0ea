// What js/ is, held against what types/ says of it. The root's tsconfig.json has this file, so that
// `npm run lint` checks it along with js/, whose types stand in its comments.

import type * as compare from '../../../js/compare/index.js';
import type * as inspect from '../../../js/inspect.js';
import type * as virtual from '../../../js/net/virtual.js';
import type * as relay from '../../../js/relay/index.js';
import type * as testing from '../../../js/testing.js';
import type * as page from '../../../js/index.js';
import type * as node from '../../../js/index.node.js';
import type * as single from '../../../js/index.single.js';

type Implements<Declared, _Implementation extends Declared> = true;
/** The names are the same; no more and no less. */
type SameNames<A, B> = [keyof A, keyof B] extends [keyof B, keyof A] ? true : false;
type Is<T extends true> = T;
/**
 * All that is declared is there. Classes with private members are of no other type than their own, so
 * that those of the testing kit cannot be held against their declarations in whole.
 */
type Has<Declared, Implementation> = keyof Declared extends keyof Implementation ? true : false;
type Kit = typeof import('webrtc-wasm/testing');

export type Checks = [
  Implements<
    Omit<typeof import('webrtc-wasm/inspect'), 'Inspector' | 'mountPanel'>,
    typeof inspect
  >,
  Is<Has<import('webrtc-wasm/inspect').Inspector, inspect.Inspector>>,
  Implements<Omit<typeof import('webrtc-wasm/relay'), 'OptionError'>, typeof relay>,
  Implements<typeof import('webrtc-wasm/virtual-network'), typeof virtual>,
  Is<Has<import('webrtc-wasm/testing').Simulation, testing.Simulation>>,
  Is<Has<import('webrtc-wasm/testing').SimulatedPeer, testing.SimulatedPeer>>,
  Is<Has<ReturnType<Kit['faults']>, ReturnType<typeof testing.faults>>>,
  Is<
    Has<
      Awaited<ReturnType<InstanceType<Kit['Simulation']>['relay']>>,
      Awaited<ReturnType<testing.Simulation['relay']>>
    >
  >,
  Implements<ReturnType<Kit['measureVideo']>, ReturnType<typeof testing.measureVideo>>,
  Implements<Kit['liveObjects'], typeof testing.liveObjects>,
  Implements<Kit['expectNoLeaks'], typeof testing.expectNoLeaks>,
  Implements<Kit['matchers'], typeof testing.matchers>,
  Implements<Kit['NatKind'], typeof testing.NatKind>,
  Implements<Kit['withWrongFingerprint'], typeof testing.withWrongFingerprint>,
  Implements<typeof import('webrtc-wasm/compare'), typeof compare>,
  Is<SameNames<typeof import('webrtc-wasm/relay'), typeof relay>>,
  Is<SameNames<typeof import('webrtc-wasm/virtual-network'), typeof virtual>>,
  Is<SameNames<typeof import('webrtc-wasm/testing'), typeof testing>>,
  Is<SameNames<typeof import('webrtc-wasm/compare'), typeof compare>>,
  Is<SameNames<typeof import('webrtc-wasm/single'), typeof single>>,
  Is<SameNames<typeof import('../../../types/index.js'), typeof page>>,
  Is<SameNames<typeof import('../../../types/node.js'), typeof node>>,
];
