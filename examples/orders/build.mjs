// Puts all that runs into dist: the sources, and the packages beside them, so that nothing is installed where it runs.
import { cpSync, rmSync } from 'node:fs';

rmSync('dist', { recursive: true, force: true });
cpSync('src', 'dist', { recursive: true });
cpSync('package.json', 'dist/package.json');
cpSync('prices', 'dist/node_modules/prices', { recursive: true });
