import { InterfaceWatch } from '../../../js/net/interface-watch.js';

let addresses;
let ticks;
const timer = {
  set(tick, ms) {
    const entry = { tick, ms };
    ticks.add(entry);
    return entry;
  },
  clear: (entry) => ticks.delete(entry),
};
const tick = () => ticks.forEach((entry) => entry.tick());

function watch(options = {}) {
  return new InterfaceWatch({ addresses: () => addresses, timer, ...options });
}

beforeEach(() => {
  addresses = ['10.0.0.1', '2001:db8::1'];
  ticks = new Set();
});

describe('InterfaceWatch', () => {
  it('tells each listener once when an address comes and once when one goes', () => {
    const seen = [];
    const one = watch();
    const ends = ['a', 'b'].map((name) => one.listen(() => seen.push(name)));
    tick();
    expect(seen).toEqual([]);
    addresses = [...addresses, '10.0.0.2'];
    tick();
    tick();
    expect(seen).toEqual(['a', 'b']);
    addresses = ['10.0.0.2'];
    tick();
    expect(seen).toEqual(['a', 'b', 'a', 'b']);
    ends.forEach((end) => end());
  });

  it('takes no other order for a change', () => {
    let changes = 0;
    const end = watch().listen(() => changes++);
    addresses.reverse();
    tick();
    expect(changes).toBe(0);
    end();
  });

  it('runs one timer for all listeners, and none without one', () => {
    const one = watch({ intervalMs: 700 });
    expect(ticks.size).toBe(0);
    const [a, b] = [one.listen(() => {}), one.listen(() => {})];
    expect([...ticks].map(({ ms }) => ms)).toEqual([700]);
    a();
    a();
    expect(ticks.size).toBe(1);
    b();
    expect(ticks.size).toBe(0);
    addresses = [];
    const c = one.listen(() => {
      throw new Error('nothing has changed since');
    });
    tick();
    c();
  });

  it('looks again after the system would not say', () => {
    let changes = 0;
    let isBroken = false;
    const end = watch({
      addresses() {
        if (isBroken) throw new Error('EMFILE');
        return addresses;
      },
    }).listen(() => changes++);
    isBroken = true;
    tick();
    isBroken = false;
    addresses = [];
    tick();
    expect(changes).toBe(1);
    end();
  });

  it('does not keep the process alive', () => {
    const before = process.getActiveResourcesInfo().filter((kind) => kind === 'Timeout').length;
    const end = new InterfaceWatch({ addresses: () => [] }).listen(() => {});
    const during = process.getActiveResourcesInfo().filter((kind) => kind === 'Timeout').length;
    expect(during).toBe(before);
    end();
  });
});
