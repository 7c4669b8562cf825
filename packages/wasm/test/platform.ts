/** What the platform says of bytes; its types are not those of a test. */
const platform = Reflect.get(globalThis, 'WebAssembly') as {
  validate(bytes: Uint8Array): boolean;
};

export const isValid = (bytes: Uint8Array): boolean => platform.validate(bytes);
