// How loud a sound is from moment to moment, computed from its samples.

const RATE = 16_000;
const MOMENTS = 160;
export const QUIETEST_DB = -60;

// { seconds, levels }: each level is the RMS of a moment in dB below full scale.
export async function levelsOf(sound) {
  const decoder = new OfflineAudioContext(1, 1, RATE);
  const samples = await decoder.decodeAudioData(await sound.arrayBuffer());
  const values = samples.getChannelData(0);
  const step = values.length / MOMENTS;
  const levels = Array.from({ length: MOMENTS }, (_, n) => loudness(values.subarray(Math.floor(n * step), Math.max(Math.floor(n * step) + 1, Math.floor((n + 1) * step)))));
  return { seconds: samples.duration, levels };
}

function loudness(values) {
  let sum = 0;
  for (const value of values) sum += value * value;
  return Math.max(QUIETEST_DB, 10 * Math.log10(sum / values.length || 0));
}
