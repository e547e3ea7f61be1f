import { defineConfig } from 'vite';

export default defineConfig({
  base: '/',
  esbuild: { jsx: 'automatic', jsxImportSource: 'preact', legalComments: 'none' },
  build: {
    // the build of the server says where the files go
    outDir: process.env.PAGE_OUT ?? 'dist',
    emptyOutDir: true,
    target: 'es2022',
    // the content security policy knows no data: and no inline script
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    sourcemap: false,
  },
});
