/** A reducer that gives back the map it was given. */
import { defineReducer, map, natNumber, text } from '@aos/reducer-sdk/script';

export default defineReducer(
  { state: map(text, natNumber), event: text },
  (state) => state ?? new Map(),
);
