/** The library of passkeys, loaded with the first one: it takes as long to load as half the program, which must start quickly. */
export const loadWebauthn = () => import('@simplewebauthn/server');
