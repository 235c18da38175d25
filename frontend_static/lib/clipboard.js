// Whether the text is on the clipboard now: pages over plain http elsewhere have none, and
// a browser may refuse.
export async function copied(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
}
