// A film in a frame with a policy of its own; the frame is ours, so its video is at hand.

import { html, useEffect, useRef, useState } from "../lib/html.js";
import { t } from "../lib/strings.js";
import { playOf } from "../api/orchestrator.js";

// `video` is a ref that is given the element in the frame, once that is there.
export function Framed({ id, video, onError, captions }) {
  const frame = useRef();
  const [loaded, setLoaded] = useState(false);
  const [shape, setShape] = useState("16 / 9");
  const take = () => {
    const found = frame.current.contentDocument?.querySelector("video");
    if (!found) return onError();
    video.current = found;
    const measure = () => found.videoWidth && setShape(`${found.videoWidth} / ${found.videoHeight}`);
    found.addEventListener("loadedmetadata", measure);
    found.addEventListener("error", onError);
    measure();
    setLoaded(true);
    return found.error ? onError() : undefined;
  };
  useEffect(() => { if (loaded && captions) caption(video.current, captions); }, [loaded, captions]);
  useEffect(() => () => { video.current = null; }, []);
  return html`<iframe ref=${frame} src=${playOf(id)} title=${t("player.title")} allow="autoplay; fullscreen; picture-in-picture" style=${{ aspectRatio: shape }} onLoad=${take}></iframe>`;
}

function caption(video, url) {
  const track = video.ownerDocument.createElement("track");
  Object.assign(track, { kind: "captions", src: url, srclang: "und", label: t("player.captions") });
  video.append(track);
}
