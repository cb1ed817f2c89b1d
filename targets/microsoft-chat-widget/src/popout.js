// The chat in a window of its own: the page opens its own address again, with the wish for a chat in it.

/** The name is the package's: it asks the address for it. */
const IN_WINDOW = "open-in-window";
const SURVEY = "survey";

/** @returns {boolean} whether this window was opened for a chat */
export function isPopout() {
  return new URLSearchParams(location.search).get(IN_WINDOW) === "true";
}

/** @returns {boolean} whether that chat begins with the survey, if one is configured */
export function popoutWantsSurvey() {
  return new URLSearchParams(location.search).get(SURVEY) === "true";
}

/**
 * @param {boolean} survey
 * @returns {Window | null} the window, unless the browser does not let it open
 */
export function openPopout(survey) {
  const url = new URL(location.href);
  url.searchParams.set(IN_WINDOW, "true");
  url.searchParams.set(SURVEY, String(survey));
  return window.open(url, "_blank", "popup=yes,width=440,height=680");
}

/** Answers what an opened window asks for and waits for up to five seconds before its chat begins. */
export function answerPopouts() {
  window.addEventListener("message", ({ data, origin, source }) => {
    if (origin === location.origin && data?.messageName === "initContextParamsRequest") {
      source?.postMessage({ messageName: "initContextParamsResponse" }, { targetOrigin: origin });
    }
  });
}
