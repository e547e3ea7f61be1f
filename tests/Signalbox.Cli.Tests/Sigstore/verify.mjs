// What npm's client says of a bundle: node verify.mjs NODE_MODULES BUNDLE ARTIFACT TRUSTED_ROOT|- PUBLIC_KEY|-; exit 0 accepted, 1 refused.
import { createRequire } from 'node:module';
import crypto from 'node:crypto';
import fs from 'node:fs';

const [modules, bundle, artifact, root, publicKey] = process.argv.slice(2);
const require = createRequire(modules + '/');
const { Verifier, toSignedEntity, toTrustMaterial } = require('@sigstore/verify');
const { bundleFromJSON } = require('@sigstore/bundle');
const { TrustedRoot } = require('@sigstore/protobuf-specs');

const trusted = TrustedRoot.fromJSON(root === '-'
  ? { mediaType: 'application/vnd.dev.sigstore.trustedroot+json;version=0.1', tlogs: [], ctlogs: [], certificateAuthorities: [], timestampAuthorities: [] }
  : JSON.parse(fs.readFileSync(root)));
const keyed = publicKey !== '-';
const find = keyed ? () => ({ publicKey: crypto.createPublicKey(fs.readFileSync(publicKey)), validFor: () => true }) : undefined;
const logged = root === '-' ? 0 : 1;
try {
  const verifier = new Verifier(toTrustMaterial(trusted, find), { tlogThreshold: logged, ctlogThreshold: keyed ? 0 : 1, timestampThreshold: logged });
  const signer = verifier.verify(toSignedEntity(bundleFromJSON(JSON.parse(fs.readFileSync(bundle))), fs.readFileSync(artifact)));
  console.log(signer.identity?.subjectAlternativeName ?? 'a key');
} catch (error) {
  console.error(`${error.code}: ${error.message}`);
  process.exit(1);
}
