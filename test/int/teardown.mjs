// Jest's global tear-down of the integration tests: stops what the set-up started and forgets its data.
export default async function teardown() {
  await globalThis.stopLazaretPlatform?.();
}
