// Who can speak: the voices of the vocabulary that the engine which would speak has.

import { capabilities } from "./connection.js";
import { engineFor } from "./dials.js";

// [{ id, there }]; one that is chosen stays in the list though the engine lacks it.
export function voicesOf(engine, chosen) {
  const all = capabilities.value?.vocabularies?.voice_id ?? [];
  const own = engineFor("voice", engine)?.voices ?? all;
  const ids = all.filter((id) => own.includes(id) || id === chosen);
  if (chosen && !ids.includes(chosen)) ids.push(chosen);
  return ids.map((id) => ({ id, there: own.includes(id) || !all.length }));
}
