import { defineConfig } from 'vite';

// The API serves dist/ at `/`; in development the dev server forwards the API, so both live in one origin.
export default defineConfig({
  build: {
    target: 'es2022',
    modulePreload: { polyfill: false }, // the polyfill is an inline script, which our CSP refuses
    assetsInlineLimit: 0, // data: URLs are refused by the CSP as well
    cssCodeSplit: false,
  },
  server: { proxy: { '/api': process.env.EVENKEEL_URL ?? 'http://127.0.0.1:8000' } },
});
