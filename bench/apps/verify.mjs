// npm's Sigstore client on one bundle: node verify.mjs NODE_MODULES BUNDLE TRUSTED_ROOT [ROUNDS]
// Verifies once; with ROUNDS that often in this process, and prints the milliseconds of each, one a line.
import { createRequire } from 'node:module';
import fs from 'node:fs';

const [modules, bundle, root, rounds] = process.argv.slice(2);
const require = createRequire(modules + '/');
const { Verifier, toSignedEntity, toTrustMaterial } = require('@sigstore/verify');
const { bundleFromJSON } = require('@sigstore/bundle');
const { TrustedRoot } = require('@sigstore/protobuf-specs');

const verifier = new Verifier(toTrustMaterial(TrustedRoot.fromJSON(JSON.parse(fs.readFileSync(root)))), { tlogThreshold: 1, ctlogThreshold: 1, timestampThreshold: 1 });
const bytes = fs.readFileSync(bundle);
const verify = () => verifier.verify(toSignedEntity(bundleFromJSON(JSON.parse(bytes))));

if (rounds === undefined) verify();
else {
  for (let i = 0; i < rounds / 5; i++) verify();
  for (let i = 0; i < rounds; i++) {
    const start = process.hrtime.bigint();
    verify();
    console.log(Number(process.hrtime.bigint() - start) / 1e6);
  }
}
