// A dedicated or shared worker with the package as a module. The probe comes first: it listens at once.

import '/tests/realms/probe.js';
import * as api from '/js/index.js';

globalThis.realmProbe.serve(api);
