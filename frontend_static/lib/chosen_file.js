// A file that somebody chose in an input is given to `take`; meanwhile `busy` is true, and
// `trouble` says what went wrong.

export function onChosen(busy, trouble, take) {
  return async (event) => {
    const [file] = event.target.files;
    if (!file) return;
    busy.value = true;
    trouble.value = null;
    try {
      await take(file);
    } catch (error) {
      trouble.value = [error.message, error.hint].filter(Boolean).join(" ");
      event.target.value = ""; // the same file can be chosen again
    } finally {
      busy.value = false;
    }
  };
}
