// What is configured for this widget, as its organisation's end tells it.

/**
 * Where the widget belongs, from the data attributes of its script element.
 * @typedef {{ appId: string, orgId: string, orgUrl: string }} Embed
 */

/**
 * @typedef {object} WidgetSettings
 * @property {boolean} prechat whether a pre-chat survey is configured
 * @property {boolean} proactiveChat whether the proactive-chat setting is on
 * @property {"widget" | "harness"} ready who decides when `lcw:ready` is raised
 * @property {string} locale a BCP 47 tag
 */

/**
 * @param {Embed} embed
 * @returns {Promise<WidgetSettings>}
 */
export async function fetchSettings({ appId, orgId, orgUrl }) {
  const response = await fetch(`${orgUrl}/livechatconnector/config/${orgId}/${appId}`);
  if (!response.ok) {
    throw new Error(`The widget's settings at ${response.url} answered ${response.status}.`);
  }
  return response.json();
}
