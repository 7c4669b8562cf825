/** A certificate that signs itself, for servers under test: nobody else trusts it. */

const pem = (label: string, base64: string): string =>
  [`-----BEGIN ${label}-----`, ...(base64.match(/.{1,64}/g) ?? []), `-----END ${label}-----`].join(
    '\n',
  );

/** For `localhost`, `secure.test` and 127.0.0.1, from 2020 to 2120. */
export const CERTIFICATE = pem(
  'CERTIFICATE',
  [
    'MIIBdDCCARqgAwIBAgIBATAKBggqhkjOPQQDAjAUMRIwEAYDVQQDDAlsb2NhbGhv',
    'c3QwIBcNMjAwMTAxMDAwMDAwWhgPMjEyMDAxMDEwMDAwMDBaMBQxEjAQBgNVBAMM',
    'CWxvY2FsaG9zdDBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABOKhkj9cTrX9Q+xn',
    'ZTOw5mzTgHVbvc25MKnvP4/9jwuxwV1Awiq4uzv3hwvhJIg2IcZ/WiirGBG2msRy',
    'cYkQflqjWzBZMA8GA1UdEwEB/wQFMAMBAf8wJwYDVR0RBCAwHoIJbG9jYWxob3N0',
    'ggtzZWN1cmUudGVzdIcEfwAAATAdBgNVHQ4EFgQUEHFQAJreOcHERlwjj+1nz/ib',
    'xBowCgYIKoZIzj0EAwIDSAAwRQIhAPWTWNYxsEy4r0QEjfF3zsI6ILDzoJ8wi+Pn',
    '3GmEpoWYAiBpkhWvIeWNv1BJXCnmThIV8nlx/FtRnoKMm00eBjKlkg==',
  ].join(''),
);

export const PRIVATE_KEY = pem(
  'PRIVATE KEY',
  [
    'MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQglK9mH96JbKh5WPd7',
    'LflDwevcC1FGBWp/AVu+IiiXRrihRANCAATioZI/XE61/UPsZ2UzsOZs04B1W73N',
    'uTCp7z+P/Y8LscFdQMIquLs794cL4SSINiHGf1ooqxgRtprEcnGJEH5a',
  ].join(''),
);
