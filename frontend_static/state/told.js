// Scenes that came with the words, from a film whose scenes have voices of their own:
// they are told as they were until something is asked that cuts the text anew.

// What cuts a text into scenes, as it stands where nothing is asked.
export const UNCUT = { story_type: "", num_scenes: "", characters: [], read_headings: false };

export function wordsOf(scenes) {
  return scenes.map((scene) => scene.narration).join("\n\n");
}

// The scenes of a filling of the form; null when its words are to be cut anew.
export function scenesOf(values) {
  const { source, script, scenes } = values;
  if (source !== "text" || !scenes.length || script !== wordsOf(scenes)) return null;
  const uncut = Object.entries(UNCUT).every(([name, value]) => JSON.stringify(values[name]) === JSON.stringify(value));
  return uncut ? scenes : null;
}
