/** URLs that look like what they are not. */

/** What a URL may hide, with the code that meets it under the grant `web`. */
export const URLS: readonly (readonly [attempt: string, url: string, code: string])[] = [
  ['a host that is not granted', 'https://evil.example/v1', 'host-not-allowed'],
  ['a host that ends like a granted one', 'https://evil-api.example/v1', 'host-not-allowed'],
  ['a host that begins like one', 'https://api.example.evil.example/v1', 'host-not-allowed'],
  ['a host with a dot behind it', 'https://api.example./v1', 'invalid-url'],
  [
    'user information that looks like the host',
    'https://api.example@evil.example/v1',
    'invalid-url',
  ],
  ['user information before the host', 'https://me:pw@api.example/v1', 'invalid-url'],
  ['a backslash before another host', 'https://evil.example\\@api.example/v1', 'invalid-url'],
  [
    'a fragment that ends the host elsewhere',
    'https://evil.example#@api.example/v1',
    'invalid-url',
  ],
  ['letters that look like others', 'https://аpi.example/v1', 'invalid-url'],
  [
    'letters that look like others, as they are sent',
    'https://xn--pi-6kc.example/v1',
    'host-not-allowed',
  ],
  ['an address of two numbers and a name', 'https://10.1.2.3.api.example/v1', 'host-not-allowed'],
  [
    'an IPv6 address in another spelling of another',
    'https://[2001:db8::2]/v1',
    'host-not-allowed',
  ],
  ['an IPv6 address with a port in it', 'https://[2001:db8::1]:444/v1', 'port-not-allowed'],
  ['a port of nothing', 'https://api.example:/v1', 'invalid-url'],
  ['a port with a zero before it', 'https://api.example:0443/v1', 'invalid-url'],
  ['a line end in the path', 'https://api.example/v1\r\nHost: evil.example', 'invalid-url'],
  ['a question for a slash', 'https://api.example?/v1', 'path-not-allowed'],
  ['dots in bytes that are no text', 'https://api.example/v1/%c0%ae%c0%ae/a', 'invalid-url'],
  ['a tab in the host', 'https://api\t.example/v1', 'invalid-url'],
  ['a host in escapes', 'https://%61pi.example/v1', 'invalid-url'],
  ['an IPv4 address as a number', 'https://167838211/v1', 'invalid-url'],
  ['an IPv4 address in hexadecimal', 'https://0x0a010203/v1', 'invalid-url'],
  ['an IPv4 address in octal', 'https://012.1.2.3/v1', 'invalid-url'],
  ['an IPv4 address of three numbers', 'https://10.1.515/v1', 'invalid-url'],
  ['an IPv4 address in IPv6', 'https://[::ffff:10.1.2.3]/v1', 'host-not-allowed'],
  ['an IPv6 address with a zone', 'https://[2001:db8::1%25eth0]/v1', 'invalid-url'],
  ['a scheme that is not granted', 'http://api.example:443/v1', 'scheme-not-allowed'],
  ['a scheme without a network', 'file://api.example/v1', 'scheme-not-allowed'],
  ['a port that is not granted', 'https://api.example:444/v1', 'port-not-allowed'],
  ['a port that wraps around', 'https://api.example:65979/v1', 'invalid-url'],
  ['a path beside the prefix', 'https://api.example/v10', 'path-not-allowed'],
  ['a path above the prefix', 'https://api.example/v1/../admin', 'invalid-url'],
  ['a path above it in escapes', 'https://api.example/v1/%2e%2e/admin', 'invalid-url'],
  ['a path above it in escapes of escapes', 'https://api.example/v1/%252e%252e/a', 'invalid-url'],
  ['a path above it with parameters', 'https://api.example/v1/..;/admin', 'invalid-url'],
  ['a slash in an escape', 'https://api.example/v1%2f..%2fadmin', 'invalid-url'],
  ['a slash in an escape without dots', 'https://api.example/v1/a%2fb', 'path-not-allowed'],
  ['a backslash in an escape', 'https://api.example/v1/a%5cb', 'path-not-allowed'],
];

/** Addresses that are not public, under a grant that lets only 10.1.0.0/16 of them be. */
export const ADDRESSES = [
  ...['http://127.0.0.1/', 'http://localhost/', 'http://a.localhost/', 'http://[::1]/'],
  ...['http://0.0.0.0/', 'http://10.2.0.1/', 'http://192.168.0.1/', 'http://169.254.169.254/'],
  ...['http://100.64.0.1/', 'http://[::ffff:127.0.0.1]/', 'http://[::ffff:a9fe:a9fe]/'],
  ...[
    'http://[fe80::1]/',
    'http://[fc00::1]/',
    'http://[64:ff9b::7f00:1]/',
    'http://[2002:7f00:1::]/',
  ],
  ...['http://[::127.0.0.1]/', 'http://[::]/', 'http://224.0.0.1/', 'http://255.255.255.255/'],
];
