export type { Channel, ChannelEvents } from './channel.js';
export { type ConnectOptions, connectPort, connectWorld } from './connect.js';
export {
  type ControlFile,
  type ControlPlace,
  controlFilePath,
  type FolderIdentity,
  readControlFile,
  storeIdentity,
} from './control-file.js';
export { PortChannel } from './port-channel.js';
export { SocketChannel, type SocketChannelOptions } from './socket-channel.js';
export { WorldClient } from './world-client.js';
